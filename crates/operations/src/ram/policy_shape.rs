//! Policies in answers, custom and system ones alike.

use causeway_model::Read;
use causeway_model::ram_policy::{
    self, FIRST_VERSION, PolicyRef, PolicyType, PolicyVersion, RamPolicy,
};
use causeway_ram::system;
use causeway_types::Timestamp;
use serde::Serialize;

/// When the system policies were made, as far as anybody is told.
const SYSTEM_CREATED: Timestamp = Timestamp(1_430_438_400_000);

/// A policy of either type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AnyPolicy<'a> {
    pub kind: PolicyType,
    pub name: &'a str,
    pub description: &'a str,
    /// The number of the version in effect.
    pub version: u32,
    pub created: Timestamp,
    pub updated: Timestamp,
    source: Source<'a>,
}

/// Where a policy's documents are.
#[derive(Clone, Debug, PartialEq)]
enum Source<'a> {
    System(&'static str),
    Custom(&'a [PolicyVersion]),
}

/// A policy as lists show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyShape {
    policy_name: String,
    policy_type: &'static str,
    description: String,
    default_version: String,
    create_date: String,
    update_date: String,
    attachment_count: usize,
}

impl<'a> AnyPolicy<'a> {
    /// The policy with this type and name.
    pub fn find(world: &'a impl Read, kind: &str, name: &str) -> Option<AnyPolicy<'a>> {
        match PolicyType::from_text(kind)? {
            PolicyType::System => system::find(name).map(AnyPolicy::from),
            PolicyType::Custom => world.get::<RamPolicy>(&name.into()).map(AnyPolicy::from),
        }
    }

    /// What tells it apart.
    pub fn reference(&self) -> PolicyRef {
        PolicyRef { kind: self.kind, name: self.name.into() }
    }

    /// Its versions, oldest first.
    pub fn versions(&self) -> Vec<PolicyVersion> {
        match self.source {
            Source::System(document) => vec![PolicyVersion {
                number: FIRST_VERSION,
                document: document.into(),
                created: self.created,
            }],
            Source::Custom(versions) => versions.to_vec(),
        }
    }

    /// The version in effect.
    pub fn in_effect(&self) -> Option<PolicyVersion> {
        self.versions().into_iter().find(|version| version.number == self.version)
    }

    /// How lists show it, attached to `attachment_count` users, groups and roles.
    pub fn shape(&self, attachment_count: usize) -> PolicyShape {
        PolicyShape {
            policy_name: self.name.into(),
            policy_type: self.kind.text(),
            description: self.description.into(),
            default_version: ram_policy::version_id(self.version),
            create_date: self.created.to_string(),
            update_date: self.updated.to_string(),
            attachment_count,
        }
    }
}

impl<'a> From<&'a RamPolicy> for AnyPolicy<'a> {
    fn from(policy: &'a RamPolicy) -> AnyPolicy<'a> {
        AnyPolicy {
            kind: PolicyType::Custom,
            name: &policy.name,
            description: policy.description.as_deref().unwrap_or_default(),
            version: policy.default_version,
            created: policy.created,
            updated: policy.updated,
            source: Source::Custom(&policy.versions),
        }
    }
}

impl From<&'static system::SystemPolicy> for AnyPolicy<'_> {
    fn from(policy: &'static system::SystemPolicy) -> Self {
        let system::SystemPolicy { name, description, document } = *policy;
        let (kind, created) = (PolicyType::System, SYSTEM_CREATED);
        AnyPolicy {
            kind,
            name,
            description,
            version: FIRST_VERSION,
            created,
            updated: created,
            source: Source::System(document),
        }
    }
}
