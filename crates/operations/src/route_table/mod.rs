//! Operations on route tables.

use crate::catalogue::Entry;

mod associate;
mod associate_gateway;
mod create;
mod delete;
mod describe;
mod describe_list;
mod dissociate_gateway;
mod gateway;
mod unassociate;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] = &[
    Entry::write::<create::CreateRouteTable>(),
    Entry::query::<describe_list::DescribeRouteTableList>(),
    Entry::query::<describe::DescribeRouteTables>(),
    Entry::write::<delete::DeleteRouteTable>(),
    Entry::write::<associate::AssociateRouteTable>(),
    Entry::write::<unassociate::UnassociateRouteTable>(),
    Entry::write::<associate_gateway::AssociateRouteTableWithGateway>(),
    Entry::write::<dissociate_gateway::DissociateRouteTableFromGateway>(),
];
