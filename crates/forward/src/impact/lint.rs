//! Standing faults of a tenant's routes: what is wrong now, whatever changed last.

use super::compare::{Area, areas};
use super::dirty::Block;
use super::ingress;
use super::listed;
use super::local::{Choice, Side};
use super::rows::{self, Seen, State};
use super::span::Span;
use super::way::Ways;
use super::{Dead, Way};
use crate::Links;
use crate::trace::text::{named, row_text};
use crate::trace::{Cause, Outcome, explain};
use causeway_model::gateway_binding;
use causeway_model::route_entry::{self, RouteEntry, RouteOrigin};
use causeway_model::route_list::ListedRoute;
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableKind};
use causeway_model::vpc::Vpc;
use causeway_model::vpn_connection::{Attached, VpnConnection};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vswitch::VSwitch;
use causeway_model::{Quotas, Read};
use causeway_types::{Cidr, Family, Id, RouteTableId, VSwitchId, VpcId};
use serde::Serialize;
use std::collections::BTreeSet;

mod pairs;
mod quota;
mod return_path;
mod shared_fate;
mod standby;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of fault it is.
    pub code: Code,
    /// Where it is: a route table, gateway, connection or VPC; none for the region as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<Id>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub advice: String,
}

/// How bad a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Severity {
    /// Packets are lost.
    Error,
    /// Something does not do what it seems to be there for.
    Warning,
    /// Something is of no use.
    Notice,
}

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Code {
    /// All packets of a route are lost.
    BlackHole,
    /// Some packets of a route are lost.
    PartialBlackHole,
    /// A custom table has no route for what a gateway publishes to the system table.
    PublishedRouteMissing,
    /// What comes in from a network has no way back.
    NoReturnPath,
    /// What comes in from a part of a network has no way back.
    PartialReturnPath,
    /// No packet can take a route.
    UnreachableRoute,
    /// A standby route stands alone.
    StandbyWithoutActive,
    /// Active and standby end at the same customer gateway.
    StandbySharesFate,
    /// Of active and standby one is out of service: nothing can take over from the other.
    NoStandbyLeft,
    /// A table with routes is bound to no vSwitch.
    UnboundTable,
    /// A quota is nearly used up.
    QuotaNearlyUsed,
}

/// Looks for standing faults, the worst first.
pub fn lint(world: &impl Read, links: &Links, quotas: &Quotas) -> Vec<Finding> {
    let mut linter = Linter { side: Side::new(world, links), found: BTreeSet::new() };
    for table in world.all::<RouteTable>() {
        linter.table(table);
    }
    for gateway in world.all::<VpnGateway>() {
        linter.gateway(gateway);
    }
    for connection in world.all::<VpnConnection>() {
        linter.tunnels(connection);
    }
    linter.routers();
    linter.back_by_transit_router();
    linter.found.extend(quota::findings(world, quotas));
    linter.found.into_iter().collect()
}

struct Linter<'a, R> {
    side: Side<'a, R>,
    found: BTreeSet<Finding>,
}

impl<'a, R: Read> Linter<'a, R> {
    fn find(&mut self, code: Code, id: impl Into<Id>, message: String, advice: &str) {
        let severity = match code {
            Code::BlackHole => Severity::Error,
            Code::UnboundTable => Severity::Notice,
            _ => Severity::Warning,
        };
        let (resource_id, advice) = (Some(id.into()), advice.to_owned());
        self.found.insert(Finding { severity, code, resource_id, message, advice });
    }

    fn table(&mut self, table: &'a RouteTable) {
        let world = self.side.world;
        let entries = route_entry::of_table(world, table.id).count();
        let user = match table.associate {
            AssociateType::VSwitch => "vSwitch",
            AssociateType::Gateway => "gateway",
        };
        if !self.is_used(table) {
            if entries > 0 && table.kind == RouteTableKind::Custom {
                let message = format!("{entries} routes in a table that is bound to no {user}");
                let advice = format!("bind the table to a {user}, or remove it");
                self.find(Code::UnboundTable, table.id, message, &advice);
            }
            return;
        }
        // By a gateway packets of one family enter.
        let gateway = gateway_binding::of_table(world, table.id);
        let enters = |family| gateway.is_none_or(|gateway| ingress::family(gateway) == family);
        for entry in route_entry::of_table(world, table.id) {
            if enters(entry.key.destination.family()) {
                self.entry(table, entry);
            }
        }
        if table.kind == RouteTableKind::Custom && table.associate == AssociateType::VSwitch {
            self.published(table);
        }
    }

