use crate::testing::World;
use causeway_model::vpn_connection::{Bgp, ConnectionState, VpnConnection};
use causeway_model::{Read, TaskLength};
use causeway_types::VpnConnectionId;
use serde_json::json;

const CREATE: &str = "CreateVcoRouteEntry";
const ROUTE: &[(&str, &str)] = &[
    ("VpnConnectionId", "$att"),
    ("RouteDest", "192.168.10.0/24"),
    ("NextHop", "$att"),
    ("Weight", "100"),
];

/// [`ROUTE`] with other values.
fn route<'a>(other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [ROUTE, other].concat()
}

fn set_state(world: &mut World, state: ConnectionState) {
    let connection = world.id::<VpnConnectionId>("$att");
    world.update::<VpnConnection>(&connection, |connection| connection.state = state);
}

#[test]
fn the_answer_has_the_members_of_the_sample() {
    // S-VCO-33, S-VCO-24, S-VCO-25, S-VCO-26, S-VCO-27, S-VCO-28, S-VCO-29, S-VCO-30, S-VCO-32
    let mut world = World::scene();
    let sample = [("Description", "desctest"), ("OverlayMode", "Ipsec")];
    let answer = world.call(CREATE, &route(&sample)).unwrap();
    let expected = json!({
        "VpnConnectionId": world.names["$att"],
        "RouteDest": "192.168.10.0/24",
        "NextHop": world.names["$att"],
        "Weight": 100,
        "OverlayMode": "Ipsec",
        "State": "published",
        "CreateTime": world.context.now.millis(),
        "Description": "desctest",
    });
    assert_eq!(answer.to_string(), expected.to_string(), "same members, same order");
    let low = route(&[("RouteDest", "192.168.11.1"), ("Weight", "0")]); // S-VCO-16, S-VCO-17
    let answer = world.call(CREATE, &low).unwrap();
    assert_eq!((&answer["Weight"], &answer["RouteDest"]), (&json!(0), &json!("192.168.11.1/32")));
    assert_eq!((answer.get("Description"), &answer["State"]), (None, &json!("published"))); // S-VCO-19
}

#[test]
fn the_connection_is_updating_until_the_route_is_in_effect() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let state = |world: &World| {
        let connection = world.id::<VpnConnectionId>("$att");
        world.tenant.get::<VpnConnection>(&connection).unwrap().state.text()
    };
    world.call(CREATE, ROUTE).unwrap();
    assert_eq!(state(&world), "updating");
    let refusal = world.refusal(CREATE, &route(&[("RouteDest", "192.168.11.0/24")])); // S-VCO-35
    let found = (refusal.status, &*refusal.code, &*refusal.message);
    let message = "The specified service is configuring.";
    assert_eq!(found, (400, "VpnConnection.Configuring", message));
    world.finish_tasks();
    assert_eq!(state(&world), "attached");
}

