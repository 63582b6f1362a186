//! Names and descriptions in requests.

use causeway_model::text::is_label;
use causeway_spec::Refusal;

/// The text of a parameter that says nothing when empty.
pub(crate) fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// Refuses a name or description longer than `length` characters, empty, or beginning with a URL
/// scheme, as an invalid parameter `name`.
pub(crate) fn check(text: Option<&str>, length: usize, name: &str) -> Result<(), Refusal> {
    match text {
        Some(text) if !is_label(text, 1..=length) => Err(Refusal::invalid_parameter(name)),
        _ => Ok(()),
    }
}
