use crate::testing::World;
use causeway_model::task::{Subject, Task};
use causeway_model::vpc::{Vpc, VpcStatus};
use causeway_model::vpn_gateway::{GatewayStatus, PbrSupport, VpnGateway};
use causeway_model::{TaskLength, route_entry};
use causeway_types::{VpcId, VpnConnectionId, VpnGatewayId};
use serde_json::json;

const CREATE: &str = "CreateVpnPbrRouteEntry";
const ROUTE: &[(&str, &str)] = &[
    ("VpnGatewayId", "$vpn"),
    ("RouteSource", "192.168.1.0/24"),
    ("RouteDest", "10.0.0.0/24"),
    ("NextHop", "$vco"),
    ("Weight", "0"),
    ("PublishVpc", "true"),
];

/// [`ROUTE`] with other values.
fn route<'a>(other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [ROUTE, other].concat()
}

fn manual() -> World {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    world
}

#[test]
fn the_answer_has_the_members_of_the_sample() {
    // S-PBR-43, S-PBR-30, S-PBR-31, S-PBR-32, S-PBR-34, S-PBR-35, S-PBR-37, S-PBR-38, S-PBR-39,
    // S-PBR-40, S-PBR-41, S-PBR-42
    let mut world = World::scene();
    let sample = [("PublishVpc", "false"), ("Description", "desctest"), ("OverlayMode", "Ipsec")];
    let answer = world.call(CREATE, &route(&sample)).unwrap();
    let expected = json!({
        "NextHop": world.names["$vco"],
        "Weight": 0,
        "RouteDest": "10.0.0.0/24",
        "Description": "desctest",
        "State": "normal",
        "CreateTime": world.context.now.millis(),
        "OverlayMode": "Ipsec",
        "RouteSource": "192.168.1.0/24",
        "VpnInstanceId": world.names["$vpn"],
        "Priority": 10,
    });
    assert_eq!(answer.to_string(), expected.to_string(), "same members, same order");
    assert_eq!(route_entry::of_table(&world.tenant, world.id("$vtb")).count(), 0); // S-PBR-11
}

#[test]
fn a_published_route_says_so_and_is_in_the_system_table() {
    let mut world = World::scene();
    let answer = world.call(CREATE, &route(&[("Priority", "1")])).unwrap();
    assert_eq!(answer.get("Description"), None);
    // S-PBR-24, S-PBR-36, S-PBR-23
    assert_eq!((&answer["State"], &answer["Priority"]), (&json!("published"), &json!(1)));
    // S-PBR-10
    assert_eq!(route_entry::of_table(&world.tenant, world.id("$vtb")).count(), 1);
    assert_eq!(route_entry::of_table(&world.tenant, world.id("$custom")).count(), 0);
}

