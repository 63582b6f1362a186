//! Access keys.

use causeway_model::ram_role::RamRole;
use causeway_model::ram_session::{KEY_PREFIX, RamSession, is_token};
use causeway_model::ram_user::{AccessKey, RamUser};
use causeway_model::{Read, Tenant};
use causeway_types::Timestamp;
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
    Session(RamSession),
}

/// What a call says to be signed with.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub access_key_id: &'a str,
    pub security_token: Option<&'a str>,
}

/// Finds a key that may be used now: the account's own, a RAM user's, or a session's. Also its
/// secret.
pub(crate) fn find(
    root: &RootKey,
    global: &Tenant,
    claim: Claim,
    now: Timestamp,
) -> Result<(String, Principal), ProtocolError> {
    let id = claim.access_key_id;
    if id.starts_with(KEY_PREFIX) {
        return session(global, claim, now);
    }
    let found = if id == root.id {
        (root.secret.clone(), Principal::Root)
    } else {
        let key = global.get::<AccessKey>(&id.into());
        let key = key.ok_or_else(gateway::access_key_not_found)?;
        let user = global.get::<RamUser>(&key.user).ok_or_else(gateway::access_key_not_found)?;
        if !key.active {
            return Err(gateway::access_key_inactive());
        }
        (key.secret.to_string(), Principal::User(user.clone()))
    };
    // Only temporary keys come with a token.
    match claim.security_token {
        Some(_) => Err(gateway::security_token_mismatch()),
        None => Ok(found),
    }
}

fn session(
    global: &Tenant,
    claim: Claim,
    now: Timestamp,
) -> Result<(String, Principal), ProtocolError> {
    let token = claim.security_token.filter(|token| !token.is_empty());
    let token = token.ok_or_else(gateway::missing_security_token)?;
    let session = global.get::<RamSession>(&claim.access_key_id.into());
    let session = session.ok_or_else(gateway::access_key_not_found)?;
    let role = global.get::<RamRole>(&session.role).filter(|role| role.id == session.role_id);
    role.ok_or_else(gateway::access_key_not_found)?;
    if !is_token(token) {
        return Err(gateway::security_token_malformed());
    }
    let secret = session.secret(token).ok_or_else(gateway::security_token_mismatch)?;
    if session.expires <= now {
        return Err(gateway::security_token_expired());
    }
    Ok((secret, Principal::Session(session.clone())))
}
