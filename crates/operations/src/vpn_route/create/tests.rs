use crate::testing::World;
use causeway_model::TaskLength;
use causeway_model::task::{Subject, Task};
use causeway_model::vpc::{Vpc, VpcStatus};
use causeway_model::vpn_connection::{self, VpnConnection};
use causeway_model::vpn_gateway::{GatewayStatus, VpnGateway};
use causeway_types::{VpcId, VpnConnectionId, VpnGatewayId};
use serde_json::{Value, json};

const CREATE: &str = "CreateVpnRouteEntry";
const ROUTE: &[(&str, &str)] = &[
    ("VpnGatewayId", "$vpn"),
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

fn status(world: &mut World, gateway: &str) -> &'static str {
    use causeway_model::Read;
    let id = world.id::<VpnGatewayId>(gateway);
    world.tenant.get::<VpnGateway>(&id).unwrap().status.text()
}

#[test]
fn the_answer_has_the_members_of_the_sample() {
    // S-VR-50, S-VR-39, S-VR-40, S-VR-41, S-VR-43, S-VR-44, S-VR-45, S-VR-47, S-VR-48, S-VR-49
    let mut world = World::scene();
    let sample = route(&[("Description", "mytest"), ("OverlayMode", "Ipsec")]);
    let answer = world.call(CREATE, &sample).unwrap();
    let expected = json!({
        "NextHop": world.names["$vco"],
        "Weight": 0,
        "RouteDest": "10.0.0.0/24",
        "Description": "mytest",
        "State": "published",
        "CreateTime": world.context.now.millis(),
        "OverlayMode": "Ipsec",
        "VpnInstanceId": world.names["$vpn"],
    });
    assert_eq!(answer.to_string(), expected.to_string(), "same members, same order");
}

#[test]
fn what_was_not_given_is_not_answered() {
    let mut world = World::scene();
    // S-VR-46
    let answer = world.call(CREATE, &route(&[("PublishVpc", "false")])).unwrap();
    assert_eq!((answer.get("Description"), &answer["State"]), (None, &json!("normal")));
    // A plain address is a block of 32 bits, and reads back so.
    let host = route(&[("RouteDest", "10.0.9.1"), ("PublishVpc", "false")]);
    assert_eq!(world.call(CREATE, &host).unwrap()["RouteDest"], "10.0.9.1/32");
    let listed = world.call("DescribeVpnRouteEntries", &[("VpnGatewayId", "$vpn")]).unwrap();
    let listed = listed["VpnRouteEntries"]["VpnRouteEntry"].as_array().unwrap();
    let last = listed.last().unwrap();
    assert_eq!((&last["RouteDest"], &last["State"]), (&json!("10.0.9.1/32"), &json!("normal")));
}

#[test]
fn the_gateway_is_updating_until_the_route_is_in_effect() {
    let mut world = manual();
    assert_eq!(status(&mut world, "$vpn"), "active");
    world.call(CREATE, ROUTE).unwrap(); // S-VR-06: answered at once
    assert_eq!(status(&mut world, "$vpn"), "updating"); // S-VR-08
    let second = route(&[("RouteDest", "10.0.1.0/24")]);
    let refusal = world.refusal(CREATE, &second); // S-VR-10, S-VR-52
    assert_eq!((refusal.status, &*refusal.code), (400, "VpnGateway.Configuring"));
    assert_eq!(refusal.message, "The specified service is configuring.");
    world.finish_tasks();
    assert_eq!(status(&mut world, "$vpn"), "active"); // S-VR-09
    world.call(CREATE, &second).unwrap();
}

