//! The part of the tables that decides for one block, as it is on one side of a change.

use super::span::{Span, spread};
use super::way::{Way, WayNumber, Ways};
use crate::gateway::{self, Standing};
use crate::trace::{Cause, Target};
use crate::transit;
use crate::vpc::{self, MemberStanding};
use crate::{Links, Packet};
use causeway_model::Read;
use causeway_model::bgp_route::{self, BgpRoute};
use causeway_model::next_hop::{NextHopProblem, NextHops, WeightedHop};
use causeway_model::route_list::{self, ListedRoute};
use causeway_model::route_table::RouteTable;
use causeway_model::vco_route::{self, VcoRoute};
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vpn_pbr_route::{self, VpnPbrRoute};
use causeway_model::vpn_route::{self, VpnRoute};
use causeway_model::vswitch;
use causeway_types::{
    Cidr, Id, Prefix, TransitRouterId, TypedId, VpcId, VpnConnectionId, VpnGatewayId,
};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// The world on one side of a change, with its links.
pub(super) struct Side<'a, R> {
    pub world: &'a R,
    pub links: &'a Links,
    router: OnceCell<Option<TransitRouterId>>,
}

/// What a table does with a destination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Choice<'a> {
    /// No route forwards.
    Nothing,
    /// Into the VPC.
    Local,
    /// To next hops.
    To(&'a NextHops),
}

/// What decides about a block behind one next hop: policy-based routes in their order, then what
/// holds where. Only gateways have the former.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    /// Source, destination, way.
    pub policies: Vec<(Span, Span, WayNumber)>,
    /// By destination, without gaps.
    pub destinations: Vec<(Span, WayNumber)>,
}

