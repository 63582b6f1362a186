//! What holds for the routes of VPCs after any sequence of requests.

use super::World;
use causeway_model::next_hop::NextHopType;
use causeway_model::resource::Resource;
use causeway_model::route_entry::RouteStatus;
use causeway_model::route_list::{self, ListedRoute, RouteSource};
use causeway_model::route_table::{self, RouteTable};
use causeway_model::task::{Subject, Task};
use causeway_model::vpc::Vpc;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Read, vswitch};
use causeway_types::{Cidr, Id, RouteEntryId, TypedId, VpcId, VpnGatewayId};
use std::collections::{BTreeMap, BTreeSet};

/// Checks every VPC of a world.
pub(crate) fn check(world: &World) {
    for vpc in world.tenant.all::<Vpc>() {
        let tables = route_table::of_vpc(&world.tenant, vpc.id);
        let tables: Vec<_> = tables.map(|it| (it, stored(world, it))).collect();
        for (table, routes) in &tables {
            check_table(world, table, routes);
        }
        let routes: Vec<_> = tables.into_iter().flat_map(|(_, routes)| routes).collect();
        check_next_hop_quotas(world, &routes);
        check_tasks(world, vpc.id, &routes);
    }
}

/// The ids of all stored routes that are not on their way out.
pub(crate) fn lasting_ids(world: &World) -> BTreeSet<RouteEntryId> {
    let tables = world.tenant.all::<RouteTable>();
    let routes = tables.flat_map(|table| stored(world, table));
    routes.filter(|it| it.status() != RouteStatus::Deleting).map(|it| it.id()).collect()
}

fn stored<'a>(world: &'a World, table: &RouteTable) -> Vec<ListedRoute<'a>> {
    let routes = route_list::of_table(&world.tenant, table);
    routes.filter(|route| route.source != RouteSource::System).collect()
}

fn check_table(world: &World, table: &RouteTable, routes: &[ListedRoute<'_>]) {
    let quota = world.context.quotas.custom_routes_per_table;
    assert!(routes.len() <= quota, "{} is over its quota", table.id); // S-RE-07
    let mut users = BTreeSet::new();
    for route in routes {
        let to = route.destination;
        if matches!(route.source, RouteSource::Custom(_)) {
            assert!(users.insert(to), "{} has {to} twice", table.id); // S-RE-10
        }
        assert_ne!(to, Cidr::RESERVED); // S-RE-09
        for vswitch in vswitch::of_vpc(&world.tenant, table.vpc) {
            let blocks = [Some(vswitch.cidr), vswitch.ipv6_cidr];
            let shadowed = blocks.into_iter().flatten().any(|block| block.contains(&to));
            assert!(!shadowed, "{to} shadows {}", vswitch.id); // S-RE-08
        }
        let hops = route.next_hops().expect("a stored route leads somewhere");
        assert!(hops.all(|id| vpc_of(world, id) == Some(table.vpc)), "{route:?}"); // S-RE-13
        let found = route_list::by_id(&world.tenant, route.id()).expect("found by its id");
        assert_eq!(found.position(), route.position());
    }
}

fn vpc_of(world: &World, next_hop: Id) -> Option<VpcId> {
    match VpnGatewayId::from_id(next_hop) {
        Some(gateway) => world.tenant.get::<VpnGateway>(&gateway).map(|gateway| gateway.vpc),
        None => world.tenant.get::<Resource>(&next_hop).and_then(Resource::vpc),
    }
}

fn check_next_hop_quotas(world: &World, routes: &[ListedRoute<'_>]) {
    let (mut by_kind, mut by_hop) = (BTreeMap::new(), BTreeMap::new());
    for hop in routes.iter().filter_map(|route| route.next_hops()?.single()) {
        *by_kind.entry(NextHopType::of(hop)).or_insert(0_usize) += 1;
        *by_hop.entry(hop).or_insert(0_usize) += 1;
    }
    let quotas = &world.context.quotas;
    let of = |kind| by_kind.get(&Some(kind)).copied().unwrap_or_default();
    assert!(of(NextHopType::VpnGateway) <= quotas.vpn_routes_per_vpc);
    assert!(of(NextHopType::Attachment) <= quotas.attachment_routes_per_vpc);
    let havips = by_hop.iter().filter(|(id, _)| NextHopType::of(**id) == Some(NextHopType::HaVip));
    assert!(havips.into_iter().all(|(_, held)| *held <= quotas.routes_per_havip));
}

/// Routes are in transition just as long as a task of their VPC holds them.
fn check_tasks(world: &World, vpc: VpcId, routes: &[ListedRoute<'_>]) {
    let moving = routes.iter().filter(|route| route.status() != RouteStatus::Available);
    let moving: BTreeSet<_> = moving.filter_map(|route| Some(route.entry()?.key)).collect();
    let task = world.tenant.get::<Task>(&Subject::Routes(vpc));
    let held = task.map(|task| task.routes.iter().copied().collect()).unwrap_or_default();
    assert_eq!(moving, held, "{vpc}");
}
