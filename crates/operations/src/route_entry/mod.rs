//! Operations on entries of VPC route tables.

use crate::catalogue::Entry;

pub(crate) mod shape;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[];
