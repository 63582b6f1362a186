//! Policy-based routes of VPN gateways.

use crate::rows::Keyed;
use crate::tenant::Read;
use causeway_types::{Cidr, Id, Timestamp, TypedId, VpnConnectionId, VpnGatewayId};
use serde::{Deserialize, Serialize};

/// What tells policy-based routes apart (semantics.md 5.4, rule 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VpnPbrRouteKey {
    /// The gateway.
    pub gateway: VpnGatewayId,
    /// The source.
    pub source: Cidr,
    /// The destination.
    pub destination: Cidr,
    /// The connection.
    pub next_hop: VpnConnectionId,
}

/// A policy-based route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VpnPbrRoute {
    /// Gateway, source, destination and next hop.
    pub key: VpnPbrRouteKey,
    /// 100 for the active link, 0 for the standby link (S-PBR-18, S-PBR-19).
    pub weight: u8,
    /// 1 to 100, smaller wins (S-PBR-14).
    pub priority: u8,
    /// Whether it is published to the VPC's system table (S-PBR-10).
    pub published: bool,
    /// The description.
    pub description: Option<Box<str>>,
    /// When it was made.
    pub created: Timestamp,
    /// The revision it was made at: creation order, which breaks ties of priority.
    pub sequence: u64,
}

impl Keyed for VpnPbrRoute {
    type Key = VpnPbrRouteKey;
    fn key(&self) -> VpnPbrRouteKey {
        self.key
    }
}

/// The policy-based routes of a gateway, by source and destination.
pub fn of_gateway(world: &impl Read, gateway: VpnGatewayId) -> impl Iterator<Item = &VpnPbrRoute> {
    let bound = |cidr, id| VpnPbrRouteKey {
        gateway,
        source: cidr,
        destination: cidr,
        next_hop: VpnConnectionId::from_id(id).expect("a bound of its own prefix"),
    };
    let first = bound(Cidr::DEFAULT_V4, Id::first(VpnConnectionId::PREFIX));
    let last = bound(Cidr::LAST, Id::last(VpnConnectionId::PREFIX));
    world.range::<VpnPbrRoute>(first..=last)
}
