//! A call that another operation is about: which operation, with which parameters.

use crate::catalogue::{self, Entry};
use causeway_model::Context;
use causeway_spec::{Parameters, Refusal};
use serde_json::Value;

/// The operation of that name, in that version or in the first that has it.
pub(super) fn operation(name: &str, version: Option<&str>) -> Option<&'static Entry> {
    match version {
        Some(version) => catalogue::find(version, name),
        None => catalogue::all().find(|entry| entry.declaration.name == name),
    }
}

/// Its parameters, a flat JSON object of the parameter `Parameters`; none are empty ones. A region
/// among them has to be the one that is asked.
pub(super) fn parameters(text: Option<&str>, context: &Context) -> Result<Parameters, Refusal> {
    flat(text.unwrap_or("{}"))
        .filter(|it| it.get("RegionId").is_none_or(|region| *region == context.region.id))
        .ok_or_else(|| Refusal::invalid_parameter("Parameters"))
}

/// Reads a flat JSON object; `None` when it is none.
fn flat(text: &str) -> Option<Parameters> {
    let Ok(Value::Object(members)) = serde_json::from_str(text) else { return None };
    let member = |(name, value)| match value {
        Value::String(text) => Some((name, text)),
        Value::Number(_) | Value::Bool(_) => Some((name, value.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    members.into_iter().map(member).collect()
}
