//! ActionTrail (version 2020-07-06): what was called, by whom, and what came of it.

use crate::catalogue::Entry;

mod filter;
mod lookup_events;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[Entry::log_query::<lookup_events::LookupEvents>()];
