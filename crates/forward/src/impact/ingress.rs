//! Packets that enter a VPC by an IPv4 or IPv6 gateway: its gateway route table decides about them, or
//! without one the local routes of the VPC.

use super::dirty::{Block, differs, outermost};
use super::local::{Choice, Decisions, Side};
use super::rows::RowChanges;
use super::span::{Span, spread};
use super::way::{Way, WayNumber, Ways};
use super::{Found, TableKind, Telling};
use crate::trace::{Cause, Target};
use crate::vpc;
use causeway_model::gateway_binding::{self, GatewayBinding};
use causeway_model::next_hop::{NextHopProblem, NextHops};
use causeway_model::resource::Resource;
use causeway_model::route_table::RouteTable;
use causeway_model::vpc::Vpc;
use causeway_model::{Read, vswitch};
use causeway_types::{Cidr, Family, Id, Prefix, RouteTableId, VpcId};
use std::collections::{BTreeMap, BTreeSet};

/// Gateway route tables, with the blocks of each that may behave differently.
pub(super) type Tables = BTreeMap<RouteTableId, Vec<Block>>;

/// The family of the packets that enter by a gateway.
pub(super) fn family(gateway: Id) -> Family {
    if gateway.prefix() == Some(Prefix::Ipv6Gateway) { Family::V6 } else { Family::V4 }
}

impl<'a, B: Read, A: Read> Telling<'a, B, A> {
    /// What becomes of packets that enter by gateways.
    pub(super) fn entering(&mut self, mut tables: Tables) {
        for gateway in self.rebound() {
            self.other_table(gateway, &mut tables);
        }
        for (id, blocks) in tables {
            let gateway = gateway_binding::of_table(self.after.world, id);
            let stays = gateway_binding::of_table(self.before.world, id) == gateway;
            let rows = self.rows_of_gateway_table(id, &blocks);
            let is = self.after.world.get::<RouteTable>(&id);
            let entry = gateway.filter(|_| stays).zip(is.map(|it| it.vpc));
            let (mut found, mut ways) = (Found::default(), Ways::default());
            if let Some((gateway, vpc)) = entry {
                let entering = |block: &Block| block.destination.family() == family(gateway);
                for block in outermost(blocks.iter()).into_iter().filter(entering) {
                    self.compare_entering(&mut found, &mut ways, (gateway, vpc), block);
                }
            }
            self.tell_entering(id, None, gateway, &ways, found, rows);
        }
    }

    /// Gateways that came to or left a table, or that are bound to one and came into or out of service.
    fn rebound(&self) -> BTreeSet<Id> {
        let (before, after, changes) = (self.before.world, self.after.world, self.changes);
        let bindings = changes.changed::<GatewayBinding>().filter(|(id, is)| {
            differs(before.get::<GatewayBinding>(id), *is, |row: &GatewayBinding| row.table)
        });
        let state = |row: &Resource| (row.place.clone(), row.status.clone());
        let states = changes.changed::<Resource>().filter(|(id, is)| {
            gateway_binding::is_gateway(**id) && differs(before.get::<Resource>(id), *is, state)
        });
        let is_bound = |id: &Id| {
            before.get::<GatewayBinding>(id).is_some() || after.get::<GatewayBinding>(id).is_some()
        };
        let gateways = bindings.map(|(id, _)| *id).chain(states.map(|(id, _)| *id));
        gateways.filter(is_bound).collect()
    }

    /// All packets that enter by a gateway can take another way.
    fn other_table(&mut self, gateway: Id, tables: &mut Tables) {
        let (was, is) = (self.before.table_of(gateway), self.after.table_of(gateway));
        let Some(vpc) = is.or(was).map(|table| table.vpc) else { return };
        let system = self.after.world.get::<Vpc>(&vpc).map(|vpc| vpc.system_table);
        // Without a table of its own the local routes decide, which the system table has.
        let table = |table: Option<&RouteTable>| table.map(|it| it.id).or(system);
        let (Some(from), Some(to)) = (table(was), table(is)) else { return };
        let destination = match family(gateway) {
            Family::V4 => Cidr::DEFAULT_V4,
            Family::V6 => Cidr::DEFAULT_V6,
        };
        let (mut found, mut ways) = (Found::default(), Ways::default());
        let block = Block { destination, source: None, own: false };
        self.compare_entering(&mut found, &mut ways, (gateway, vpc), block);
        // Most addresses are nowhere in the VPC, whoever says so.
        let is_lost = |way| ways.get(way).is_lost_at_once();
        found.retain(|(was, is)| !is_lost(was) || !is_lost(is));
        let blocks = tables.remove(&to);
        let rows = blocks.map(|blocks| self.rows_of_gateway_table(to, &blocks));
        let from = Some(Id::from(from)).filter(|from| *from != to.into());
        self.tell_entering(to, from, Some(gateway), &ways, found, rows.unwrap_or_default());
    }