#[test]
fn values_are_checked() {
    let mut world = World::scene();
    let long = "a".repeat(101);
    let malformed = ("InvalidCidrBlock.Malformed", "Specified CIDR block is not valid."); // S-PBR-67
    let illegal = ("IllegalParam.RouteDest", "The specified RouteDest is invalid"); // S-PBR-52
    let weight = ("VpnRouteEntry.InvalidWeight", "Invalid route entry weight value."); // S-PBR-50
    let text = ("InvalidDescription", "The description is not valid"); // S-PBR-12
    let hop = ("InvalidNextHop.NotFound", "The specified NextHop does not exist."); // S-PBR-51
    let range = ("InvalidParameter", "The specified parameter \"Priority\" is not valid."); // S-PBR-14
    let reserved = (
        "OperationFailed.InvalidCidrBlock",
        "Operation failed because the specified network block is invalid.",
    ); // S-PBR-54
    for (name, value, (code, message)) in [
        ("RouteSource", "192.168.1", malformed),
        ("RouteSource", "192.168.1.1/24", malformed),
        ("RouteSource", "2001:db8::/32", malformed),
        ("RouteDest", "10.0.0.0/64", malformed),
        ("RouteDest", "0.0.0.0/0", illegal),
        ("RouteDest", "10.0.0.1/24", illegal),
        ("RouteDest", "2001:db8::/32", illegal),
        ("RouteDest", "100.100.0.0/16", reserved),
        ("RouteDest", "192.168.1.0/24", reserved),
        ("Weight", "1", weight),
        ("Description", "", text),
        ("Description", &long, text),
        ("Description", "https://a", text),
        ("Priority", "0", range),
        ("Priority", "101", range),
        ("NextHop", "$dualvco", hop),
        ("NextHop", "$free", hop),
    ] {
        let refusal = world.refusal(CREATE, &route(&[(name, value)]));
        let found = (refusal.status, &*refusal.code, &*refusal.message);
        assert_eq!(found, (400, code, message), "{name}={value}");
    }
    let refusal = world.refusal(CREATE, &route(&[("OverlayMode", "Gre")])); // S-PBR-13
    assert_eq!(refusal.code, "InvalidParameter"); // decision A20
    let refusal = world.refusal(CREATE, &route(&[("VpnGatewayId", "vpn-x")])); // S-PBR-72
    let message = "The specified vpn gateway instance id does not exist.";
    let found = (refusal.status, &*refusal.code, &*refusal.message);
    assert_eq!(found, (404, "InvalidVpnGatewayInstanceId.NotFound", message));
    for (name, value) in [
        ("RouteSource", "0.0.0.0/0"),
        ("RouteSource", "100.64.0.0/10"),
        ("RouteSource", "192.168.1.7"),
        ("Priority", "100"),
    ] {
        let mut world = World::scene();
        world.call(CREATE, &route(&[(name, value)])).unwrap();
    }
}

#[test]
fn parameters_are_required() {
    let mut world = World::scene();
    // S-PBR-13, S-PBR-14, S-PBR-15, S-PBR-16, S-PBR-17, S-PBR-20
    for (name, _) in ROUTE {
        let rest: Vec<_> = ROUTE.iter().copied().filter(|(other, _)| other != name).collect();
        assert_eq!(world.refusal(CREATE, &rest).code, format!("Missing{name}"));
    }
}

#[test]
fn dual_tunnels_lift_the_limits_on_destinations() {
    // Decision A27; a published default route contradicts no local one.
    for destination in ["0.0.0.0/0", "100.64.0.0/10", "100.0.0.0/8"] {
        for publish in ["true", "false"] {
            let mut world = World::scene();
            let dual = [
                ("VpnGatewayId", "$dual"),
                ("NextHop", "$dualvco"),
                ("RouteDest", destination),
                ("PublishVpc", publish),
            ];
            world.call(CREATE, &route(&dual)).unwrap();
        }
    }
}

#[test]
fn the_gateways_version_decides_what_is_supported() {
    let mut world = World::scene();
    let gateway = world.id::<VpnGatewayId>("$vpn");
    world.update::<VpnGateway>(&gateway, |it| it.pbr = PbrSupport::WithoutPriority);
    let refusal = world.refusal(CREATE, &route(&[("Priority", "10")])); // S-PBR-57
    let message =
        "Current version of the VPN does not support setting custom pbr route entry priority.";
    let found = (refusal.status, &*refusal.code, &*refusal.message);
    assert_eq!(found, (400, "VpnPbrRouteEntryPriority.NotSupport", message));
    world.call(CREATE, ROUTE).unwrap();
    world.update::<VpnGateway>(&gateway, |it| it.pbr = PbrSupport::None);
    let refusal = world.refusal(CREATE, ROUTE); // S-PBR-69
    let message = "Current version of the VPN does not support pbr route entry.";
    let found = (refusal.status, &*refusal.code, &*refusal.message);
    assert_eq!(found, (400, "VpnPbrRouteEntry.NotSupport", message));
}

