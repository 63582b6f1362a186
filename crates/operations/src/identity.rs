//! Who a caller is, for whoever tells about callers: STS, the audit trail, refusals.

use crate::access::{Caller, user_arn};

/// What kind of principal calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityKind {
    /// The account itself.
    Root,
    /// A RAM user.
    RamUser,
    /// A session of a role.
    AssumedRole,
}

/// Who calls. Which of its access keys it used is in the call's credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What kind of principal it is.
    pub kind: IdentityKind,
    /// The account, a user's id, or a role's id with the session's name: `role-id:session`.
    pub principal_id: String,
    /// The ARN.
    pub arn: String,
    /// The name of the user or of the role; none for the account.
    pub name: Option<String>,
    /// The session's name, for a session of a role.
    pub session: Option<String>,
}

impl Caller {
    /// Who it is; `account` is the account it belongs to.
    pub fn identity(&self, account: &str) -> Identity {
        match self {
            Caller::Root => Identity {
                kind: IdentityKind::Root,
                principal_id: account.to_owned(),
                arn: format!("acs:ram::{account}:root"),
                name: None,
                session: None,
            },
            Caller::User(user) => Identity {
                kind: IdentityKind::RamUser,
                principal_id: user.id().to_owned(),
                arn: user_arn(account, user.name()),
                name: Some(user.name().to_owned()),
                session: None,
            },
            Caller::Session(session) => {
                let (role, name) = (session.role(), session.name());
                Identity {
                    kind: IdentityKind::AssumedRole,
                    principal_id: format!("{}:{name}", session.role_id()),
                    arn: format!("acs:ram::{account}:assumed-role/{role}/{name}"),
                    name: Some(role.to_owned()),
                    session: Some(name.to_owned()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_its_own_principal() {
        let root = Caller::Root.identity("1234567890123456");
        assert_eq!((root.kind, root.name), (IdentityKind::Root, None));
        assert_eq!(root.principal_id, "1234567890123456");
        assert_eq!(root.arn, "acs:ram::1234567890123456:root");
    }
}
