//! Transit-router routes of IPsec connections.

use crate::cover::Order;
use crate::rows::Keyed;
use crate::task::{Subject, Task};
use crate::tenant::Read;
use crate::txn::Txn;
use crate::vpn_connection::{Attached, ConnectionState, VpnConnection};
use crate::vpn_route::{self, DestinationError};
use causeway_types::{Cidr, Timestamp, VpnConnectionId};
use serde::{Deserialize, Serialize};

/// What tells these routes apart: their next hop is always the connection (decision A19).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VcoRouteKey {
    /// The connection.
    pub connection: VpnConnectionId,
    /// The destination.
    pub destination: Cidr,
}

/// A route published to the transit router an IPsec connection is attached to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VcoRoute {
    /// Connection and destination.
    pub key: VcoRouteKey,
    /// 100 or 0 (S-VCO-16, S-VCO-17).
    pub weight: u8,
    /// The description.
    pub description: Option<Box<str>>,
    /// When it was made.
    pub created: Timestamp,
    /// The revision it was made at: creation order.
    pub sequence: u64,
}

impl Keyed for VcoRoute {
    type Key = VcoRouteKey;
    fn key(&self) -> VcoRouteKey {
        self.key
    }
}

/// The routes of a connection, by destination.
pub fn of_connection(
    world: &impl Read,
    connection: VpnConnectionId,
) -> impl Iterator<Item = &VcoRoute> {
    let bound = |destination| VcoRouteKey { connection, destination };
    world.range::<VcoRoute>(bound(Cidr::DEFAULT_V4)..=bound(Cidr::LAST))
}

/// How a connection's routes are ordered.
fn order(
    connection: VpnConnectionId,
) -> Order<VcoRouteKey, impl Fn(Cidr) -> VcoRouteKey, impl Fn(Cidr) -> VcoRouteKey> {
    let key = move |destination| VcoRouteKey { connection, destination };
    Order { first: key, last: key, destination: |key| key.destination }
}

/// The routes of a connection for a block and for what is inside it, by destination.
pub fn within(
    world: &impl Read,
    connection: VpnConnectionId,
    block: Cidr,
) -> impl Iterator<Item = &VcoRoute> {
    order(connection).within(world, block)
}

/// The connection's route for the longest destination that is shorter than a block and holds it.
pub fn cover(world: &impl Read, connection: VpnConnectionId, block: Cidr) -> Option<&VcoRoute> {
    order(connection).cover(world, block)
}

/// Reads the destination of a transit-router route: an IPv4 prefix, neither the default route nor
/// in touch with the provider's own block (semantics.md 6.4, decision A10).
pub fn destination(text: &str) -> Result<Cidr, DestinationError> {
    let cidr = vpn_route::ipv4(text)?;
    vpn_route::refuse_default(cidr)?;
    vpn_route::refuse_reserved(cidr)?;
    Ok(cidr)
}

/// A connection that can have such routes: any but those on a VPN gateway (semantics.md 6.3).
pub fn connection(world: &impl Read, id: VpnConnectionId) -> Option<&VpnConnection> {
    world
        .get::<VpnConnection>(&id)
        .filter(|connection| !matches!(connection.attached, Attached::Gateway(_)))
}

/// Why the routes of a connection cannot be changed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionUnready {
    /// It is locked for overdue payment.
    FinancialLocked,
    /// Another request, not yet answered, has begun to change it (decision A9).
    Held,
    /// It is not `attached`.
    Configuring,
}

/// Whether the routes of a connection can be changed now.
pub fn check_connection(txn: &Txn, connection: &VpnConnection) -> Result<(), ConnectionUnready> {
    if connection.state == ConnectionState::FinancialLocked {
        Err(ConnectionUnready::FinancialLocked)
    } else if txn.held_by_another::<Task>(&Subject::VpnConnection(connection.id)) {
        Err(ConnectionUnready::Held)
    } else if connection.state != ConnectionState::Attached {
        Err(ConnectionUnready::Configuring)
    } else {
        Ok(())
    }
}

/// Why a route does not fit its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clash {
    /// The destination is taken, with whatever weight.
    Exists,
    /// The destination is the network of a tunnel's BGP session.
    TunnelNetwork,
}

/// Whether a route fits its connection.
pub fn check_clash(
    world: &impl Read,
    connection: &VpnConnection,
    destination: Cidr,
) -> Result<(), Clash> {
    let key = VcoRouteKey { connection: connection.id, destination };
    if world.get::<VcoRoute>(&key).is_some() {
        return Err(Clash::Exists);
    }
    let mut networks =
        connection.tunnels.iter().filter_map(|tunnel| tunnel.bgp.as_ref()?.tunnel_cidr);
    if networks.any(|network| network == destination) {
        return Err(Clash::TunnelNetwork);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use DestinationError::{Forbidden, Malformed, Reserved};

    #[test]
    fn destinations_follow_the_strictest_rules() {
        for (text, expected) in [
            ("192.168.10.0/24", Ok(Cidr::v4(192, 168, 10, 0, 24))),
            ("192.168.10.1", Ok(Cidr::v4(192, 168, 10, 1, 32))),
            ("0.0.0.0/0", Err(Forbidden)),
            ("2001:db8::/32", Err(Forbidden)),
            ("192.168.10.1/24", Err(Forbidden)),
            ("100.127.0.0/16", Err(Reserved)),
            ("192.168.10", Err(Malformed)),
        ] {
            assert_eq!(destination(text), expected, "{text}");
        }
    }
}
