//! Destination routes of VPN gateways.

use crate::rows::Keyed;
use crate::tenant::Read;
use causeway_types::{Cidr, Id, Timestamp, TypedId, VpnConnectionId, VpnGatewayId};
use serde::{Deserialize, Serialize};

/// What tells destination routes apart: the weight does not (semantics.md 4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VpnRouteKey {
    /// The gateway.
    pub gateway: VpnGatewayId,
    /// The destination.
    pub destination: Cidr,
    /// The connection.
    pub next_hop: VpnConnectionId,
}

/// A destination route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VpnRoute {
    /// Gateway, destination and next hop.
    pub key: VpnRouteKey,
    /// 100 for the active link, 0 for the standby link (S-VR-26, S-VR-27).
    pub weight: u8,
    /// Whether it is published to the VPC's system table (S-VR-30).
    pub published: bool,
    /// The description.
    pub description: Option<Box<str>>,
    /// When it was made.
    pub created: Timestamp,
    /// The revision it was made at: creation order.
    pub sequence: u64,
}

impl Keyed for VpnRoute {
    type Key = VpnRouteKey;
    fn key(&self) -> VpnRouteKey {
        self.key
    }
}

/// The destination routes of a gateway, by destination.
pub fn of_gateway(world: &impl Read, gateway: VpnGatewayId) -> impl Iterator<Item = &VpnRoute> {
    let bound = |destination, id| VpnRouteKey {
        gateway,
        destination,
        next_hop: VpnConnectionId::from_id(id).expect("a bound of its own prefix"),
    };
    let first = bound(Cidr::DEFAULT_V4, Id::first(VpnConnectionId::PREFIX));
    let last = bound(Cidr::LAST, Id::last(VpnConnectionId::PREFIX));
    world.range::<VpnRoute>(first..=last)
}
