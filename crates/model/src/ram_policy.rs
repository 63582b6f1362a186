//! Policies and who they are attached to. They live in the account's global tenant.

use crate::rows::Keyed;
use crate::tenant::Read;
use causeway_types::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The one version a policy has.
pub const DEFAULT_VERSION: &str = "v1";

/// A custom policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamPolicy {
    /// The name, unique among the account's custom policies.
    pub name: Box<str>,
    /// What it is for.
    pub description: Option<Box<str>>,
    /// The document of its default version, as given.
    pub document: Box<str>,
    /// When it was made.
    pub created: Timestamp,
}

/// Who wrote a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PolicyType {
    /// The provider.
    System,
    /// The account.
    Custom,
}

impl PolicyType {
    /// The wire word.
    pub fn text(self) -> &'static str {
        match self {
            PolicyType::System => "System",
            PolicyType::Custom => "Custom",
        }
    }

    /// Reads the wire word.
    pub fn from_text(text: &str) -> Option<PolicyType> {
        [PolicyType::System, PolicyType::Custom].into_iter().find(|kind| kind.text() == text)
    }
}

/// A policy, by what tells it apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PolicyRef {
    /// Who wrote it.
    pub kind: PolicyType,
    /// Its name.
    pub name: Box<str>,
}

/// Which policy is attached to which user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AttachmentKey {
    /// The user's name.
    pub user: Box<str>,
    /// The policy.
    pub policy: PolicyRef,
}

/// A policy attached to a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// User and policy.
    pub key: AttachmentKey,
    /// When it was attached.
    pub attached: Timestamp,
}

impl Keyed for RamPolicy {
    type Key = Box<str>;
    fn key(&self) -> Box<str> {
        self.name.clone()
    }
}

impl Keyed for Attachment {
    type Key = AttachmentKey;
    fn key(&self) -> AttachmentKey {
        self.key.clone()
    }
}

/// Whether a text can be a policy's name: 1 to 128 letters, digits and hyphens.
pub fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// What is attached to a user, in the policies' order.
pub fn of_user<'a>(world: &'a impl Read, user: &'a str) -> impl Iterator<Item = &'a Attachment> {
    let first = PolicyRef { kind: PolicyType::System, name: "".into() };
    let from = AttachmentKey { user: user.into(), policy: first };
    world.range::<Attachment>(from..).take_while(move |attachment| *attachment.key.user == *user)
}

/// How many users each attached policy is attached to.
pub fn attachment_counts(world: &impl Read) -> BTreeMap<PolicyRef, usize> {
    let mut counts = BTreeMap::new();
    for attachment in world.all::<Attachment>() {
        *counts.entry(attachment.key.policy.clone()).or_default() += 1;
    }
    counts
}
