//! The way of a packet, step by step.

use super::explain;
use super::{Cause, Hop, Lost, Origin, Outcome, Place, Row, Start, StartError, Target, Trace};
use crate::gateway::{Found, GatewayTable};
use crate::transit::{self, TransitTable};
use crate::vpc::{self, MemberStanding, VpcTable};
use crate::{Links, Packet};
use causeway_model::Read;
use causeway_model::gateway_binding::{self, GatewayBinding};
use causeway_model::link;
use causeway_model::next_hop::{NextHopProblem, NextHops, WeightedHop};
use causeway_model::route_table::{RouteTable, RouteTableKind};
use causeway_model::vpc::Vpc;
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::vpn_gateway::{GatewayStatus, VpnGateway};
use causeway_model::vswitch::{self, VSwitch};
use causeway_types::{
    Cidr, Id, Prefix, TrAttachmentId, TypedId, VSwitchId, VpcId, VpnConnectionId, VpnGatewayId,
};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// A packet under way.
pub(super) struct Walk<'a, R: Read> {
    pub world: &'a R,
    pub links: &'a Links,
    pub packet: Packet,
    hops: Vec<Hop>,
}

/// Traces a packet; also the VPC it sets out in or comes into.
pub(super) fn trace<R: Read>(
    world: &R,
    links: &Links,
    packet: Packet,
    start: Start,
) -> Result<(Trace, VpcId), StartError> {
    let walk = Walk { world, links, packet, hops: Vec::new() };
    if let Some(id) = start.vswitch {
        let vswitch = world.get::<VSwitch>(&id).ok_or(StartError::Unknown)?;
        return Ok((walk.leaves_vswitch(vswitch), vswitch.vpc));
    }
    let wanted = |vpc: VpcId| start.vpc.is_none_or(|only| only == vpc);
    let holders: Vec<_> =
        world.all::<VSwitch>().filter(|it| wanted(it.vpc) && holds(it, packet.source)).collect();
    let vpcs: BTreeSet<VpcId> = holders.iter().map(|vswitch| vswitch.vpc).collect();
    if vpcs.len() > 1 {
        return Err(StartError::Ambiguous(vpcs.into_iter().collect()));
    }
    if let Some(vswitch) = holders.first() {
        return Ok((walk.leaves_vswitch(vswitch), vswitch.vpc));
    }
    // From outside: in by the connection that a gateway would answer through.
    for gateway in world.all::<VpnGateway>().filter(|gateway| wanted(gateway.vpc)) {
        if holder(world, gateway.vpc, packet.destination).is_none() {
            continue;
        }
        let table = GatewayTable::compile(world, links, gateway);
        if let Some(found) = table.lookup(&packet.answer()) {
            let connection = table.next_hop(found);
            return Ok((walk.inbound(gateway, connection), gateway.vpc));
        }
    }
    if let Some((vpc, attachment, connection)) =
        through_transit_router(world, links, packet, wanted)
    {
        return Ok((walk.inbound_by_transit_router(vpc, attachment, connection), vpc));
    }
    let (vpc, gateway) = through_gateway(&walk, wanted).ok_or(StartError::Unknown)?;
    Ok((walk.inbound_by_gateway(vpc, gateway), vpc))
}

/// The VPC with the destination, and its IPv4 or IPv6 gateway by which the vSwitch there would answer.
fn through_gateway<R: Read>(
    walk: &Walk<'_, R>,
    wanted: impl Fn(VpcId) -> bool,
) -> Option<(VpcId, Id)> {
    let (world, packet) = (walk.world, walk.packet);
    let vswitches = world.all::<VSwitch>();
    let held = vswitches.filter(|it| wanted(it.vpc) && holds(it, packet.destination));
    let way_out = |vswitch: &VSwitch| {
        let table = world.get::<RouteTable>(&vswitch.route_table)?;
        let table = VpcTable::compile(world, walk.links, table);
        let hops = table.rows[table.lookup(packet.source)?].0.next_hops()?;
        let gateway = hops.single().filter(|id| gateway_binding::is_gateway(*id))?;
        Some((vswitch.vpc, gateway))
    };
    held.filter_map(way_out).next()
}

/// The VPC with the destination, its attachment to a transit router, and the connection through which
/// that one would answer.
fn through_transit_router<R: Read>(
    world: &R,
    links: &Links,
    packet: Packet,
    wanted: impl Fn(VpcId) -> bool,
) -> Option<(VpcId, Id, VpnConnectionId)> {
    let table = TransitTable::compile(world, links, transit::behind_attachment(world)?);
    let connection = table.rows[table.lookup(&packet.answer())?].connection.id;
    let vswitches = world.all::<VSwitch>();
    let vswitch = vswitches.filter(|it| wanted(it.vpc)).find(|it| holds(it, packet.destination))?;
    let attachment = world.members::<TrAttachmentId>(vswitch.vpc).next()?;
    Some((vswitch.vpc, attachment.into(), connection))
}

