//! Operations on vSwitches.

use crate::catalogue::Entry;

mod create;
mod delete;
mod describe_attributes;
mod describe_list;
mod shape;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateVSwitch>(),
    Entry::query::<describe_list::DescribeVSwitches>(),
    Entry::query::<describe_attributes::DescribeVSwitchAttributes>(),
    Entry::write::<delete::DeleteVSwitch>(),
];
