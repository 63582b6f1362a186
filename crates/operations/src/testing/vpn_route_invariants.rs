//! Random sequences of changes to the routes of VPN gateways, and what holds after each step.

use super::World;
use causeway_model::next_hop::NextHops;
use causeway_model::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
use causeway_model::task::{self, Subject};
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::vpn_gateway::{GatewayStatus, VpnGateway};
use causeway_model::vpn_pbr_route::{self, VpnPbrRoute};
use causeway_model::vpn_route::{self, VpnRoute};
use causeway_model::{Read, TaskLength};
use causeway_types::{Cidr, Id, RouteEntryId, TypedId, VpcId, VpnConnectionId, VpnGatewayId};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet};

const GATEWAYS: [&str; 2] = ["$vpn", "$dual"];
const NEXT_HOPS: [&str; 5] = ["$vco", "$vco2", "$vco3", "$dualvco", "$dualvco2"];
const WEIGHTS: [&str; 3] = ["0", "100", "50"];
const PRIORITIES: [&str; 2] = ["10", "20"];
const SOURCES: [&str; 3] = ["192.168.1.0/24", "192.168.0.0/16", "192.168.2.0/24"];
/// The fourth is a vSwitch's, the last is forbidden to single tunnels.
const DESTINATIONS: [&str; 6] = [
    "10.0.0.0/24",
    "10.0.0.0/16",
    "10.1.0.0/24",
    "192.168.1.0/24",
    "192.168.3.0/24",
    "100.64.0.0/16",
];
/// What users' own entries lead to.
const USER_HOPS: [&str; 4] = ["$vpn", "$dual", "$ri", "$i"];

