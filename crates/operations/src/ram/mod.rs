//! RAM (version 2015-05-01): users, their access keys, policies, groups and roles.
//!
//! Sources of error codes: "RAM API" for what the provider's pages print, "chosen" for the rest.

use crate::catalogue::Entry;

mod attach_policy;
mod attaching;
mod create_access_key;
mod create_policy;
mod create_user;
mod delete_access_key;
mod delete_policy;
mod delete_user;
mod detach_policy;
mod get_access_key_last_used;
mod get_policy;
mod get_user;
mod list_access_keys;
mod list_entities;
mod list_policies;
mod list_policies_for_user;
mod list_users;
mod listing;
mod policy_shape;
mod profile;
mod update_access_key;
mod update_policy_description;
mod update_user;
mod user_shape;

pub(crate) mod group;
pub(crate) mod policy_version;
pub(crate) mod role;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create_user::CreateUser>(),
    Entry::query::<get_user::GetUser>(),
    Entry::query::<list_users::ListUsers>(),
    Entry::write::<update_user::UpdateUser>(),
    Entry::write::<delete_user::DeleteUser>(),
    Entry::write::<create_access_key::CreateAccessKey>(),
    Entry::query::<list_access_keys::ListAccessKeys>(),
    Entry::query::<get_access_key_last_used::GetAccessKeyLastUsed>(),
    Entry::write::<update_access_key::UpdateAccessKey>(),
    Entry::write::<delete_access_key::DeleteAccessKey>(),
    Entry::write::<create_policy::CreatePolicy>(),
    Entry::query::<get_policy::GetPolicy>(),
    Entry::query::<list_policies::ListPolicies>(),
    Entry::write::<update_policy_description::UpdatePolicyDescription>(),
    Entry::write::<delete_policy::DeletePolicy>(),
    Entry::query::<list_entities::ListEntitiesForPolicy>(),
    Entry::write::<attach_policy::AttachPolicyToUser>(),
    Entry::write::<detach_policy::DetachPolicyFromUser>(),
    Entry::query::<list_policies_for_user::ListPoliciesForUser>(),
];

#[cfg(test)]
mod tests;
