use crate::testing::World;
use causeway_model::Read;
use causeway_model::next_hop::NextHops;
use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus, id_in_table};
use causeway_model::task::{Subject, Task};
use causeway_model::vpc::Vpc;
use causeway_types::{RouteTableId, TypedId, VpcId};

type Parameters<'a> = Vec<(&'a str, &'a str)>;

fn request<'a>(more: &[(&'a str, &'a str)]) -> Parameters<'a> {
    let mut all = vec![("VpcId", "$vpc"), ("CidrBlock", "192.168.3.0/24")];
    all.push(("ZoneId", "cn-hangzhou-h"));
    all.retain(|(name, _)| !more.iter().any(|(given, _)| given == name));
    all.extend(more);
    all
}

fn create(world: &mut World, more: &[(&str, &str)]) -> String {
    let made = world.call("CreateVSwitch", &request(more)).unwrap();
    made["VSwitchId"].as_str().unwrap().to_owned()
}

fn code(world: &mut World, more: &[(&str, &str)]) -> String {
    world.refusal("CreateVSwitch", &request(more)).code.into_owned()
}

fn route(world: &mut World, table: &str, destination: &str, origin: RouteOrigin) {
    let table = RouteTableId::from_text(&world.resolve(table));
    let key = RouteKey { table, destination: destination.parse().unwrap(), origin };
    world.put(RouteEntry {
        key,
        id: id_in_table(table, 7),
        next_hops: NextHops::One(world.resolve("$i").parse().unwrap()),
        status: RouteStatus::Available,
        labels: None,
        modified: world.context.now,
    });
}

#[test]
fn a_vswitch_becomes_available_and_uses_the_system_table() {
    let mut world = World::scene();
    world.context.tasks = causeway_model::TaskLength::Manual;
    let named = [("VSwitchName", "web"), ("Description", "front"), ("Tag.1.Key", "team")];
    let id = create(&mut world, &named);
    let describe = [("VSwitchId", id.as_str())];
    let read = world.call("DescribeVSwitchAttributes", &describe).unwrap();
    assert_eq!(read["Status"], "Pending");
    assert_eq!(read["RouteTable"]["RouteTableId"], world.resolve("$vtb"));
    assert_eq!((&read["VSwitchName"], &read["Description"]), (&"web".into(), &"front".into()));
    assert_eq!(read["Tags"]["Tag"][0]["Key"], "team");
    world.finish_tasks();
    let read = world.call("DescribeVSwitchAttributes", &describe).unwrap();
    assert_eq!(read["Status"], "Available");
    let vpc = world.call("DescribeVpcAttribute", &[("VpcId", "$vpc")]).unwrap();
    assert!(vpc["VSwitchIds"]["VSwitchId"].as_array().unwrap().contains(&id.into()));
}

#[test]
fn masks_have_16_to_29_bits() {
    let mut world = World::new();
    let vpc = world.call("CreateVpc", &[("CidrBlock", "10.0.0.0/8")]).unwrap();
    let vpc = vpc["VpcId"].as_str().unwrap();
    for good in ["10.1.0.0/16", "10.2.0.0/29"] {
        create(&mut world, &[("VpcId", vpc), ("CidrBlock", good)]);
    }
    for bad in ["10.4.0.0/15", "10.3.0.0/30", "10.3.0.1/24", "x", "2001:db8::/29"] {
        let given = [("VpcId", vpc), ("CidrBlock", bad)];
        assert_eq!(code(&mut world, &given), "InvalidCidrBlock.Malformed", "{bad}");
    }
}

#[test]
fn blocks_lie_inside_the_vpc_and_apart() {
    let mut world = World::scene();
    assert_eq!(code(&mut world, &[("CidrBlock", "10.0.0.0/24")]), "InvalidCidrBlock");
    for taken in ["192.168.1.0/24", "192.168.0.0/16", "192.168.2.128/25"] {
        assert_eq!(code(&mut world, &[("CidrBlock", taken)]), "InvalidCidrBlock.Overlapped");
    }
    let vpc = VpcId::from_text(&world.resolve("$vpc"));
    let mut row = world.tenant.get::<Vpc>(&vpc).unwrap().clone();
    row.secondary_cidrs.push("10.0.0.0/16".parse().unwrap());
    world.put(row);
    create(&mut world, &[("CidrBlock", "10.0.0.0/24")]);
}

#[test]
fn routes_to_the_block_or_into_it_are_in_the_way() {
    for (table, destination, origin, block, free) in [
        ("$vtb", "192.168.3.0/24", RouteOrigin::User, "192.168.3.0/24", false),
        ("$custom", "192.168.3.128/25", RouteOrigin::User, "192.168.3.0/24", false),
        ("$vtb", "192.168.3.255/32", RouteOrigin::Published, "192.168.3.0/24", false),
        ("$vtb", "192.168.2.255/32", RouteOrigin::User, "192.168.3.0/24", true),
        ("$vtb", "192.168.4.0/32", RouteOrigin::User, "192.168.3.0/24", true),
        ("$vtb", "192.168.0.0/16", RouteOrigin::User, "192.168.3.0/24", true),
        ("$vtb", "0.0.0.0/0", RouteOrigin::User, "192.168.3.0/24", true),
    ] {
        let mut world = World::scene();
        route(&mut world, table, destination, origin);
        let result = world.call("CreateVSwitch", &request(&[("CidrBlock", block)]));
        let code = result.err().map(|refusal| refusal.code);
        assert_eq!(code.is_none(), free, "{destination} in {table}");
        assert!(free || code.as_deref() == Some("RouteConflict.AlreadyExist"));
    }
}

