//! Policies, their versions, and whom they are attached to. They live in the account's global
//! tenant.

use crate::rows::Keyed;
use crate::tenant::Read;
use crate::txn::Txn;
use causeway_types::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The number of a policy's first version, and of the one that system policies have.
pub const FIRST_VERSION: u32 = 1;

/// A custom policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamPolicy {
    /// The name, unique among the account's custom policies.
    pub name: Box<str>,
    /// What it is for.
    pub description: Option<Box<str>>,
    /// Its versions, oldest first: never none, the default one among them.
    pub versions: Vec<PolicyVersion>,
    /// The number of the version that has effect.
    pub default_version: u32,
    /// The number the next version gets; none is used twice.
    pub next_version: u32,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}

/// One version of a policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Its number: 2 is `v2`.
    pub number: u32,
    /// The document, as given.
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

impl PolicyRef {
    /// Before all others.
    fn first() -> PolicyRef {
        PolicyRef { kind: PolicyType::System, name: "".into() }
    }
}

/// Whom a policy is attached to, by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// A user.
    User(Box<str>),
    /// A group.
    Group(Box<str>),
    /// A role.
    Role(Box<str>),
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

/// Who can hold policies besides users, whose attachments are rows of their own since before there
/// were others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OtherHolder {
    /// A group.
    Group(Box<str>),
    /// A role.
    Role(Box<str>),
}

/// Which policy is attached to which group or role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OtherAttachmentKey {
    /// The group or role.
    pub holder: OtherHolder,
    /// The policy.
    pub policy: PolicyRef,
}

/// A policy attached to a group or a role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherAttachment {
    /// Group or role, and policy.
    pub key: OtherAttachmentKey,
    /// When it was attached.
    pub attached: Timestamp,
}

/// The shape of the first release, whose policies had one version.
#[derive(Serialize, Deserialize)]
struct RamPolicy1 {
    name: Box<str>,
    description: Option<Box<str>>,
    document: Box<str>,
    created: Timestamp,
}

impl Keyed for RamPolicy {
    type Key = Box<str>;
    const VERSION: u8 = 2;
    fn key(&self) -> Box<str> {
        self.name.clone()
    }
    fn older(version: u8, body: &[u8]) -> Option<RamPolicy> {
        let old: RamPolicy1 = (version == 1).then(|| postcard::from_bytes(body).ok())??;
        let description = old.description;
        Some(RamPolicy::new(&old.name, description, old.document, old.created))
    }
}

impl Keyed for Attachment {
    type Key = AttachmentKey;
    fn key(&self) -> AttachmentKey {
        self.key.clone()
    }
}

impl Keyed for OtherAttachment {
    type Key = OtherAttachmentKey;
    fn key(&self) -> OtherAttachmentKey {
        self.key.clone()
    }
}

impl RamPolicy {
    /// A policy with its first version.
    pub fn new(
        name: &str,
        description: Option<Box<str>>,
        document: Box<str>,
        now: Timestamp,
    ) -> RamPolicy {
        RamPolicy {
            name: name.into(),
            description,
            versions: vec![PolicyVersion { number: FIRST_VERSION, document, created: now }],
            default_version: FIRST_VERSION,
            next_version: FIRST_VERSION + 1,
            created: now,
            updated: now,
        }
    }

    /// The version with this number.
    pub fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// The version that has effect.
    pub fn in_effect(&self) -> Option<&PolicyVersion> {
        self.version(self.default_version)
    }

    /// Adds a version and answers its number.
    pub fn add_version(&mut self, document: Box<str>, in_effect: bool, now: Timestamp) -> u32 {
        let number = self.next_version;
        self.next_version += 1;
        self.versions.push(PolicyVersion { number, document, created: now });
        if in_effect {
            self.default_version = number;
        }
        self.updated = now;
        number
    }
}

/// The id of a version: `v2`.
pub fn version_id(number: u32) -> String {
    format!("v{number}")
}

/// The number in a version's id, written the one way it is printed.
pub fn version_number(id: &str) -> Option<u32> {
    id.strip_prefix('v')?.parse().ok().filter(|number| version_id(*number) == id)
}

