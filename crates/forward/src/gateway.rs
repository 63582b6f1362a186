//! Routes of VPN gateways, compiled (semantics.md 8.2).
//!
//! Policy-based routes come first, by priority and then by creation; then destination routes by the
//! longest prefix; then, only when none of those matches, routes learned by BGP by the longest prefix
//! (decision A8). Of an active and a standby route only one takes part: the active one while its
//! connection is up, else the standby one while its connection is up, else the active one again, with
//! which the traffic is lost. A route without a partner always takes part: traffic does not fall
//! through to a shorter prefix when its connection is down.

use crate::lpm::Fib;
use crate::{Links, Packet};
use causeway_model::Read;
use causeway_model::bgp_route::{self, BgpRoute};
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vpn_pbr_route::{self, VpnPbrRoute};
use causeway_model::vpn_route::{self, VpnRoute};
use causeway_types::{VpnConnectionId, VpnGatewayId};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What a route of a gateway is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It takes part in matching.
    Effective,
    /// Its partner carries the traffic, and its own connection is up.
    Standby,
    /// Its partner carries the traffic, and its own connection is down.
    Down,
}

/// The compiled routes of a gateway.
pub struct GatewayTable<'a> {
    /// The gateway.
    pub gateway: &'a VpnGateway,
    /// Policy-based routes in the order they are tried.
    pub policy: Vec<(&'a VpnPbrRoute, Standing)>,
    /// Destination routes, by destination.
    pub destination: Vec<(&'a VpnRoute, Standing)>,
    /// Routes that peers announce, by destination, the best of each first.
    pub learned: Vec<(&'a BgpRoute, Standing)>,
    fib: Fib,
    learned_fib: Fib,
}

/// The route of a gateway that forwards a packet, by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A policy-based route.
    Policy(usize),
    /// A destination route.
    Destination(usize),
    /// A route learned by BGP.
    Learned(usize),
}

impl<'a> GatewayTable<'a> {
    /// Compiles a gateway's routes.
    pub fn compile(world: &'a impl Read, links: &Links, gateway: &'a VpnGateway) -> Self {
        let up = |id: VpnConnectionId| {
            world.get::<VpnConnection>(&id).is_some_and(|connection| links.carries(connection))
        };
        let mut policy: Vec<_> = vpn_pbr_route::of_gateway(world, gateway.id).collect();
        policy.sort_by_key(|route| (route.priority, route.sequence, route.key));
        let pair = |route: &&VpnPbrRoute| (route.key.source, route.key.destination);
        let policy = standings(policy, pair, |route| (route.weight, up(route.key.next_hop)));
        let destination: Vec<_> = vpn_route::of_gateway(world, gateway.id).collect();
        let pair = |route: &&VpnRoute| route.key.destination;
        let destination =
            standings(destination, pair, |route| (route.weight, up(route.key.next_hop)));
        let effective =
            destination.iter().enumerate().filter(|(_, row)| row.1 == Standing::Effective);
        let fib = Fib::of(effective.map(|(at, row)| (row.0.key.destination, at as u32)));
        let learned = learned(world, links, gateway.id);
        let effective = learned.iter().enumerate().filter(|(_, row)| row.1 == Standing::Effective);
        let learned_fib = Fib::of(effective.map(|(at, row)| (row.0.key.destination, at as u32)));
        GatewayTable { gateway, policy, destination, learned, fib, learned_fib }
    }

    /// The route that forwards a packet.
    pub fn lookup(&self, packet: &Packet) -> Option<Found> {
        let matches = |(route, standing): &(&VpnPbrRoute, Standing)| {
            *standing == Standing::Effective
                && route.key.source.contains_address(packet.source)
                && route.key.destination.contains_address(packet.destination)
        };
        if let Some(at) = self.policy.iter().position(matches) {
            return Some(Found::Policy(at));
        }
        let by_destination = self.fib.lookup(packet.destination);
        by_destination.map(|at| Found::Destination(at as usize)).or_else(|| {
            self.learned_fib.lookup(packet.destination).map(|at| Found::Learned(at as usize))
        })
    }

    /// The connection a found route leads to.
    pub fn next_hop(&self, found: Found) -> VpnConnectionId {
        match found {
            Found::Policy(at) => self.policy[at].0.key.next_hop,
            Found::Destination(at) => self.destination[at].0.key.next_hop,
            Found::Learned(at) => self.learned[at].0.key.connection,
        }
    }
}

/// What the peers of a gateway announce: the best of those whose sessions are up takes part.
pub(crate) fn learned<'a>(
    world: &'a impl Read,
    links: &Links,
    gateway: VpnGatewayId,
) -> Vec<(&'a BgpRoute, Standing)> {
    let up = |route: &BgpRoute| {
        let connection = world.get::<VpnConnection>(&route.key.connection);
        connection.is_some_and(|connection| links.speaks_bgp(connection))
    };
    let mut routes: Vec<_> =
        bgp_route::of_gateway(world, gateway).map(|route| (route, up(route))).collect();
    routes.sort_by_key(|(route, up)| (route.key.destination, Reverse((*up, route.rank()))));
    let mut seen = None;
    let standing = |(route, up): (&'a BgpRoute, bool)| {
        let first = seen.replace(route.key.destination) != Some(route.key.destination);
        match (up, first) {
            (false, _) => (route, Standing::Down),
            (true, true) => (route, Standing::Effective),
            (true, false) => (route, Standing::Standby),
        }
    };
    routes.into_iter().map(standing).collect()
}

/// Tells each route's standing among those of the same pair.
pub(crate) fn standings<R: Copy, P: Ord>(
    routes: Vec<R>,
    pair: impl Fn(&R) -> P,
    weight_and_up: impl Fn(R) -> (u8, bool),
) -> Vec<(R, Standing)> {
    // Up goes before down, then the weight decides.
    let ranked = routes.iter().map(|route| {
        let (weight, up) = weight_and_up(*route);
        (pair(route), (up, weight))
    });
    let ranked: Vec<_> = ranked.collect();
    let mut best: BTreeMap<&P, (bool, u8)> = BTreeMap::new();
    for (pair, rank) in &ranked {
        let best = best.entry(pair).or_insert(*rank);
        *best = (*best).max(*rank);
    }
    let standing = |(pair, rank): &(P, (bool, u8))| match rank {
        _ if best[pair] == *rank => Standing::Effective,
        (true, _) => Standing::Standby,
        (false, _) => Standing::Down,
    };
    routes.iter().copied().zip(ranked.iter().map(standing)).collect()
}
