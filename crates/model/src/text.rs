//! Rules for names and descriptions, shared by every noun that has them.

use std::ops::RangeInclusive;

/// Whether a name or description is acceptable: its length in characters, and no URL scheme at its
/// start (S-RE-45, S-RE-46, S-VR-33). An empty text is too short (decision A25).
pub fn is_label(text: &str, length: RangeInclusive<usize>) -> bool {
    length.contains(&text.chars().count())
        && !text.starts_with("http://")
        && !text.starts_with("https://")
}

/// A `Name` and a `Description`, absent when not given.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Labels {
    /// The name.
    pub name: Option<Box<str>>,
    /// The description.
    pub description: Option<Box<str>>,
}

impl Labels {
    /// Labels from what a request gave.
    pub fn new(name: Option<&str>, description: Option<&str>) -> Labels {
        Labels { name: name.map(Into::into), description: description.map(Into::into) }
    }

    /// The name, or the empty text.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The description, or the empty text.
    pub fn description(&self) -> &str {
        self.description.as_deref().unwrap_or_default()
    }
}

/// Tags of a resource, by key.
pub type Tags = std::collections::BTreeMap<String, String>;

#[cfg(test)]
mod tests {
    use super::is_label;

    #[test]
    fn labels_have_a_length_and_no_scheme() {
        assert!(is_label("test", 1..=128));
        assert!(is_label(&"路".repeat(128), 1..=128));
        assert!(!is_label(&"a".repeat(129), 1..=128));
        assert!(!is_label("", 1..=128)); // A25
        assert!(!is_label("http://a", 1..=128));
        assert!(!is_label("https://a", 1..=128));
        assert!(is_label("see http://a", 1..=128));
    }
}
