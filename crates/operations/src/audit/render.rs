//! An event in ActionTrail's shape.

use super::{Event, resources};
use causeway_spec::Product;
use serde_json::{Map, Value, json};

/// The id of the event with this number. It leads back to the event without a search.
pub fn event_id(number: u64) -> String {
    let digits = format!("{number:016X}");
    format!("00000000-0000-0000-{}-{}", &digits[..4], &digits[4..])
}

/// The number of the event with this id.
pub fn number_of(event_id: &str) -> Option<u64> {
    let digits = event_id.strip_prefix("00000000-0000-0000-")?.replacen('-', "", 1);
    u64::from_str_radix(&digits, 16).ok().filter(|number| self::event_id(*number) == event_id)
}

/// The event as a JSON object.
pub fn render(number: u64, event: &Event) -> Value {
    let Event { at, head, tail } = event;
    let product = Product::ALL.iter().find(|product| product.version() == head.version);
    let service = product.map_or("", |product| product.name());
    let code = product.map_or("causeway", |product| product.ram_code());
    let parameters: Map<String, Value> = head
        .parameters
        .iter()
        .map(|(name, value)| (name.clone(), Value::String(value.clone())))
        .collect();
    let mut shown = json!({
        "eventId": event_id(number),
        "eventVersion": "1",
        "eventName": head.name,
        "eventType": if tail.suppressed > 0 { "AggregatedEvents" } else { "ApiCall" },
        "eventRW": if head.read { "Read" } else { "Write" },
        "eventSource": format!("{code}.aliyuncs.com"),
        "eventTime": at.to_string(),
        "acsRegion": head.region,
        "apiVersion": head.version,
        "serviceName": service,
        "requestId": head.request_id,
        "requestParameterJson": Value::Object(parameters.clone()).to_string(),
        "requestParameters": parameters,
        "sourceIpAddress": head.source,
        "userAgent": head.agent,
        "userIdentity": identity(event),
    });
    let members = shown.as_object_mut().expect("an object");
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    if let Some((code, message)) = &tail.error {
        put("errorCode", json!(code));
        put("errorMessage", json!(message));
    }
    if let Some(elements) = parsed(tail.elements.as_deref()) {
        put("responseElements", elements);
    }
    let found = resources(event);
    if !found.is_empty() {
        let types: Vec<&str> = found.keys().map(String::as_str).collect();
        let names: Vec<String> = found
            .values()
            .map(|names| names.iter().map(String::as_str).collect::<Vec<_>>().join(","))
            .collect();
        put("resourceType", json!(types.join(";")));
        put("resourceName", json!(names.join(";")));
        put("referencedResources", json!(found));
    }
    let additional = additional(event);
    if !additional.is_empty() {
        put("additionalEventData", Value::Object(additional));
    }
    shown
}

fn identity(event: &Event) -> Value {
    let head = &event.head;
    let mut identity = json!({ "accessKeyId": head.access_key });
    let members = identity.as_object_mut().expect("an object");
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    let Some(principal) = &head.principal else {
        put("type", json!("unknown"));
        return identity;
    };
    put("type", json!(principal.kind));
    put("principalId", json!(principal.id));
    put("accountId", json!(head.account));
    let name = match (&principal.name, &principal.session) {
        (Some(role), Some(session)) => format!("{role}:{session}"),
        (Some(name), None) => name.clone(),
        (None, _) => "root".into(),
    };
    put("userName", json!(name));
    if let Some(session) = &principal.session {
        put("sessionContext", json!({ "attributes": { "roleSessionName": session } }));
    }
    identity
}

/// Causeway's own members.
fn additional(event: &Event) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    if event.head.dry_run {
        put("dryRun", json!(true));
    }
    if event.head.left_out > 0 {
        put("parametersLeftOut", json!(event.head.left_out));
    }
    if event.tail.suppressed > 0 {
        put("suppressed", json!(event.tail.suppressed));
    }
    if let Some(impact) = parsed(event.tail.impact.as_deref()) {
        put("impact", impact);
    }
    members
}

fn parsed(text: Option<&str>) -> Option<Value> {
    text.and_then(|text| serde_json::from_str(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back_to_numbers() {
        for number in [0, 1, 77, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(number_of(&event_id(number)), Some(number));
        }
        assert_eq!(event_id(0xABC), "00000000-0000-0000-0000-000000000ABC");
        for wrong in
            ["", "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-00-0000000000abc"]
        {
            assert_eq!(number_of(wrong), None, "{wrong}");
        }
    }
}
