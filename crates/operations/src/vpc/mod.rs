//! Operations on VPCs.

use crate::catalogue::Entry;

mod create;
mod describe_attribute;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateVpc>(),
    Entry::query::<describe_attribute::DescribeVpcAttribute>(),
];