    fn compare_entering(
        &self,
        found: &mut Found,
        ways: &mut Ways,
        (gateway, vpc): (Id, VpcId),
        block: Block,
    ) {
        let before = self.before.entering(ways, gateway, vpc, &block.destination);
        let after = self.after.entering(ways, gateway, vpc, &block.destination);
        self.area(found, &block, Span::of(&block.destination), [&before, &after]);
    }

    fn rows_of_gateway_table(&self, id: RouteTableId, blocks: &[Block]) -> RowChanges {
        let was = self.before.world.get::<RouteTable>(&id);
        let (Some(was), Some(is)) = (was, self.after.world.get::<RouteTable>(&id)) else {
            return RowChanges::default();
        };
        let bound = gateway_binding::of_table(self.after.world, id).is_some();
        self.rows([was, is], blocks, bound, |_, _| {})
    }

    fn tell_entering(
        &mut self,
        table: RouteTableId,
        from: Option<Id>,
        gateway: Option<Id>,
        ways: &Ways,
        found: Found,
        rows: RowChanges,
    ) {
        let told = self.impact.tables.len();
        self.tell(TableKind::RouteTable, table.into(), (from, Vec::new()), ways, found, rows);
        if let Some(table) = self.impact.tables.get_mut(told) {
            table.gateway_id = gateway;
        }
    }
}

impl<'a, R: Read> Side<'a, R> {
    /// The table that a gateway is bound to.
    fn table_of(&self, gateway: Id) -> Option<&'a RouteTable> {
        let bound = self.world.get::<GatewayBinding>(&gateway)?;
        self.world.get::<RouteTable>(&bound.table)
    }

    /// What becomes of packets to a block that enter by a gateway.
    fn entering(&self, ways: &mut Ways, gateway: Id, vpc: VpcId, block: &Cidr) -> Decisions {
        let whole = Span::of(block);
        let cause = match vpc::usable(self.world, vpc, gateway) {
            Ok(()) => None,
            Err(NextHopProblem::Unready(status)) => {
                Some(Cause::NextHopUnready { status: status.into() })
            }
            Err(_) => Some(Cause::NextHopGone),
        };
        if let Some(cause) = cause {
            return Decisions::fixed(whole, ways.number(Way::dropped(vec![], gateway, cause)));
        }
        let Some(table) = self.table_of(gateway) else {
            let destinations = self.inside(ways, vpc, whole, block.family());
            return Decisions { policies: Vec::new(), destinations };
        };
        let mut entering = Decisions::default();
        for (span, choice) in self.choices(table, block) {
            match choice {
                Choice::Nothing | Choice::To(NextHops::One(_)) => {
                    entering.append(self.ahead(ways, table, choice, span, block), span);
                }
                // Gateway route tables have no routes with several next hops.
                Choice::Local | Choice::To(NextHops::Many(_)) => {
                    let inside = self.inside(ways, vpc, span, block.family());
                    entering.destinations.extend(inside);
                }
            }
        }
        entering
    }

    /// What becomes of packets to some addresses inside a VPC.
    fn inside(
        &self,
        ways: &mut Ways,
        vpc: VpcId,
        span: Span,
        family: Family,
    ) -> Vec<(Span, WayNumber)> {
        let reserved = (Cidr::RESERVED, Target::Services);
        let vswitches = vswitch::of_vpc(self.world, vpc).flat_map(|it| {
            let blocks = [Some(it.cidr), it.ipv6_cidr].into_iter().flatten();
            blocks.map(move |block| (block, Target::VSwitch { id: it.id }))
        });
        let mut targets: Vec<_> = [reserved].into_iter().chain(vswitches).collect();
        targets.retain(|(block, _)| block.family() == family);
        targets.sort_by_key(|(block, _)| *block);
        targets.dedup_by_key(|(block, _)| *block);
        let nowhere = ways.number(Way::dropped(vec![], vpc, Cause::NoVSwitch));
        let targets = targets
            .into_iter()
            .map(|(block, target)| (Span::of(&block), ways.number(Way::delivered(vec![], target))));
        let targets: Vec<_> = targets.collect();
        spread(span, nowhere, targets)
    }
}

impl Decisions {
    /// Takes over what others decide for some addresses, behind those that are decided about.
    fn append(&mut self, other: Decisions, span: Span) {
        let policies = other.policies.into_iter();
        let policies = policies.filter_map(|(from, to, way)| Some((from, to.meet(span)?, way)));
        self.policies.extend(policies);
        let destinations = other.destinations.into_iter();
        self.destinations.extend(destinations.filter_map(|(to, way)| Some((to.meet(span)?, way))));
    }
}
