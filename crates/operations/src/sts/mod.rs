//! STS (version 2015-04-01): who calls, and temporary keys for roles.

use crate::catalogue::Entry;

mod assume_role;
mod get_caller_identity;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::query::<get_caller_identity::GetCallerIdentity>(),
    Entry::write::<assume_role::AssumeRole>(),
];
