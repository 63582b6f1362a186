//! Publishing to the system table of the VPC (semantics.md 4.3, 4.4, 8.3, 10.3).

use crate::testing::World;
use causeway_model::next_hop::{NextHops, WeightedHop};
use causeway_model::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
use causeway_model::task::{Subject, Task};
use causeway_model::{Read, TaskLength};
use causeway_types::{Id, RouteEntryId, RouteTableId, TypedId, VpcId};

fn create(world: &mut World, more: &[(&str, &str)]) -> Result<String, String> {
    let route = [
        ("VpnGatewayId", "$vpn"),
        ("RouteDest", "10.0.0.0/24"),
        ("NextHop", "$vco"),
        ("Weight", "100"),
        ("PublishVpc", "true"),
    ];
    let result = world.call("CreateVpnRouteEntry", &[&route[..], more].concat());
    match result {
        Ok(answer) => Ok(answer["State"].as_str().unwrap().to_owned()),
        Err(refusal) => Err(refusal.code.into_owned()),
    }
}

fn delete(world: &mut World, next_hop: &str, weight: &str) {
    let route = [
        ("VpnGatewayId", "$vpn"),
        ("RouteDest", "10.0.0.0/24"),
        ("NextHop", next_hop),
        ("Weight", weight),
    ];
    world.call("DeleteVpnRouteEntry", &route).unwrap();
}

/// The entries of a table as destination, origin, next hop and status.
fn table(world: &World, name: &str) -> Vec<(String, RouteOrigin, NextHops, RouteStatus)> {
    route_entry::of_table(&world.tenant, world.id(name))
        .map(|e| (e.key.destination.to_string(), e.key.origin, e.next_hops.clone(), e.status))
        .collect()
}

/// Puts an entry of a user into the system table.
fn put_user_entry(world: &mut World, destination: &str, next_hops: NextHops) {
    let key = RouteKey {
        table: world.id::<RouteTableId>("$vtb"),
        destination: destination.parse().unwrap(),
        origin: RouteOrigin::User,
    };
    let entry = RouteEntry {
        key,
        id: RouteEntryId::from_text("rte-user"),
        next_hops,
        status: RouteStatus::Available,
        labels: None,
        modified: world.context.now,
    };
    world.put(entry);
}

fn hop(world: &World, name: &str) -> NextHops {
    NextHops::One(Id::from_text(&world.names[name]))
}

#[test]
fn a_published_route_is_one_entry_of_the_system_table_only() {
    let mut world = World::scene();
    create(&mut world, &[]).unwrap();
    let entry = |status| {
        let gateway = NextHops::One(Id::from_text("vpn-bp1scene"));
        vec![("10.0.0.0/24".to_owned(), RouteOrigin::Published, gateway, status)]
    };
    assert_eq!(table(&world, "$vtb"), entry(RouteStatus::Available)); // S-VR-31
    assert_eq!(table(&world, "$custom"), []);
    create(&mut world, &[("NextHop", "$vco2"), ("Weight", "0")]).unwrap();
    assert_eq!(table(&world, "$vtb").len(), 1, "one entry per destination");
    delete(&mut world, "$vco", "100");
    assert_eq!(table(&world, "$vtb"), entry(RouteStatus::Available), "the other still needs it");
    delete(&mut world, "$vco2", "0");
    assert_eq!(table(&world, "$vtb"), []);
}

#[test]
fn an_unpublished_route_leaves_the_vpc_alone() {
    let mut world = World::scene();
    let state = create(&mut world, &[("PublishVpc", "false")]);
    assert_eq!(state.as_deref(), Ok("normal")); // S-VR-32
    assert_eq!(table(&world, "$vtb"), []);
}

