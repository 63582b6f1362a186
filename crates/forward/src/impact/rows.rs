//! Rows that came to carry nothing, or to carry something again.

use super::dirty::Block;
use super::local::Side;
use super::span::{Span, gaps};
use super::{Dead, learned};
use crate::gateway::Standing;
use crate::trace::{Row, explain};
use crate::{transit, vpc};
use causeway_model::Read;
use causeway_model::route_entry;
use causeway_model::route_list::{self, ListedRoute, RouteSource};
use causeway_model::route_table::RouteTable;
use causeway_model::vco_route::{self, VcoRoute, VcoRouteKey};
use causeway_model::vpn_pbr_route::VpnPbrRoute;
use causeway_model::vpn_route::{self, VpnRoute};
use causeway_types::{Cidr, TransitRouterId, VpnConnectionId, VpnGatewayId};
use std::collections::{BTreeMap, BTreeSet};

/// What became of rows.
#[derive(Debug, Default)]
pub(super) struct RowChanges {
    pub dead: Vec<(Row, Dead)>,
    pub alive: Vec<Row>,
    pub alone: Vec<Row>,
}

impl RowChanges {
    fn and(mut self, more: RowChanges) -> RowChanges {
        self.dead.extend(more.dead);
        self.alive.extend(more.alive);
        self.alone.extend(more.alone);
        self
    }
}

/// What a row is good for on one side of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It forwards, or could.
    Alive,
    /// No packet can take it.
    Dead(Dead),
    /// It is being made or removed.
    Unsettled,
}

/// A row on both sides; one it is not on has nothing.
#[derive(Debug, Default)]
pub(super) struct Pair {
    pub before: Option<State>,
    pub after: Option<(Row, State)>,
    /// Whether it is a standby route without an active one.
    alone: [bool; 2],
}

/// Sorts rows by what became of them.
pub(super) fn sorted<K>(pairs: BTreeMap<K, Pair>) -> RowChanges {
    let mut changes = RowChanges::default();
    for (_, pair) in pairs {
        let Some((row, state)) = pair.after else { continue };
        if pair.alone == [false, true] {
            changes.alone.push(row.clone());
        }
        match (pair.before, state) {
            (Some(State::Dead(_)), State::Alive) => changes.alive.push(row),
            (Some(State::Dead(_)), _) => {}
            (_, State::Dead(why)) => changes.dead.push((row, why)),
            _ => {}
        }
    }
    changes
}

/// The rows of a table that a change of some blocks can bring in or out of use: those for the blocks,
/// and the nearest that hold them.
pub(super) fn of_table<B: Read, A: Read>(
    before: &Side<'_, B>,
    after: &Side<'_, A>,
    tables: [&RouteTable; 2],
    blocks: &BTreeSet<Block>,
    (bound, only_come): (bool, bool),
) -> RowChanges {
    let mut destinations = BTreeSet::new();
    for block in blocks.iter().filter(|block| block.own) {
        let block = block.destination;
        destinations.insert(block);
        if !only_come {
            destinations.extend(nearest(before, tables[0], block));
        }
        destinations.extend(nearest(after, tables[1], block));
    }
    let mut pairs: BTreeMap<_, Pair> = BTreeMap::new();
    for destination in destinations {
        let is = states(after, tables[1], destination, bound);
        // Where rows only come, what carries packets now carried some before.
        if only_come && is.iter().all(|(_, state)| *state == State::Alive) {
            continue;
        }
        for (row, state) in states(before, tables[0], destination, bound) {
            pairs.entry(row.position()).or_default().before = Some(state);
        }
        for (row, state) in is {
            pairs.entry(row.position()).or_default().after = Some((explain::vpc_row(&row), state));
        }
    }
    sorted(pairs)
}

/// The nearest destination above a block for which an entry forwards.
fn nearest<R: Read>(side: &Side<'_, R>, table: &RouteTable, block: Cidr) -> Option<Cidr> {
    let mut below = block;
    loop {
        below = side.cover(table.id, below)?;
        if route_entry::at(side.world, table.id, below).any(|entry| entry.status.forwards()) {
            return Some(below);
        }
    }
}

