//! Shapes of answers that many operations share.

use causeway_model::text::Tags;
use serde::Serialize;

/// An answer without members of its own.
#[derive(Debug, Default, Serialize)]
pub struct Empty {}

/// `Tags.Tag[]`: the older, wrapped list of tags.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagList {
    tag: Vec<Tag>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

impl From<&Tags> for TagList {
    fn from(tags: &Tags) -> TagList {
        let tag = |(key, value): (&String, &String)| Tag { key: key.clone(), value: value.clone() };
        TagList { tag: tags.iter().map(tag).collect() }
    }
}
