//! Operations on vpn routes.

use crate::catalogue::Entry;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[];
