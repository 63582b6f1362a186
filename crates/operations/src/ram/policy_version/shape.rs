//! A policy's version in answers.

use causeway_model::ram_policy::{PolicyVersion, version_id};
use serde::Serialize;

/// `PolicyVersion`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VersionShape {
    version_id: String,
    is_default_version: bool,
    policy_document: String,
    create_date: String,
}

/// An answer that is a version.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VersionAnswer {
    policy_version: VersionShape,
}

impl VersionShape {
    /// A version of a policy whose default has this number.
    pub(crate) fn new(version: &PolicyVersion, in_effect: u32) -> VersionShape {
        VersionShape {
            version_id: version_id(version.number),
            is_default_version: version.number == in_effect,
            policy_document: version.document.to_string(),
            create_date: version.created.to_string(),
        }
    }
}

impl VersionAnswer {
    /// A version, in effect or not.
    pub(super) fn new(version: &PolicyVersion, in_effect: bool) -> VersionAnswer {
        let policy_version =
            VersionShape { is_default_version: in_effect, ..VersionShape::new(version, 0) };
        VersionAnswer { policy_version }
    }
}