/// The routes of a gateway that share addresses with a block.
pub(super) struct GatewayRows<'a> {
    /// All policy-based routes in the order they are tried: precedence goes across blocks.
    pub policy: Vec<(&'a VpnPbrRoute, Standing)>,
    /// Destination routes inside the block, and those of the nearest destination above it.
    pub destination: Vec<(&'a VpnRoute, Standing)>,
}

impl<'a, R: Read> Side<'a, R> {
    pub fn new(world: &'a R, links: &'a Links) -> Side<'a, R> {
        Side { world, links, router: OnceCell::new() }
    }

    /// The transit router behind attachments of VPCs.
    pub fn router(&self) -> Option<TransitRouterId> {
        *self.router.get_or_init(|| transit::behind_attachment(self.world))
    }

    /// What a table does with the destinations of a block.
    pub fn choices(&self, table: &RouteTable, block: &Cidr) -> Vec<(Span, Choice<'a>)> {
        let listed = route_list::overlapping(self.world, table, *block);
        let same = listed.chunk_by(|a, b| a.destination == b.destination);
        let effective = same
            .filter_map(|same| Some((Span::of(&same[0].destination), self.choice(table, same)?)));
        spread(Span::of(block), Choice::Nothing, effective)
    }

    /// What a table does with a destination, by its routes; `None` when none of them forwards.
    pub fn choice(&self, table: &RouteTable, same: &[ListedRoute<'a>]) -> Option<Choice<'a>> {
        let row = vpc::first(self.world, self.links, table.vpc, same)?;
        Some(row.next_hops().map_or(Choice::Local, Choice::To))
    }

    /// What comes after a choice, for the destinations of a block.
    pub fn ahead(
        &self,
        ways: &mut Ways,
        table: &RouteTable,
        choice: Choice<'_>,
        span: Span,
        block: &Cidr,
    ) -> Decisions {
        let fixed = |way: Way, ways: &mut Ways| Decisions::fixed(span, ways.number(way));
        match choice {
            Choice::Nothing => fixed(Way::dropped(vec![], table.id, Cause::NoRoute), ways),
            Choice::Local => fixed(self.local(table.vpc, span, block), ways),
            Choice::To(NextHops::Many(members)) => fixed(self.shared(table.vpc, members), ways),
            Choice::To(NextHops::One(id)) => match self.by_next_hop(table.vpc, *id) {
                Err(cause) => fixed(Way::dropped(vec![*id], *id, cause), ways),
                Ok(()) => self.behind(ways, *id, span, block),
            },
        }
    }

    /// What a next hop that works does with a block.
    fn behind(&self, ways: &mut Ways, id: Id, span: Span, block: &Cidr) -> Decisions {
        match id.prefix() {
            Some(Prefix::VpnGateway) => {
                VpnGatewayId::from_id(id).map(|gateway| self.gateway(ways, gateway, block))
            }
            Some(Prefix::TrAttachment) => {
                self.router().map(|router| self.transit(ways, router, Some(id), block))
            }
            _ => None,
        }
        .unwrap_or_else(|| {
            let way = Way::delivered(vec![id], Target::NextHop { id });
            Decisions::fixed(span, ways.number(way))
        })
    }

    fn local(&self, vpc: VpcId, span: Span, block: &Cidr) -> Way {
        let address = super::span::address(block.family(), span.first);
        if Cidr::RESERVED.contains_address(address) {
            return Way::delivered(vec![], Target::Services);
        }
        let holds = |cidr: Cidr| cidr.contains_address(address);
        let holder = vswitch::of_vpc(self.world, vpc)
            .find(|it| holds(it.cidr) || it.ipv6_cidr.is_some_and(holds));
        match holder {
            Some(vswitch) => Way::delivered(vec![], Target::VSwitch { id: vswitch.id }),
            None => Way::dropped(vec![], vpc, Cause::NoVSwitch),
        }
    }

    /// Several router interfaces: those that a packet, whatever its addresses, can take.
    fn shared(&self, vpc: VpcId, members: &[WeightedHop]) -> Way {
        let up = |id| vpc::router_interface_up(self.world, self.links, vpc, id);
        let nowhere = std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
        let packet = Packet { source: nowhere, destination: nowhere };
        let standings = vpc::choose(members, &packet, up);
        let equal = members.windows(2).all(|pair| pair[0].weight == pair[1].weight);
        let none_up = !members.iter().any(|member| up(member.id));
        let takes = |standing: MemberStanding| match standing {
            MemberStanding::Chosen | MemberStanding::Shares => true,
            MemberStanding::Standby => false,
            MemberStanding::Down => none_up && equal,
        };
        let taken = standings.into_iter().filter(|(_, standing)| takes(*standing));
        Way::shared(taken.map(|(member, _)| match self.by_next_hop(vpc, member.id) {
            Ok(()) => Way::delivered(vec![member.id], Target::NextHop { id: member.id }),
            Err(cause) => Way::dropped(vec![member.id], member.id, cause),
        }))
    }

    /// Whether a next hop takes packets, or why not.
    pub fn by_next_hop(&self, vpc: VpcId, id: Id) -> Result<(), Cause> {
        let unready = |status: &str| Cause::NextHopUnready { status: status.to_owned() };
        match vpc::usable(self.world, vpc, id) {
            Ok(()) if self.links.is_up(id) => Ok(()),
            Ok(()) => Err(Cause::LinkDown),
            Err(NextHopProblem::Absent | NextHopProblem::Elsewhere) => Err(Cause::NextHopGone),
            Err(NextHopProblem::Unready(status)) => Err(unready(&status)),
            Err(NextHopProblem::FinancialLocked) => Err(unready("FinancialLocked")),
        }
    }

    /// The routes of a gateway for a block.
    pub fn gateway_rows(&self, gateway: VpnGatewayId, block: &Cidr) -> GatewayRows<'a> {
        let world = self.world;
        let up = |id: VpnConnectionId| {
            world.get::<VpnConnection>(&id).is_some_and(|it| self.links.carries(it))
        };
        let mut policy: Vec<_> = vpn_pbr_route::of_gateway(world, gateway).collect();
        policy.sort_by_key(|route| (route.priority, route.sequence, route.key));
        let pair = |route: &&VpnPbrRoute| (route.key.source, route.key.destination);
        let policy =
            gateway::standings(policy, pair, |route| (route.weight, up(route.key.next_hop)));
        let above = vpn_route::cover(world, gateway, *block);
        let above = above.into_iter().flat_map(|it| vpn_route::to_destination(world, gateway, it));
        let destination: Vec<_> = above.chain(vpn_route::within(world, gateway, *block)).collect();
        let pair = |route: &&VpnRoute| route.key.destination;
        let destination =
            gateway::standings(destination, pair, |route| (route.weight, up(route.key.next_hop)));
        GatewayRows { policy, destination }
    }

    /// What a gateway does with a block.
    pub fn gateway(&self, ways: &mut Ways, id: VpnGatewayId, block: &Cidr) -> Decisions {
        if self.world.get::<VpnGateway>(&id).is_none() {
            let way = Way::dropped(vec![id.into()], id, Cause::NextHopGone);
            return Decisions::fixed(Span::of(block), ways.number(way));
        }
        self.gateway_by(ways, id, block, &self.gateway_rows(id, block))
    }

    /// The same, of a gateway that is there and whose routes for the block are known.
    pub fn gateway_by(
        &self,
        ways: &mut Ways,
        id: VpnGatewayId,
        block: &Cidr,
        rows: &GatewayRows<'a>,
    ) -> Decisions {
        let domain = Span::of(block);
        let effective = |standing: &Standing| *standing == Standing::Effective;
        let met = |route: &VpnPbrRoute| route.key.destination.overlaps(block);
        let policies = rows.policy.iter().filter(|(it, standing)| effective(standing) && met(it));
        let policies = policies.map(|(route, _)| {
            let way = self.by_connection(id.into(), route.key.next_hop);
            let (source, destination) = (&route.key.source, &route.key.destination);
            (Span::of(source), Span::of(destination), ways.number(way))
        });
        let policies = policies.collect();
        let rest = ways.number(Way::dropped(vec![id.into()], id, Cause::NoRoute));
        let rest = spread(domain, rest, self.learned(ways, id, block));
        let destinations = rows.destination.iter().filter(|(_, standing)| effective(standing));
        let destinations = destinations.map(|(route, _)| {
            let way = self.by_connection(id.into(), route.key.next_hop);
            (Span::of(&route.key.destination), Some(ways.number(way)))
        });
        let destinations = laid_over(spread(domain, None, destinations), &rest);
        Decisions { policies, destinations }
    }

    /// What a gateway has learned for a block, by destination.
    fn learned(&self, ways: &mut Ways, id: VpnGatewayId, block: &Cidr) -> Vec<(Span, WayNumber)> {
        let learned = gateway::learned(self.world, self.links, id).into_iter();
        let effective = learned.filter(|(route, standing)| {
            *standing == Standing::Effective && route.key.destination.overlaps(block)
        });
        let way = |(route, _): (&BgpRoute, _)| {
            let way = self.by_connection(id.into(), route.key.connection);
            (Span::of(&route.key.destination), ways.number(way))
        };
        effective.map(way).collect()
    }

    fn by_connection(&self, gateway: Id, id: VpnConnectionId) -> Way {
        let connection = self.world.get::<VpnConnection>(&id);
        let tunnel = connection.and_then(|connection| self.links.tunnel_in_use(connection));
        let tunnels = tunnel.into_iter().map(|tunnel| tunnel.id.into()).collect();
        by_tunnels(vec![gateway, id.into()], id, tunnels)
    }

    /// The routes that connections publish to a transit router for a block: those inside it, and of
    /// each connection the nearest above it; by destination.
    pub fn transit_rows(
        &self,
        router: TransitRouterId,
        block: &Cidr,
    ) -> Vec<(&'a VcoRoute, &'a VpnConnection)> {
        let world = self.world;
        let published = |it: &&VpnConnection| !transit::is_revoked(self.links, it);
        let mut rows = Vec::new();
        for connection in transit::attached(world, router).filter(published) {
            let above = vco_route::cover(world, connection.id, *block);
            let inside = vco_route::within(world, connection.id, *block);
            rows.extend(above.into_iter().chain(inside).map(|route| (route, connection)));
        }
        rows.sort_by_key(|(route, connection)| (route.key.destination, connection.id));
        rows
    }

    /// What a transit router does with a block.
    pub fn transit(
        &self,
        ways: &mut Ways,
        router: TransitRouterId,
        by: Option<Id>,
        block: &Cidr,
    ) -> Decisions {
        let rows = self.transit_rows(router, block);
        let via = |id: Option<Id>| by.into_iter().chain(id).collect::<Vec<_>>();
        let rest = ways.number(Way::dropped(via(None), router, Cause::NoRoute));
        let mut groups: BTreeMap<Cidr, Vec<&VpnConnection>> = BTreeMap::new();
        for (route, connection) in rows {
            groups.entry(route.key.destination).or_default().push(connection);
        }
        for (destination, connections) in self.learned_by_router(router, block) {
            groups.entry(destination).or_insert(connections);
        }
        let groups = groups.into_iter().map(|(destination, connections)| {
            let branches = connections.into_iter().map(|connection| {
                let tunnels = self.links.tunnels_up(connection);
                let tunnels = tunnels.into_iter().map(|it| it.id.into()).collect();
                by_tunnels(via(Some(connection.id.into())), connection.id, tunnels)
            });
            (Span::of(&destination), ways.number(Way::shared(branches)))
        });
        let groups: Vec<_> = groups.collect();
        let destinations = spread(Span::of(block), rest, groups);
        Decisions { policies: Vec::new(), destinations }
    }

    /// What a transit router has learned for a block: of each destination the shortest paths.
    pub fn learned_by_router(
        &self,
        router: TransitRouterId,
        block: &Cidr,
    ) -> BTreeMap<Cidr, Vec<&'a VpnConnection>> {
        let mut shortest: BTreeMap<Cidr, (usize, Vec<_>)> = BTreeMap::new();
        let speaks = |it: &&VpnConnection| self.links.speaks_bgp(it);
        for connection in transit::attached(self.world, router).filter(speaks) {
            for route in bgp_route::of_connection(self.world, connection.id) {
                let (destination, length) = (route.key.destination, route.as_path.len());
                if !destination.overlaps(block) {
                    continue;
                }
                let best = shortest.entry(destination).or_insert((length, Vec::new()));
                if length < best.0 {
                    *best = (length, Vec::new());
                }
                if length == best.0 {
                    best.1.push(connection);
                }
            }
        }
        shortest
            .into_iter()
            .map(|(destination, (_, connections))| (destination, connections))
            .collect()
    }
}

