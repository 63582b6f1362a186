use crate::testing::World;

const TABLE: (&str, &str) = ("RouteTableId", "$vtb");

fn with_routes() -> World {
    let mut world = World::scene();
    let routes = [
        ("$vtb", "10.0.1.0/24", "Instance", "$i"),
        ("$vtb", "10.0.2.0/24", "NatGateway", "$ngw"),
        ("$vtb", "2001:db8::/64", "Instance", "$i"),
        ("$custom", "10.0.1.0/24", "VpnGateway", "$vpn"),
    ];
    assert_eq!(world.create_routes(&routes).unwrap()["SuccessCount"], 4);
    let named = [
        TABLE,
        ("DestinationCidrBlock", "10.0.3.0/24"),
        ("NextHopId", "$ri"),
        ("NextHopType", "RouterInterface"),
        ("RouteEntryName", "office"),
        ("Description", "to the office"),
    ];
    world.call("CreateRouteEntry", &named).unwrap();
    world
}

fn destinations(world: &mut World, request: &[(&str, &str)]) -> Vec<String> {
    let routes = world.routes(request);
    routes.iter().map(|route| route["DestinationCidrBlock"].as_str().unwrap().into()).collect()
}

#[test]
fn filters_narrow_the_list_exactly() {
    let mut world = with_routes();
    let id = world.routes(&[TABLE, ("RouteEntryName", "office")])[0]["RouteEntryId"].clone();
    for (filter, expected) in [
        (vec![("DestinationCidrBlock", "10.0.1.0/24")], vec!["10.0.1.0/24"]),
        (vec![("DestinationCidrBlock", "10.0.0.0/16")], vec![]),
        (vec![("DestinationCidrBlock", "2001:DB8:0:0::/64")], vec!["2001:db8::/64"]),
        (vec![("DestinationCidrBlock", "10.0.1.1/24")], vec![]),
        (
            vec![("DestCidrBlockList.1", "10.0.2.0/24"), ("DestCidrBlockList.2", "10.0.1.0/24")],
            vec!["10.0.1.0/24", "10.0.2.0/24"],
        ),
        (vec![("RouteEntryName", "office")], vec!["10.0.3.0/24"]),
        (vec![("RouteEntryName", "off")], vec![]),
        (vec![("RouteEntryId", id.as_str().unwrap())], vec!["10.0.3.0/24"]),
        (vec![("RouteEntryId", "rte-unknown****")], vec![]),
        (vec![("NextHopType", "NatGateway")], vec!["10.0.2.0/24"]),
        (vec![("NextHopId", "$i")], vec!["10.0.1.0/24", "2001:db8::/64"]),
        (vec![("NextHopId", "i-unknown****")], vec![]),
        (vec![("NextHopId", "$i"), ("IpVersion", "ipv6")], vec!["2001:db8::/64"]),
        (
            vec![("RouteEntryType", "Custom"), ("IpVersion", "IPv4")],
            vec!["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"],
        ),
        (
            vec![("RouteEntryType", "System"), ("IpVersion", "ipv4"), ("NextHopType", "Local")],
            vec!["100.64.0.0/10", "192.168.1.0/24", "192.168.2.0/24"],
        ),
        (vec![("RouteEntryType", "BGP")], vec![]),
        (vec![("ServiceType", "TR")], vec![]),
    ] {
        let request = [&[TABLE][..], &filter].concat();
        assert_eq!(destinations(&mut world, &request), expected, "{filter:?}");
        let answer = world.call("DescribeRouteEntryList", &request).unwrap();
        assert_eq!(answer["TotalCount"], expected.len());
    }
    // Without filters an empty text is no filter either (decision A25).
    let all = destinations(&mut world, &[TABLE, ("RouteEntryName", ""), ("MaxResult", "50")]);
    assert_eq!(all.len(), 9);
}

