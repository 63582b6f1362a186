//! Which link carries which traffic: what the log of failovers compares before and after.

use crate::Links;
use crate::gateway::{GatewayTable, Standing};
use crate::transit::{self, TransitTable};
use crate::vpc;
use causeway_model::next_hop::{NextHopType, NextHops, WeightedHop};
use causeway_model::resource::{Place, Resource};
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Read, down_link, route_entry, route_list, route_table};
use causeway_types::{Id, Prefix, TrAttachmentId, TransitRouterId, VpcId};
use std::collections::BTreeMap;

/// Who carries what: by the gateway, table, transit router or connection that chooses, and the traffic
/// it names.
pub(crate) type Carriers = BTreeMap<(Id, String), Option<Id>>;

/// Who carries the traffic that a link may have to do with.
pub(crate) fn of_link(world: &impl Read, link: Id) -> Carriers {
    let links = Links::of(world);
    let mut found = Carriers::new();
    if link.prefix() == Some(Prefix::RouterInterface) {
        let resource = world.get::<Resource>(&link);
        if let Some(vpc) = resource.and_then(Resource::vpc) {
            of_interface(world, &links, vpc, link, &mut found);
        }
    } else if let Some(connection) = down_link::connection(world, link) {
        of_connection(world, &links, connection, &mut found);
    }
    found
}

fn of_connection(
    world: &impl Read,
    links: &Links,
    connection: &VpnConnection,
    found: &mut Carriers,
) {
    if connection.dual_tunnel {
        let tunnel = links.tunnel_in_use(connection).map(|tunnel| tunnel.id.into());
        found.insert((connection.id.into(), String::new()), tunnel);
    }
    if let Some(gateway) = connection.gateway().and_then(|id| world.get::<VpnGateway>(&id)) {
        of_gateway(world, links, gateway, found);
    }
    for router in routers(world, connection) {
        of_transit_router(world, links, router, connection, found);
    }
}

/// By the routes of a gateway.
fn of_gateway(world: &impl Read, links: &Links, gateway: &VpnGateway, found: &mut Carriers) {
    let carries = |id| {
        let connection = world.get::<VpnConnection>(&id);
        connection.is_some_and(|it| links.carries(it)).then(|| id.into())
    };
    let table = GatewayTable::compile(world, links, gateway);
    let by: Id = gateway.id.into();
    let effective = |standing: &Standing| *standing == Standing::Effective;
    for (route, _) in table.policy.iter().filter(|(_, standing)| effective(standing)) {
        let (source, destination) = (route.key.source, route.key.destination);
        found.insert((by, format!("{source} -> {destination}")), carries(route.key.next_hop));
    }
    for (route, _) in table.destination.iter().filter(|(_, standing)| effective(standing)) {
        found.insert((by, route.key.destination.to_string()), carries(route.key.next_hop));
    }
}

/// The transit routers a connection is attached to.
fn routers(world: &impl Read, connection: &VpnConnection) -> Vec<TransitRouterId> {
    let attachments = world.members::<TrAttachmentId>(connection.id);
    let places = attachments.filter_map(|id| world.get::<Resource>(&id.into()));
    let router = |resource: &Resource| match resource.place {
        Place::TransitRouter { transit_router, .. } => Some(transit_router),
        Place::Vpc(_) => None,
    };
    places.filter_map(router).collect()
}

/// By the routes of a transit router to the destinations of one connection. Of several connections
/// that share a destination's load the first that works is named.
fn of_transit_router(
    world: &impl Read,
    links: &Links,
    router: TransitRouterId,
    connection: &VpnConnection,
    found: &mut Carriers,
) {
    let table = TransitTable::compile(world, links, router);
    let own = table.rows.iter().filter(|row| row.connection.id == connection.id);
    for destination in own.map(|row| row.destination) {
        let carries = |row: &&transit::TransitRow| links.carries(row.connection);
        let mut candidates = table.candidates(destination).iter();
        let by_own =
            candidates.clone().find(|row| row.connection.id == connection.id && carries(row));
        let carrier = by_own.or_else(|| candidates.find(carries));
        let carrier = carrier.map(|row| row.connection.id.into());
        found.insert((router.into(), destination.to_string()), carrier);
    }
}

/// By the routes of a VPC that lead to a router interface.
fn of_interface(world: &impl Read, links: &Links, vpc: VpcId, interface: Id, found: &mut Carriers) {
    let up = |id| vpc::router_interface_up(world, links, vpc, id);
    for table in route_table::of_vpc(world, vpc) {
        let leads = |entry: &&route_entry::RouteEntry| entry.next_hops.include(interface);
        for entry in route_entry::of_table(world, table.id).filter(leads) {
            let destination = entry.key.destination;
            let same = route_list::at(world, table, destination);
            let first = vpc::first(world, links, vpc, &same).and_then(|row| row.next_hops());
            let carrier = match first {
                Some(NextHops::Many(members)) => of_members(members, interface, up),
                Some(NextHops::One(id)) if is_interface(*id) => up(*id).then_some(*id),
                Some(NextHops::One(id)) => Some(*id),
                None => None,
            };
            found.insert((table.id.into(), destination.to_string()), carrier);
        }
    }
}

fn is_interface(id: Id) -> bool {
    NextHopType::of(id) == Some(NextHopType::RouterInterface)
}

/// Of active and standby the one in use; of those that share the load the interface in question,
/// else the first that works.
fn of_members(members: &[WeightedHop], interface: Id, up: impl Fn(Id) -> bool) -> Option<Id> {
    let mut members: Vec<_> = members.to_vec();
    let equal = members.windows(2).all(|pair| pair[0].weight == pair[1].weight);
    if equal && up(interface) {
        return Some(interface);
    }
    members.sort_by_key(|member| std::cmp::Reverse(member.weight));
    members.into_iter().map(|member| member.id).find(|id| up(*id))
}
