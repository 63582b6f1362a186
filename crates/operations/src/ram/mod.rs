//! RAM (version 2015-05-01): users, their access keys, and the policies attached to them.
//!
//! Sources of error codes: "RAM API" for what the provider's pages print, "chosen" for the rest.

use crate::catalogue::Entry;

mod attach_policy;
mod create_access_key;
mod create_policy;
mod create_user;
mod delete_access_key;
mod delete_policy;
mod delete_user;
mod detach_policy;
mod get_policy;
mod get_user;
mod list_access_keys;
mod list_policies;
mod list_policies_for_user;
mod list_users;
mod listing;
mod policy_shape;
mod update_access_key;
mod user_shape;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create_user::CreateUser>(),
    Entry::query::<get_user::GetUser>(),
    Entry::query::<list_users::ListUsers>(),
    Entry::write::<delete_user::DeleteUser>(),
    Entry::write::<create_access_key::CreateAccessKey>(),
    Entry::query::<list_access_keys::ListAccessKeys>(),
    Entry::write::<update_access_key::UpdateAccessKey>(),
    Entry::write::<delete_access_key::DeleteAccessKey>(),
    Entry::write::<create_policy::CreatePolicy>(),
    Entry::query::<get_policy::GetPolicy>(),
    Entry::query::<list_policies::ListPolicies>(),
    Entry::write::<delete_policy::DeletePolicy>(),
    Entry::write::<attach_policy::AttachPolicyToUser>(),
    Entry::write::<detach_policy::DetachPolicyFromUser>(),
    Entry::query::<list_policies_for_user::ListPoliciesForUser>(),
];

#[cfg(test)]
mod tests;
