//! Operations on vpn gateways.

use crate::catalogue::Entry;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[];
