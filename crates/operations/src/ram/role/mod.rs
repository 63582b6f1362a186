//! Roles: what others may become for a while.

use crate::catalogue::Entry;

mod attach_policy;
mod create;
mod delete;
mod detach_policy;
mod get;
mod list;
mod list_policies;
mod settings;
mod shape;
mod update;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateRole>(),
    Entry::query::<get::GetRole>(),
    Entry::query::<list::ListRoles>(),
    Entry::write::<update::UpdateRole>(),
    Entry::write::<delete::DeleteRole>(),
    Entry::write::<attach_policy::AttachPolicyToRole>(),
    Entry::write::<detach_policy::DetachPolicyFromRole>(),
    Entry::query::<list_policies::ListPoliciesForRole>(),
];

#[cfg(test)]
mod tests;
