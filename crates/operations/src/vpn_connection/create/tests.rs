use crate::testing::World;
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::vpn_gateway::{GatewayStatus, VpnGateway};
use causeway_model::vpn_pbr_route::VpnPbrRoute;
use causeway_model::{Read, TaskLength};
use causeway_types::{TypedId, VpnConnectionId};
use serde_json::{Value, json};

type Pairs = Vec<(&'static str, &'static str)>;

/// A request for one tunnel, changed and extended by `more`.
fn single(more: &[(&'static str, &'static str)]) -> Pairs {
    with(
        &[
            ("VpnGatewayId", "$vpn"),
            ("CustomerGatewayId", "$cgw"),
            ("LocalSubnet", "192.168.1.0/24"),
            ("RemoteSubnet", "10.0.0.0/24"),
        ],
        more,
    )
}

/// A request for two tunnels, the slave first.
fn dual(more: &[(&'static str, &'static str)]) -> Pairs {
    with(
        &[
            ("VpnGatewayId", "$dual"),
            ("LocalSubnet", "192.168.1.0/24"),
            ("RemoteSubnet", "10.0.0.0/24"),
            ("TunnelOptionsSpecification.1.CustomerGatewayId", "$cgw"),
            ("TunnelOptionsSpecification.1.Role", "slave"),
            ("TunnelOptionsSpecification.2.CustomerGatewayId", "$cgw"),
            ("TunnelOptionsSpecification.2.Role", "master"),
        ],
        more,
    )
}

fn with(base: &[(&'static str, &'static str)], more: &[(&'static str, &'static str)]) -> Pairs {
    let kept = base.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more).copied().collect()
}

fn describe(world: &mut World, made: &Value) -> Value {
    let id = made["VpnConnectionId"].as_str().unwrap();
    world.call("DescribeVpnConnection", &[("VpnConnectionId", id)]).unwrap()
}

fn gateway(world: &mut World, name: &str, change: impl FnOnce(&mut VpnGateway)) {
    let id = TypedId::from_text(&world.resolve(name));
    let mut gateway = world.tenant.get::<VpnGateway>(&id).unwrap().clone();
    change(&mut gateway);
    world.put(gateway);
}

#[test]
fn the_gateway_is_updating_and_the_connection_provisioning_until_done() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let made = world.call("CreateVpnConnection", &single(&[])).unwrap();
    let status = |world: &mut World| {
        world.call("DescribeVpnGateway", &[("VpnGatewayId", "$vpn")]).unwrap()["Status"].clone()
    };
    assert_eq!(describe(&mut world, &made)["State"], "provisioning");
    assert_eq!(status(&mut world), "updating");
    let busy = world.refusal("CreateVpnConnection", &single(&[]));
    assert_eq!(busy.code, "VpnGateway.Configuring");
    world.finish_tasks();
    assert_eq!(describe(&mut world, &made)["State"], "active"); // clients.md 5.1
    assert_eq!(status(&mut world), "active");
}

