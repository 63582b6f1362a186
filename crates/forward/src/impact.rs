//! What a change does to forwarding, told from the change alone.
//!
//! Two worlds and what changed between them come in. Only rows that hold a changed block or lie
//! inside one are looked at, in the tables that changed and in those that lead there; so the cost
//! follows the change and not the tenant. (Links, next hops and whole tables are the exceptions: what
//! leads to them is found by looking through the tables of their VPC, because nothing is indexed by
//! next hop.)
//!
//! Impact speaks of packets that leave vSwitches, and of those that enter by a gateway with a route table
//! of its own. No chain of tables leads back to where it began, so
//! packets can be lost and cannot loop.

mod compare;
mod dirty;
mod ingress;
mod learned;
pub mod lint;
mod listed;
mod local;
mod rows;
mod span;
mod text;
mod way;

pub use way::{Branch, Way};

use crate::Links;
use crate::trace::Row;
use causeway_model::route_table::{AssociateType, RouteTable};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Changes, Read};
use causeway_types::{Cidr, Id, VSwitchId};
use compare::{Area, Found};
use dirty::{Block, Dirty, outermost};
use listed::{Listed, TableRows};
use local::{Choice, Decisions, Side};
use rows::RowChanges;
use serde::Serialize;
use span::{Span, layered};
use way::Ways;

/// What a change does to forwarding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Impact {
    /// By table: those of VPCs, then gateways, then transit routers.
    pub tables: Vec<TableImpact>,
    /// Whether something was left out, because there is more than [`Limits`] allow.
    pub truncated: bool,
}

/// What a change does to one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TableImpact {
    /// The kind of table.
    pub kind: TableKind,
    /// The route table, gateway or transit router.
    pub id: Id,
    /// The table that decided before, when the change moved the vSwitches or the gateway here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<Id>,
    /// For a route table the vSwitches it decides for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub v_switch_ids: Vec<VSwitchId>,
    /// For a gateway route table the gateway by which the packets enter that it decides about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_id: Option<Id>,
    /// Packets that take another way from this table on, to the end.
    pub moves: Vec<Move>,
    /// How many moves there are, when some are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub move_count: Option<usize>,
    /// Rows that no packet can take any more, or from the start.
    pub dead: Vec<DeadRow>,
    /// Rows that no packet could take, and that carry some now.
    pub alive: Vec<Row>,
    /// Standby routes without an active one: they carry the traffic and nothing stands behind them.
    pub alone: Vec<Row>,
}

/// Kinds of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TableKind {
    /// A route table of a VPC.
    RouteTable,
    /// The policy-based and destination routes of a VPN gateway.
    VpnGateway,
    /// What IPsec connections publish to a transit router.
    TransitRouter,
}

/// Packets that take another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Move {
    /// From where; empty is from everywhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Cidr>,
    /// To where: the fewest prefixes.
    pub destinations: Vec<Cidr>,
    /// What it means to who sends them.
    pub effect: Effect,
    /// Their way before.
    pub before: Way,
    /// Their way after.
    pub after: Way,
}

/// What a move means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Effect {
    /// Packets that arrived are lost now: a black hole.
    Lost,
    /// Packets that were lost arrive now.
    Restored,
    /// Packets arrive by another way, or somewhere else.
    Moved,
    /// Packets are lost as before, somewhere else or for another reason.
    StillLost,
}

/// A row that carries nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeadRow {
    /// The row.
    pub row: Row,
    /// Why.
    pub why: Dead,
}

/// Why a row carries nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Dead {
    /// Longer prefixes or earlier policy-based routes take all its packets.
    Shadowed,
    /// The active route takes them; this one waits.
    Standby,
    /// Its link is down, and another row carries the traffic.
    Down,
    /// Another row for the same destination goes first.
    LowerPrecedence,
    /// Its table is bound to no vSwitch, or to no gateway.
    Unbound,
    /// The health check has withdrawn it.
    Revoked,
    /// The BGP session by which it was learned is down.
    SessionDown,
}

/// How much is looked at and told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Areas that are compared, per table.
    pub areas: usize,
    /// Moves, and prefixes of one move, that are told per table.
    pub told: usize,
    /// vSwitches and rows that are told per table.
    pub listed: usize,
}

impl Limits {
    /// Enough for a person; the cost of a change stays bounded.
    pub const USUAL: Limits = Limits { areas: 20_000, told: 64, listed: 64 };
    /// Everything.
    pub const NONE: Limits = Limits { areas: usize::MAX, told: usize::MAX, listed: usize::MAX };
}

/// Tells what a change does. `changes` leads from the world `before` to the world `after`.
pub fn impact<B: Read, A: Read>(
    before: (&B, &Links),
    after: (&A, &Links),
    changes: &Changes,
    limits: &Limits,
) -> Impact {
    let (before, after) = (Side::new(before.0, before.1), Side::new(after.0, after.1));
    let dirty = dirty::of(&before, &after, changes);
    let impact = Impact::default();
    let mut told = Telling { before, after, changes, dirty, limits: *limits, impact };
    let gateway_tables = told.tables();
    told.moved();
    told.entering(gateway_tables);
    told.gateways();
    told.routers();
    told.impact
}

