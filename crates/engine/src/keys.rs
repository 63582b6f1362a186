//! Access keys.

use causeway_operations::Caller;

/// The access key of the account itself.
#[derive(Clone, PartialEq, Eq)]
pub struct RootKey {
    /// `AccessKeyId`.
    pub id: String,
    /// The secret it signs with; never printed.
    pub secret: String,
}

impl std::fmt::Debug for RootKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RootKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What an access key proves.
pub(crate) struct Principal<'a> {
    pub secret: &'a str,
    pub caller: Caller,
}

impl RootKey {
    pub(crate) fn find(&self, access_key_id: &str) -> Option<Principal<'_>> {
        (access_key_id == self.id).then(|| Principal { secret: &self.secret, caller: Caller::Root })
    }
}
