//! Policy-based routes that follow from a connection's subnets (`AutoConfigRoute`, semantics.md
//! 7.4): one per pair of a local and a remote block, in protected data flow mode.

use crate::txn::Txn;
use crate::vpn_connection::VpnConnection;
use crate::vpn_gateway::{PbrSupport, VpnGateway};
use crate::vpn_pbr_route::{self, DEFAULT_PRIORITY, VpnPbrRoute, VpnPbrRouteKey};

/// Their weight: the connection is the active link (S-PBR-18).
const WEIGHT: u8 = 100;

/// Why a connection's routes cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// One of them does not fit the routes the gateway has, or the others (semantics.md 5.4).
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

/// Adds these routes, unpublished. The caller drops the change when one does not fit.
pub fn add(
    txn: &mut Txn,
    gateway: &VpnGateway,
    routes: &[VpnPbrRouteKey],
    most: usize,
) -> Result<(), Unfit> {
    let existing = vpn_pbr_route::of_gateway(txn, gateway.id).count();
    for &key in routes {
        vpn_pbr_route::check_clash(txn, gateway, key, WEIGHT, DEFAULT_PRIORITY)
            .map_err(|_| Unfit::Clash)?;
        let (created, sequence) = (txn.now(), txn.revision());
        txn.put(VpnPbrRoute {
            key,
            weight: WEIGHT,
            priority: DEFAULT_PRIORITY,
            published: false,
            description: None,
            created,
            sequence,
        });
    }
    if !routes.is_empty() && existing + routes.len() > most {
        return Err(Unfit::Quota { existing, more: routes.len(), most });
    }
    Ok(())
}
