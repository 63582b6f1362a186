//! Groups of users.

use crate::catalogue::Entry;

mod add_user;
mod attach_policy;
mod create;
mod delete;
mod detach_policy;
mod get;
mod list;
mod list_for_user;
mod list_policies;
mod list_users;
mod remove_user;
mod shape;
mod update;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateGroup>(),
    Entry::query::<get::GetGroup>(),
    Entry::query::<list::ListGroups>(),
    Entry::write::<update::UpdateGroup>(),
    Entry::write::<delete::DeleteGroup>(),
    Entry::write::<add_user::AddUserToGroup>(),
    Entry::write::<remove_user::RemoveUserFromGroup>(),
    Entry::query::<list_users::ListUsersForGroup>(),
    Entry::query::<list_for_user::ListGroupsForUser>(),
    Entry::write::<attach_policy::AttachPolicyToGroup>(),
    Entry::write::<detach_policy::DetachPolicyFromGroup>(),
    Entry::query::<list_policies::ListPoliciesForGroup>(),
];

#[cfg(test)]
mod tests;
