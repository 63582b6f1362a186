//! Resources of other products that routes point to, registered by hand.

use crate::next_hop::NextHopType;
use crate::rows::Keyed;
use crate::tenant::Read;
use crate::txn::Txn;
use crate::vpn_connection::{Attached, ConnectionState, VpnConnection};
use causeway_types::{Id, Timestamp, TrAttachmentId, TransitRouterId, VpcId, VpnConnectionId};
use serde::{Deserialize, Serialize};

/// A registered resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Its id; the prefix tells its kind.
    pub id: Id,
    /// What it belongs to.
    pub place: Place,
    /// Its state, in the words of its own product (semantics.md 7.10).
    pub status: Box<str>,
    /// When it was registered.
    pub created: Timestamp,
}

/// What a registered resource belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Place {
    /// A next hop in a VPC.
    Vpc(VpcId),
    /// The attachment of an IPsec connection to a transit router.
    TransitRouter {
        /// The transit router.
        transit_router: TransitRouterId,
        /// The IPsec connection.
        connection: VpnConnectionId,
    },
}

impl Resource {
    /// The VPC the resource is in.
    pub fn vpc(&self) -> Option<VpcId> {
        match self.place {
            Place::Vpc(vpc) => Some(vpc),
            Place::TransitRouter { .. } => None,
        }
    }

    /// The kind of next hop it is, when routes of a VPC can point to it.
    pub fn next_hop_type(&self) -> Option<NextHopType> {
        self.vpc().and(NextHopType::of(self.id))
    }
}

impl Keyed for Resource {
    type Key = Id;
    fn key(&self) -> Id {
        self.id
    }
    fn memberships(&self) -> Vec<(Id, Id)> {
        match self.place {
            Place::Vpc(vpc) => vec![(vpc.into(), self.id)],
            Place::TransitRouter { transit_router, connection } => {
                vec![(transit_router.into(), self.id), (connection.into(), self.id)]
            }
        }
    }
}

/// The registered resources in a VPC, by kind.
pub fn of_vpc(world: &impl Read, vpc: VpcId) -> impl Iterator<Item = &Resource> {
    let ids = move |kind: &NextHopType| world.member_ids(vpc, kind.prefix());
    NextHopType::ALL.iter().flat_map(ids).filter_map(|id| world.get::<Resource>(&id))
}

/// How many resources are registered in a VPC.
pub fn count_of_vpc(world: &impl Read, vpc: VpcId) -> usize {
    // VPN gateways are no registered resources, wherever they come from.
    let kinds = NextHopType::ALL.iter().filter(|kind| **kind != NextHopType::VpnGateway);
    kinds.map(|kind| world.member_ids(vpc, kind.prefix()).count()).sum()
}

/// The attachment and its connection reach the state they were heading for.
pub(crate) fn settle(txn: &mut Txn, id: TrAttachmentId) {
    let Some(resource) = txn.get::<Resource>(&id.into()) else { return };
    let Place::TransitRouter { connection, .. } = resource.place else { return };
    match &*resource.status {
        "Attaching" => {
            txn.update::<Resource>(&id.into(), |resource| resource.status = "Attached".into());
            txn.update::<VpnConnection>(&connection, |connection| {
                connection.state = ConnectionState::Attached;
            });
        }
        "Detaching" => {
            txn.remove::<Resource>(&id.into());
            txn.update::<VpnConnection>(&connection, |connection| {
                connection.attached = Attached::Nothing;
                connection.state = ConnectionState::Init;
            });
        }
        _ => {}
    }
}
