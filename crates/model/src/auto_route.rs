//! Policy-based routes that follow from a connection's subnets (`AutoConfigRoute`, semantics.md
//! 7.4): one per pair of a local and a remote block, in protected data flow mode.

use crate::tenant::Read;
use crate::txn::Txn;
use crate::vpn_connection::VpnConnection;
use crate::vpn_gateway::{PbrSupport, VpnGateway};
use crate::vpn_pbr_route::{self, VpnPbrRoute, VpnPbrRouteKey};

/// Their priority, the default of policy-based routes (S-PBR-14).
const PRIORITY: u8 = 10;
/// Their weight: the connection is the active link (S-PBR-18).
const WEIGHT: u8 = 100;

/// Why a connection's routes cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// A route of the same priority overlaps one of them in source and destination (semantics.md
    /// 5.4, rule 5).
    Overlap,
    /// The gateway would have more policy-based routes than its quota allows.
    Quota {
        /// Routes it has.
        existing: usize,
        /// Routes to be added.
        more: usize,
        /// The quota.
        most: usize,
    },
}

/// The routes that follow from a connection on a gateway.
pub fn of_connection(connection: &VpnConnection, gateway: &VpnGateway) -> Vec<VpnPbrRouteKey> {
    let known = gateway.pbr != PbrSupport::None;
    if !known || !connection.auto_config_route || !connection.is_protected() {
        return Vec::new();
    }
    let pairs = connection.local_subnets.iter().flat_map(|&source| {
        connection.remote_subnets.iter().map(move |&destination| (source, destination))
    });
    let key = |(source, destination)| VpnPbrRouteKey {
        gateway: gateway.id,
        source,
        destination,
        next_hop: connection.id,
    };
    pairs.map(key).collect()
}

/// Whether a route of the gateway was made this way and not published since: it goes when its
/// connection goes.
pub fn follows(connection: &VpnConnection, route: &VpnPbrRoute) -> bool {
    connection.auto_config_route
        && connection.is_protected()
        && route.key.next_hop == connection.id
        && connection.local_subnets.contains(&route.key.source)
        && connection.remote_subnets.contains(&route.key.destination)
        && !route.published
}

/// Whether these routes fit among the gateway's.
pub fn check(
    world: &impl Read,
    gateway: &VpnGateway,
    routes: &[VpnPbrRouteKey],
    most: usize,
) -> Result<(), Unfit> {
    let overlap = |a: &VpnPbrRouteKey, b: &VpnPbrRouteKey| {
        a.source.overlaps(&b.source) && a.destination.overlaps(&b.destination)
    };
    let existing: Vec<_> = vpn_pbr_route::of_gateway(world, gateway.id).collect();
    let rivals = existing.iter().filter(|route| route.priority == PRIORITY).map(|route| &route.key);
    let rivals: Vec<_> = rivals.collect();
    for (n, route) in routes.iter().enumerate() {
        if rivals.iter().copied().chain(&routes[..n]).any(|other| overlap(route, other)) {
            return Err(Unfit::Overlap);
        }
    }
    if routes.is_empty() || existing.len() + routes.len() <= most {
        return Ok(());
    }
    Err(Unfit::Quota { existing: existing.len(), more: routes.len(), most })
}

/// Adds these routes, unpublished.
pub fn add(txn: &mut Txn, routes: Vec<VpnPbrRouteKey>) {
    for key in routes {
        let (created, sequence) = (txn.now(), txn.revision());
        txn.put(VpnPbrRoute {
            key,
            weight: WEIGHT,
            priority: PRIORITY,
            published: false,
            description: None,
            created,
            sequence,
        });
    }
}