#[test]
fn entries_come_and_go_with_the_tasks() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    create(&mut world, &[]).unwrap();
    let status = |world: &World| table(world, "$vtb").first().map(|entry| entry.3);
    assert_eq!(status(&world), Some(RouteStatus::Pending));
    let busy: Vec<_> = world.tenant.all::<Task>().map(|task| task.subject).collect();
    let (vpc, vpn) = (world.id("$vpc"), world.id("$vpn"));
    assert_eq!(busy, [Subject::Routes(vpc), Subject::VpnGateway(vpn)]);
    world.finish_tasks();
    assert_eq!(status(&world), Some(RouteStatus::Available));
    delete(&mut world, "$vco", "100");
    assert_eq!(status(&world), Some(RouteStatus::Deleting));
    world.finish_tasks();
    assert_eq!(status(&world), None);
}

#[test]
fn what_the_system_table_holds_decides() {
    let to_other = "Operation failed because there is already a route in VPC route table to another VPN on the same network block.";
    let to_another_kind = "Operation failed because there is already a route in VPC route table to a non-RI and non-VPN next hop on the same network block.";
    for (name, refused, entries) in [
        ("$dual", Some(to_other), 1),     // S-VR-61
        ("$i", Some(to_another_kind), 1), // decision A14
        ("$eni", Some(to_another_kind), 1),
        ("$ngw", Some(to_another_kind), 1),
        ("$ri", None, 2),  // decision A28
        ("$vpn", None, 1), // shared
    ] {
        let mut world = World::scene();
        let next_hops = hop(&world, name);
        put_user_entry(&mut world, "10.0.0.0/24", next_hops);
        let result = create(&mut world, &[]);
        match refused {
            None => assert_eq!(result.as_deref(), Ok("published"), "{name}"),
            Some(message) => {
                let route = [
                    ("VpnGatewayId", "$vpn"),
                    ("RouteDest", "10.0.0.0/24"),
                    ("NextHop", "$vco"),
                    ("Weight", "100"),
                    ("PublishVpc", "true"),
                ];
                let refusal = world.refusal("CreateVpnRouteEntry", &route);
                let found = (refusal.status, &*refusal.code, &*refusal.message);
                assert_eq!(found, (400, "OperationFailed.RouteConflict", message), "{name}");
                create(&mut world, &[("PublishVpc", "false")]).unwrap();
            }
        }
        assert_eq!(table(&world, "$vtb").len(), entries, "{name}");
    }
}

#[test]
fn router_interfaces_in_numbers_are_no_obstacle() {
    let mut world = World::scene();
    let member = |name: &str| WeightedHop { id: Id::from_text(&world.names[name]), weight: 10 };
    let both = NextHops::Many([member("$ri"), member("$ri2")].into());
    put_user_entry(&mut world, "10.0.0.0/24", both);
    create(&mut world, &[]).unwrap();
    assert_eq!(table(&world, "$vtb").len(), 2);
}

#[test]
fn a_shared_entry_stays_its_users() {
    let mut world = World::scene();
    let next_hops = hop(&world, "$vpn");
    put_user_entry(&mut world, "10.0.0.0/24", next_hops);
    let before = table(&world, "$vtb");
    create(&mut world, &[]).unwrap();
    delete(&mut world, "$vco", "100");
    assert_eq!(table(&world, "$vtb"), before);
}

#[test]
fn the_gateway_takes_over_when_a_shared_entry_is_deleted() {
    for length in [TaskLength::Immediate, TaskLength::Manual] {
        let mut world = World::scene();
        let next_hops = hop(&world, "$vpn");
        put_user_entry(&mut world, "10.0.0.0/24", next_hops.clone());
        create(&mut world, &[]).unwrap();
        world.context.tasks = length;
        let entry = [
            ("RegionId", "cn-hangzhou"),
            ("RouteTableId", "$vtb"),
            ("DestinationCidrBlock", "10.0.0.0/24"),
            ("NextHopId", "$vpn"),
        ];
        world.call("DeleteRouteEntry", &entry).unwrap();
        world.finish_tasks();
        let own = (RouteOrigin::Published, next_hops, RouteStatus::Available);
        let found: Vec<_> = table(&world, "$vtb").into_iter().map(|e| (e.1, e.2, e.3)).collect();
        assert_eq!(found, [own]);
    }
}

#[test]
fn two_gateways_cannot_publish_one_destination() {
    let mut world = World::scene();
    create(&mut world, &[]).unwrap();
    let dual = [("VpnGatewayId", "$dual"), ("NextHop", "$dualvco")];
    assert_eq!(create(&mut world, &dual), Err("OperationFailed.RouteConflict".into()));
}

