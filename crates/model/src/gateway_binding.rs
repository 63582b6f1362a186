//! Gateway route tables: which table decides on traffic that enters a VPC by an IPv4 or IPv6 gateway.

use crate::resource::Resource;
use crate::rows::Keyed;
use crate::tenant::Read;
use causeway_types::{Id, Prefix, RouteTableId, VpcId};
use serde::{Deserialize, Serialize};

/// A gateway that is bound to a gateway route table of its VPC. A table is bound to one gateway at most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GatewayBinding {
    /// The IPv4 or IPv6 gateway.
    pub gateway: Id,
    /// The table.
    pub table: RouteTableId,
}

impl Keyed for GatewayBinding {
    type Key = Id;
    fn key(&self) -> Id {
        self.gateway
    }
    fn memberships(&self) -> Vec<(Id, Id)> {
        vec![(self.table.into(), self.gateway)]
    }
}

/// The kinds of gateways that can be bound, by the prefix of their ids.
const KINDS: [Prefix; 2] = [Prefix::Ipv4Gateway, Prefix::Ipv6Gateway];

/// Whether an id is that of a gateway which can be bound.
pub fn is_gateway(id: Id) -> bool {
    id.prefix().is_some_and(|prefix| KINDS.contains(&prefix))
}

/// The gateway a table is bound to.
pub fn of_table(world: &impl Read, table: RouteTableId) -> Option<Id> {
    KINDS.iter().find_map(|kind| world.member_ids(table, *kind).next())
}

/// The gateways of a VPC by which traffic enters it.
pub fn entries(world: &impl Read, vpc: VpcId) -> impl Iterator<Item = &Resource> {
    let ids = KINDS.iter().flat_map(move |kind| world.member_ids(vpc, *kind));
    ids.filter_map(|id| world.get::<Resource>(&id))
}