#[test]
fn another_request_of_the_batch_holds_the_gateway() {
    let world = manual();
    let destination = [
        ("VpnGatewayId", "$vpn"),
        ("RouteDest", "10.0.1.0/24"),
        ("NextHop", "$vco2"),
        ("Weight", "100"),
        ("PublishVpc", "false"),
    ];
    let other = ("CreateVpnRouteEntry", &destination[..]);
    let refusal = world.behind(other, (CREATE, ROUTE)).unwrap_err(); // S-PBR-58
    let message = "The operation is too frequent, please wait a moment and try again.";
    assert_eq!((&*refusal.code, &*refusal.message), ("TaskConflict", message));
}

#[test]
fn the_gateway_has_a_quota() {
    let mut world = World::scene(); // with one route
    for n in 1..20 {
        let destination = format!("10.0.{n}.0/24");
        world.call(CREATE, &route(&[("RouteDest", &destination)])).unwrap();
    }
    let refusal = world.refusal(CREATE, ROUTE); // S-PBR-66
    let message = "The number of policy routes exceeds the quota limit.";
    let found = (refusal.status, &*refusal.code, &*refusal.message);
    assert_eq!(found, (400, "CreatePbrRoutesQuotaFull.QuotaFull", message));
}

/// As for destination routes: every defect at once, mended one after another.
#[test]
fn the_first_of_several_defects_is_answered() {
    let mut world = World::scene();
    let (vpc, vpn) = (world.id::<VpcId>("$vpc"), world.id::<VpnGatewayId>("$vpn"));
    let vco = world.id::<VpnConnectionId>("$vco");
    world.call(CREATE, &route(&[("Weight", "100")])).unwrap();
    let now = world.context.now;
    let busy = |subject| Task { subject, due: None, started: now, routes: Vec::new() };
    world.put(busy(Subject::VpnConnection(vco)));
    world.put(busy(Subject::Routes(vpc)));
    world.update::<Vpc>(&vpc, |vpc| vpc.status = VpcStatus::Pending);
    world.update::<VpnGateway>(&vpn, |gateway| {
        gateway.pbr = PbrSupport::None;
        gateway.financial_locked = true;
        gateway.status = GatewayStatus::Updating;
    });
    let mut request = route(&[
        ("VpnGatewayId", "vpn-none"),
        ("RouteSource", "x"),
        ("RouteDest", "x"),
        ("NextHop", "vco-none"),
        ("Weight", "1"),
        ("Description", ""),
        ("OverlayMode", "Gre"),
        ("Priority", "0"),
    ]);
    fn answers(world: &mut World, request: &[(&str, &str)], code: &str) {
        assert_eq!(world.refusal(CREATE, request).code, code);
    }
    answers(&mut world, &request, "InvalidVpnGatewayInstanceId.NotFound");
    for (name, value, code) in [
        ("VpnGatewayId", "$vpn", "InvalidCidrBlock.Malformed"),
        ("RouteSource", "192.168.1.0/24", "InvalidCidrBlock.Malformed"),
        ("RouteDest", "0.0.0.0/0", "IllegalParam.RouteDest"),
        ("RouteDest", "100.0.0.0/8", "OperationFailed.InvalidCidrBlock"),
        ("RouteDest", "10.0.0.0/24", "VpnRouteEntry.InvalidWeight"),
        ("Weight", "100", "InvalidDescription"),
        ("Description", "d", "InvalidParameter"),
        ("OverlayMode", "Ipsec", "InvalidParameter"),
        ("Priority", "10", "VpnPbrRouteEntry.NotSupport"),
    ] {
        request.push((name, value));
        answers(&mut world, &request, code);
    }
    world.update::<VpnGateway>(&vpn, |gateway| gateway.pbr = PbrSupport::Full);
    answers(&mut world, &request, "VpnGateway.FinancialLocked"); // S-PBR-45
    world.update::<VpnGateway>(&vpn, |gateway| gateway.financial_locked = false);
    answers(&mut world, &request, "VpnGateway.Configuring"); // S-PBR-60
    world.update::<VpnGateway>(&vpn, |gateway| gateway.status = GatewayStatus::Active);
    answers(&mut world, &request, "IncorrectVpcStatus");
    world.update::<Vpc>(&vpc, |vpc| vpc.status = VpcStatus::Available);
    answers(&mut world, &request, "TaskConflict");
    world.edit(|txn| txn.remove::<Task>(&Subject::Routes(vpc)));
    answers(&mut world, &request, "InvalidNextHop.NotFound");
    request.push(("NextHop", "$vco"));
    answers(&mut world, &request, "VpnTask.CONFLICT"); // S-PBR-59
    world.edit(|txn| txn.remove::<Task>(&Subject::VpnConnection(vco)));
    answers(&mut world, &request, "VpnRouteEntry.AlreadyExists");
    request.push(("NextHop", "$vco2"));
    answers(&mut world, &request, "VpnRouteEntry.SrcDestWeightConflict");
    request.extend([("Weight", "0"), ("Priority", "11")]);
    answers(&mut world, &request, "VpnRouteEntry.BackupRoute");
    request.extend([("RouteDest", "10.0.0.0/16"), ("Priority", "10")]);
    answers(&mut world, &request, "VpnRouteEntry.SamePriorityPbrRoutePrefixOverlap");
    request.push(("RouteDest", "192.168.0.0/16"));
    answers(&mut world, &request, "VpnRouteEntry.Conflict"); // S-PBR-47
    request.push(("RouteDest", "192.168.1.0/24"));
    answers(&mut world, &request, "OperationFailed.InvalidCidrBlock");
    request.push(("RouteDest", "10.9.0.0/16"));
    world.context.quotas.vpn_routes_per_vpc = 1;
    answers(&mut world, &request, "QuotaExceeded.VpnRouteEntry"); // S-PBR-56
    world.context.quotas.vpn_routes_per_vpc = 2;
    world.context.quotas.pbr_routes_per_gateway = 2;
    answers(&mut world, &request, "CreatePbrRoutesQuotaFull.QuotaFull");
    world.context.quotas.pbr_routes_per_gateway = 3;
    world.call(CREATE, &request).unwrap();
}

