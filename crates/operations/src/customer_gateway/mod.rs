//! Operations on customer gateways.

use crate::catalogue::Entry;

mod create;
mod delete;
mod describe;
mod list;
mod shape;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateCustomerGateway>(),
    Entry::write::<delete::DeleteCustomerGateway>(),
    Entry::query::<describe::DescribeCustomerGateway>(),
    Entry::query::<list::DescribeCustomerGateways>(),
];
