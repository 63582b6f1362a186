//! Versions of policies: one of them has effect.

use crate::catalogue::Entry;

mod create;
mod delete;
mod get;
mod list;
mod set_default;
pub(super) mod shape;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreatePolicyVersion>(),
    Entry::query::<get::GetPolicyVersion>(),
    Entry::query::<list::ListPolicyVersions>(),
    Entry::write::<set_default::SetDefaultPolicyVersion>(),
    Entry::write::<delete::DeletePolicyVersion>(),
];

#[cfg(test)]
mod tests;
