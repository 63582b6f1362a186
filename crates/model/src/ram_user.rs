//! RAM users and their access keys. They live in the account's global tenant.

use crate::ram_group::{self, Membership, MembershipKey};
use crate::ram_last_use::LastUse;
use crate::ram_policy::{self, Holder};
use crate::rows::Keyed;
use crate::tenant::Read;
use crate::txn::Txn;
use causeway_types::Timestamp;
use serde::{Deserialize, Serialize};

/// A RAM user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamUser {
    /// The name, unique within the account.
    pub name: Box<str>,
    /// The id, eighteen digits; another user of the same name has another.
    pub id: Box<str>,
    /// Name for people, comments and ways to reach the user.
    pub profile: Profile,
    /// The ids of the user's access keys, oldest first.
    pub access_keys: Vec<Box<str>>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}

/// The shape of the first release, whose users never changed.
#[derive(Serialize, Deserialize)]
struct RamUser1 {
    name: Box<str>,
    id: Box<str>,
    profile: Profile,
    access_keys: Vec<Box<str>>,
    created: Timestamp,
}

/// What is said about a user; absent when not given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The name for people.
    pub display_name: Option<Box<str>>,
    /// The mobile phone number.
    pub mobile_phone: Option<Box<str>>,
    /// The mail address.
    pub email: Option<Box<str>>,
    /// Comments.
    pub comments: Option<Box<str>>,
}

/// An access key of a user.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessKey {
    /// `AccessKeyId`.
    pub id: Box<str>,
    /// The secret it signs with; never printed.
    pub secret: Box<str>,
    /// The name of the user it belongs to.
    pub user: Box<str>,
    /// Whether it may be used.
    pub active: bool,
    /// When it was made.
    pub created: Timestamp,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = f.debug_struct("AccessKey");
        text.field("id", &self.id).field("user", &self.user).field("active", &self.active);
        text.finish_non_exhaustive()
    }
}

impl Keyed for RamUser {
    type Key = Box<str>;
    const VERSION: u8 = 2;
    fn key(&self) -> Box<str> {
        self.name.clone()
    }
    fn older(version: u8, body: &[u8]) -> Option<RamUser> {
        let old: RamUser1 = (version == 1).then(|| postcard::from_bytes(body).ok())??;
        let RamUser1 { name, id, profile, access_keys, created } = old;
        Some(RamUser { name, id, profile, access_keys, created, updated: created })
    }
}

impl Keyed for AccessKey {
    type Key = Box<str>;
    const SECRET: bool = true;
    fn key(&self) -> Box<str> {
        self.id.clone()
    }
}

/// Whether a text can be a user's name: 1 to 64 letters, digits, `.`, `-` and `_`.
pub fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

/// A new user's id: eighteen digits, the first a `2`.
pub fn new_id(txn: &mut Txn) -> Box<str> {
    format!("2{:017}", txn.entropy() % 10_u128.pow(17)).into()
}

/// The access keys of a user, oldest first.
pub fn access_keys<'a>(
    world: &'a impl Read,
    user: &'a RamUser,
) -> impl Iterator<Item = &'a AccessKey> {
    user.access_keys.iter().filter_map(|id| world.get::<AccessKey>(id))
}

/// Makes an access key for a user who is there.
pub fn add_access_key(txn: &mut Txn, user: &str) -> AccessKey {
    let id = format!("LTAI5t{}", letters(txn, 18));
    let secret = letters(txn, 30);
    let key = AccessKey {
        id: id.into(),
        secret: secret.into(),
        user: user.into(),
        active: true,
        created: txn.now(),
    };
    txn.put(key.clone());
    txn.update::<RamUser>(&user.into(), |user| user.access_keys.push(key.id.clone()));
    key
}

/// Removes an access key from its user.
pub fn remove_access_key(txn: &mut Txn, key: &AccessKey) {
    txn.remove::<AccessKey>(&key.id);
    txn.remove::<LastUse>(&key.id);
    txn.update::<RamUser>(&key.user, |user| user.access_keys.retain(|id| *id != key.id));
}

/// Gives a user who is there another name, which no other user has; keys, groups and policies stay
/// with the user.
pub fn rename(txn: &mut Txn, from: &str, to: &str) {
    let Some(user) = txn.get::<RamUser>(&from.into()).cloned() else { return };
    for id in &user.access_keys {
        txn.update::<AccessKey>(id, |key| key.user = to.into());
    }
    for membership in ram_group::of_user(txn, from).cloned().collect::<Vec<_>>() {
        txn.remove::<Membership>(&membership.key);
        let key = MembershipKey { user: to.into(), ..membership.key };
        txn.put(Membership { key, ..membership });
    }
    ram_policy::move_attachments(txn, &Holder::User(from.into()), &Holder::User(to.into()));
    txn.remove::<RamUser>(&from.into());
    txn.put(RamUser { name: to.into(), ..user });
}

/// Letters and digits nobody can guess without the seed, about 5.9 bits in each.
pub(crate) fn letters(txn: &mut Txn, length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut bits = txn.entropy();
        // Twenty letters take 119 of the 128 bits.
        for _ in 0..20.min(length - text.len()) {
            let at = usize::try_from(bits % 62).unwrap_or_default();
            text.push(char::from(ALPHABET[at]));
            bits /= 62;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for name in ["a", "alice", "A.b-c_9", &"x".repeat(64)] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "a b", "a/b", "a*", "ä", &"x".repeat(65)] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let key = AccessKey {
            id: "LTAI".into(),
            secret: "hidden".into(),
            user: "alice".into(),
            active: true,
            created: Timestamp(0),
        };
        let text = format!("{key:?}");
        assert!(text.contains("LTAI") && !text.contains("hidden"), "{text}");
    }
}
