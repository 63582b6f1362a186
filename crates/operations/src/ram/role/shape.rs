//! A role in answers.

use crate::access::role_arn;
use causeway_model::ram_role::RamRole;
use serde::Serialize;

/// `Role`, as lists show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleShape {
    role_id: String,
    role_name: String,
    arn: String,
    description: String,
    max_session_duration: i64,
    create_date: String,
    update_date: String,
}

/// An answer that is a role.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleAnswer {
    role: WithTrust,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WithTrust {
    #[serde(flatten)]
    role: RoleShape,
    assume_role_policy_document: String,
}

impl RoleShape {
    /// A role of this account.
    pub(super) fn new(role: &RamRole, account: &str) -> RoleShape {
        RoleShape {
            role_id: role.id.to_string(),
            role_name: role.name.to_string(),
            arn: role_arn(account, &role.name),
            description: role.description.as_deref().unwrap_or_default().into(),
            max_session_duration: role.session_max_s,
            create_date: role.created.to_string(),
            update_date: role.updated.to_string(),
        }
    }
}

impl RoleAnswer {
    /// A role of this account.
    pub(super) fn new(role: &RamRole, account: &str) -> RoleAnswer {
        let assume_role_policy_document = role.trust.to_string();
        let role = RoleShape::new(role, account);
        RoleAnswer { role: WithTrust { role, assume_role_policy_document } }
    }
}