#[test]
fn values_are_checked() {
    let mut world = World::scene();
    let long = "a".repeat(101);
    let missing = (
        404,
        "InvalidVpnConnectionInstanceId.NotFound",
        "The specified vpn connection instance id does not exist.",
    ); // S-VCO-11, S-VCO-53
    let illegal = (400, "IllegalParam.RouteDest", "The specified RouteDest is invalid"); // S-VCO-42
    let reserved = (
        400,
        "OperationFailed.InvalidCidrBlock",
        "Operation failed because the specified network block is invalid.",
    ); // S-VCO-43
    let weight = (400, "InvalidParameter", "The specified parameter \"Weight\" is not valid.");
    let overlay =
        (400, "InvalidParameter", "The specified parameter \"OverlayMode\" is not valid.");
    let text = (400, "InvalidDescription", "The description is not valid");
    let hop = (400, "InvalidNextHop.NotFound", "The specified NextHop does not exist."); // S-VCO-41
    for (name, value, expected) in [
        ("VpnConnectionId", "vco-p0w2jpkhi2eeop6q6****", missing),
        ("VpnConnectionId", "$vco", missing), // on a VPN gateway
        ("RouteDest", "192.168.10", illegal),
        ("RouteDest", "0.0.0.0/0", illegal),
        ("RouteDest", "192.168.10.1/24", illegal),
        ("RouteDest", "2001:db8::/32", illegal),
        ("RouteDest", "100.64.0.0/10", reserved),
        ("RouteDest", "100.0.0.0/8", reserved),
        ("Weight", "50", weight), // S-VCO-13
        ("Description", "", text),
        ("Description", &long, text),
        ("Description", "http://a", text),
        ("OverlayMode", "Gre", overlay), // S-VCO-18
        ("NextHop", "$vco", hop),        // S-VCO-14, decision A19
        ("NextHop", "$free", hop),
        ("NextHop", "x", hop),
    ] {
        let refusal = world.refusal(CREATE, &route(&[(name, value)]));
        let found = (refusal.status, &*refusal.code, &*refusal.message);
        assert_eq!(found, expected, "{name}={value}");
    }
}

#[test]
fn parameters_are_required() {
    let mut world = World::scene();
    // S-VCO-11, S-VCO-12, S-VCO-13, S-VCO-14
    for (name, _) in ROUTE {
        let rest: Vec<_> = ROUTE.iter().copied().filter(|(other, _)| other != name).collect();
        assert_eq!(world.refusal(CREATE, &rest).code, format!("Missing{name}"));
    }
}

#[test]
fn every_state_but_attached_is_in_the_way() {
    for (state, code) in [
        (ConnectionState::Provisioning, "VpnConnection.Configuring"),
        (ConnectionState::Init, "VpnConnection.Configuring"),
        (ConnectionState::Attaching, "VpnConnection.Configuring"),
        (ConnectionState::Detaching, "VpnConnection.Configuring"),
        (ConnectionState::Updating, "VpnConnection.Configuring"),
        (ConnectionState::Deleting, "VpnConnection.Configuring"),
        (ConnectionState::FinancialLocked, "VpnConnection.FinancialLocked"), // S-VCO-36
    ] {
        let mut world = World::scene();
        set_state(&mut world, state);
        assert_eq!(world.refusal(CREATE, ROUTE).code, code, "{state:?}");
    }
    let mut world = World::scene();
    let free = route(&[("VpnConnectionId", "$free"), ("NextHop", "$free")]);
    assert_eq!(world.refusal(CREATE, &free).code, "VpnConnection.Configuring");
}

#[test]
fn another_request_of_the_batch_holds_the_connection() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let other = route(&[("RouteDest", "192.168.11.0/24")]);
    let refusal = world.behind((CREATE, ROUTE), (CREATE, &other)).unwrap_err(); // S-VCO-45
    let message = "The operation is too frequent, please wait a moment and try again.";
    assert_eq!((&*refusal.code, &*refusal.message), ("TaskConflict", message));
}

#[test]
fn a_destination_is_taken_once_whatever_the_weight() {
    let mut world = World::scene();
    world.call(CREATE, ROUTE).unwrap();
    for weight in ["100", "0"] {
        let refusal = world.refusal(CREATE, &route(&[("Weight", weight)])); // S-VCO-37
        let message = "The specified route entry is already exist.";
        let found = (refusal.status, &*refusal.code, &*refusal.message);
        assert_eq!(found, (400, "VpnRouteEntry.AlreadyExists", message));
    }
    world.call(CREATE, &route(&[("RouteDest", "192.168.10.0/25")])).unwrap();
}