#[test]
fn a_single_tunnel_takes_its_settings_from_json_texts() {
    let mut world = World::scene();
    let made = world.call(
        "CreateVpnConnection",
        &single(&[
            ("IkeConfig", r#"{"psk":"p","IkeVersion":"ikev2","IkeLifetime":"3600"}"#),
            ("IpsecConfig", r#"{"IpsecPfs":"disabled","IpsecLifetime":7200}"#),
            ("BgpConfig", r#"{"EnableBgp":"true","LocalAsn":65000,"TunnelCidr":"169.254.10.0/30","LocalBgpIp":"169.254.10.1"}"#),
            ("HealthCheckConfig", r#"{"enable":true,"dip":"10.0.0.1","sip":"192.168.1.1","interval":5,"retry":2}"#),
            ("EnableDpd", "false"),
            ("Name", "n"),
            ("Tags.1.Key", "a"),
        ]),
    );
    let read = describe(&mut world, &made.unwrap());
    let ike = json!({
        "Psk": "p", "IkeVersion": "ikev2", "IkeMode": "main", "IkeEncAlg": "aes",
        "IkeAuthAlg": "md5", "IkePfs": "group2", "IkeLifetime": 3600,
        "LocalId": "198.51.100.1", "RemoteId": "203.0.113.1",
    });
    assert_eq!(read["IkeConfig"], ike);
    assert_eq!(read["IpsecConfig"]["IpsecPfs"], "disabled");
    assert_eq!(read["VpnBgpConfig"]["LocalAsn"], 65000);
    assert_eq!(read["VcoHealthCheck"]["Interval"], 5);
    assert_eq!((&read["EnableDpd"], &read["EnableNatTraversal"]), (&json!(false), &json!(true)));
    assert_eq!(read["Tags"]["Tag"][0]["Key"], "a");
    assert_eq!(read["TunnelOptionsSpecification"], json!({ "TunnelOptions": [] }));
}

#[test]
fn two_tunnels_are_master_and_slave_at_the_two_addresses() {
    let mut world = World::scene();
    let more = [
        ("TunnelOptionsSpecification.1.TunnelIkeConfig.Psk", "slave-key"),
        ("TunnelOptionsSpecification.2.TunnelBgpConfig.LocalAsn", "65001"),
        ("EnableTunnelsBgp", "true"),
    ];
    let made = world.call("CreateVpnConnection", &dual(&more)).unwrap();
    let read = describe(&mut world, &made);
    let tunnels = read["TunnelOptionsSpecification"]["TunnelOptions"].as_array().unwrap();
    let seen = |n: usize| [&tunnels[n]["Role"], &tunnels[n]["InternetIp"], &tunnels[n]["ZoneNo"]];
    assert_eq!(seen(0), ["master", "198.51.100.1", "cn-hangzhou-h"]);
    assert_eq!(seen(1), ["slave", "198.51.100.2", "cn-hangzhou-i"]);
    assert_eq!(tunnels[0]["TunnelIkeConfig"]["Psk"].as_str().unwrap().len(), 16);
    assert_eq!(tunnels[1]["TunnelIkeConfig"]["Psk"], "slave-key");
    assert_eq!(tunnels[0]["TunnelBgpConfig"]["LocalAsn"], "65001");
    assert_eq!(tunnels[1]["TunnelBgpConfig"]["LocalAsn"], "45104");
    assert_eq!(read["EnableTunnelsBgp"], true);
}

#[test]
fn the_style_must_fit_the_gateway() {
    let mut world = World::scene();
    for request in [
        single(&[("VpnGatewayId", "$dual")]),
        dual(&[("VpnGatewayId", "$vpn")]),
        dual(&[("CustomerGatewayId", "$cgw")]),
        dual(&[("IkeConfig", "{}")]),
        dual(&[("IpsecConfig", "{}")]),
        dual(&[("TunnelOptionsSpecification.2.Role", "slave")]),
        dual(&[
            ("TunnelOptionsSpecification.3.Role", "slave"),
            ("TunnelOptionsSpecification.3.CustomerGatewayId", "$cgw"),
        ]),
    ] {
        let refusal = world.refusal("CreateVpnConnection", &request);
        assert_eq!(refusal.code, "VpnConnection.InvalidCreateTunnelOptions", "{request:?}");
    }
    let role =
        world.refusal("CreateVpnConnection", &dual(&[("TunnelOptionsSpecification.1.Role", "x")]));
    assert_eq!(role.code, "InvalidParameter");
    let request =
        [("VpnGatewayId", "$vpn"), ("LocalSubnet", "0.0.0.0/0"), ("RemoteSubnet", "0.0.0.0/0")];
    assert_eq!(world.refusal("CreateVpnConnection", &request).code, "MissingCustomerGatewayId");
}

#[test]
fn the_first_defect_answers() {
    let mut world = World::scene();
    gateway(&mut world, "$vpn", |gateway| gateway.financial_locked = true);
    let mut request = single(&[
        ("VpnGatewayId", "vpn-none"),
        ("IkeConfig", r#"{"IkePfs":"x"}"#),
        ("LocalSubnet", "10.0.0.1/24"),
        ("RemoteSubnet", "100.64.0.0/16"),
        ("Name", ""),
        ("CustomerGatewayId", "cgw-none"),
    ]);
    for (name, repaired, code) in [
        ("VpnGatewayId", "$vpn", "InvalidVpnGatewayInstanceId.NotFound"),
        ("IkeConfig", "{}", "InvalidParameter"),
        ("LocalSubnet", "192.168.1.0/24", "IllegalParam.LocalSubnet"),
        ("RemoteSubnet", "10.0.0.0/24", "IllegalParam.RemoteSubnet"),
        ("Name", "n", "InvalidParameter"),
    ] {
        assert_eq!(world.refusal("CreateVpnConnection", &request).code, code);
        request = with(&request, &[(name, repaired)]);
    }
    let locked = world.refusal("CreateVpnConnection", &request);
    assert_eq!(locked.code, "VpnGateway.FinancialLocked");
    gateway(&mut world, "$vpn", |gateway| {
        gateway.financial_locked = false;
        gateway.status = GatewayStatus::Updating;
    });
    assert_eq!(world.refusal("CreateVpnConnection", &request).code, "VpnGateway.Configuring");
    gateway(&mut world, "$vpn", |gateway| {
        gateway.status = GatewayStatus::Active;
        gateway.ipsec = false;
    });
    let far_end = world.refusal("CreateVpnConnection", &request);
    assert_eq!(far_end.code, "InvalidCustomerGatewayInstanceId.NotFound");
    let request = with(&request, &[("CustomerGatewayId", "$cgw")]);
    let disabled = world.refusal("CreateVpnConnection", &request);
    assert_eq!(disabled.code, "OperationFailed.IpsecNotEnabled");
}

#[test]
fn the_refused_block_is_named() {
    let list = "192.168.1.0/24,192.168.1.5/24";
    let refusal = World::scene().refusal("CreateVpnConnection", &single(&[("LocalSubnet", list)]));
    assert_eq!(refusal.message, r#"The specified "LocalSubnet" (192.168.1.5/24) is invalid."#);
}

#[test]
fn protected_flows_bring_a_route_for_every_pair() {
    let mut world = World::scene();
    let more = [
        ("LocalSubnet", "192.168.1.0/24,192.168.2.0/24"),
        ("RemoteSubnet", "10.0.0.0/24,10.0.1.0/24"),
    ];
    let made = world.call("CreateVpnConnection", &single(&more)).unwrap();
    let id = VpnConnectionId::from_text(made["VpnConnectionId"].as_str().unwrap());
    let before = world.tenant.all::<VpnPbrRoute>().count();
    let routes: Vec<_> =
        world.tenant.all::<VpnPbrRoute>().filter(|route| route.key.next_hop == id).collect();
    assert_eq!(routes.len(), 4);
    for route in routes {
        assert_eq!((route.priority, route.weight, route.published), (10, 100, false));
    }
    for none in [
        [("AutoConfigRoute", "false"), ("RemoteSubnet", "10.1.0.0/24")],
        [("LocalSubnet", "0.0.0.0/0"), ("RemoteSubnet", "10.2.0.0/24")],
        [("LocalSubnet", "192.168.3.0/24"), ("RemoteSubnet", "0.0.0.0/0")],
    ] {
        world.call("CreateVpnConnection", &single(&none)).unwrap();
        assert_eq!(world.tenant.all::<VpnPbrRoute>().count(), before, "{none:?}");
    }
}

#[test]
fn routes_that_follow_must_fit() {
    let mut world = World::scene();
    world.context.quotas.pbr_routes_per_gateway = 3; // the scene has one
    let three = [("RemoteSubnet", "10.0.0.0/24,10.0.1.0/24,10.0.2.0/24")];
    let refusal = world.refusal("CreateVpnConnection", &single(&three));
    assert_eq!(refusal.code, "QuotaExceeded.PolicyBasedRoute");
    assert!(
        refusal
            .message
            .ends_with("Existing routes: 1. Routes to be created: 3. Maximum routes: 3.")
    );
    let two = [("RemoteSubnet", "10.0.0.0/24,10.0.1.0/24")];
    world.call("CreateVpnConnection", &single(&two)).unwrap();
    let overlap = world.refusal("CreateVpnConnection", &single(&[("RemoteSubnet", "10.0.0.0/16")]));
    assert_eq!(overlap.code, "VpnRouteEntry.Conflict");
    let own = single(&[("RemoteSubnet", "10.8.0.0/16,10.8.1.0/24")]);
    let own = world.refusal("CreateVpnConnection", &own);
    assert_eq!(own.code, "VpnRouteEntry.Conflict");
}

#[test]
fn a_second_connection_stands_by_and_a_third_brings_no_route() {
    let mut world = World::scene();
    let far_ends: Vec<String> = (1..=3)
        .map(|n| {
            let address = format!("203.0.113.{}", 100 + n);
            let made = world.call("CreateCustomerGateway", &[("IpAddress", &address)]).unwrap();
            made["CustomerGatewayId"].as_str().unwrap().to_owned()
        })
        .collect();
    world.context.quotas.pbr_routes_per_gateway = 3; // the scene has one
    let mut weights = Vec::new();
    for far_end in &far_ends {
        let request = single(&[("LocalSubnet", "192.168.9.0/24")]);
        let request = request.iter().map(|(name, value)| match *name {
            "CustomerGatewayId" => (*name, far_end.as_str()),
            _ => (*name, *value),
        });
        let made = world.call("CreateVpnConnection", &request.collect::<Vec<_>>()).unwrap();
        let id = VpnConnectionId::from_text(made["VpnConnectionId"].as_str().unwrap());
        let routes = world.tenant.all::<VpnPbrRoute>().filter(|route| route.key.next_hop == id);
        weights.push(routes.map(|route| (route.weight, route.priority)).collect::<Vec<_>>());
    }
    assert_eq!(weights, [vec![(100, 10)], vec![(0, 10)], vec![]]);
}

#[test]
fn a_second_connection_completes_the_pair_it_finds() {
    for (weight, priority, expected) in [("100", "7", (0, 7)), ("0", "8", (100, 8))] {
        let mut world = World::scene();
        let route = [
            ("VpnGatewayId", "$vpn"),
            ("RouteSource", "192.168.9.0/24"),
            ("RouteDest", "10.9.0.0/24"),
            ("NextHop", "$vco"),
            ("Weight", weight),
            ("Priority", priority),
            ("PublishVpc", "false"),
        ];
        world.call("CreateVpnPbrRouteEntry", &route).unwrap();
        let request = [("LocalSubnet", "192.168.9.0/24"), ("RemoteSubnet", "10.9.0.0/24")];
        let made = world.call("CreateVpnConnection", &single(&request)).unwrap();
        let id = VpnConnectionId::from_text(made["VpnConnectionId"].as_str().unwrap());
        let mut routes = world.tenant.all::<VpnPbrRoute>().filter(|route| route.key.next_hop == id);
        let route = routes.next().unwrap();
        assert_eq!((route.weight, route.priority), expected);
    }
}

#[test]
fn two_tunnels_leave_no_room_for_a_second_connection() {
    let mut world = World::scene();
    let made = world.call("CreateCustomerGateway", &[("IpAddress", "203.0.113.101")]).unwrap();
    let far_end = made["CustomerGatewayId"].as_str().unwrap();
    let networks = [("LocalSubnet", "192.168.9.0/24"), ("RemoteSubnet", "10.9.0.0/24")];
    let first = dual(&networks);
    world.call("CreateVpnConnection", &first).unwrap();
    let second: Vec<_> = first
        .iter()
        .map(|(name, value)| (*name, if *value == "$cgw" { far_end } else { *value }))
        .collect();
    let refusal = world.refusal("CreateVpnConnection", &second);
    assert_eq!(refusal.code, "VpnRouteEntry.Conflict");
}

#[test]
fn certificates_have_at_most_8_kib() {
    let mut world = World::scene();
    let long = "c".repeat(8193);
    let second = "TunnelOptionsSpecification.2.RemoteCaCertificate";
    for (request, name) in [(single(&[]), "RemoteCaCertificate"), (dual(&[]), second)] {
        let with = |text| {
            let request = request.iter().map(|(name, value)| (*name, *value));
            request.chain([(name, text)]).collect::<Vec<_>>()
        };
        let refusal = world.refusal("CreateVpnConnection", &with(&long));
        assert_eq!(refusal.code, "InvalidParameter");
        assert!(refusal.message.contains(name), "{}", refusal.message);
        world.call("CreateVpnConnection", &with(&long[..8192])).unwrap();
    }
}

#[test]
fn connections_are_distinct_and_counted() {
    let mut world = World::scene();
    let all = [("LocalSubnet", "0.0.0.0/0"), ("RemoteSubnet", "0.0.0.0/0")];
    let again = world.refusal("CreateVpnConnection", &single(&all));
    assert_eq!(again.code, "InvalidVpnConnection.AlreadyExists");
    world.context.quotas.connections_per_gateway = 4;
    world.call("CreateVpnConnection", &single(&[])).unwrap();
    let full = world.refusal("CreateVpnConnection", &single(&[("RemoteSubnet", "10.9.0.0/24")]));
    assert_eq!(full.code, "Resource.QuotaFull");
    assert_eq!(world.tenant.all::<VpnConnection>().count(), 8);
}

#[test]
fn a_request_of_the_same_batch_conflicts() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let (first, second) = (single(&[]), single(&[("RemoteSubnet", "10.2.0.0/24")]));
    let create = "CreateVpnConnection";
    let behind = world.behind((create, &first), (create, &second));
    assert_eq!(behind.unwrap_err().code, "VpnTask.CONFLICT");
}