#[test]
fn values_are_checked() {
    let mut world = World::scene();
    let long = "a".repeat(101);
    for (name, value, status, code, message) in [
        // S-VR-21, S-VR-72
        (
            "VpnGatewayId",
            "vpn-bp1a3kqjiiq9legfx****",
            404,
            "InvalidVpnGatewayInstanceId.NotFound",
            "The specified vpn gateway instance id does not exist.",
        ),
        // S-VR-22, S-VR-68
        (
            "RouteDest",
            "10.0.0",
            400,
            "InvalidCidrBlock.Malformed",
            "Specified CIDR block is not valid.",
        ),
        // S-VR-04, S-VR-60
        (
            "RouteDest",
            "0.0.0.0/0",
            400,
            "IllegalParam.RouteDest",
            "The specified RouteDest is invalid",
        ),
        (
            "RouteDest",
            "10.0.0.1/24",
            400,
            "IllegalParam.RouteDest",
            "The specified RouteDest is invalid",
        ),
        (
            "RouteDest",
            "2001:db8::/32",
            400,
            "IllegalParam.RouteDest",
            "The specified RouteDest is invalid",
        ),
        // S-VR-05, S-VR-62
        (
            "RouteDest",
            "100.64.0.0/10",
            400,
            "OperationFailed.InvalidCidrBlock",
            "Operation failed because the specified network block is invalid.",
        ),
        // S-VR-24, S-VR-58
        ("Weight", "50", 400, "VpnRouteEntry.InvalidWeight", "Invalid route entry weight value."),
        ("Weight", "-100", 400, "VpnRouteEntry.InvalidWeight", "Invalid route entry weight value."),
        // S-VR-33
        ("Description", "", 400, "InvalidDescription", "The description is not valid"),
        ("Description", &long, 400, "InvalidDescription", "The description is not valid"),
        ("Description", "http://a", 400, "InvalidDescription", "The description is not valid"),
        ("Description", "https://a", 400, "InvalidDescription", "The description is not valid"),
        // S-VR-34
        (
            "OverlayMode",
            "ipsec",
            400,
            "InvalidParameter",
            "The specified parameter \"OverlayMode\" is not valid.",
        ),
        // S-VR-23, S-VR-59
        (
            "NextHop",
            "$dualvco",
            400,
            "InvalidNextHop.NotFound",
            "The specified NextHop does not exist.",
        ),
        (
            "NextHop",
            "$att",
            400,
            "InvalidNextHop.NotFound",
            "The specified NextHop does not exist.",
        ),
        (
            "NextHop",
            "vco-none",
            400,
            "InvalidNextHop.NotFound",
            "The specified NextHop does not exist.",
        ),
    ] {
        let refusal = world.refusal(CREATE, &route(&[(name, value)]));
        let found = (refusal.status, &*refusal.code, &*refusal.message);
        assert_eq!(found, (status, code, message), "{name}={value}");
    }
    let longest = "a".repeat(100);
    world.call(CREATE, &route(&[("Description", &longest), ("OverlayMode", "")])).unwrap();
}

#[test]
fn parameters_are_required() {
    let mut world = World::scene();
    // S-VR-21, S-VR-22, S-VR-23, S-VR-24, S-VR-30
    for (name, _) in ROUTE {
        let rest: Vec<_> = ROUTE.iter().copied().filter(|(other, _)| other != name).collect();
        assert_eq!(world.refusal(CREATE, &rest).code, format!("Missing{name}"));
    }
}

#[test]
fn dual_tunnels_accept_the_reserved_block_and_ignore_weights() {
    let mut world = World::scene();
    let dual = |destination| {
        let hop = [("VpnGatewayId", "$dual"), ("NextHop", "$dualvco"), ("RouteDest", destination)];
        route(&hop)
    };
    world.call(CREATE, &dual("100.64.0.0/10")).unwrap(); // decision A10
    let refusal = world.refusal(CREATE, &dual("0.0.0.0/0")); // S-VR-04
    assert_eq!(refusal.code, "IllegalParam.RouteDest");
    let weight = [dual("10.0.0.0/24"), vec![("Weight", "7")]].concat();
    assert_eq!(world.refusal(CREATE, &weight).code, "VpnRouteEntry.InvalidWeight");
    let answer = world.call(CREATE, &dual("10.0.0.0/24")).unwrap(); // S-VR-29: stored all the same
    assert_eq!(answer["Weight"], 0);
}

#[test]
fn another_request_of_the_batch_holds_the_gateway() {
    let world = manual();
    let other = route(&[("RouteDest", "10.0.1.0/24"), ("PublishVpc", "false")]);
    let refusal = world.behind((CREATE, ROUTE), (CREATE, &other)).unwrap_err(); // S-VR-64
    assert_eq!((refusal.status, &*refusal.code), (400, "TaskConflict"));
    let message = "The operation is too frequent, please wait a moment and try again.";
    assert_eq!(refusal.message, message);
    // Another gateway is free, unless it needs the routes of the same VPC.
    let dual = [("VpnGatewayId", "$dual"), ("NextHop", "$dualvco")];
    let unpublished = route(&[&dual[..], &[("PublishVpc", "false")]].concat());
    assert!(world.behind((CREATE, ROUTE), (CREATE, &unpublished)).is_ok());
    let published = route(&[&dual[..], &[("RouteDest", "10.0.1.0/24")]].concat());
    let refusal = world.behind((CREATE, ROUTE), (CREATE, &published)).unwrap_err();
    assert_eq!(refusal.code, "TaskConflict");
}

#[test]
fn a_next_hop_with_a_task_of_its_own_is_busy() {
    let mut world = manual();
    let connection = world.id::<VpnConnectionId>("$vco");
    world.edit(|txn| vpn_connection::reconfigure(txn, connection));
    let refusal = world.refusal(CREATE, ROUTE); // S-VR-65
    let found = (refusal.status, &*refusal.code, &*refusal.message);
    assert_eq!(found, (400, "VpnTask.CONFLICT", "Vpn task has conflict."));
    world.call(CREATE, &route(&[("NextHop", "$vco2")])).unwrap();
}

