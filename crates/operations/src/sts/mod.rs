//! STS (version 2015-04-01): who calls.

use crate::catalogue::Entry;

mod get_caller_identity;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[Entry::query::<get_caller_identity::GetCallerIdentity>()];
