//! Operations on VPCs.

use crate::catalogue::Entry;

mod create;
mod delete;
mod describe_attribute;
mod describe_list;
mod shape;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateVpc>(),
    Entry::query::<describe_list::DescribeVpcs>(),
    Entry::query::<describe_attribute::DescribeVpcAttribute>(),
    Entry::write::<delete::DeleteVpc>(),
];
