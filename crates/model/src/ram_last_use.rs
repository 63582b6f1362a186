//! When an access key was last used, roughly: not every use is noted.

use crate::ram_user::AccessKey;
use crate::rows::Keyed;
use crate::tenant::Read;
use crate::txn::Txn;
use causeway_types::Timestamp;
use serde::{Deserialize, Serialize};

/// How long a use stands for the ones that follow, in milliseconds: one use in this time is noted.
pub const NOTED_EVERY_MS: i64 = 600_000;

/// The last use of a RAM user's access key that was noted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastUse {
    /// The id of the key.
    pub key_id: Box<str>,
    /// When it was used.
    pub at: Timestamp,
}

impl Keyed for LastUse {
    type Key = Box<str>;
    fn key(&self) -> Box<str> {
        self.key_id.clone()
    }
}

/// Notes that a key was used, unless it is gone meanwhile.
pub fn note(txn: &mut Txn, key_id: &str, at: Timestamp) {
    let key_id: Box<str> = key_id.into();
    if txn.get::<AccessKey>(&key_id).is_some() {
        txn.put(LastUse { key_id, at });
    }
}