/// The stored routes of a table for one destination, with what they are good for.
pub(crate) fn states<'a, R: Read>(
    side: &Side<'a, R>,
    table: &RouteTable,
    destination: Cidr,
    bound: bool,
) -> Vec<(ListedRoute<'a>, State)> {
    let same = route_list::at(side.world, table, destination);
    let first = vpc::first(side.world, side.links, table.vpc, &same).map(ListedRoute::position);
    let down = |row: &ListedRoute| vpc::is_down(side.world, side.links, table.vpc, row);
    let state = |row: &ListedRoute| match first {
        _ if !row.status().forwards() => State::Unsettled,
        _ if !bound => State::Dead(Dead::Unbound),
        Some(first) if first != row.position() && down(row) => State::Dead(Dead::Down),
        Some(first) if first != row.position() => State::Dead(Dead::LowerPrecedence),
        _ if is_covered(side, table, destination) => State::Dead(Dead::Shadowed),
        _ => State::Alive,
    };
    let stored = same.iter().filter(|row| row.source != RouteSource::System);
    stored.map(|row| (*row, state(row))).collect()
}

/// Whether longer prefixes take all addresses of a destination.
fn is_covered<R: Read>(side: &Side<'_, R>, table: &RouteTable, destination: Cidr) -> bool {
    let inside = |block: &Cidr| *block != destination && destination.contains(block);
    let stored = route_entry::within(side.world, table.id, destination);
    let stored = stored.filter(|entry| entry.status.forwards());
    let mut stored = stored.map(|entry| entry.key.destination).filter(inside).peekable();
    // What a user re-pointed is among the stored ones, while it forwards.
    let own = |block: Cidr| {
        let mut at = route_entry::at(side.world, table.id, block);
        at.all(|entry| entry.key.origin != route_entry::RouteOrigin::User)
    };
    let system = route_list::system_overlapping(side.world, table, destination);
    // Most often nothing takes the lowest address.
    let is_lowest = |block: &Cidr| block.network() == destination.network();
    if !stored.peek().is_some_and(is_lowest) && !system.iter().any(|(it, _)| is_lowest(it)) {
        return false;
    }
    let mut system: Vec<Cidr> =
        system.into_iter().map(|(block, _)| block).filter(|it| inside(it) && own(*it)).collect();
    system.sort_unstable();
    let spans = merged(stored, system.into_iter()).map(|block| Span::of(&block));
    gaps(Span::of(&destination), spans).next().is_none()
}

/// Two ordered sequences as one, as far as the caller goes.
fn merged(
    a: impl Iterator<Item = Cidr>,
    b: impl Iterator<Item = Cidr>,
) -> impl Iterator<Item = Cidr> {
    let (mut a, mut b) = (a.peekable(), b.peekable());
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(first), Some(second)) if first > second => b.next(),
        (None, _) => b.next(),
        _ => a.next(),
    })
}

/// What tells rows of a gateway apart: policy-based routes have a source.
type GatewayKey = (Option<Cidr>, Cidr, VpnConnectionId);

/// The rows of a gateway that share addresses with changed blocks.
pub(super) fn of_gateway<B: Read, A: Read>(
    before: &Side<'_, B>,
    after: &Side<'_, A>,
    id: VpnGatewayId,
    blocks: &BTreeSet<Block>,
) -> RowChanges {
    let mut pairs: BTreeMap<GatewayKey, Pair> = BTreeMap::new();
    for block in blocks {
        for (key, _, state, alone) in gateway_states(before, id, block) {
            let pair = pairs.entry(key).or_default();
            (pair.before, pair.alone[0]) = (Some(state), alone);
        }
        for (key, row, state, alone) in gateway_states(after, id, block) {
            let pair = pairs.entry(key).or_default();
            (pair.after, pair.alone[1]) = (Some((row, state)), alone);
        }
    }
    sorted(pairs).and(learned::of_gateway(before, after, id, blocks))
}

/// The rows of a gateway that share addresses with a block, with what they are good for, and whether
/// they are standby routes without an active one.
pub(crate) fn gateway_states<R: Read>(
    side: &Side<'_, R>,
    id: VpnGatewayId,
    block: &Block,
) -> Vec<(GatewayKey, Row, State, bool)> {
    let rows = side.gateway_rows(id, &block.destination);
    let from = |source: &Cidr| block.source.is_none_or(|own| own.overlaps(source));
    let mut found = Vec::new();
    let mut earlier: Vec<(Span, Span)> = Vec::new();
    for (route, standing) in &rows.policy {
        let key = &route.key;
        let area = (Span::of(&key.source), Span::of(&key.destination));
        if from(&key.source) && key.destination.overlaps(&block.destination) {
            let covered = || !leaves_over(area, &earlier);
            let twin = |other: &VpnPbrRoute| {
                other.key != *key
                    && (other.key.source, other.key.destination) == (key.source, key.destination)
            };
            let alone = route.weight == 0 && !rows.policy.iter().any(|(it, _)| twin(it));
            let own = (Some(key.source), key.destination, key.next_hop);
            found.push((own, explain::policy_row(route), state(*standing, covered), alone));
        }
        let family = block.destination.family();
        if *standing == Standing::Effective && key.destination.family() == family {
            earlier.push(area);
        }
    }
    for (route, standing) in &rows.destination {
        let covered = || destination_covered(side, id, &earlier, route);
        let destination = route.key.destination;
        let twin =
            |other: &VpnRoute| other.key != route.key && other.key.destination == destination;
        let alone = route.weight == 0 && !rows.destination.iter().any(|(it, _)| twin(it));
        let own = (None, destination, route.key.next_hop);
        found.push((own, explain::destination_row(route), state(*standing, covered), alone));
    }
    found
}

