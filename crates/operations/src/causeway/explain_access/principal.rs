//! Who would call.

use super::{Error, Request};
use crate::access::{Origin, role_arn, user_arn};
use crate::rights::{Principal, Rights};
use causeway_model::ram_role::RamRole;
use causeway_model::ram_session::RamSession;
use causeway_model::ram_user::{AccessKey, RamUser};
use causeway_model::{Context, Read, Tenant};
use causeway_spec::Refusal;
use std::net::{IpAddr, Ipv4Addr};

/// Who is asked about.
pub(super) struct Asked {
    /// The ARN.
    pub arn: String,
    /// Whose policies decide.
    pub principal: Principal,
    /// The session's own policy.
    pub session: Option<Box<str>>,
    /// What it may do.
    pub rights: Rights,
    /// Why its access key cannot be used.
    pub unusable: Option<&'static str>,
}

/// Finds the one principal that a request names.
pub(super) fn find(
    global: &Tenant,
    context: &Context,
    request: &Request,
) -> Result<Asked, Refusal> {
    let origin = origin(context, request)?;
    let of = Finder { global, account: &context.account, origin };
    match (&request.user_name, &request.role_name, &request.user_access_key_id) {
        (Some(user), None, None) => of.user(user, None).ok_or_else(|| Error::UserNotFound.into()),
        (None, Some(role), None) => of.role(role).ok_or_else(|| Error::RoleNotFound.into()),
        (None, None, Some(key)) => of.key(key).ok_or_else(|| Error::KeyNotFound.into()),
        _ => Err(Error::Principal.into()),
    }
}

/// The clock of resources stands for the time of the call.
fn origin(context: &Context, request: &Request) -> Result<Origin, Refusal> {
    let address = match &request.source_address {
        None => IpAddr::V4(Ipv4Addr::LOCALHOST),
        Some(text) => text.parse().map_err(|_| Refusal::invalid_parameter("SourceAddress"))?,
    };
    let secure = request.secure_transport.unwrap_or(false);
    Ok(Origin { address, secure, at: context.now })
}

struct Finder<'a> {
    global: &'a Tenant,
    account: &'a str,
    origin: Origin,
}

impl Finder<'_> {
    fn user(&self, name: &str, unusable: Option<&'static str>) -> Option<Asked> {
        let user = self.global.get::<RamUser>(&name.into())?;
        let arn = user_arn(self.account, name);
        let principal = Principal::User { name: name.into(), id: user.id.clone() };
        let keys = self.origin.keys(arn.clone());
        let rights = Rights::new(self.global, principal.clone(), None, keys);
        Some(Asked { arn, principal, session: None, rights, unusable })
    }

    fn role(&self, name: &str) -> Option<Asked> {
        let role = self.global.get::<RamRole>(&name.into())?;
        let arn = role_arn(self.account, name);
        let principal = Principal::Role { name: name.into(), id: role.id.clone() };
        let keys = self.origin.keys(arn.clone());
        let rights = Rights::new(self.global, principal.clone(), None, keys);
        Some(Asked { arn, principal, session: None, rights, unusable: None })
    }

    fn key(&self, id: &str) -> Option<Asked> {
        if let Some(key) = self.global.get::<AccessKey>(&id.into()) {
            return self.user(&key.user, (!key.active).then_some("Inactive"));
        }
        let session = self.global.get::<RamSession>(&id.into())?;
        // The key of a session ends with its role, and another role of that name is another.
        let role = self.role(&session.role)?;
        let same = matches!(&role.principal, Principal::Role { id, .. } if *id == session.role_id);
        same.then(|| self.session(session, role))
    }

    fn session(&self, session: &RamSession, role: Asked) -> Asked {
        let mut keys = self.origin.keys(role.arn);
        if let Some(source) = session.source_identity.as_deref() {
            keys.set("sts:SourceIdentity", source);
        }
        let (own, name) = (session.policy.as_deref(), &session.name);
        let rights = Rights::new(self.global, role.principal.clone(), own, keys);
        let arn = format!("acs:ram::{}:assumed-role/{}/{name}", self.account, session.role);
        let unusable = (session.expires <= self.origin.at).then_some("Expired");
        Asked { arn, principal: role.principal, session: session.policy.clone(), rights, unusable }
    }
}
