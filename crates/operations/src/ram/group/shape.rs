//! A group in answers.

use causeway_model::ram_group::RamGroup;
use serde::Serialize;

/// `Group`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupShape {
    group_id: String,
    group_name: String,
    comments: String,
    create_date: String,
    update_date: String,
}

/// An answer that is a group.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupAnswer {
    group: GroupShape,
}

impl From<&RamGroup> for GroupShape {
    fn from(group: &RamGroup) -> GroupShape {
        GroupShape {
            group_id: group.id.to_string(),
            group_name: group.name.to_string(),
            comments: group.comments.as_deref().unwrap_or_default().into(),
            create_date: group.created.to_string(),
            update_date: group.updated.to_string(),
        }
    }
}

impl From<&RamGroup> for GroupAnswer {
    fn from(group: &RamGroup) -> GroupAnswer {
        GroupAnswer { group: group.into() }
    }
}