#[derive(Clone, Debug)]
enum Step {
    /// A route is created by the named operation.
    Create(&'static str, Route),
    /// One of the destination routes there are is deleted.
    DeleteRoute(prop::sample::Index),
    /// One of the policy-based routes there are is deleted.
    DeletePolicyRoute(prop::sample::Index),
    /// A user deletes an entry of the system table.
    DeleteUserEntry(usize),
    /// All tasks end.
    Finish,
}

#[derive(Clone, Debug)]
struct Route {
    gateway: usize,
    source: usize,
    destination: usize,
    next_hop: usize,
    weight: usize,
    priority: usize,
    publish: bool,
}

fn route() -> impl Strategy<Value = Route> {
    let weights = prop_oneof![8 => 0..2usize, 1 => Just(2)];
    let blocks = (0..SOURCES.len(), 0..DESTINATIONS.len());
    let hops = prop_oneof![
        4 => (0..3usize).prop_map(|hop| (0, hop)),
        3 => (3..5usize).prop_map(|hop| (1, hop)),
        1 => (0..2usize, 0..NEXT_HOPS.len()),
    ];
    (hops, blocks, weights, 0..2usize, any::<bool>()).prop_map(
        |((gateway, next_hop), (source, destination), weight, priority, publish)| Route {
            gateway,
            source,
            destination,
            next_hop,
            weight,
            priority,
            publish,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let create = |action| route().prop_map(move |route| Step::Create(action, route));
    prop_oneof![
        4 => create("CreateVpnRouteEntry"),
        4 => create("CreateVpnPbrRouteEntry"),
        1 => any::<prop::sample::Index>().prop_map(Step::DeleteRoute),
        1 => any::<prop::sample::Index>().prop_map(Step::DeletePolicyRoute),
        1 => (0..DESTINATIONS.len()).prop_map(Step::DeleteUserEntry),
        6 => Just(Step::Finish),
    ]
}

/// Users' own entries, as destination and next hop.
fn user_entries() -> impl Strategy<Value = BTreeMap<usize, usize>> {
    prop::collection::btree_map(0..DESTINATIONS.len(), 0..USER_HOPS.len(), 0..3)
}

fn world(manual: bool, entries: &BTreeMap<usize, usize>) -> World {
    let mut world = World::scene();
    world.context.quotas.vpn_routes_per_gateway = 4;
    world.context.quotas.pbr_routes_per_gateway = 4;
    world.context.quotas.vpn_routes_per_vpc = 3;
    if manual {
        world.context.tasks = TaskLength::Manual;
    }
    for (&destination, &hop) in entries {
        let destination = DESTINATIONS[destination].parse().unwrap();
        let entry = RouteEntry {
            key: RouteKey { table: world.id("$vtb"), destination, origin: RouteOrigin::User },
            id: RouteEntryId::from_text(&format!("rte-user{hop}{}", destination.length())),
            next_hops: NextHops::One(Id::from_text(&world.names[USER_HOPS[hop]])),
            status: RouteStatus::Available,
            labels: None,
            modified: world.context.now,
        };
        world.put(entry);
    }
    world
}

/// Takes a step; whether it was accepted.
fn take(world: &mut World, step: &Step) -> bool {
    match step {
        Step::Create(action, route) => create(world, action, route),
        Step::DeleteRoute(which) => delete_route(world, *which),
        Step::DeletePolicyRoute(which) => delete_policy_route(world, *which),
        Step::DeleteUserEntry(destination) => delete_entry(world, DESTINATIONS[*destination]),
        Step::Finish => {
            world.finish_tasks();
            true
        }
    }
}

fn create(world: &mut World, action: &str, route: &Route) -> bool {
    let parameters = [
        ("VpnGatewayId", GATEWAYS[route.gateway]),
        ("RouteSource", SOURCES[route.source]),
        ("RouteDest", DESTINATIONS[route.destination]),
        ("NextHop", NEXT_HOPS[route.next_hop]),
        ("Weight", WEIGHTS[route.weight]),
        ("Priority", PRIORITIES[route.priority]),
        ("PublishVpc", if route.publish { "true" } else { "false" }),
    ];
    world.call(action, &parameters).is_ok()
}

fn delete_route(world: &mut World, which: prop::sample::Index) -> bool {
    let routes: Vec<VpnRoute> = world.tenant.all::<VpnRoute>().cloned().collect();
    if routes.is_empty() {
        return false;
    }
    let VpnRoute { key, weight, .. } = which.get(&routes);
    let parameters = [
        ("VpnGatewayId", &*key.gateway.to_string()),
        ("RouteDest", &*key.destination.to_string()),
        ("NextHop", &*key.next_hop.to_string()),
        ("Weight", &*weight.to_string()),
    ];
    world.call("DeleteVpnRouteEntry", &parameters).is_ok()
}

fn delete_policy_route(world: &mut World, which: prop::sample::Index) -> bool {
    let routes: Vec<VpnPbrRoute> = world.tenant.all::<VpnPbrRoute>().cloned().collect();
    if routes.is_empty() {
        return false;
    }
    let VpnPbrRoute { key, weight, .. } = which.get(&routes);
    let parameters = [
        ("VpnGatewayId", &*key.gateway.to_string()),
        ("RouteSource", &*key.source.to_string()),
        ("RouteDest", &*key.destination.to_string()),
        ("NextHop", &*key.next_hop.to_string()),
        ("Weight", &*weight.to_string()),
    ];
    world.call("DeleteVpnPbrRouteEntry", &parameters).is_ok()
}

fn delete_entry(world: &mut World, destination: &str) -> bool {
    let key = RouteKey {
        table: world.id("$vtb"),
        destination: destination.parse().unwrap(),
        origin: RouteOrigin::User,
    };
    let Some(entry) = world.tenant.get::<RouteEntry>(&key) else { return false };
    let next_hop = entry.next_hops.single().unwrap().to_string();
    let parameters = [
        ("RegionId", "cn-hangzhou"),
        ("RouteTableId", "$vtb"),
        ("DestinationCidrBlock", destination),
        ("NextHopId", &next_hop),
    ];
    world.call("DeleteRouteEntry", &parameters).is_ok()
}

#[test]
fn no_sequence_of_changes_breaks_an_invariant() {
    let accepted = std::cell::RefCell::new(BTreeMap::new());
    let config = Config { cases: 200, failure_persistence: None, ..Config::default() };
    let sequences = (any::<bool>(), user_entries(), prop::collection::vec(step(), 1..60));
    let result = TestRunner::new_with_rng(config, deterministic()).run(
        &sequences,
        |(manual, entries, steps)| {
            let mut world = world(manual, &entries);
            check(&world);
            for step in &steps {
                if take(&mut world, step) {
                    *accepted.borrow_mut().entry(name(step)).or_insert(0) += 1;
                }
                check(&world);
            }
            world.finish_tasks();
            check(&world);
            let at_rest = |entry: &RouteEntry| entry.status == RouteStatus::Available;
            assert!(route_entry::of_table(&world.tenant, world.id("$vtb")).all(at_rest));
            Ok(())
        },
    );
    result.unwrap();
    // The sequences get somewhere: each kind of step is taken often.
    let accepted = accepted.into_inner();
    assert_eq!(accepted.len(), 6, "{accepted:?}");
    assert!(accepted.values().all(|&times| times >= 20), "{accepted:?}");
}

/// The same sequences on every run.
fn deterministic() -> proptest::test_runner::TestRng {
    use proptest::test_runner::{RngAlgorithm, TestRng};
    TestRng::deterministic_rng(RngAlgorithm::ChaCha)
}

fn name(step: &Step) -> &'static str {
    match step {
        Step::Create(action, _) => action,
        Step::DeleteRoute(_) => "DeleteVpnRouteEntry",
        Step::DeletePolicyRoute(_) => "DeleteVpnPbrRouteEntry",
        Step::DeleteUserEntry(_) => "DeleteRouteEntry",
        Step::Finish => "finish",
    }
}

/// Panics unless every invariant holds.
fn check(world: &World) {
    for name in GATEWAYS {
        let gateway = world.tenant.get::<VpnGateway>(&world.id(name)).unwrap();
        routes_fit_together(world, gateway);
        policy_routes_fit_together(world, gateway);
        next_hops_are_the_gateways(world, gateway.id);
        let busy = task::is_busy(&world.tenant, Subject::VpnGateway(gateway.id));
        assert_eq!(gateway.status == GatewayStatus::Updating, busy, "{name}");
    }
    published_destinations_are_in_the_system_table(world);
    unsettled_entries_have_a_task(world);
}

/// One route per destination, or with single tunnels an active/standby pair (S-VR-28).
fn routes_fit_together(world: &World, gateway: &VpnGateway) {
    let mut destinations = BTreeMap::<Cidr, Vec<(VpnConnectionId, u8)>>::new();
    for route in vpn_route::of_gateway(&world.tenant, gateway.id) {
        let others = destinations.entry(route.key.destination).or_default();
        others.push((route.key.next_hop, route.weight));
    }
    for (destination, routes) in &destinations {
        fit(gateway, routes, destination);
    }
    let count: usize = destinations.values().map(Vec::len).sum();
    assert!(count <= world.context.quotas.vpn_routes_per_gateway, "{count} routes");
}

/// As for destination routes, by source and destination; pairs share their priority, and routes of
/// one priority do not overlap (S-PBR-62 to S-PBR-64).
fn policy_routes_fit_together(world: &World, gateway: &VpnGateway) {
    let routes: Vec<_> = vpn_pbr_route::of_gateway(&world.tenant, gateway.id).collect();
    for one in &routes {
        let blocks = (one.key.source, one.key.destination);
        let is_twin = |other: &VpnPbrRoute| (other.key.source, other.key.destination) == blocks;
        let twins: Vec<_> = routes.iter().filter(|other| is_twin(other)).collect();
        let pair: Vec<_> = twins.iter().map(|twin| (twin.key.next_hop, twin.weight)).collect();
        fit(gateway, &pair, &one.key.destination);
        assert!(twins.iter().all(|twin| twin.priority == one.priority), "{twins:?}");
        for other in routes.iter().filter(|other| !is_twin(other)) {
            let overlap = other.priority == one.priority
                && other.key.source.overlaps(&one.key.source)
                && other.key.destination.overlaps(&one.key.destination);
            assert!(!overlap, "{one:?} and {other:?}");
        }
    }
    assert!(routes.len() <= world.context.quotas.pbr_routes_per_gateway, "{routes:?}");
}

fn fit(gateway: &VpnGateway, routes: &[(VpnConnectionId, u8)], destination: &Cidr) {
    match routes {
        [_] => {}
        [(one, a), (other, b)] => {
            assert!(!gateway.is_dual_tunnel(), "a pair for {destination}");
            assert_ne!(one, other, "{destination}");
            assert_eq!(BTreeSet::from([*a, *b]), BTreeSet::from([0, 100]), "{destination}");
        }
        more => panic!("{more:?} for {destination}"),
    }
}

fn next_hops_are_the_gateways(world: &World, gateway: VpnGatewayId) {
    let hops = vpn_route::of_gateway(&world.tenant, gateway).map(|route| route.key.next_hop);
    let policy_hops = vpn_pbr_route::of_gateway(&world.tenant, gateway);
    for hop in hops.chain(policy_hops.map(|route| route.key.next_hop)) {
        let connection = world.tenant.get::<VpnConnection>(&hop).unwrap();
        assert_eq!(connection.gateway(), Some(gateway), "{hop}");
    }
}

/// Every published destination has one entry to its gateway: the user's own where there is one, else
/// one the gateway put there; and no other such entries exist (semantics.md 8.3).
fn published_destinations_are_in_the_system_table(world: &World) {
    let (mut own, mut expected) = (BTreeSet::new(), BTreeSet::new());
    let mut to_vpn_gateways = 0;
    for entry in route_entry::of_table(&world.tenant, world.id("$vtb")) {
        let Some(gateway) = entry.next_hops.single().and_then(VpnGatewayId::from_id) else {
            continue;
        };
        to_vpn_gateways += 1;
        let stays = entry.status != RouteStatus::Deleting;
        match entry.key.origin {
            RouteOrigin::Published if stays => {
                assert!(own.insert((entry.key.destination, gateway)))
            }
            RouteOrigin::User if stays => {
                expected.insert((entry.key.destination, gateway));
            }
            _ => {}
        }
    }
    // Until its task ends, an entry on its way out stands beside the one that takes its place.
    let leaving = usize::from(task::is_busy(&world.tenant, Subject::Routes(world.id("$vpc"))));
    assert!(to_vpn_gateways <= world.context.quotas.vpn_routes_per_vpc + leaving);
    let shared = std::mem::take(&mut expected);
    for name in GATEWAYS {
        let gateway = world.id::<VpnGatewayId>(name);
        let routes = vpn_route::of_gateway(&world.tenant, gateway)
            .filter(|route| route.published)
            .map(|route| route.key.destination);
        let policy_routes = vpn_pbr_route::of_gateway(&world.tenant, gateway)
            .filter(|route| route.published)
            .map(|route| route.key.destination);
        expected.extend(routes.chain(policy_routes).map(|destination| (destination, gateway)));
    }
    expected.retain(|published| !shared.contains(published));
    assert_eq!(own, expected, "published by gateways; shared: {shared:?}");
}

/// Entries are `Pending` or `Deleting` only while a task of their VPC settles them.
fn unsettled_entries_have_a_task(world: &World) {
    let task = world.tenant.get::<task::Task>(&Subject::Routes(world.id::<VpcId>("$vpc")));
    let settles = task.map(|task| task.routes.as_slice()).unwrap_or_default();
    for entry in route_entry::of_table(&world.tenant, world.id("$vtb")) {
        let settled = entry.status == RouteStatus::Available;
        assert!(settled || settles.contains(&entry.key), "{entry:?}");
    }
}