fn state(standing: Standing, covered: impl Fn() -> bool) -> State {
    match standing {
        Standing::Standby => State::Dead(Dead::Standby),
        Standing::Down => State::Dead(Dead::Down),
        Standing::Effective if covered() => State::Dead(Dead::Shadowed),
        Standing::Effective => State::Alive,
    }
}

/// Whether policy-based routes and longer prefixes take all packets to a destination.
fn destination_covered<R: Read>(
    side: &Side<'_, R>,
    id: VpnGatewayId,
    policies: &[(Span, Span)],
    route: &VpnRoute,
) -> bool {
    let destination = route.key.destination;
    // Every destination has a route that is effective.
    let longer = vpn_route::within(side.world, id, destination)
        .map(|other| other.key.destination)
        .filter(|other| *other != destination);
    let sources = Span::all(destination.family());
    let mut left = gaps(Span::of(&destination), longer.map(|it| Span::of(&it)));
    !left.any(|gap| leaves_over((sources, gap), policies))
}

/// Whether policies leave over some packet of an area. The least such packet lies at the start of the
/// area or right behind a policy, by source and by destination.
pub(super) fn leaves_over(area: (Span, Span), policies: &[(Span, Span)]) -> bool {
    let starts = |whole: Span, spans: &mut dyn Iterator<Item = Span>| -> Vec<u128> {
        let behind = spans.filter_map(|span| span.last.checked_add(1));
        [whole.first].into_iter().chain(behind.filter(|start| whole.holds(*start))).collect()
    };
    let sources = starts(area.0, &mut policies.iter().map(|it| it.0));
    let destinations = starts(area.1, &mut policies.iter().map(|it| it.1));
    let free = |from: u128, to: u128| !policies.iter().any(|it| it.0.holds(from) && it.1.holds(to));
    sources.iter().any(|from| destinations.iter().any(|to| free(*from, *to)))
}

/// The rows on a transit router for changed blocks, and the nearest that hold them.
pub(super) fn of_router<B: Read, A: Read>(
    before: &Side<'_, B>,
    after: &Side<'_, A>,
    id: TransitRouterId,
    blocks: &BTreeSet<Block>,
) -> RowChanges {
    let mut pairs: BTreeMap<VcoRouteKey, Pair> = BTreeMap::new();
    for block in blocks {
        for (route, state) in router_states(before, id, &block.destination) {
            pairs.entry(route.key).or_default().before = Some(state);
        }
        for (route, state) in router_states(after, id, &block.destination) {
            pairs.entry(route.key).or_default().after =
                Some((explain::connection_row(route), state));
        }
    }
    sorted(pairs).and(learned::of_router(before, after, id, blocks))
}

/// The rows on a transit router that decide for a block, with what they are good for.
pub(crate) fn router_states<'a, R: Read>(
    side: &Side<'a, R>,
    id: TransitRouterId,
    block: &Cidr,
) -> Vec<(&'a VcoRoute, State)> {
    let rows = side.transit_rows(id, block);
    let alive = rows.iter().map(|(route, _)| {
        let destination = route.key.destination;
        let mut longer: Vec<Cidr> = side
            .transit_rows(id, &destination)
            .iter()
            .map(|(other, _)| other.key.destination)
            .chain(side.learned_by_router(id, &destination).into_keys())
            .filter(|other| *other != destination && destination.contains(other))
            .collect();
        longer.sort_unstable();
        longer.dedup();
        let longer = longer.iter().map(Span::of);
        let covered = gaps(Span::of(&destination), longer).next().is_none();
        (*route, if covered { State::Dead(Dead::Shadowed) } else { State::Alive })
    });
    let mut found: Vec<_> = alive.collect();
    for connection in transit::attached(side.world, id) {
        if transit::is_revoked(side.links, connection) {
            let routes = vco_route::within(side.world, connection.id, *block);
            found.extend(routes.map(|route| (route, State::Dead(Dead::Revoked))));
        }
    }
    found
}