    fn is_used(&self, table: &RouteTable) -> bool {
        let world = self.side.world;
        match table.associate {
            AssociateType::VSwitch => world.members::<VSwitchId>(table.id).next().is_some(),
            AssociateType::Gateway => gateway_binding::of_table(world, table.id).is_some(),
        }
    }

    /// A row of a table that is in use.
    fn entry(&mut self, table: &'a RouteTable, entry: &'a RouteEntry) {
        let states = listed::states(&self.side, table, entry.key.destination);
        let is_own = |row: &ListedRoute| row.entry().is_some_and(|it| it.key == entry.key);
        let own = states.iter().find(|(row, _)| is_own(row));
        match own {
            Some((row, State::Dead(Dead::Shadowed))) => {
                let row = row_text(&explain::vpc_row(row));
                let message = format!("longer prefixes take all packets of {row}");
                self.find(Code::UnreachableRoute, table.id, message, "remove the route");
            }
            Some((_, State::Alive)) => {
                self.black_hole(table, entry);
                self.interfaces(table, entry);
            }
            Some((_, State::Dead(Dead::LowerPrecedence))) => {
                self.published_behind(table, entry, &states);
            }
            Some((_, State::Dead(Dead::Down))) => self.published_alone(table, entry, &states),
            _ => {}
        }
    }

    /// The sources of the packets that a table decides about: addresses of its vSwitches, or any.
    fn sources(&self, table: &RouteTable, family: Family) -> Vec<Span> {
        let world = self.side.world;
        if table.associate == AssociateType::Gateway {
            return vec![Span::all(family)];
        }
        let vswitches = world.members::<VSwitchId>(table.id);
        let vswitches = vswitches.filter_map(|id| world.get::<VSwitch>(&id));
        let blocks = vswitches.flat_map(|it| [Some(it.cidr), it.ipv6_cidr]).flatten();
        blocks.filter(|it| it.family() == family).map(|block| Span::of(&block)).collect()
    }

    fn black_hole(&mut self, table: &'a RouteTable, entry: &'a RouteEntry) {
        let destination = entry.key.destination;
        let sources = self.sources(table, destination.family());
        let mut ways = Ways::default();
        let (mut lost, mut arrives) = (Vec::new(), false);
        for (span, choice) in self.side.choices(table, &destination) {
            // Neighbours with the same next hops come as one.
            if choice != Choice::To(&entry.next_hops) {
                continue;
            }
            let decisions = self.side.ahead(&mut ways, table, choice, span, &destination);
            let met = sources.iter().map(|source| Area { source: *source, destination: span });
            for (area, way) in met.flat_map(|area| areas(&decisions, area)) {
                match ways.get(way).is_delivered() {
                    true => arrives = true,
                    false => lost.push((area, ways.get(way).clone())),
                }
            }
        }
        let Some((area, way)) = lost.first() else { return };
        let code = if arrives { Code::PartialBlackHole } else { Code::BlackHole };
        let which = if arrives {
            let mut parts = area.destination.cidrs(destination.family());
            let first = parts.next().map(|it| it.to_string()).unwrap_or_default();
            format!("some packets to {destination}, for example to {first},")
        } else {
            format!("packets to {destination}")
        };
        let message = format!("{which} are lost: {}", way.text());
        self.find(code, table.id, message, advice(way));
    }

