//! Roles: identities that others take on for a while, as their trust policies allow.

use crate::rows::Keyed;
use crate::txn::Txn;
use causeway_types::Timestamp;
use serde::{Deserialize, Serialize};

/// How long a session lasts unless the request says otherwise, in seconds; also the least a role
/// may limit its sessions to.
pub const SESSION_DEFAULT_S: i64 = 3600;
/// The most a role may allow its sessions, in seconds.
pub const SESSION_MAX_S: i64 = 43_200;

/// A role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RamRole {
    /// The name, unique within the account.
    pub name: Box<str>,
    /// The id, eighteen digits.
    pub id: Box<str>,
    /// What it is for.
    pub description: Option<Box<str>>,
    /// Who may take it on: the trust policy, as given.
    pub trust: Box<str>,
    /// How long its sessions may last at most, in seconds.
    pub session_max_s: i64,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}

impl Keyed for RamRole {
    type Key = Box<str>;
    fn key(&self) -> Box<str> {
        self.name.clone()
    }
}

/// Whether a text can be a role's name: 1 to 64 letters, digits, `.` and `-`.
pub fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
}

/// A new role's id: eighteen digits, the first a `3`.
pub fn new_id(txn: &mut Txn) -> Box<str> {
    format!("3{:017}", txn.entropy() % 10_u128.pow(17)).into()
}