#[test]
fn ipv6_blocks_are_numbered() {
    let mut world = World::scene();
    let id = create(&mut world, &[("Ipv6CidrBlock", "255")]);
    let read = world.call("DescribeVSwitchAttributes", &[("VSwitchId", &id)]).unwrap();
    assert_eq!(read["Ipv6CidrBlock"], "2408:4005:300:aaff::/64");
    let next = |index| [("CidrBlock", "192.168.4.0/24"), ("Ipv6CidrBlock", index)];
    assert_eq!(code(&mut world, &next("255")), "InvalidCidrBlock.Overlapped");
    assert_eq!(code(&mut world, &next("1")), "InvalidCidrBlock.Overlapped");
    for bad in ["256", "-1", "x"] {
        let made = world.call("CreateVSwitch", &request(&next(bad)));
        assert!(made.is_err(), "{bad}");
    }
    let mut given = next("0").to_vec();
    given.push(("VpcIpv6CidrBlock", "2408:4005:300:bb00::/56"));
    assert_eq!(code(&mut world, &given), "InvalidParameter");
    given[2].1 = "2408:4005:300:aa00::/56";
    create(&mut world, &given);
    route(&mut world, "$vtb", "2408:4005:300:aa07::/64", RouteOrigin::User);
    let given = [("CidrBlock", "192.168.5.0/24"), ("Ipv6CidrBlock", "7")];
    assert_eq!(code(&mut world, &given), "RouteConflict.AlreadyExist");
}

#[test]
fn a_vpc_without_ipv6_gives_none() {
    let mut world = World::new();
    let vpc = world.call("CreateVpc", &[]).unwrap();
    let vpc = vpc["VpcId"].as_str().unwrap();
    let given = [("VpcId", vpc), ("CidrBlock", "172.16.0.0/24"), ("Ipv6CidrBlock", "1")];
    assert_eq!(code(&mut world, &given), "OperationDenied.VpcIpv6NotEnabled");
}

#[test]
fn busy_vpcs_and_routes_are_waited_for() {
    let mut world = World::with_manual_tasks();
    let made = world.call("CreateVpc", &[("CidrBlock", "192.168.0.0/16")]).unwrap();
    let vpc = made["VpcId"].as_str().unwrap();
    assert_eq!(code(&mut world, &[("VpcId", vpc)]), "IncorrectVpcStatus");
    world.finish_tasks();
    let delete = ("DeleteVpc", &[("VpcId", vpc)][..]);
    let create = request(&[("VpcId", vpc)]);
    assert_eq!(world.behind(delete, ("CreateVSwitch", &create)).unwrap_err().code, "TaskConflict");
    let subject = Subject::Routes(VpcId::from_text(vpc));
    let started = world.context.now;
    world.put(Task { subject, due: None, started, routes: Vec::new() });
    assert_eq!(code(&mut world, &[("VpcId", vpc)]), "InvalidStatus.RouteEntry");
}

#[test]
fn the_quota_holds() {
    let mut world = World::scene();
    world.context.quotas.vswitches_per_vpc = 3;
    create(&mut world, &[]);
    let one_more = [("CidrBlock", "192.168.4.0/24")];
    assert_eq!(code(&mut world, &one_more), "QuotaExceeded.VSwitch");
    assert_eq!(causeway_model::Quotas::default().vswitches_per_vpc, 150);
}

#[test]
fn the_first_defect_answers() {
    let mut world = World::scene();
    world.context.quotas.vswitches_per_vpc = 2;
    let mut defects = vec![
        ("VpcId", "vpc-none"),
        ("CidrBlock", "10.0.0.0/30"),
        ("VSwitchName", ""),
        ("ZoneId", "cn-shanghai-b"),
    ];
    assert_eq!(code(&mut world, &defects), "InvalidVpcId.NotFound");
    defects[0].1 = "$vpc";
    assert_eq!(code(&mut world, &defects), "InvalidCidrBlock.Malformed");
    defects[1].1 = "10.0.0.0/24";
    assert_eq!(code(&mut world, &defects), "InvalidParameter");
    defects[2].1 = "web";
    assert_eq!(code(&mut world, &defects), "InvalidZoneId.NotFound");
    defects[3].1 = "cn-hangzhou-i";
    assert_eq!(code(&mut world, &defects), "InvalidCidrBlock");
    defects[1].1 = "192.168.3.0/24";
    assert_eq!(code(&mut world, &defects), "QuotaExceeded.VSwitch");
}