#[test]
fn the_network_of_a_bgp_session_is_taken() {
    let mut world = World::scene();
    let connection = world.id::<VpnConnectionId>("$att");
    world.update::<VpnConnection>(&connection, |connection| {
        let tunnel_cidr = Some("169.254.11.0/30".parse().unwrap());
        let bgp = Bgp { local_asn: 45104, tunnel_cidr, local_address: None };
        connection.tunnels[1].bgp = Some(bgp);
    });
    let refusal = world.refusal(CREATE, &route(&[("RouteDest", "169.254.11.0/30")])); // S-VCO-38
    let message = "The specified route entry has conflict.";
    assert_eq!((&*refusal.code, &*refusal.message), ("VpnRouteEntry.Conflict", message));
    world.call(CREATE, &route(&[("RouteDest", "169.254.12.0/30")])).unwrap();
}

#[test]
fn the_connection_has_a_quota() {
    let mut world = World::scene(); // with one route
    for n in 1..20 {
        let destination = format!("10.0.{n}.0/24");
        world.call(CREATE, &route(&[("RouteDest", &destination)])).unwrap();
    }
    let refusal = world.refusal(CREATE, ROUTE); // S-VCO-49
    let message = "The number of created destination routes exceeds the quota limit.";
    let found = (refusal.status, &*refusal.code, &*refusal.message);
    assert_eq!(found, (400, "CreateDbrRoutesQuotaFull.QuotaFull", message));
}

/// Every defect at once, mended one after another.
#[test]
fn the_first_of_several_defects_is_answered() {
    let mut world = World::scene();
    world.call(CREATE, ROUTE).unwrap();
    world.context.quotas.vco_routes_per_connection = 2;
    set_state(&mut world, ConnectionState::FinancialLocked);
    let mut request = route(&[
        ("VpnConnectionId", "vco-none"),
        ("RouteDest", "x"),
        ("NextHop", "vco-none"),
        ("Weight", "1"),
        ("Description", ""),
        ("OverlayMode", "Gre"),
    ]);
    fn answers(world: &mut World, request: &[(&str, &str)], code: &str) {
        assert_eq!(world.refusal(CREATE, request).code, code);
    }
    answers(&mut world, &request, "InvalidVpnConnectionInstanceId.NotFound");
    for (name, value, code) in [
        ("VpnConnectionId", "$att", "IllegalParam.RouteDest"),
        ("RouteDest", "100.64.0.0/16", "OperationFailed.InvalidCidrBlock"),
        ("RouteDest", "192.168.10.0/24", "InvalidParameter"),
        ("Weight", "0", "InvalidDescription"),
        ("Description", "d", "InvalidParameter"),
        ("OverlayMode", "Ipsec", "VpnConnection.FinancialLocked"),
    ] {
        request.push((name, value));
        answers(&mut world, &request, code);
    }
    set_state(&mut world, ConnectionState::Updating);
    answers(&mut world, &request, "VpnConnection.Configuring");
    set_state(&mut world, ConnectionState::Attached);
    for (name, value, code) in [
        ("Weight", "0", "InvalidNextHop.NotFound"),
        ("NextHop", "$att", "VpnRouteEntry.AlreadyExists"),
        ("RouteDest", "192.168.11.0/24", "CreateDbrRoutesQuotaFull.QuotaFull"),
    ] {
        request.push((name, value));
        answers(&mut world, &request, code);
    }
    world.context.quotas.vco_routes_per_connection = 3;
    world.call(CREATE, &request).unwrap();
}

#[test]
fn the_declaration_is_the_pages() {
    use crate::Operation;
    let it = super::CreateVcoRouteEntry::DECLARATION;
    assert_eq!(it.name, "CreateVcoRouteEntry"); // S-VCO-02
    assert_eq!(it.access.text(), "create"); // S-VCO-03
    assert_eq!(it.resources, ["vpnconnection/{VpnConnectionId}"]); // S-VCO-04, S-VCO-05
    // S-VCO-09, S-VCO-20
    assert!(it.region_required && it.client_token && it.dry_run && it.asynchronous);
    for row in (34..=53).map(|n| format!("S-VCO-{n}")) {
        assert!(it.errors.iter().any(|error| error.source == row), "{row} is declared");
    }
}