impl Impact {
    /// Whether forwarding stays as it is.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && !self.truncated
    }
}

struct Telling<'a, B, A> {
    before: Side<'a, B>,
    after: Side<'a, A>,
    changes: &'a Changes,
    dirty: Dirty,
    limits: Limits,
    impact: Impact,
}

impl<'a, B: Read, A: Read> Telling<'a, B, A> {
    /// Those of vSwitches; what is dirty of gateway route tables is left over.
    fn tables(&mut self) -> ingress::Tables {
        let mut left = ingress::Tables::new();
        let tables = std::mem::take(&mut self.dirty.tables);
        for same in tables.chunk_by(|a, b| a.0 == b.0) {
            let id = same[0].0;
            let blocks: Vec<Block> = same.iter().map(|it| it.1).collect();
            let was = self.before.world.get::<RouteTable>(&id);
            let (Some(was), Some(is)) = (was, self.after.world.get::<RouteTable>(&id)) else {
                continue;
            };
            if is.associate == AssociateType::Gateway {
                left.insert(id, blocks);
                continue;
            }
            let mut vswitches: Vec<VSwitchId> = self.after.world.members(id).collect();
            let bound = !vswitches.is_empty();
            vswitches.retain(|id| self.stays(*id));
            let (mut found, mut ways) = (Found::default(), Ways::default());
            let rows = self.rows([was, is], &blocks, bound, |block, routes| {
                if !vswitches.is_empty() {
                    self.compare(&mut found, &mut ways, [was, is], block, routes);
                }
            });
            self.tell(TableKind::RouteTable, id.into(), (None, vswitches), &ways, found, rows);
        }
        left
    }

    /// Whether packets of a vSwitch went by the same table before.
    fn stays(&self, id: VSwitchId) -> bool {
        let (came, moved) = (&self.dirty.came, &self.dirty.moved);
        !came.contains(&id) && !moved.values().any(|ids| ids.contains(&id))
    }

