//! Operations on route tables.

use crate::catalogue::Entry;

mod associate;
mod create;
mod delete;
mod describe;
mod describe_list;
mod unassociate;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateRouteTable>(),
    Entry::query::<describe_list::DescribeRouteTableList>(),
    Entry::query::<describe::DescribeRouteTables>(),
    Entry::write::<delete::DeleteRouteTable>(),
    Entry::write::<associate::AssociateRouteTable>(),
    Entry::write::<unassociate::UnassociateRouteTable>(),
];