    /// What gateways publish to the system table is not in custom tables by itself (S-VR-31).
    fn published(&mut self, table: &'a RouteTable) {
        let world = self.side.world;
        let Some(vpc) = world.get::<Vpc>(&table.vpc) else { return };
        let published = route_entry::of_table(world, vpc.system_table);
        let published =
            published.filter(|it| it.key.origin == RouteOrigin::Published && it.status.forwards());
        for entry in published {
            let destination = entry.key.destination;
            let choices = self.side.choices(table, &destination);
            if choices.iter().any(|(_, choice)| *choice == Choice::Nothing) {
                let gateway = entry.next_hops.single().map(named).unwrap_or_default();
                let message = format!(
                    "no route for {destination}, which {gateway} publishes to the system table only"
                );
                let advice = "add a route to the gateway to this table as well";
                self.find(Code::PublishedRouteMissing, table.id, message, advice);
            }
        }
    }

    fn gateway(&mut self, gateway: &'a VpnGateway) {
        for destination in [Cidr::DEFAULT_V4, Cidr::DEFAULT_V6] {
            let block = Block { destination, source: None, own: true };
            let rows = self.side.gateway_rows(gateway.id, &destination);
            for Seen { row, state, alone, .. } in
                rows::gateway_states(&self.side, gateway.id, &block, &rows)
            {
                if state == State::Dead(Dead::Shadowed) {
                    let row = row_text(&row);
                    let message = format!("other routes take all packets of {row}");
                    let advice = "remove the route, or give it a better priority";
                    self.find(Code::UnreachableRoute, gateway.id, message, advice);
                }
                if alone {
                    let message = format!("nothing stands behind {}", row_text(&row));
                    let advice = "add the active route, or make this one active (weight 100)";
                    self.find(Code::StandbyWithoutActive, gateway.id, message, advice);
                }
            }
        }
        for pair in pairs::of_gateway(self.side.world, gateway.id) {
            self.shared_fate(gateway.id, &pair);
            self.pair_without_standby(gateway.id, &pair);
        }
        self.back_by_gateway(gateway);
    }

    /// What IPsec connections publish to transit routers.
    fn routers(&mut self) {
        let world = self.side.world;
        let routers = world.all::<VpnConnection>().filter_map(|it| match it.attached {
            Attached::TransitRouter { transit_router, .. } => Some(transit_router),
            Attached::Gateway(_) | Attached::Nothing => None,
        });
        for router in routers.collect::<BTreeSet<_>>() {
            for block in [Cidr::DEFAULT_V4, Cidr::DEFAULT_V6] {
                for Seen { row: route, state, .. } in
                    rows::router_states(&self.side, router, &block)
                {
                    if state == State::Dead(Dead::Shadowed) {
                        let row = row_text(&explain::connection_row(route));
                        let message = format!("longer prefixes take all packets of {row}");
                        let connection = route.key.connection;
                        self.find(Code::UnreachableRoute, connection, message, "remove the route");
                    }
                }
            }
        }
    }
}

/// The tables of a VPC that vSwitches use.
fn used_tables<R: Read>(world: &R, vpc: VpcId) -> Vec<&RouteTable> {
    let used = |id: &RouteTableId| world.members::<VSwitchId>(*id).next().is_some();
    let ids = world.members::<RouteTableId>(vpc).filter(used);
    ids.filter_map(|id| world.get::<RouteTable>(&id)).collect()
}

/// What to do about packets that are lost.
fn advice(way: &Way) -> &'static str {
    let cause = way.branches.iter().find_map(|branch| match &branch.outcome {
        Outcome::Dropped { cause, .. } => Some(cause),
        Outcome::Delivered { .. } => None,
    });
    match cause {
        Some(Cause::NoRoute) => "add a route to the gateway, or remove the one that leads there",
        Some(Cause::NextHopGone) => "remove the route, or let it lead to something that exists",
        Some(Cause::NextHopUnready { .. }) => "bring the next hop into service, or use another",
        Some(Cause::LinkDown | Cause::LinkDownUnnoticed) => {
            "bring the link up, or add a standby route"
        }
        Some(Cause::NoVSwitch) | None => "look at the route with `causeway trace --why`",
    }
}
