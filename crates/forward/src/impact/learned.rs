//! Rows that peers announce by BGP, among those that came to carry nothing, or to carry something again.

use super::Dead;
use super::dirty::Block;
use super::local::Side;
use super::rows::{Seen, State, leaves_over};
use super::span::{Span, gaps};
use crate::gateway::{self, Standing};
use crate::transit;
use causeway_model::Read;
use causeway_model::bgp_route::{self, BgpRoute, BgpRouteKey};
use causeway_types::{Cidr, TransitRouterId, VpnGatewayId};
use std::collections::{BTreeMap, BTreeSet};

/// What a peer announces, on one side of a change.
type Learned<'a> = Seen<BgpRouteKey, &'a BgpRoute>;

fn is_met(route: &BgpRoute, blocks: &BTreeSet<Block>) -> bool {
    blocks.iter().any(|block| block.destination.overlaps(&route.key.destination))
}

/// What a gateway has learned for changed blocks.
pub(super) fn gateway_states<'a, R: Read>(
    side: &Side<'a, R>,
    id: VpnGatewayId,
    blocks: &BTreeSet<Block>,
) -> Vec<Learned<'a>> {
    let learned = gateway::learned(side.world, side.links, id);
    let met = learned.iter().filter(|(route, _)| is_met(route, blocks));
    let met: Vec<_> = met.map(|(route, standing)| (*route, *standing)).collect();
    if met.is_empty() {
        return Vec::new();
    }
    // What goes before whatever is learned. Of each destination and pair one route is effective.
    let rows = [Cidr::DEFAULT_V4, Cidr::DEFAULT_V6].map(|all| side.gateway_rows(id, &all));
    let made = rows.iter().flat_map(|rows| &rows.destination);
    let made: BTreeSet<Cidr> = made.map(|(route, _)| route.key.destination).collect();
    let policies = rows[0].policy.iter().filter(|(_, standing)| *standing == Standing::Effective);
    let policies: Vec<_> = policies.map(|(route, _)| &route.key).collect();
    let effective = learned.iter().filter(|(_, standing)| *standing == Standing::Effective);
    let effective: BTreeSet<Cidr> = effective.map(|(route, _)| route.key.destination).collect();
    let covered = |destination: Cidr| {
        let longer = inside(&effective, destination).filter(|other| *other != destination);
        let above = made.iter().copied().filter(|other| other.contains(&destination));
        let mut taken: Vec<Span> =
            longer.chain(inside(&made, destination)).chain(above).map(|it| Span::of(&it)).collect();
        taken.sort_unstable();
        let policies = policies.iter().filter(|key| key.destination.overlaps(&destination));
        let policies = policies.map(|key| (Span::of(&key.source), Span::of(&key.destination)));
        let policies: Vec<_> = policies.collect();
        let sources = Span::all(destination.family());
        let mut left = gaps(Span::of(&destination), taken);
        !left.any(|gap| leaves_over((sources, gap), &policies))
    };
    let state = |route: &BgpRoute, standing| match standing {
        Standing::Down => State::Dead(Dead::SessionDown),
        Standing::Standby => State::Dead(Dead::LowerPrecedence),
        Standing::Effective if covered(route.key.destination) => State::Dead(Dead::Shadowed),
        Standing::Effective => State::Alive,
    };
    let seen =
        |(route, standing): (&'a BgpRoute, _)| Seen::new(route.key, route, state(route, standing));
    met.into_iter().map(seen).collect()
}

/// What a transit router has learned for changed blocks.
pub(super) fn router_states<'a, R: Read>(
    side: &Side<'a, R>,
    id: TransitRouterId,
    blocks: &BTreeSet<Block>,
) -> Vec<Learned<'a>> {
    let attached = transit::attached(side.world, id);
    let routes = attached.flat_map(|connection| {
        let routes = bgp_route::of_connection(side.world, connection.id);
        routes.map(move |route| (route, connection))
    });
    let met: Vec<_> = routes.filter(|(route, _)| is_met(route, blocks)).collect();
    if met.is_empty() {
        return Vec::new();
    }
    let all = [Cidr::DEFAULT_V4, Cidr::DEFAULT_V6];
    let made = all.iter().flat_map(|all| side.transit_rows(id, all));
    let made: BTreeSet<Cidr> = made.map(|(route, _)| route.key.destination).collect();
    let shortest: BTreeMap<Cidr, _> =
        all.iter().flat_map(|all| side.learned_by_router(id, all)).collect();
    let taken: BTreeSet<Cidr> = made.iter().chain(shortest.keys()).copied().collect();
    let state = |route: &BgpRoute, connection| {
        let destination = route.key.destination;
        let is_shortest = shortest.get(&destination).is_some_and(|it| it.contains(&connection));
        let longer = inside(&taken, destination).filter(|other| *other != destination);
        let mut left = gaps(Span::of(&destination), longer.map(|it| Span::of(&it)));
        if !side.links.speaks_bgp(connection) {
            State::Dead(Dead::SessionDown)
        } else if made.contains(&destination) || !is_shortest {
            State::Dead(Dead::LowerPrecedence)
        } else if left.next().is_none() {
            State::Dead(Dead::Shadowed)
        } else {
            State::Alive
        }
    };
    let seen = |(route, connection): (&'a BgpRoute, _)| {
        Seen::new(route.key, route, state(route, connection))
    };
    met.into_iter().map(seen).collect()
}

/// Those of some blocks that lie inside one, itself included.
fn inside(blocks: &BTreeSet<Cidr>, whole: Cidr) -> impl Iterator<Item = Cidr> {
    blocks.range(whole..).copied().take_while(move |block| whole.contains(block))
}
