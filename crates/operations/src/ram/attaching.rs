//! Attaching policies, and what is attached: the same for users, groups and roles.

use super::policy_shape::AnyPolicy;
use causeway_model::ram_policy::{self, Holder, PolicyRef, PolicyType};
use causeway_model::{Read, Txn};
use serde::Serialize;

/// Why a policy is not attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotAttached {
    /// No policy of this type has this name.
    NoPolicy,
    /// It is attached already.
    Already,
    /// As many policies of its type are attached as may be.
    Full,
}

/// Attaches the policy with this type and name to somebody who is there.
pub(super) fn attach(
    txn: &mut Txn,
    holder: &Holder,
    (kind, name): (&str, &str),
    most: usize,
) -> Result<(), NotAttached> {
    let policy = AnyPolicy::find(txn, kind, name).ok_or(NotAttached::NoPolicy)?.reference();
    let attached = ram_policy::attached(txn, holder);
    if attached.iter().any(|(it, _)| **it == policy) {
        return Err(NotAttached::Already);
    }
    if attached.iter().filter(|(it, _)| it.kind == policy.kind).count() >= most {
        return Err(NotAttached::Full);
    }
    ram_policy::attach(txn, holder, policy);
    Ok(())
}

/// Detaches the policy with this type and name; `false` when it is not attached.
pub(super) fn detach(txn: &mut Txn, holder: &Holder, (kind, name): (&str, &str)) -> bool {
    let Some(kind) = PolicyType::from_text(kind) else { return false };
    let policy = PolicyRef { kind, name: name.into() };
    let attached = ram_policy::attached(txn, holder).iter().any(|(it, _)| **it == policy);
    if attached {
        ram_policy::detach(txn, holder, policy);
    }
    attached
}

/// The policies attached to somebody, system ones first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicies {
    policies: Policies,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policies {
    policy: Vec<Attached>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attached {
    policy_name: String,
    policy_type: &'static str,
    description: String,
    default_version: String,
    attach_date: String,
}

impl AttachedPolicies {
    /// What is attached to this holder.
    pub(super) fn of(world: &impl Read, holder: &Holder) -> AttachedPolicies {
        let attached = ram_policy::attached(world, holder).into_iter();
        let policy = attached.map(|(it, since)| {
            let policy = AnyPolicy::find(world, it.kind.text(), &it.name);
            let version = policy.as_ref().map_or(ram_policy::FIRST_VERSION, |it| it.version);
            Attached {
                policy_name: it.name.to_string(),
                policy_type: it.kind.text(),
                description: policy.map_or(String::new(), |policy| policy.description.into()),
                default_version: ram_policy::version_id(version),
                attach_date: since.to_string(),
            }
        });
        AttachedPolicies { policies: Policies { policy: policy.collect() } }
    }
}