/// Whether a text can be a policy's name: 1 to 128 letters, digits and hyphens.
pub fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// What is attached to a user, in the policies' order.
pub fn of_user<'a>(world: &'a impl Read, user: &'a str) -> impl Iterator<Item = &'a Attachment> {
    let from = AttachmentKey { user: user.into(), policy: PolicyRef::first() };
    world.range::<Attachment>(from..).take_while(move |attachment| *attachment.key.user == *user)
}

fn of_other(world: &impl Read, holder: OtherHolder) -> impl Iterator<Item = &OtherAttachment> {
    let from = OtherAttachmentKey { holder: holder.clone(), policy: PolicyRef::first() };
    world.range::<OtherAttachment>(from..).take_while(move |it| it.key.holder == holder)
}

impl From<OtherHolder> for Holder {
    fn from(holder: OtherHolder) -> Holder {
        match holder {
            OtherHolder::Group(name) => Holder::Group(name),
            OtherHolder::Role(name) => Holder::Role(name),
        }
    }
}

/// What is attached to whoever it is, in the policies' order, and since when.
pub fn attached<'a>(world: &'a impl Read, holder: &'a Holder) -> Vec<(&'a PolicyRef, Timestamp)> {
    let other = |holder| {
        let all = of_other(world, holder);
        all.map(|it| (&it.key.policy, it.attached)).collect::<Vec<_>>()
    };
    match holder {
        Holder::User(name) => {
            of_user(world, name).map(|it| (&it.key.policy, it.attached)).collect()
        }
        Holder::Group(name) => other(OtherHolder::Group(name.clone())),
        Holder::Role(name) => other(OtherHolder::Role(name.clone())),
    }
}

/// Attaches a policy, now.
pub fn attach(txn: &mut Txn, holder: &Holder, policy: PolicyRef) {
    let now = txn.now();
    attach_at(txn, holder, policy, now);
}

fn attach_at(txn: &mut Txn, holder: &Holder, policy: PolicyRef, attached: Timestamp) {
    let holder = match holder.clone() {
        Holder::User(user) => {
            return txn.put(Attachment { key: AttachmentKey { user, policy }, attached });
        }
        Holder::Group(name) => OtherHolder::Group(name),
        Holder::Role(name) => OtherHolder::Role(name),
    };
    txn.put(OtherAttachment { key: OtherAttachmentKey { holder, policy }, attached });
}

/// Detaches a policy, if it is attached.
pub fn detach(txn: &mut Txn, holder: &Holder, policy: PolicyRef) {
    let holder = match holder.clone() {
        Holder::User(user) => return txn.remove::<Attachment>(&AttachmentKey { user, policy }),
        Holder::Group(name) => OtherHolder::Group(name),
        Holder::Role(name) => OtherHolder::Role(name),
    };
    txn.remove::<OtherAttachment>(&OtherAttachmentKey { holder, policy });
}

/// Moves what is attached to one holder to another, of another name.
pub(crate) fn move_attachments(txn: &mut Txn, from: &Holder, to: &Holder) {
    let all: Vec<_> = attached(txn, from).into_iter().map(|(it, at)| (it.clone(), at)).collect();
    for (policy, at) in all {
        detach(txn, from, policy.clone());
        attach_at(txn, to, policy, at);
    }
}

/// Whom a policy is attached to, users first, and since when.
pub fn holders(world: &impl Read, policy: &PolicyRef) -> Vec<(Holder, Timestamp)> {
    let users = world.all::<Attachment>().filter(|it| it.key.policy == *policy);
    let users = users.map(|it| (Holder::User(it.key.user.clone()), it.attached));
    let others = world.all::<OtherAttachment>().filter(|it| it.key.policy == *policy);
    users.chain(others.map(|it| (it.key.holder.clone().into(), it.attached))).collect()
}

/// How many users, groups and roles each attached policy is attached to.
pub fn attachment_counts(world: &impl Read) -> BTreeMap<PolicyRef, usize> {
    let users = world.all::<Attachment>().map(|it| &it.key.policy);
    let others = world.all::<OtherAttachment>().map(|it| &it.key.policy);
    let mut counts = BTreeMap::new();
    for policy in users.chain(others) {
        *counts.entry(policy.clone()).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_ids_are_written_one_way() {
        assert_eq!(version_number(&version_id(12)), Some(12));
        for odd in ["", "v", "2", "v02", "v+2", "V2", "v2 ", "v99999999999"] {
            assert_eq!(version_number(odd), None, "{odd}");
        }
    }
}
