//! Routes that customer gateways announce over BGP, and what becomes of them in the VPC.
//!
//! Peers are simulated: a row here is what a peer announces, whether or not its session is up. While
//! it is, the VPN gateway, or the transit router, has learned the route. A gateway that propagates
//! automatically also puts it into the system table of its VPC (semantics.md 8.1 rule 6, 8.3).

use crate::down_link::DownLink;
use crate::next_hop::NextHops;
use crate::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
use crate::route_table::RouteTable;
use crate::rows::Keyed;
use crate::tenant::Read;
use crate::txn::Txn;
use crate::vpc::Vpc;
use crate::vpn_connection::VpnConnection;
use crate::vpn_gateway::{GatewayStatus, VpnGateway};
use causeway_types::{Cidr, Id, Timestamp, VpcId, VpnConnectionId, VpnGatewayId};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What tells announcements apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BgpRouteKey {
    /// The connection whose peer announces.
    pub connection: VpnConnectionId,
    /// The destination.
    pub destination: Cidr,
}

/// A route a peer announces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BgpRoute {
    /// Connection and destination.
    pub key: BgpRouteKey,
    /// The autonomous systems it passed, the nearest first.
    pub as_path: Vec<u32>,
    /// Its communities, as text.
    pub community: Box<str>,
    /// When it was announced.
    pub announced: Timestamp,
    /// The revision it was announced at: the order of announcements.
    pub sequence: u64,
}

impl Keyed for BgpRoute {
    type Key = BgpRouteKey;
    fn key(&self) -> BgpRouteKey {
        self.key
    }
}

impl BgpRoute {
    /// Among routes to one destination the greatest rank wins: the shortest path, then the one that
    /// was announced first, then the lower connection.
    pub fn rank(&self) -> impl Ord + use<> {
        Reverse((self.as_path.len(), self.sequence, self.key.connection))
    }

    /// The path as descriptions show it.
    pub fn path_text(&self) -> String {
        let path: Vec<String> = self.as_path.iter().map(u32::to_string).collect();
        path.join(" ")
    }
}

/// What the peer of a connection announces, by destination.
pub fn of_connection(
    world: &impl Read,
    connection: VpnConnectionId,
) -> impl Iterator<Item = &BgpRoute> {
    let bound = |destination| BgpRouteKey { connection, destination };
    world.range::<BgpRoute>(bound(Cidr::DEFAULT_V4)..=bound(Cidr::LAST))
}

/// What the peers of a gateway's connections announce, by connection.
pub fn of_gateway(world: &impl Read, gateway: VpnGatewayId) -> impl Iterator<Item = &BgpRoute> {
    world.members::<VpnConnectionId>(gateway).flat_map(move |it| of_connection(world, it))
}

/// Whether a connection has a BGP session that is up, when links are as `up` says.
pub fn session_up(connection: &VpnConnection, up: impl Fn(Id) -> bool) -> bool {
    let works =
        |tunnel: &crate::vpn_connection::Tunnel| tunnel.bgp.is_some() && up(tunnel.id.into());
    connection.is_ready() && up(connection.id.into()) && connection.tunnels.iter().any(works)
}

/// Brings the learned routes of the VPC of a connection's gateway up to date, after what may have
/// changed them: an announcement, a link, the connection itself.
pub fn propagate(txn: &mut Txn, connection: &VpnConnection) {
    if connection.tunnels.iter().all(|tunnel| tunnel.bgp.is_none()) {
        return;
    }
    let gateway = connection.gateway().and_then(|gateway| txn.get::<VpnGateway>(&gateway));
    let Some(vpc) = gateway.map(|gateway| gateway.vpc) else { return };
    let table = txn.get::<Vpc>(&vpc).and_then(|vpc| txn.get::<RouteTable>(&vpc.system_table));
    let Some(table) = table.map(|table| table.id) else { return };
    let mut wanted = learned(txn, vpc);
    let there: Vec<RouteEntry> = route_entry::of_table(txn, table)
        .filter(|entry| entry.key.origin == RouteOrigin::Learned)
        .cloned()
        .collect();
    for entry in there {
        match wanted.remove(&entry.key.destination) {
            Some(gateway) if entry.next_hops.include(gateway.into()) => {}
            Some(gateway) => put(txn, entry.key, gateway),
            None => txn.remove::<RouteEntry>(&entry.key),
        }
    }
    for (destination, gateway) in wanted {
        put(txn, RouteKey { table, destination, origin: RouteOrigin::Learned }, gateway);
    }
}

/// What the gateways of a VPC have learned and propagate: for each destination the gateway.
fn learned(world: &impl Read, vpc: VpcId) -> BTreeMap<Cidr, VpnGatewayId> {
    let mut best = BTreeMap::new();
    let works = |gateway: &VpnGateway| {
        gateway.auto_propagate
            && matches!(gateway.status, GatewayStatus::Active | GatewayStatus::Updating)
    };
    let up = |id| world.get::<DownLink>(&id).is_none();
    let gateways = world.members::<VpnGatewayId>(vpc);
    for gateway in gateways.filter(|id| world.get::<VpnGateway>(id).is_some_and(works)) {
        for route in of_gateway(world, gateway) {
            let connection = world.get::<VpnConnection>(&route.key.connection);
            if !connection.is_some_and(|connection| session_up(connection, up)) {
                continue;
            }
            let candidate = (route.rank(), gateway);
            let entry = best.entry(route.key.destination).or_insert((route.rank(), gateway));
            if candidate.0 > entry.0 {
                *entry = candidate;
            }
        }
    }
    best.into_iter().map(|(destination, (_, gateway))| (destination, gateway)).collect()
}

fn put(txn: &mut Txn, key: RouteKey, gateway: VpnGatewayId) {
    let id = route_entry::id_in_table(key.table, txn.entropy());
    let (labels, modified) = (None, txn.now());
    let next_hops = NextHops::One(gateway.into());
    let status = RouteStatus::Available;
    txn.put(RouteEntry { key, id, next_hops, status, labels, modified });
}

/// Forgets what the peer of a connection announced, when the connection goes.
pub(crate) fn forget(txn: &mut Txn, connection: VpnConnectionId) {
    let gone: Vec<_> = of_connection(txn, connection).map(|route| route.key).collect();
    gone.iter().for_each(|key| txn.remove::<BgpRoute>(key));
}
