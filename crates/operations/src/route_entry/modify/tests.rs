use crate::testing::World;
use causeway_model::TaskLength;
use serde_json::{Value, json};

fn modify(world: &mut World, request: &[(&str, &str)]) -> Result<Value, (u16, String)> {
    let answer = world.call("ModifyRouteEntry", request);
    answer.map_err(|refusal| (refusal.status, refusal.code.into_owned()))
}

fn route(world: &mut World, table: &str, destination: &str) -> Value {
    let filter = [("RouteTableId", table), ("DestinationCidrBlock", destination)];
    let list = world.call("DescribeRouteEntryList", &filter).unwrap();
    list["RouteEntrys"]["RouteEntry"][0].clone()
}

fn hop(route: &Value) -> &Value {
    &route["NextHops"]["NextHop"][0]["NextHopId"]
}

#[test]
fn a_route_leads_elsewhere_without_a_gap() {
    let mut world = World::scene_of_examples();
    world.context.tasks = TaskLength::Manual;
    let to = [("RouteEntryId", "$rte"), ("NewNextHopType", "Instance"), ("NewNextHopId", "$i")];
    let before = route(&mut world, "$vtb", "172.31.0.0/16");
    modify(&mut world, &to).unwrap();
    let now = route(&mut world, "$vtb", "172.31.0.0/16");
    assert_eq!((&now["Status"], hop(&now)), (&json!("Modifying"), &json!(world.resolve("$i"))));
    assert_eq!(now["RouteEntryId"], before["RouteEntryId"]);
    let packet = [("SourceAddress", "192.168.1.10"), ("DestinationAddress", "172.31.0.7")];
    let trace = world.call("TracePath", &packet).unwrap();
    assert_eq!(trace["Out"]["Outcome"]["To"]["Id"], world.resolve("$i"));
    assert_eq!(modify(&mut world, &to).unwrap_err(), (400, "TaskConflict".into()));
    world.finish_tasks();
    assert_eq!(route(&mut world, "$vtb", "172.31.0.0/16")["Status"], "Available");
}

#[test]
fn names_change_at_once_and_what_is_not_given_stays() {
    let mut world = World::scene_of_examples();
    world.context.tasks = TaskLength::Manual;
    let place = [("RouteTableId", "$vtb"), ("DestinationCidrBlock", "172.31.0.0/16")];
    for (more, name, description) in [
        (("RouteEntryName", "first"), "first", ""),
        (("Description", "described"), "first", "described"),
        (("RouteEntryName", "second"), "second", "described"),
    ] {
        modify(&mut world, &[&place[..], &[more]].concat()).unwrap();
        let now = route(&mut world, "$vtb", "172.31.0.0/16");
        assert_eq!(
            (&now["RouteEntryName"], &now["Description"]),
            (&json!(name), &json!(description))
        );
        assert_eq!(now["Status"], "Available");
    }
}

#[test]
fn a_system_route_of_a_custom_table_goes_by_local() {
    let mut world = World::scene_of_examples();
    let place = [("RouteTableId", "$custom"), ("DestinationCidrBlock", "192.168.1.0/24")];
    let mut to = |hop: &[(&str, &str)]| {
        let done = modify(&mut world, &[&place[..], hop].concat());
        done.map(|_| {
            let now = route(&mut world, "$custom", "192.168.1.0/24");
            (now["Type"].clone(), hop_or_local(&now))
        })
    };
    let instance = [("NewNextHopType", "Instance"), ("NewNextHopId", "$i")];
    let local = [("NewNextHopType", "Local")];
    let interface = [("NewNextHopType", "NetworkInterface"), ("NewNextHopId", "$eni")];
    let gateway = [("NewNextHopType", "NatGateway"), ("NewNextHopId", "$ngw")];
    assert_eq!(to(&gateway).unwrap_err().1, "OperationDenied.SystemRouteNextHop");
    let system = to(&local).unwrap();
    assert_eq!(system.0, "System");
    let pointed = to(&instance).unwrap();
    assert_eq!(pointed.0, "Custom");
    assert_ne!(pointed.1, system.1);
    assert_eq!(to(&interface).unwrap_err().1, "OperationDenied.NextHopNotLocal");
    assert_eq!(to(&instance).unwrap(), pointed, "it leads there already");
    assert_eq!(to(&local).unwrap(), system);
    assert_eq!(to(&interface).unwrap().0, "Custom");
}

fn hop_or_local(route: &Value) -> Value {
    route["NextHops"]["NextHop"][0].clone()
}

#[test]
fn refusals() {
    let mut world = World::scene_of_examples();
    let place =
        |table, destination| [("RouteTableId", table), ("DestinationCidrBlock", destination)];
    let instance = [("NewNextHopType", "Instance"), ("NewNextHopId", "$i")];
    let system = place("$vtb", "192.168.1.0/24");
    let own = place("$vtb", "172.31.0.0/16");
    for (place, more, status, code) in [
        (&[][..], &instance[..], 400, "MissingParameter"),
        (&own[..1], &instance, 400, "MissingParameter"),
        (&place("vtb-none", "10.0.0.0/8"), &instance, 404, "InvalidRouteTableId.NotFound"),
        (&place("$vtb", "10.0.0.0/8"), &instance, 404, "InvalidRouteEntry.NotFound"),
        (&place("$vtb", "10.0.0.0/33"), &instance, 400, "InvalidCidrBlock.Malformed"),
        (&[("RouteEntryId", "rte-none")], &instance, 404, "InvalidRouteEntry.NotFound"),
        (&system, &instance, 403, "Forbidden"),
        (&system, &[("NewNextHopType", "Local")], 403, "Forbidden"),
        (&own, &[("NewNextHopType", "Local")], 400, "OperationDenied.LocalNextHop"),
        (&own, &[("NewNextHopType", "Instance")], 400, "MissingParameter"),
        (&own, &[("NewNextHopType", "Tunnel"), ("NewNextHopId", "$i")], 400, "InvalidNextHopType"),
        (&own, &[("NewNextHopId", "i-none")], 400, "InvalidNextHop.NotFound"),
        (&own, &[("RouteEntryName", "http://x")], 400, "InvalidRouteEntryName.Malformed"),
        (&own, &[("Description", "https://x")], 400, "InvalidDescription.Malformed"),
        (&place("$custom", "192.168.1.0/24"), &[("RouteEntryName", "x")], 403, "Forbidden"),
    ] {
        let request = [place, more].concat();
        assert_eq!(modify(&mut world, &request).unwrap_err(), (status, code.into()), "{request:?}");
    }
}

/// The limits of next hops hold for routes that come to lead to them, too.
#[test]
fn a_full_next_hop_takes_no_more() {
    let mut world = World::scene_of_examples();
    world.context.quotas.routes_per_havip = 1;
    let create = [("RouteTableId", "$vtb"), ("NextHopType", "HaVip"), ("NextHopId", "$havip")];
    let create = [&create[..], &[("DestinationCidrBlock", "10.1.0.0/16")]].concat();
    world.call("CreateRouteEntry", &create).unwrap();
    let to = [("RouteEntryId", "$rte"), ("NewNextHopType", "HaVip"), ("NewNextHopId", "$havip")];
    let full = modify(&mut world, &to).unwrap_err();
    assert_eq!(full, (400, "CountLimitExceed.HaVipRouteEntry".into()));
    let ipv6 =
        [("RouteEntryId", "$rte"), ("NewNextHopType", "IPv6Gateway"), ("NewNextHopId", "$ipv6gw")];
    assert_eq!(modify(&mut world, &ipv6).unwrap_err().1, "IllegalParam.CidrBlock");
}