    /// What became of the rows of a table, for blocks that may behave differently. Blocks that no other
    /// one holds are handed on, with the routes that decide about them.
    fn rows(
        &self,
        tables: [&'a RouteTable; 2],
        blocks: &[Block],
        bound: bool,
        mut compare: impl FnMut(&Block, &Listed<'a>),
    ) -> RowChanges {
        let (before, after) = (&self.before, &self.after);
        let only_come = self.dirty.only_come;
        let (holder, seen) = (None, Default::default());
        let mut rows = TableRows { before, after, tables, bound, only_come, holder, seen };
        let outermost = outermost(blocks.iter());
        for block in blocks {
            let to = block.destination;
            let is_outermost = outermost.binary_search(block).is_ok();
            if !is_outermost && !block.own {
                continue;
            }
            let routes = if is_outermost && self.dirty.same_system {
                Listed::together(before, after, self.changes, tables[1], to)
            } else {
                Listed::apart(before, after, tables, to)
            };
            if is_outermost {
                compare(block, &routes);
            }
            if block.own {
                rows.look(to, &routes);
            }
        }
        rows.changes()
    }

    /// vSwitches that another table decides for now: all their packets can move.
    fn moved(&mut self) {
        for ((from, to), vswitches) in std::mem::take(&mut self.dirty.moved) {
            let was = self.before.world.get::<RouteTable>(&from);
            let (Some(was), Some(is)) = (was, self.after.world.get::<RouteTable>(&to)) else {
                continue;
            };
            let (mut found, mut ways) = (Found::default(), Ways::default());
            for destination in [Cidr::DEFAULT_V4, Cidr::DEFAULT_V6] {
                let block = Block { destination, source: None, own: false };
                let routes = Listed::apart(&self.before, &self.after, [was, is], destination);
                self.compare(&mut found, &mut ways, [was, is], &block, &routes);
            }
            let who = (Some(from.into()), vswitches);
            self.tell(TableKind::RouteTable, to.into(), who, &ways, found, RowChanges::default());
        }
    }

    /// Compares what tables do with a block on either side.
    fn compare(
        &self,
        found: &mut Found,
        ways: &mut Ways,
        tables: [&'a RouteTable; 2],
        block: &Block,
        routes: &Listed<'a>,
    ) {
        let to = block.destination;
        let choices = routes.by_destination().filter_map(|(destination, [was, is])| {
            let own = (self.before.choice(tables[0], was), self.after.choice(tables[1], is));
            (own != (None, None)).then(|| (Span::of(&destination), own))
        });
        let nothing = (Choice::Nothing, Choice::Nothing);
        let spans = layered(Span::of(&to), nothing, choices, |around, own| {
            (own.0.unwrap_or(around.0), own.1.unwrap_or(around.1))
        });
        for (span, (was, is)) in spans {
            let same = was == is
                && tables[0].id == tables[1].id
                && (self.dirty.entries_only || is == Choice::Nothing);
            if !same {
                let before = self.before.ahead(ways, tables[0], was, span, &to);
                let after = self.after.ahead(ways, tables[1], is, span, &to);
                self.area(found, block, span, [&before, &after]);
            }
        }
    }

    fn area(&self, found: &mut Found, block: &Block, to: Span, sides: [&Decisions; 2]) {
        let family = block.destination.family();
        let source = block.source.map_or(Span::all(family), |source| Span::of(&source));
        let area = Area { source, destination: to };
        found.compare(family, area, sides[0], sides[1], self.limits.areas);
    }

    fn gateways(&mut self) {
        for (id, blocks) in std::mem::take(&mut self.dirty.gateways) {
            let (was, is) = (self.before.world.get(&id), self.after.world.get(&id));
            let both: (Option<&VpnGateway>, Option<&VpnGateway>) = (was, is);
            if both.0.is_none() || both.1.is_none() {
                continue;
            }
            let (mut found, mut ways) = (Found::default(), Ways::default());
            let outermost = outermost(blocks.iter());
            let mut seen = (Vec::new(), Vec::new());
            for block in &blocks {
                let to = &block.destination;
                let was = self.before.gateway_rows(id, to);
                let is = self.after.gateway_rows(id, to);
                if outermost.binary_search(block).is_ok() {
                    let before = self.before.gateway_by(&mut ways, id, to, &was);
                    let after = self.after.gateway_by(&mut ways, id, to, &is);
                    self.area(&mut found, block, Span::of(to), [&before, &after]);
                }
                seen.0.extend(rows::gateway_states(&self.before, id, block, &was));
                seen.1.extend(rows::gateway_states(&self.after, id, block, &is));
            }
            let rows = rows::of_gateway(&self.before, &self.after, id, &blocks, seen);
            let who = (None, Vec::new());
            self.tell(TableKind::VpnGateway, id.into(), who, &ways, found, rows);
        }
    }

    fn routers(&mut self) {
        for (id, blocks) in std::mem::take(&mut self.dirty.routers) {
            let (mut found, mut ways) = (Found::default(), Ways::default());
            for block in outermost(blocks.iter()) {
                let before = self.before.transit(&mut ways, id, None, &block.destination);
                let after = self.after.transit(&mut ways, id, None, &block.destination);
                self.area(&mut found, &block, Span::of(&block.destination), [&before, &after]);
            }
            let rows = rows::of_router(&self.before, &self.after, id, &blocks);
            let who = (None, Vec::new());
            self.tell(TableKind::TransitRouter, id.into(), who, &ways, found, rows);
        }
    }

    fn tell(
        &mut self,
        kind: TableKind,
        id: Id,
        (moved_from, mut v_switch_ids): (Option<Id>, Vec<VSwitchId>),
        ways: &Ways,
        found: Found,
        mut rows: RowChanges,
    ) {
        let unchanged = rows.dead.is_empty() && rows.alive.is_empty() && rows.alone.is_empty();
        if found.is_empty() && !found.cut && unchanged {
            return;
        }
        let Limits { told, listed, .. } = self.limits;
        let mut cut = found.cut;
        let mut moves = moves(ways, found);
        let move_count = (moves.len() > told).then_some(moves.len());
        moves.truncate(told);
        for it in &mut moves {
            cut |= it.destinations.len() > told || it.sources.len() > told;
            it.destinations.truncate(told);
            it.sources.truncate(told);
        }
        let lists = [rows.dead.len(), rows.alive.len(), rows.alone.len(), v_switch_ids.len()];
        cut |= lists.into_iter().any(|length| length > listed) || move_count.is_some();
        rows.dead.truncate(listed);
        rows.alive.truncate(listed);
        rows.alone.truncate(listed);
        v_switch_ids.truncate(listed);
        self.impact.truncated |= cut;
        let RowChanges { dead, alive, alone } = rows;
        let table = TableImpact {
            kind,
            id,
            moved_from,
            v_switch_ids,
            gateway_id: None,
            moves,
            move_count,
            dead,
            alive,
            alone,
        };
        self.impact.tables.push(table);
    }
}

/// What was found, in words for people: worst first.
fn moves(ways: &Ways, mut found: Found) -> Vec<Move> {
    let mut moves = Vec::new();
    found.normal(|family, (before, after), (from, to)| {
        let (before, after) = (ways.get(before), ways.get(after));
        let effect = match (before.is_delivered(), after.is_delivered()) {
            (true, false) => Effect::Lost,
            (false, true) => Effect::Restored,
            (true, true) => Effect::Moved,
            (false, false) => Effect::StillLost,
        };
        let any = from == [Span::all(family)];
        let cidrs = |spans: &[Span]| spans.iter().flat_map(|it| it.cidrs(family)).collect();
        moves.push(Move {
            sources: if any { Vec::new() } else { cidrs(from) },
            destinations: cidrs(to),
            effect,
            before: before.clone(),
            after: after.clone(),
        });
    });
    let order = |it: &Move| (it.effect, it.destinations.first().copied());
    moves.sort_by_key(order);
    moves
}
