use crate::testing::World;
use causeway_model::Read;
use causeway_model::TaskLength;
use causeway_model::vpc::{Vpc, VpcStatus};
use causeway_model::vswitch::{VSwitch, VSwitchStatus};
use serde_json::Value;

fn made(world: &mut World, more: &[(&'static str, &'static str)]) -> Value {
    let request = [&[("VpcId", "$vpc"), ("Bandwidth", "200")], more].concat();
    let made = world.call("CreateVpnGateway", &request).unwrap();
    let id = made["VpnGatewayId"].as_str().unwrap().to_owned();
    world.call("DescribeVpnGateway", &[("VpnGatewayId", &id)]).unwrap()
}

#[test]
fn a_gateway_is_init_then_active() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let read = made(&mut world, &[]);
    assert_eq!(read["Status"], "init");
    assert_eq!(read["Name"], read["VpnGatewayId"]);
    world.finish_tasks();
    let id = read["VpnGatewayId"].as_str().unwrap();
    let read = world.call("DescribeVpnGateway", &[("VpnGatewayId", id)]).unwrap();
    assert_eq!(read["Status"], "active");
}

#[test]
fn addresses_are_public_or_of_the_vswitch() {
    let mut world = World::scene();
    let public = made(&mut world, &[]);
    assert!(public["InternetIp"].as_str().unwrap().starts_with("198.51.100."));
    assert_eq!(public["VSwitchId"], world.resolve("$vsw"));
    let private = made(
        &mut world,
        &[
            ("NetworkType", "private"),
            ("VSwitchId", "$vsw"),
            ("DisasterRecoveryVSwitchId", "$vsw2"),
        ],
    );
    assert!(private["InternetIp"].as_str().unwrap().starts_with("192.168.1."));
    let second = private["DisasterRecoveryInternetIp"].as_str().unwrap();
    assert!(second.starts_with("192.168.2."));
    assert_eq!(private["NetworkType"], "private");
}

#[test]
fn a_subscription_ends() {
    let mut world = World::scene();
    let more = [("InstanceChargeType", "PREPAY"), ("Period", "2"), ("AutoPay", "true")];
    let read = made(&mut world, &more);
    assert_eq!(read["ChargeType"], "Prepay");
    let days = (read["EndTime"].as_i64().unwrap() - read["CreateTime"].as_i64().unwrap())
        / (24 * 60 * 60 * 1000);
    assert_eq!(days, 60);
}

#[test]
fn bad_values_are_refused() {
    let mut world = World::scene();
    for (vpc, bandwidth, more, code) in [
        ("vpc-none", "7", ("Name", ""), "InvalidVpcId.NotFound"),
        ("$vpc", "7", ("Name", "x"), "InvalidParameter"),
        ("$vpc", "10", ("NetworkType", "private"), "InvalidParameter"),
        ("$vpc", "10", ("NetworkType", "Public"), "InvalidParameter"),
        ("$vpc", "10", ("Name", "x"), "InvalidName"),
        ("$vpc", "10", ("Name", "1x"), "InvalidName"),
        ("$vpc", "10", ("Name", "http://x"), "InvalidName"),
        ("$vpc", "10", ("SslConnections", "6"), "InvalidParameter"),
        ("$vpc", "10", ("InstanceChargeType", "FREE"), "InvalidParameter"),
        ("$vpc", "10", ("Period", "10"), "InvalidParameter"),
        ("$vpc", "10", ("VpnType", "NationalStandard"), "InvalidParameter"),
        ("$vpc", "10", ("VSwitchId", "vsw-none"), "InvalidVSwitchId.NotFound"),
        ("$vpc", "10", ("DisasterRecoveryVSwitchId", "$vsw2"), "InvalidParameter"),
    ] {
        let request = [("VpcId", vpc), ("Bandwidth", bandwidth), more];
        assert_eq!(world.refusal("CreateVpnGateway", &request).code, code, "{request:?}");
    }
}

#[test]
fn vswitches_are_usable_and_in_two_zones() {
    let mut world = World::scene();
    let request = |second| {
        [
            ("VpcId", "$vpc"),
            ("Bandwidth", "10"),
            ("VSwitchId", "$vsw"),
            ("DisasterRecoveryVSwitchId", second),
        ]
    };
    let same = world.refusal("CreateVpnGateway", &request("$vsw"));
    assert_eq!(same.code, "IllegalParam.DisasterRecoveryVSwitchId");
    let id = causeway_types::TypedId::from_text("vsw-bp1scene2");
    let mut second = world.tenant.get::<VSwitch>(&id).unwrap().clone();
    second.status = VSwitchStatus::Pending;
    world.put(second.clone());
    let pending = world.refusal("CreateVpnGateway", &request("$vsw2"));
    assert_eq!(pending.code, "IncorrectVSwitchStatus");
    second.vpc = causeway_types::TypedId::from_text("vpc-other");
    world.put(second);
    let foreign = world.refusal("CreateVpnGateway", &request("$vsw2"));
    assert_eq!(foreign.code, "InvalidVSwitchId.NotFound");
}

#[test]
fn the_vpc_must_be_available() {
    let mut world = World::scene();
    let mut vpc = world.tenant.all::<Vpc>().next().unwrap().clone();
    vpc.status = VpcStatus::Pending;
    world.put(vpc);
    let refusal = world.refusal("CreateVpnGateway", &[("VpcId", "$vpc"), ("Bandwidth", "10")]);
    assert_eq!(refusal.code, "IncorrectVpcStatus");
}

#[test]
fn the_quota_holds_and_addresses_differ() {
    let mut world = World::scene();
    for _ in 2..30 {
        made(&mut world, &[("VSwitchId", "$vsw"), ("DisasterRecoveryVSwitchId", "$vsw2")]);
    }
    let request = [("VpcId", "$vpc"), ("Bandwidth", "10")];
    assert_eq!(world.refusal("CreateVpnGateway", &request).code, "Resource.QuotaFull");
    let gateways = world.tenant.all::<causeway_model::vpn_gateway::VpnGateway>().skip(2);
    let addresses: Vec<_> =
        gateways.flat_map(|g| [Some(g.address), g.disaster_recovery_address]).collect();
    let distinct: std::collections::BTreeSet<_> = addresses.iter().collect();
    assert!(distinct.len() >= addresses.len() - 2, "the scene's two addresses may repeat");
}