#[test]
fn a_destination_another_way_is_in_the_way_of_publishing() {
    let mut world = World::scene();
    let other = [("VpnGatewayId", "$dual"), ("NextHop", "$dualvco")];
    world.call(CREATE, &route(&other)).unwrap();
    let refusal = world.refusal(CREATE, ROUTE); // S-PBR-53
    let message = "Operation failed because there is already a route in VPC route table to another VPN on the same network block.";
    let found = (&*refusal.code, &*refusal.message);
    assert_eq!(found, ("OperationFailed.RouteConflict", message));
    // S-PBR-55
    let key = route_entry::of_table(&world.tenant, world.id("$vtb")).next().unwrap().key;
    let instance = causeway_types::Id::from_text(&world.names["$i"]);
    world.update::<route_entry::RouteEntry>(&key, |entry| {
        entry.next_hops = causeway_model::next_hop::NextHops::One(instance);
    });
    let refusal = world.refusal(CREATE, ROUTE);
    let message = "Operation failed because there is already a route in VPC route table to a non-RI and non-VPN next hop on the same network block.";
    let found = (&*refusal.code, &*refusal.message);
    assert_eq!(found, ("OperationFailed.RouteConflict", message));
}

#[test]
fn the_declaration_is_the_pages() {
    use crate::Operation;
    let it = super::CreateVpnPbrRouteEntry::DECLARATION;
    assert_eq!(it.name, "CreateVpnPbrRouteEntry"); // S-PBR-02
    assert_eq!(it.access.text(), "create"); // S-PBR-03
    assert_eq!(it.resources, ["vpngateway/{VpnGatewayId}"]); // S-PBR-04, S-PBR-05
    // S-PBR-09, S-PBR-12, S-PBR-26
    assert!(it.region_required && it.client_token && it.dry_run && it.asynchronous);
    for row in (44..=72).map(|n| format!("S-PBR-{n}")) {
        assert!(it.errors.iter().any(|error| error.source == row), "{row} is declared");
    }
}