#[test]
fn filters_with_words_outside_their_list_are_refused() {
    let mut world = with_routes();
    for filter in [
        ("RouteEntryType", "Manual"),
        ("IpVersion", "4"),
        ("MaxResult", "0"),
        ("MaxResult", "-1"),
        ("NextToken", "garbage"),
    ] {
        let refusal = world.refusal("DescribeRouteEntryList", &[TABLE, filter]);
        let message = format!("The specified parameter \"{}\" is not valid.", filter.0);
        assert_eq!((&*refusal.code, &*refusal.message), ("InvalidParameter", &*message));
    }
    let unknown = [("RouteTableId", "vtb-bp145q7glnuzd****"), ("MaxResult", "0")];
    let refusal = world.refusal("DescribeRouteEntryList", &unknown);
    assert_eq!((refusal.status, &*refusal.code), (404, "InvalidRouteTable.NotFound"));
}

#[test]
fn a_route_shows_everything_clients_read() {
    let mut world = with_routes();
    let route = &world.routes(&[TABLE, ("DestinationCidrBlock", "10.0.3.0/24")])[0];
    let expected = serde_json::json!({
        "RouteTableId": world.resolve("$vtb"),
        "RouteEntryId": route["RouteEntryId"],
        "RouteEntryName": "office",
        "Description": "to the office",
        "DestinationCidrBlock": "10.0.3.0/24",
        "IpVersion": "ipv4",
        "Type": "Custom",
        "Status": "Available",
        "Origin": "CustomCreate",
        "ServiceType": "",
        "GmtModified": "2026-11-18T11:06:40Z",
        "NextHops": {"NextHop": [{
            "NextHopType": "RouterInterface",
            "NextHopId": world.resolve("$ri"),
            "NextHopRegionId": "cn-hangzhou",
            "Enabled": 1,
            "Weight": 100,
            "NextHopRelatedInfo":
                {"InstanceId": "", "InstanceType": "", "RegionId": "cn-hangzhou"},
        }]},
    });
    assert_eq!(route, &expected);
    let mut world = with_routes();
    world.set_status("$ri", "Inactive");
    let route = &world.routes(&[TABLE, ("DestinationCidrBlock", "10.0.3.0/24")])[0];
    assert_eq!(route["NextHops"]["NextHop"][0]["Enabled"], 0);
}

#[test]
fn pages_hold_up_to_a_hundred() {
    let mut world = World::scene();
    for block in 0..3 {
        let to = |n| format!("10.{block}.{n}.0/24");
        let destinations: Vec<_> = (0..50).map(to).collect();
        let routes: Vec<_> =
            destinations.iter().map(|to| ("$vtb", to.as_str(), "Instance", "$i")).collect();
        world.create_routes(&routes).unwrap();
    }
    assert_eq!(world.routes(&[TABLE]).len(), 10);
    // clients.md 9.2: the route controller asks for 500 and follows NextToken until it is empty.
    let mut page = [TABLE, ("MaxResult", "500"), ("NextToken", "")];
    let first = world.call("DescribeRouteEntryList", &page).unwrap();
    assert_eq!(first["RouteEntrys"]["RouteEntry"].as_array().unwrap().len(), 100);
    assert_eq!(first["TotalCount"], 155);
    page[2].1 = first["NextToken"].as_str().unwrap();
    let second = world.call("DescribeRouteEntryList", &page).unwrap();
    assert_eq!(second["RouteEntrys"]["RouteEntry"].as_array().unwrap().len(), 55);
    assert_eq!(second["NextToken"], "");
}

#[test]
fn pages_stay_right_while_routes_come_and_go() {
    let mut world = with_routes();
    let first = world.call("DescribeRouteEntryList", &[TABLE, ("MaxResult", "2")]).unwrap();
    let last = &first["RouteEntrys"]["RouteEntry"][1];
    assert_eq!(last["DestinationCidrBlock"], "10.0.2.0/24");
    let gone = [("RouteEntryId", last["RouteEntryId"].as_str().unwrap())];
    world.call("DeleteRouteEntry", &gone).unwrap();
    world.create_route(("$vtb", "10.0.0.0/24", "Instance", "$i")).unwrap();
    let token = ("NextToken", first["NextToken"].as_str().unwrap());
    let second = destinations(&mut world, &[TABLE, ("MaxResult", "2"), token]);
    assert_eq!(second, ["10.0.3.0/24", "100.64.0.0/10"]);
}
