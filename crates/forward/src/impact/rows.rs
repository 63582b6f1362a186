//! Rows that came to carry nothing, or to carry something again.

use super::dirty::Block;
use super::local::{GatewayRows, Side};
use super::span::{Span, gaps};
use super::{Dead, DeadRow, learned};
use crate::gateway::Standing;
use crate::trace::{Row, explain};
use crate::transit;
use causeway_model::Read;
use causeway_model::vco_route::{self, VcoRoute, VcoRouteKey};
use causeway_model::vpn_pbr_route::VpnPbrRoute;
use causeway_model::vpn_route::{self, VpnRoute};
use causeway_types::{Cidr, TransitRouterId, VpnConnectionId, VpnGatewayId};
use std::collections::{BTreeMap, BTreeSet};

/// What became of rows.
#[derive(Debug, Default)]
pub(super) struct RowChanges {
    pub dead: Vec<DeadRow>,
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

/// A row on one side of a change.
pub(crate) struct Seen<K, R> {
    key: K,
    pub row: R,
    pub state: State,
    /// Whether it is a standby route without an active one.
    pub alone: bool,
}

impl<K, R> Seen<K, R> {
    pub(super) fn new(key: K, row: R, state: State) -> Seen<K, R> {
        Seen { key, row, state, alone: false }
    }
}

/// What became of rows that are there after a change.
pub(super) fn changes<K: Ord + Copy, R>(
    before: impl IntoIterator<Item = Seen<K, R>>,
    after: impl IntoIterator<Item = Seen<K, R>>,
    told: impl Fn(&R) -> Row,
) -> RowChanges {
    let before: BTreeMap<K, _> = before.into_iter().map(|row| (row.key, row)).collect();
    let after: BTreeMap<K, _> = after.into_iter().map(|row| (row.key, row)).collect();
    let mut changes = RowChanges::default();
    for (key, is) in after {
        let was = before.get(&key);
        if is.alone && !was.is_some_and(|was| was.alone) {
            changes.alone.push(told(&is.row));
        }
        match (was.map(|was| &was.state), is.state) {
            (Some(State::Dead(_)), State::Alive) => changes.alive.push(told(&is.row)),
            (Some(State::Dead(_)), _) => {}
            (_, State::Dead(why)) => changes.dead.push(DeadRow { row: told(&is.row), why }),
            _ => {}
        }
    }
    changes
}

/// What tells rows of a gateway apart: policy-based routes have a source.
type GatewayKey = (Option<Cidr>, Cidr, VpnConnectionId);

/// A row of a gateway.
type OfGateway = Seen<GatewayKey, Row>;

/// The rows of a gateway that share addresses with changed blocks; those that were made are known.
pub(super) fn of_gateway<B: Read, A: Read>(
    before: &Side<'_, B>,
    after: &Side<'_, A>,
    id: VpnGatewayId,
    blocks: &BTreeSet<Block>,
    made: (Vec<OfGateway>, Vec<OfGateway>),
) -> RowChanges {
    let made = changes(made.0, made.1, Row::clone);
    let was = learned::gateway_states(before, id, blocks);
    let is = learned::gateway_states(after, id, blocks);
    made.and(changes(was, is, |route| explain::learned_row(route)))
}

/// The rows of a gateway that share addresses with a block, with what they are good for, and whether
/// they are standby routes without an active one. `rows` are those for the block.
pub(super) fn gateway_states<R: Read>(
    side: &Side<'_, R>,
    id: VpnGatewayId,
    block: &Block,
    rows: &GatewayRows<'_>,
) -> Vec<OfGateway> {
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
            let (row, state) = (explain::policy_row(route), state(*standing, covered));
            found.push(Seen { key: own, row, state, alone });
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
        let (row, state) = (explain::destination_row(route), state(*standing, covered));
        found.push(Seen { key: own, row, state, alone });
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
    let made = changes(
        blocks.iter().flat_map(|block| router_states(before, id, &block.destination)),
        blocks.iter().flat_map(|block| router_states(after, id, &block.destination)),
        |route| explain::connection_row(route),
    );
    let was = learned::router_states(before, id, blocks);
    let is = learned::router_states(after, id, blocks);
    made.and(changes(was, is, |route| explain::learned_row(route)))
}

/// The rows on a transit router that decide for a block, with what they are good for.
pub(crate) fn router_states<'a, R: Read>(
    side: &Side<'a, R>,
    id: TransitRouterId,
    block: &Cidr,
) -> Vec<Seen<VcoRouteKey, &'a VcoRoute>> {
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
        let state = if covered { State::Dead(Dead::Shadowed) } else { State::Alive };
        Seen::new(route.key, *route, state)
    });
    let mut found: Vec<_> = alive.collect();
    for connection in transit::attached(side.world, id) {
        if transit::is_revoked(side.links, connection) {
            let routes = vco_route::within(side.world, connection.id, *block);
            let revoked =
                |route: &'a VcoRoute| Seen::new(route.key, route, State::Dead(Dead::Revoked));
            found.extend(routes.map(revoked));
        }
    }
    found
}
