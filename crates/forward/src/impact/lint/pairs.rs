//! Pairs of an active and a standby route on a VPN gateway.

use causeway_model::{Read, vpn_pbr_route, vpn_route};
use causeway_types::{Cidr, VpnConnectionId, VpnGatewayId};
use std::cmp::Reverse;

/// Two routes for the same packets.
pub(super) struct Pair {
    /// The source that policy-based routes match.
    pub from: Option<Cidr>,
    /// The destination.
    pub to: Cidr,
    /// The connection of the active route, then that of the standby one.
    pub hops: [VpnConnectionId; 2],
}

impl Pair {
    /// The packets, in words: ` from 192.168.0.0/16 to 10.0.0.0/8`.
    pub fn packets(&self) -> String {
        let from = self.from.map(|from| format!(" from {from}")).unwrap_or_default();
        format!("{from} to {}", self.to)
    }
}

/// The pairs of a gateway: destination routes, then policy-based ones.
pub(super) fn of_gateway(world: &impl Read, gateway: VpnGatewayId) -> Vec<Pair> {
    let by_destination = vpn_route::of_gateway(world, gateway)
        .map(|route| ((None, route.key.destination), (route.weight, route.key.next_hop)));
    let by_policy = vpn_pbr_route::of_gateway(world, gateway).map(|route| {
        let key = &route.key;
        ((Some(key.source), key.destination), (route.weight, key.next_hop))
    });
    // Routes that form a pair are neighbours.
    let routes: Vec<_> = by_destination.chain(by_policy).collect();
    let mut pairs = Vec::new();
    for pair in routes.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let mut hops = [pair[0].1, pair[1].1];
        // The active one has the greater weight.
        hops.sort_by_key(|(weight, _)| Reverse(*weight));
        let (from, to) = pair[0].0;
        pairs.push(Pair { from, to, hops: hops.map(|(_, hop)| hop) });
    }
    pairs
}