/// Spans that have a value, and what lies below those that have none.
fn laid_over(
    over: Vec<(Span, Option<WayNumber>)>,
    below: &[(Span, WayNumber)],
) -> Vec<(Span, WayNumber)> {
    let mut found = Vec::with_capacity(over.len());
    for (span, value) in over {
        match value {
            Some(value) => found.push((span, value)),
            None => found
                .extend(below.iter().filter_map(|(own, value)| Some((own.meet(span)?, *value)))),
        }
    }
    found
}

fn by_tunnels(via: Vec<Id>, connection: VpnConnectionId, tunnels: Vec<Id>) -> Way {
    if tunnels.is_empty() {
        Way::dropped(via, connection, Cause::LinkDown)
    } else {
        Way::delivered(via, Target::FarEnd { connection: connection.into(), tunnels })
    }
}

impl Decisions {
    /// The same for all.
    pub fn fixed(span: Span, way: WayNumber) -> Decisions {
        Decisions { policies: Vec::new(), destinations: vec![(span, way)] }
    }

    /// The way of all packets, when there is just one.
    pub fn only(&self) -> Option<WayNumber> {
        match (self.policies.as_slice(), self.destinations.as_slice()) {
            ([], [(_, way)]) => Some(*way),
            _ => None,
        }
    }

    /// The way of packets between two addresses.
    pub fn way(&self, source: u128, destination: u128) -> WayNumber {
        let matches =
            |(from, to, _): &&(Span, Span, WayNumber)| from.holds(source) && to.holds(destination);
        if let Some((_, _, way)) = self.policies.iter().find(matches) {
            return *way;
        }
        let at = self.destinations.partition_point(|(span, _)| span.last < destination);
        self.destinations[at].1
    }
}
