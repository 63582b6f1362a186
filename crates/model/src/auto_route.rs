//! Policy-based routes that follow from a connection's subnets (`AutoConfigRoute`, semantics.md
//! 7.4): one per pair of a local and a remote block, in protected data flow mode.

use crate::txn::Txn;
use crate::vpn_connection::VpnConnection;
use crate::vpn_gateway::{PbrSupport, VpnGateway};
use crate::vpn_pbr_route::{self, DEFAULT_PRIORITY, VpnPbrRoute, VpnPbrRouteKey};

/// The weight of an active link's route (S-PBR-18).
const ACTIVE: u8 = 100;

/// Why a connection's routes cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// One of them overlaps a route the gateway has, or another of them, with the same priority; or
    /// the gateway has two tunnels per connection and a route for the same blocks (semantics.md 5.4).
    Clash,
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

/// Adds these routes, unpublished. Where another connection has a route for the same blocks on a
/// single-tunnel gateway, the new one completes the pair of an active and a standby route; where
/// the pair is complete, none is added. The caller drops the change when one does not fit.
pub fn add(
    txn: &mut Txn,
    gateway: &VpnGateway,
    routes: &[VpnPbrRouteKey],
    most: usize,
) -> Result<(), Unfit> {
    let existing = vpn_pbr_route::of_gateway(txn, gateway.id).count();
    let mut more = 0;
    for &key in routes {
        let Some((weight, priority)) = place(txn, gateway, key) else { continue };
        vpn_pbr_route::check_clash(txn, gateway, key, weight, priority)
            .map_err(|_| Unfit::Clash)?;
        let (published, description) = (false, None);
        let (created, sequence) = (txn.now(), txn.revision());
        txn.put(VpnPbrRoute { key, weight, priority, published, description, created, sequence });
        more += 1;
    }
    if more > 0 && existing + more > most {
        return Err(Unfit::Quota { existing, more, most });
    }
    Ok(())
}

/// The weight and priority with which a route joins those for the same blocks; `None` when they are
/// a pair already.
fn place(txn: &Txn, gateway: &VpnGateway, key: VpnPbrRouteKey) -> Option<(u8, u8)> {
    let mut twins = vpn_pbr_route::twins(txn, key);
    match (twins.next(), twins.next()) {
        (Some(_), Some(_)) => None,
        (Some(twin), None) if !gateway.is_dual_tunnel() => {
            Some((ACTIVE - twin.weight.min(ACTIVE), twin.priority))
        }
        _ => Some((ACTIVE, DEFAULT_PRIORITY)),
    }
}