/// Traces the answer to a packet that was delivered.
pub(super) fn answer<R: Read>(world: &R, links: &Links, out: &Trace, vpc: VpcId) -> Option<Trace> {
    let Outcome::Delivered { to } = &out.outcome else { return None };
    let packet = Packet { source: out.source, destination: out.destination }.answer();
    let mut walk = Walk { world, links, packet, hops: Vec::new() };
    // Also when an instance or the like took the packet: what it passes on arrives in the vSwitch.
    if let Some(vswitch) = holder(world, vpc, out.destination) {
        return Some(walk.leaves_vswitch(vswitch));
    }
    Some(match to {
        Target::VSwitch { .. } | Target::Services => walk.into_vpc(vpc),
        Target::NextHop { .. } | Target::FarEnd { .. } => {
            // What it left by, it comes back by, outermost first.
            for id in out.via().into_iter().rev() {
                walk.passes(Place::Inbound, id, None, None, Vec::new());
            }
            let by = out.via().first().copied();
            walk.into_vpc_by(vpc, by.unwrap_or(Id::NONE))
        }
    })
}

fn holds(vswitch: &VSwitch, address: IpAddr) -> bool {
    block(vswitch, address).is_some()
}

/// The block of a vSwitch that holds an address.
fn block(vswitch: &VSwitch, address: IpAddr) -> Option<Cidr> {
    let blocks = [Some(vswitch.cidr), vswitch.ipv6_cidr];
    blocks.into_iter().flatten().find(|block| block.contains_address(address))
}

/// The vSwitch of a VPC that holds an address.
fn holder(world: &impl Read, vpc: VpcId, address: IpAddr) -> Option<&VSwitch> {
    vswitch::of_vpc(world, vpc).find(|vswitch| holds(vswitch, address))
}

