//! What is recorded of an answer: what it names and counts, and nothing else, so that no secret an
//! answer hands out is ever kept.

use serde_json::{Map, Value};

/// Endings of the members that are kept.
const ENDINGS: [&str; 7] = ["Id", "Name", "Arn", "Status", "State", "Date", "Count"];
/// The longest text that is kept, and the most of all.
const TEXT_MAX: usize = 128;
const MEMBERS_MAX: usize = 24;

/// The members of an answer that are recorded, as a JSON object; none when there are none.
pub fn elements(answer: &str) -> Option<String> {
    let Ok(Value::Object(answer)) = serde_json::from_str(answer) else { return None };
    let mut room = MEMBERS_MAX;
    let kept = kept(answer, &mut room, true);
    (!kept.is_empty()).then(|| Value::Object(kept).to_string())
}

fn kept(members: Map<String, Value>, room: &mut usize, outer: bool) -> Map<String, Value> {
    let mut found = Map::new();
    for (name, value) in members {
        let value = match value {
            Value::Object(inner) if outer => Value::Object(kept(inner, room, false)),
            Value::String(text) if text.len() <= TEXT_MAX => Value::String(text),
            Value::Number(number) => Value::Number(number),
            _ => continue,
        };
        let plain = !value.is_object();
        let named = ENDINGS.iter().any(|ending| name.ends_with(ending));
        let empty = value.as_object().is_some_and(Map::is_empty);
        if (plain && !named) || empty || *room == 0 {
            continue;
        }
        *room -= usize::from(plain);
        found.insert(name, value);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_and_secrets_are_not() {
        let answer = r#"{"AccessKey":{"AccessKeyId":"LTAI1","AccessKeySecret":"hush",
            "Status":"Active"},"Credentials":{"SecurityToken":"hush"},"Psk":"hush","Users":[1],
            "SuccessCount":3,"VpcId":"vpc-1"}"#;
        let expected = r#"{"AccessKey":{"AccessKeyId":"LTAI1","Status":"Active"},"SuccessCount":3,"VpcId":"vpc-1"}"#;
        assert_eq!(elements(answer).as_deref(), Some(expected));
        assert_eq!(elements("{}"), None);
        assert_eq!(elements(&format!(r#"{{"VpcName":"{}"}}"#, "n".repeat(200))), None);
    }
}
