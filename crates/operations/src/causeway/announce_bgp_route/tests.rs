use crate::testing::World;
use causeway_model::vpn_gateway::VpnGateway;
use causeway_types::VpnGatewayId;
use serde_json::{Value, json};

/// A world with a BGP connection on `$dual`, whose learned routes go into the VPC.
fn world() -> World {
    let mut world = World::scene();
    world.scene_bgp();
    let gateway = world.id::<VpnGatewayId>("$dual");
    world.update::<VpnGateway>(&gateway, |gateway| gateway.auto_propagate = true);
    world
}

fn announce(world: &mut World, connection: &str, destination: &str) -> Value {
    let request = [("VpnConnectionId", connection), ("RouteDest", destination)];
    world.call("AnnounceBgpRoute", &request).unwrap()
}

fn link(world: &mut World, id: &str, state: &str) {
    world.call("SetLinkState", &[("LinkId", id), ("State", state)]).unwrap();
}

/// Destinations of the learned routes in the system table.
fn in_vpc(world: &mut World) -> Vec<String> {
    let request = [("RouteTableId", "$vtb"), ("RouteEntryType", "BGP"), ("MaxResult", "100")];
    let read = world.call("DescribeRouteEntryList", &request).unwrap();
    let entries = read["RouteEntrys"]["RouteEntry"].as_array().unwrap().iter();
    entries.map(|entry| entry["DestinationCidrBlock"].as_str().unwrap().to_owned()).collect()
}

fn on_gateway(world: &mut World) -> Value {
    let request = [("VpnGatewayId", "$dual"), ("RouteEntryType", "bgp")];
    world.call("DescribeVpnRouteEntries", &request).unwrap()
}

fn end(world: &mut World, to: &str) -> Value {
    let packet = [("SourceAddress", "192.168.1.10"), ("DestinationAddress", to)];
    world.call("TracePath", &packet).unwrap()["Out"]["Outcome"].clone()
}

#[test]
fn learned_routes_forward_while_the_session_is_up() {
    let mut world = world();
    let answer = announce(&mut world, "$bgp", "10.7.0.0/16");
    assert_eq!(answer["Learned"], true);
    // The announcement of the scene is propagated with it.
    assert_eq!(in_vpc(&mut world), ["10.7.0.0/16", "172.20.0.0/16"]);
    let read = on_gateway(&mut world);
    assert_eq!(read["TotalCount"], 2);
    let learned = &read["VpnRouteEntries"]["VpnRouteEntry"][1];
    let shown = [&learned["RouteDest"], &learned["State"], &learned["Source"], &learned["NextHop"]];
    assert_eq!(shown, ["10.7.0.0/16", "published", "VPN_BGP", world.names["$bgp"].as_str()]);
    let counts = &read["VpnRouteCounts"]["VpnRouteCount"];
    assert_eq!(counts[1], json!({"RouteEntryType": "bgp", "Source": "VPN_BGP", "RouteCount": 2}));
    assert_eq!(end(&mut world, "10.7.0.1")["To"]["Connection"], world.names["$bgp"].as_str());

    // semantics.md 8.3: what was learned vanishes with the session, and comes back with it.
    let (master, slave) = ("tun-bp1dual21", "tun-bp1dual22");
    link(&mut world, master, "down");
    assert_eq!(in_vpc(&mut world).len(), 2, "the other tunnel has a session, too");
    link(&mut world, slave, "down");
    assert_eq!(in_vpc(&mut world), Vec::<String>::new());
    assert_eq!(on_gateway(&mut world)["TotalCount"], 0);
    assert_eq!(end(&mut world, "10.7.0.1")["Result"], "Dropped");
    link(&mut world, master, "up");
    assert_eq!(in_vpc(&mut world).len(), 2);

    let withdraw = [("VpnConnectionId", "$bgp"), ("RouteDest", "10.7.0.0/16")];
    world.call("WithdrawBgpRoute", &withdraw).unwrap();
    assert_eq!(in_vpc(&mut world), ["172.20.0.0/16"]);
    assert_eq!(world.refusal("WithdrawBgpRoute", &withdraw).code, "InvalidRouteEntry.NotFound");
}