#[test]
fn the_gateway_has_a_quota() {
    let mut world = World::scene(); // with one route
    for n in 1..20 {
        let destination = format!("10.0.{n}.0/24");
        world.call(CREATE, &route(&[("RouteDest", &destination)])).unwrap();
    }
    let refusal = world.refusal(CREATE, ROUTE); // S-VR-51
    let found = (refusal.status, &*refusal.code, &*refusal.message);
    assert_eq!(found, (400, "Resource.QuotaFull", "The quota of resource is full"));
}

/// A request and a world with every defect at once answer the first of them; mending one after
/// another brings out the rest in the order of semantics.md 2.1.
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
        gateway.financial_locked = true;
        gateway.status = GatewayStatus::Updating;
    });
    world.context.quotas.vpn_routes_per_gateway = 2;
    let mut request = route(&[
        ("VpnGatewayId", "vpn-none"),
        ("RouteDest", "x"),
        ("NextHop", "vco-none"),
        ("Weight", "1"),
        ("Description", ""),
        ("OverlayMode", "Gre"),
    ]);
    fn answers(world: &mut World, request: &[(&str, &str)], code: &str) {
        assert_eq!(world.refusal(CREATE, request).code, code);
    }
    answers(&mut world, &request, "InvalidVpnGatewayInstanceId.NotFound");
    for (name, value, code) in [
        ("VpnGatewayId", "$vpn", "InvalidCidrBlock.Malformed"),
        ("RouteDest", "0.0.0.0/0", "IllegalParam.RouteDest"),
        ("RouteDest", "100.0.0.0/8", "OperationFailed.InvalidCidrBlock"),
        ("RouteDest", "10.0.0.0/24", "VpnRouteEntry.InvalidWeight"),
        ("Weight", "100", "InvalidDescription"),
        ("Description", "d", "InvalidParameter"),
        ("OverlayMode", "Ipsec", "VpnGateway.FinancialLocked"), // S-VR-53
    ] {
        request.push((name, value));
        answers(&mut world, &request, code);
    }
    world.update::<VpnGateway>(&vpn, |gateway| gateway.financial_locked = false);
    answers(&mut world, &request, "VpnGateway.Configuring");
    world.update::<VpnGateway>(&vpn, |gateway| gateway.status = GatewayStatus::Active);
    answers(&mut world, &request, "IncorrectVpcStatus"); // S-VR-66
    world.update::<Vpc>(&vpc, |vpc| vpc.status = VpcStatus::Available);
    answers(&mut world, &request, "TaskConflict");
    world.edit(|txn| txn.remove::<Task>(&Subject::Routes(vpc)));
    answers(&mut world, &request, "InvalidNextHop.NotFound");
    request.push(("NextHop", "$vco"));
    answers(&mut world, &request, "VpnTask.CONFLICT");
    world.edit(|txn| txn.remove::<Task>(&Subject::VpnConnection(vco)));
    answers(&mut world, &request, "VpnRouteEntry.AlreadyExists");
    request.push(("NextHop", "$vco2"));
    answers(&mut world, &request, "VpnRouteEntry.BackupRoute");
    request.extend([("RouteDest", "192.168.0.0/16"), ("Weight", "0")]);
    answers(&mut world, &request, "VpnRouteEntry.Conflict");
    request.push(("RouteDest", "192.168.1.0/24"));
    answers(&mut world, &request, "OperationFailed.InvalidCidrBlock");
    request.push(("RouteDest", "10.9.0.0/16"));
    world.context.quotas.vpn_routes_per_vpc = 1;
    answers(&mut world, &request, "QuotaExceeded.VpnRouteEntry");
    world.context.quotas.vpn_routes_per_vpc = 2;
    answers(&mut world, &request, "Resource.QuotaFull");
    world.context.quotas.vpn_routes_per_gateway = 3;
    world.call(CREATE, &request).unwrap();
}

#[test]
fn a_connection_must_exist_first() {
    let mut world = World::scene(); // S-VR-02
    let vco = world.id::<VpnConnectionId>("$vco");
    world.edit(|txn| txn.remove::<VpnConnection>(&vco));
    assert_eq!(world.refusal(CREATE, ROUTE).code, "InvalidNextHop.NotFound");
}

#[test]
fn the_declaration_is_the_pages() {
    use crate::Operation;
    let it = super::CreateVpnRouteEntry::DECLARATION;
    assert_eq!(it.name, "CreateVpnRouteEntry"); // S-VR-11
    assert_eq!(it.access.text(), "create"); // S-VR-12
    assert_eq!(it.resources, ["vpngateway/{VpnGatewayId}"]); // S-VR-13, S-VR-14
    // S-VR-18, S-VR-19, S-VR-35
    assert!(it.region_required && it.client_token && it.dry_run && it.asynchronous);
    let rows: Vec<Value> = (51..=72).map(|n| json!(format!("S-VR-{n}"))).collect();
    for row in rows {
        assert!(it.errors.iter().any(|error| error.source == row), "{row} is declared");
    }
}