impl<R: Read> Walk<'_, R> {
    fn passes(
        &mut self,
        place: Place,
        id: impl Into<Id>,
        v_switch_id: Option<VSwitchId>,
        row: Option<Row>,
        lost: Vec<Lost>,
    ) {
        self.hops.push(Hop { place, id: id.into(), v_switch_id, row, lost });
    }

    fn ends(self, outcome: Outcome) -> Trace {
        let Packet { source, destination } = self.packet;
        Trace { source, destination, hops: self.hops, outcome }
    }

    fn dropped(self, at: impl Into<Id>, cause: Cause) -> Trace {
        self.ends(Outcome::Dropped { at: at.into(), cause })
    }

    fn delivered(self, to: Target) -> Trace {
        self.ends(Outcome::Delivered { to })
    }

    fn leaves_vswitch(mut self, vswitch: &VSwitch) -> Trace {
        let world = self.world;
        let Some(table) = world.get::<RouteTable>(&vswitch.route_table) else {
            return self.dropped(vswitch.id, Cause::NoRoute);
        };
        let compiled = VpcTable::compile(world, self.links, table);
        let won = compiled.lookup(self.packet.destination);
        let lost = explain::vpc_table(&self, &compiled, won);
        let won = won.map(|at| &compiled.rows[at].0);
        let place = match table.kind {
            RouteTableKind::System => Place::SystemTable,
            RouteTableKind::Custom => Place::CustomTable,
        };
        self.passes(place, table.id, Some(vswitch.id), won.map(explain::vpc_row), lost);
        let Some(won) = won else { return self.dropped(table.id, Cause::NoRoute) };
        match won.next_hops() {
            None => self.local(table.vpc),
            Some(NextHops::One(id)) => self.by_next_hop(table.vpc, *id),
            Some(NextHops::Many(members)) => {
                self.by_one_of(table, &won.destination.to_string(), members)
            }
        }
    }

    /// Into the VPC: to a vSwitch, or to the provider's services.
    fn local(self, vpc: VpcId) -> Trace {
        let destination = self.packet.destination;
        if Cidr::RESERVED.contains_address(destination) {
            return self.delivered(Target::Services);
        }
        match holder(self.world, vpc, destination).map(|vswitch| vswitch.id) {
            Some(id) => self.delivered(Target::VSwitch { id }),
            None => self.dropped(vpc, Cause::NoVSwitch),
        }
    }

    /// From outside into the VPC, by the local routes of its system table. What is not local is not
    /// led through the VPC and out again.
    fn into_vpc(mut self, vpc: VpcId) -> Trace {
        let (world, destination) = (self.world, self.packet.destination);
        let Some(table) = world.get::<Vpc>(&vpc).map(|vpc| vpc.system_table) else {
            return self.dropped(vpc, Cause::NoVSwitch);
        };
        let local = holder(world, vpc, destination).and_then(|it| block(it, destination));
        let row = local.map(explain::system_row);
        self.passes(Place::SystemTable, table, None, row, Vec::new());
        self.local(vpc)
    }

    /// From a gateway into the VPC: by the gateway's own table, where it is bound to one.
    fn into_vpc_by(mut self, vpc: VpcId, gateway: Id) -> Trace {
        let world = self.world;
        let bound = world.get::<GatewayBinding>(&gateway);
        let Some(table) = bound.and_then(|bound| world.get::<RouteTable>(&bound.table)) else {
            return self.into_vpc(vpc);
        };
        let compiled = VpcTable::compile(world, self.links, table);
        let won = compiled.lookup(self.packet.destination).map(|at| &compiled.rows[at].0);
        self.passes(Place::GatewayTable, table.id, None, won.map(explain::vpc_row), Vec::new());
        let Some(won) = won else { return self.dropped(table.id, Cause::NoRoute) };
        match won.next_hops().and_then(NextHops::single) {
            Some(next_hop) => self.by_next_hop(vpc, next_hop),
            None => self.local(vpc),
        }
    }

    /// In by an IPv4 or IPv6 gateway.
    fn inbound_by_gateway(mut self, vpc: VpcId, gateway: Id) -> Trace {
        self.passes(Place::Inbound, gateway, None, None, Vec::new());
        match vpc::usable(self.world, vpc, gateway) {
            Ok(()) => self.into_vpc_by(vpc, gateway),
            Err(NextHopProblem::Unready(status)) => {
                self.dropped(gateway, Cause::NextHopUnready { status: status.into() })
            }
            Err(_) => self.dropped(gateway, Cause::NextHopGone),
        }
    }

    fn by_one_of(
        mut self,
        table: &RouteTable,
        destination: &str,
        members: &[WeightedHop],
    ) -> Trace {
        let up = |id| vpc::router_interface_up(self.world, self.links, table.vpc, id);
        let row = |member: &WeightedHop| Row {
            source: None,
            destination: destination.to_owned(),
            next_hop: Some(member.id),
            more_next_hops: Vec::new(),
            origin: Origin::Member,
            weight: Some(member.weight),
            priority: None,
        };
        let (mut chosen, mut lost) = (None, Vec::new());
        for (member, standing) in vpc::choose(members, &self.packet, up) {
            let reason = match standing {
                MemberStanding::Chosen => {
                    chosen = Some(member);
                    continue;
                }
                MemberStanding::Shares => super::Reason::SharesLoad,
                MemberStanding::Standby => super::Reason::Standby,
                MemberStanding::Down => super::Reason::Down,
            };
            lost.push(Lost { row: row(&member), reason, table: None });
        }
        self.passes(Place::NextHops, table.id, None, chosen.as_ref().map(row), lost);
        match chosen {
            Some(chosen) => self.by_next_hop(table.vpc, chosen.id),
            None => self.dropped(table.id, Cause::NoRoute),
        }
    }

    fn by_next_hop(self, vpc: VpcId, id: Id) -> Trace {
        let unready = |status: &str| Cause::NextHopUnready { status: status.to_owned() };
        let problem = match vpc::usable(self.world, vpc, id) {
            Ok(()) if self.links.is_up(id) => None,
            Ok(()) => Some(Cause::LinkDown),
            Err(NextHopProblem::Absent | NextHopProblem::Elsewhere) => Some(Cause::NextHopGone),
            Err(NextHopProblem::Unready(status)) => Some(unready(&status)),
            Err(NextHopProblem::FinancialLocked) => Some(unready("FinancialLocked")),
        };
        if let Some(problem) = problem {
            return self.dropped(id, problem);
        }
        match id.prefix() {
            Some(Prefix::VpnGateway) => self.by_gateway(id),
            Some(Prefix::TrAttachment) => match transit::behind_attachment(self.world) {
                Some(router) => {
                    let table = TransitTable::compile(self.world, self.links, router);
                    self.by_transit_router(&table)
                }
                None => self.delivered(Target::NextHop { id }),
            },
            _ => self.delivered(Target::NextHop { id }),
        }
    }

    fn by_gateway(mut self, id: Id) -> Trace {
        let world = self.world;
        let gateway = VpnGatewayId::from_id(id).and_then(|id| world.get::<VpnGateway>(&id));
        let Some(gateway) = gateway else { return self.dropped(id, Cause::NextHopGone) };
        let table = GatewayTable::compile(world, self.links, gateway);
        let found = table.lookup(&self.packet);
        let lost = explain::gateway(&self.packet, &table, found);
        let (place, row) = match found {
            Some(Found::Policy(at)) => {
                (Place::PolicyRoutes, Some(explain::policy_row(table.policy[at].0)))
            }
            Some(Found::Destination(at)) => {
                (Place::DestinationRoutes, Some(explain::destination_row(table.destination[at].0)))
            }
            Some(Found::Learned(at)) => {
                (Place::LearnedRoutes, Some(explain::learned_row(table.learned[at].0)))
            }
            None => (Place::DestinationRoutes, None),
        };
        self.passes(place, id, None, row, lost);
        let Some(found) = found else { return self.dropped(id, Cause::NoRoute) };
        let connection = table.next_hop(found);
        let in_use = |it| self.links.tunnel_in_use(it).map(|tunnel| tunnel.id.into());
        let tunnel = world.get::<VpnConnection>(&connection).and_then(in_use);
        self.by_tunnels(connection, tunnel.into_iter().collect())
    }

    fn by_transit_router(mut self, table: &TransitTable<'_>) -> Trace {
        let found = table.lookup(&self.packet);
        let lost = explain::transit(&self.packet, table, found);
        let row = found.map(|at| explain::transit_row(&table.rows[at]));
        self.passes(Place::TransitRouter, table.id, None, row, lost);
        let Some(at) = found else { return self.dropped(table.id, Cause::NoRoute) };
        let connection = table.rows[at].connection;
        let tunnels = self.links.tunnels_up(connection);
        self.by_tunnels(connection.id, tunnels.into_iter().map(|it| it.id.into()).collect())
    }

    /// Out by the tunnels of a connection that carry traffic.
    fn by_tunnels(self, connection: VpnConnectionId, tunnels: Vec<Id>) -> Trace {
        if tunnels.is_empty() {
            return self.dropped(connection, Cause::LinkDown);
        }
        let is_dead = |id| link::is_dead(self.world, id);
        if is_dead(connection.into()) || tunnels.iter().all(|tunnel| is_dead(*tunnel)) {
            return self.dropped(connection, Cause::LinkDownUnnoticed);
        }
        self.delivered(Target::FarEnd { connection: connection.into(), tunnels })
    }

    /// Why nothing comes in by a connection.
    fn link_fault(&self, id: VpnConnectionId) -> Option<Cause> {
        let is_dead = |id| link::is_dead(self.world, id);
        let connection = self.world.get::<VpnConnection>(&id);
        let Some(connection) = connection.filter(|it| self.links.carries(it)) else {
            return Some(Cause::LinkDown);
        };
        let tunnels = self.links.tunnels_up(connection);
        let all_dead = tunnels.iter().all(|tunnel| is_dead(tunnel.id.into()));
        (all_dead || is_dead(id.into())).then_some(Cause::LinkDownUnnoticed)
    }

    /// In by a connection of a transit router, and by the VPC's attachment to it.
    fn inbound_by_transit_router(
        mut self,
        vpc: VpcId,
        attachment: Id,
        connection: VpnConnectionId,
    ) -> Trace {
        self.passes(Place::Inbound, connection, None, None, Vec::new());
        self.passes(Place::Inbound, attachment, None, None, Vec::new());
        if let Some(cause) = self.link_fault(connection) {
            return self.dropped(connection, cause);
        }
        match vpc::usable(self.world, vpc, attachment) {
            Err(NextHopProblem::Unready(status)) => {
                self.dropped(attachment, Cause::NextHopUnready { status: status.into() })
            }
            _ => self.into_vpc(vpc),
        }
    }

    /// In by a connection of a gateway.
    fn inbound(mut self, gateway: &VpnGateway, connection: VpnConnectionId) -> Trace {
        self.passes(Place::Inbound, connection, None, None, Vec::new());
        self.passes(Place::Inbound, gateway.id, None, None, Vec::new());
        if let Some(cause) = self.link_fault(connection) {
            return self.dropped(connection, cause);
        }
        let status = match gateway.status {
            _ if gateway.financial_locked => "FinancialLocked",
            GatewayStatus::Active | GatewayStatus::Updating => return self.into_vpc(gateway.vpc),
            GatewayStatus::Init | GatewayStatus::Deleting => gateway.status.text(),
        };
        self.dropped(gateway.id, Cause::NextHopUnready { status: status.to_owned() })
    }
}
