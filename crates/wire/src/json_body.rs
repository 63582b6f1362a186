//! JSON bodies of V3 calls, flattened to parameter names (wire.md sections 1.1 and 1.2).

use crate::encoding::{check_bounds, too_many};
use crate::{Limits, Parameters, ProtocolError, gateway};
use serde_json::Value;

/// Nesting the known operations stay far below.
const MAX_DEPTH: usize = 16;

/// Flattens a JSON object: lists become `Name.1`, objects `Name.Field`, nulls are left out.
pub(crate) fn flatten(body: &[u8], limits: &Limits) -> Result<Parameters, ProtocolError> {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return Err(gateway::invalid_request("The body is not a JSON object.".to_owned()));
    };
    let mut parameters = Parameters::new();
    for (name, value) in members {
        insert(&mut parameters, name, value, limits, 1)?;
    }
    Ok(parameters)
}

fn insert(
    parameters: &mut Parameters,
    name: String,
    value: Value,
    limits: &Limits,
    depth: usize,
) -> Result<(), ProtocolError> {
    if depth > MAX_DEPTH {
        return Err(gateway::invalid_request(format!(
            "The body nests deeper than {MAX_DEPTH} levels."
        )));
    }
    check_bounds(&name, "", limits)?;
    let text = match value {
        Value::Null => return Ok(()),
        Value::String(text) => text,
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::Array(items) => {
            for (index, item) in items.into_iter().enumerate() {
                insert(parameters, format!("{name}.{}", index + 1), item, limits, depth + 1)?;
            }
            return Ok(());
        }
        Value::Object(members) => {
            for (member, value) in members {
                insert(parameters, format!("{name}.{member}"), value, limits, depth + 1)?;
            }
            return Ok(());
        }
    };
    check_bounds(&name, &text, limits)?;
    parameters.insert(name, text);
    if parameters.len() > limits.max_parameters { Err(too_many(limits)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &[u8], limits: &Limits) -> String {
        flatten(body, limits).unwrap_err().message
    }

    #[test]
    fn flattens_like_the_sdks() {
        let body = br#"{"DryRun":true,"Tag":[{"Key":"a"},{"Key":"b","Value":null}],"Weight":100}"#;
        let expected =
            [("DryRun", "true"), ("Tag.1.Key", "a"), ("Tag.2.Key", "b"), ("Weight", "100")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(flatten(body, &Limits::default()), Ok(Parameters::from(expected)));
    }

    #[test]
    fn refuses_what_is_no_object_or_too_much() {
        let limits = Limits { max_parameters: 2, max_name_bytes: 8, ..Limits::default() };
        assert_eq!(message(b"[1]", &limits), "The body is not a JSON object.");
        assert_eq!(message(b"{", &limits), "The body is not a JSON object.");
        assert!(message(br#"{"a":[1,2,3]}"#, &limits).contains("more than 2 parameters"));
        assert!(message(br#"{"a":{"bcdefghi":1}}"#, &limits).contains("longer than 8 bytes"));
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(20), "]".repeat(20));
        assert!(message(deep.as_bytes(), &Limits::default()).contains("deeper than 16"));
    }
}
