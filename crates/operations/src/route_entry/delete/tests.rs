use crate::testing::World;
use causeway_model::TaskLength;
use causeway_model::next_hop::NextHops;
use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus, id_in_table};
use causeway_model::route_table::{RouteTable, RouteTableStatus};
use causeway_model::vpc::{Vpc, VpcStatus};
use causeway_model::vswitch::{VSwitch, VSwitchStatus};
use causeway_types::{Id, RouteTableId, VSwitchId, VpcId};

const PLACE: [(&str, &str); 3] =
    [("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.0.0.0/24"), ("NextHopId", "$i")];

fn with_route() -> (World, String) {
    let mut world = World::scene();
    let made = world.create_route(("$vtb", "10.0.0.0/24", "Instance", "$i")).unwrap();
    (world, made["RouteEntryId"].as_str().unwrap().into())
}

fn custom_routes(world: &mut World) -> Vec<serde_json::Value> {
    world.routes(&[("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.0.0.0/24")])
}

#[test]
fn a_route_is_named_by_its_id_or_by_its_place() {
    for by_id in [true, false] {
        let (mut world, id) = with_route();
        world.context.tasks = TaskLength::Manual;
        let request = if by_id { vec![("RouteEntryId", id.as_str())] } else { PLACE.to_vec() };
        world.call("DeleteRouteEntry", &request).unwrap();
        assert_eq!(custom_routes(&mut world)[0]["Status"], "Deleting");
        world.finish_tasks();
        assert_eq!(custom_routes(&mut world).len(), 0);
        let refusal = world.refusal("DeleteRouteEntry", &request);
        assert_eq!((refusal.status, &*refusal.code), (404, "InvalidRouteEntry.NotFound"));
    }
}

#[test]
fn everything_said_must_agree() {
    let (mut world, id) = with_route();
    for request in [
        vec![("RouteEntryId", "rte-bp1mnnr2al0naomnp****")],
        vec![("RouteEntryId", id.as_str()), ("RouteTableId", "$custom")],
        vec![("RouteEntryId", id.as_str()), ("NextHopId", "$eni")],
        vec![PLACE[0], PLACE[1], ("NextHopId", "$eni")],
        vec![PLACE[0], ("DestinationCidrBlock", "10.0.0.0/25"), PLACE[2]],
        vec![PLACE[0], ("DestinationCidrBlock", "ten"), PLACE[2]],
        vec![("RouteTableId", "$custom"), PLACE[1], PLACE[2]],
        vec![("RouteTableId", "vtb-bp145q7glnuzd****"), PLACE[1], PLACE[2]],
    ] {
        let refusal = world.refusal("DeleteRouteEntry", &request);
        assert_eq!(
            (refusal.status, &*refusal.code),
            (404, "InvalidRouteEntry.NotFound"),
            "{request:?}"
        );
    }
    for request in [vec![], PLACE[..2].to_vec(), PLACE[1..].to_vec(), vec![PLACE[0], PLACE[2]]] {
        assert_eq!(world.refusal("DeleteRouteEntry", &request).code, "MissingParameter");
    }
}

#[test]
fn several_next_hops_are_named_together() {
    let mut world = World::scene();
    let place = [("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.0.0.0/8")];
    let hops = [("NextHopList.1.NextHopId", "$ri"), ("NextHopList.2.NextHopId", "$ri2")];
    world.call("CreateRouteEntry", &[&place[..], &hops].concat()).unwrap();
    let kind = ("NextHopList.1.NextHopType", "Instance");
    for wrong in [vec![hops[0]], vec![hops[1]], [&hops[..], &[kind]].concat()] {
        let request = [&place[..], &wrong].concat();
        assert_eq!(world.refusal("DeleteRouteEntry", &request).code, "InvalidRouteEntry.NotFound");
    }
    let kind = ("NextHopList.1.NextHopType", "RouterInterface");
    world.call("DeleteRouteEntry", &[&place[..], &hops, &[kind]].concat()).unwrap();
    assert_eq!(world.routes(&place).len(), 0);
}

#[test]
fn system_and_published_routes_are_not_the_callers() {
    let mut world = World::scene();
    let table = world.id::<RouteTableId>("$vtb");
    world.put(RouteEntry {
        key: RouteKey {
            table,
            destination: "10.0.0.0/24".parse().unwrap(),
            origin: RouteOrigin::Published,
        },
        id: id_in_table(table, 1),
        next_hops: NextHops::One(Id::from_text(&world.resolve("$vpn"))),
        status: RouteStatus::Available,
        labels: None,
        modified: world.context.now,
    });
    for route in world.routes(&[("RouteTableId", "$vtb"), ("MaxResult", "100")]) {
        let id = route["RouteEntryId"].as_str().unwrap();
        let refusal = world.refusal("DeleteRouteEntry", &[("RouteEntryId", id)]);
        assert_eq!((refusal.status, &*refusal.code), (403, "Forbidden"), "{route}");
    }
    let published = [PLACE[0], PLACE[1], ("NextHopId", "$vpn")];
    assert_eq!(world.refusal("DeleteRouteEntry", &published).code, "Forbidden");
}

#[test]
fn a_busy_vpc_keeps_its_routes() {
    let (mut world, _) = with_route();
    world.context.tasks = TaskLength::Manual;
    let mut unstable = world.copy();
    let key = RouteKey {
        table: world.id::<RouteTableId>("$vtb"),
        destination: "10.0.0.0/24".parse().unwrap(),
        origin: RouteOrigin::User,
    };
    unstable.update::<RouteEntry>(&key, |entry| entry.status = RouteStatus::Modifying);
    assert_eq!(unstable.refusal("DeleteRouteEntry", &PLACE).code, "IncorrectRouteEntryStatus");
    world.create_route(("$vtb", "10.0.1.0/24", "Instance", "$i")).unwrap();
    assert_eq!(world.refusal("DeleteRouteEntry", &PLACE).code, "TaskConflict");
    let table = world.id::<RouteTableId>("$vtb");
    world.update::<RouteTable>(&table, |table| table.status = RouteTableStatus::Pending);
    assert_eq!(world.refusal("DeleteRouteEntry", &PLACE).code, "IncorrectStatus.RouteTableStatus");
    let vswitch = world.id::<VSwitchId>("$vsw");
    world.update::<VSwitch>(&vswitch, |vswitch| vswitch.status = VSwitchStatus::Pending);
    assert_eq!(world.refusal("DeleteRouteEntry", &PLACE).code, "IncorrectVpcStatus");
    world.update::<VSwitch>(&vswitch, |vswitch| vswitch.status = VSwitchStatus::Available);
    let vpc = world.id::<VpcId>("$vpc");
    world.update::<Vpc>(&vpc, |vpc| vpc.status = VpcStatus::Deleting);
    assert_eq!(world.refusal("DeleteRouteEntry", &PLACE).code, "IncorrectVpcStatus");
}
