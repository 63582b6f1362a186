//! Which resources an event is about: what its parameters and its answer name.

use super::Event;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Members that end in `Id` and name no resource.
const OTHERS: [&str; 4] = ["RegionId", "ZoneId", "RequestId", "AccountId"];
/// Members of RAM that name one without ending in `Id`, with their types.
const NAMES: [(&str, &str); 5] = [
    ("UserName", "User"),
    ("GroupName", "Group"),
    ("RoleName", "Role"),
    ("PolicyName", "Policy"),
    ("UserAccessKeyId", "AccessKey"),
];

/// Names of resources by type, such as `ACS::VPC::RouteTable`.
pub fn resources(event: &Event) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut note = |member: &str, value: &str| {
        if let Some(kind) = kind(member).filter(|_| !value.is_empty()) {
            let service = if kind_is_ram(member) { "RAM" } else { "VPC" };
            let kind = format!("ACS::{service}::{kind}");
            found.entry(kind).or_default().insert(value.to_owned());
        }
    };
    for (path, value) in &event.head.parameters {
        note(path.rsplit('.').next().unwrap_or(path), value);
    }
    let elements = event.tail.elements.as_deref().and_then(|text| serde_json::from_str(text).ok());
    if let Some(Value::Object(elements)) = &elements {
        for (name, value) in elements {
            match value {
                Value::String(text) => note(name, text),
                Value::Object(inner) => inner.iter().for_each(|(name, value)| {
                    note(name, value.as_str().unwrap_or_default());
                }),
                _ => {}
            }
        }
    }
    found
}

fn kind_is_ram(member: &str) -> bool {
    member == "AccessKeyId" || NAMES.iter().any(|(name, _)| *name == member)
}

fn kind(member: &str) -> Option<&str> {
    if let Some((_, kind)) = NAMES.iter().find(|(name, _)| *name == member) {
        return Some(kind);
    }
    // What traffic goes to, whatever kind of thing it is.
    if member == "NextHop" {
        return Some("NextHop");
    }
    member.strip_suffix("Id").filter(|kind| !kind.is_empty() && !OTHERS.contains(&member))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Head, Tail};
    use causeway_types::Timestamp;

    #[test]
    fn parameters_and_answers_name_resources() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let parameters = vec![
            pair("RegionId", "cn-hangzhou"),
            pair("RouteEntries.1.RouteTableId", "vtb-1"),
            pair("RouteEntries.1.NextHop", "i-1"),
            pair("RouteEntries.2.RouteTableId", "vtb-1"),
            pair("UserName", "alice"),
            pair("Description", "vpc-9"),
        ];
        let head = Head { parameters, ..Head::default() };
        let elements = Some(r#"{"VpcId":"vpc-1","AccessKey":{"AccessKeyId":"LTAI1"}}"#.into());
        let tail = Tail { elements, ..Tail::default() };
        let found = resources(&Event { at: Timestamp(0), head, tail });
        let flat: Vec<_> = found
            .iter()
            .flat_map(|(kind, names)| names.iter().map(move |name| format!("{kind} {name}")))
            .collect();
        let expected = [
            "ACS::RAM::AccessKey LTAI1",
            "ACS::RAM::User alice",
            "ACS::VPC::NextHop i-1",
            "ACS::VPC::RouteTable vtb-1",
            "ACS::VPC::Vpc vpc-1",
        ];
        assert_eq!(flat, expected);
    }
}
