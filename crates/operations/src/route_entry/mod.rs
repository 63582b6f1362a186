//! Operations on entries of VPC route tables.

use crate::catalogue::Entry;

mod create;
mod create_batch;
mod create_batch_failure;
mod create_error;
mod create_refusal;
mod delete;
mod delete_batch;
mod describe_list;
mod list_token;
mod modify;
mod modify_error;
#[cfg(test)]
mod properties;
mod removal;
pub(crate) mod shape;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create_batch::CreateRouteEntries>(),
    Entry::write::<create::CreateRouteEntry>(),
    Entry::write::<modify::ModifyRouteEntry>(),
    Entry::query::<describe_list::DescribeRouteEntryList>(),
    Entry::write::<delete::DeleteRouteEntry>(),
    Entry::write::<delete_batch::DeleteRouteEntries>(),
];
