//! Access keys.

use causeway_model::ram_user::{AccessKey, RamUser};
use causeway_model::{Read, Tenant};
use causeway_wire::{ProtocolError, gateway};

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

/// Whom an access key stands for, once its signature is verified.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Principal {
    Root,
    User(RamUser),
}

/// Finds an active key: the account's own, or a RAM user's. Also its secret.
pub(crate) fn find(
    root: &RootKey,
    global: &Tenant,
    access_key_id: &str,
) -> Result<(String, Principal), ProtocolError> {
    if access_key_id == root.id {
        return Ok((root.secret.clone(), Principal::Root));
    }
    let key = global.get::<AccessKey>(&access_key_id.into());
    let key = key.ok_or_else(gateway::access_key_not_found)?;
    let user = global.get::<RamUser>(&key.user).ok_or_else(gateway::access_key_not_found)?;
    if !key.active {
        return Err(gateway::access_key_inactive());
    }
    Ok((key.secret.to_string(), Principal::User(user.clone())))
}
