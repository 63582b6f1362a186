//! Transit-router routes of IPsec connections.

use crate::rows::Keyed;
use crate::tenant::Read;
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