/// semantics.md 8.1 rule 5: a static route hides a learned one, and uncovers it when it goes;
/// nothing learned is effective inside a system route.
#[test]
fn static_routes_go_before_learned_ones() {
    let mut world = world();
    for inside in ["192.168.1.0/24", "192.168.1.128/25", "100.64.0.0/16"] {
        announce(&mut world, "$bgp", inside);
    }
    announce(&mut world, "$bgp", "10.7.0.0/16");
    assert_eq!(in_vpc(&mut world), ["10.7.0.0/16", "172.20.0.0/16"]);
    let route = [
        ("RouteTableId", "$vtb"),
        ("DestinationCidrBlock", "10.7.0.0/16"),
        ("NextHopType", "Instance"),
        ("NextHopId", "$i"),
    ];
    world.call("CreateRouteEntry", &route).unwrap();
    assert_eq!(in_vpc(&mut world), ["172.20.0.0/16"]);
    assert_eq!(end(&mut world, "10.7.0.1")["To"]["Id"], world.names["$i"].as_str());
    world.call("DeleteRouteEntry", &[&route[..2], &route[3..]].concat()).unwrap();
    assert_eq!(in_vpc(&mut world).len(), 2);
    assert_eq!(end(&mut world, "10.7.0.1")["To"]["Connection"], world.names["$bgp"].as_str());
}

/// Decision A8: destination routes are asked before learned ones, whatever their length.
#[test]
fn learned_routes_stand_behind_destination_routes() {
    let mut world = world();
    announce(&mut world, "$bgp", "10.7.7.0/24");
    let route = [
        ("VpnGatewayId", "$dual"),
        ("RouteDest", "10.7.0.0/16"),
        ("NextHop", "$dualvco"),
        ("Weight", "100"),
        ("PublishVpc", "true"),
    ];
    world.call("CreateVpnRouteEntry", &route).unwrap();
    assert_eq!(end(&mut world, "10.7.7.1")["To"]["Connection"], world.names["$dualvco"].as_str());
}

#[test]
fn a_learned_route_is_nobodys_to_delete() {
    let mut world = world();
    announce(&mut world, "$bgp", "10.7.0.0/16");
    let request = [("RouteTableId", "$vtb"), ("RouteEntryType", "BGP")];
    let read = world.call("DescribeRouteEntryList", &request).unwrap();
    let entry = &read["RouteEntrys"]["RouteEntry"][0];
    assert_eq!((&entry["Type"], &entry["Origin"]), (&json!("BGP"), &json!("RoutePropagation")));
    let id = entry["RouteEntryId"].as_str().unwrap().to_owned();
    world.refusal("DeleteRouteEntry", &[("RouteEntryId", &id)]);
    assert_eq!(in_vpc(&mut world).len(), 2);
}

#[test]
fn refusals() {
    let mut world = world();
    for (connection, destination, path, code) in [
        ("vco-none", "10.0.0.0/8", "1", "InvalidVpnConnectionInstanceId.NotFound"),
        ("$vco", "10.0.0.0/8", "1", "OperationUnsupported.BgpDisabled"),
        ("$bgp", "10.0.0.1/8", "1", "InvalidRouteDest.Malformed"),
        ("$bgp", "2001:db8::/32", "1", "InvalidRouteDest.Malformed"),
        ("$bgp", "10.0.0.0/8", "x", "InvalidParameter"),
        ("$bgp", "10.0.0.0/8", " ", "InvalidParameter"),
    ] {
        let request =
            [("VpnConnectionId", connection), ("RouteDest", destination), ("AsPath", path)];
        assert_eq!(world.refusal("AnnounceBgpRoute", &request).code, code, "{connection} {path}");
    }
    world.context.quotas.bgp_routes_per_gateway = 2;
    announce(&mut world, "$bgp", "10.7.0.0/16");
    announce(&mut world, "$bgp", "10.7.0.0/16");
    let request = [("VpnConnectionId", "$bgp"), ("RouteDest", "10.8.0.0/16")];
    assert_eq!(world.refusal("AnnounceBgpRoute", &request).code, "QuotaExceeded.BgpRoute");
}