#[test]
fn blocks_of_the_vpc() {
    // Destination, then what a published and what an unpublished route answers.
    let invalid = Err("OperationFailed.InvalidCidrBlock");
    let conflict = Err("VpnRouteEntry.Conflict");
    for (destination, published, unpublished) in [
        ("192.168.1.0/24", invalid, conflict), // a vSwitch's own block; S-VR-62, S-VR-55
        ("192.168.1.128/25", invalid, conflict), // inside it
        ("192.168.2.7", invalid, conflict),
        ("192.168.0.0/16", conflict, conflict), // around it
        ("192.168.0.0/22", conflict, conflict),
        ("192.168.3.0/24", Ok(()), Ok(())), // in the VPC, on no vSwitch (semantics.md 10.3)
        ("192.168.0.0/32", Ok(()), Ok(())),
        ("10.0.0.0/8", Ok(()), Ok(())),
    ] {
        for (publish, expected) in [("true", published), ("false", unpublished)] {
            let mut world = World::scene();
            let result = create(&mut world, &[("RouteDest", destination), ("PublishVpc", publish)]);
            let result = result.as_ref().map(|_| ()).map_err(String::as_str);
            assert_eq!(result, expected, "{destination}, PublishVpc={publish}");
        }
    }
}

#[test]
fn the_vpc_has_a_quota() {
    let mut world = World::scene();
    world.context.quotas.vpn_routes_per_gateway = 100;
    let on_custom_table = RouteKey {
        table: world.id::<RouteTableId>("$custom"),
        destination: "172.20.0.0/16".parse().unwrap(),
        origin: RouteOrigin::User,
    };
    world.put(RouteEntry {
        key: on_custom_table,
        id: RouteEntryId::from_text("rte-custom"),
        next_hops: NextHops::One(Id::from_text("vpn-bp1scene")),
        status: RouteStatus::Available,
        labels: None,
        modified: world.context.now,
    });
    let to_instance = hop(&world, "$i");
    put_user_entry(&mut world, "172.21.0.0/16", to_instance); // does not count
    for n in 1..50 {
        create(&mut world, &[("RouteDest", &format!("10.0.{n}.0/24"))]).unwrap();
    }
    let full = Err("QuotaExceeded.VpnRouteEntry".to_owned()); // S-VR-63
    assert_eq!(create(&mut world, &[]), full);
    // A destination that is there already, or is not published, needs no room.
    let standby = [("RouteDest", "10.0.1.0/24"), ("NextHop", "$vco2"), ("Weight", "0")];
    create(&mut world, &standby).unwrap();
    create(&mut world, &[("PublishVpc", "false")]).unwrap();
}

#[test]
fn the_system_table_has_a_quota() {
    let mut world = World::scene();
    world.context.quotas.custom_routes_per_table = 1; // S-RE-07
    create(&mut world, &[]).unwrap();
    let next = create(&mut world, &[("RouteDest", "10.0.1.0/24")]);
    assert_eq!(next, Err("QuotaExceeded.VpnRouteEntry".into()));
}

#[test]
fn the_routes_of_the_vpc_change_one_batch_at_a_time() {
    let mut world = World::scene();
    create(&mut world, &[]).unwrap();
    let subject = Subject::Routes(world.id::<VpcId>("$vpc"));
    let started = world.context.now;
    world.put(Task { subject, due: None, started, routes: Vec::new() });
    let other = [("RouteDest", "10.0.1.0/24")];
    assert_eq!(create(&mut world, &other), Err("TaskConflict".into()));
    let parameters = [
        ("VpnGatewayId", "$vpn"),
        ("RouteDest", "10.0.0.0/24"),
        ("NextHop", "$vco"),
        ("Weight", "100"),
    ];
    assert_eq!(world.refusal("DeleteVpnRouteEntry", &parameters).code, "TaskConflict");
    create(&mut world, &[other[0], ("PublishVpc", "false")]).unwrap();
}
