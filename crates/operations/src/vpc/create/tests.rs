use crate::testing::World;

#[test]
fn a_vpc_has_a_router_and_a_system_table() {
    let mut world = World::with_manual_tasks();
    let made = world.call("CreateVpc", &[("CidrBlock", "10.0.0.0/8")]).unwrap();
    let vpc = made["VpcId"].as_str().unwrap();
    let read = world.call("DescribeVpcAttribute", &[("VpcId", vpc)]).unwrap();
    assert_eq!((&read["Status"], &read["CidrBlock"]), (&"Pending".into(), &"10.0.0.0/8".into()));
    assert_eq!(read["VRouterId"], made["VRouterId"]);
    world.finish_tasks();
    let read = world.call("DescribeVpcAttribute", &[("VpcId", vpc)]).unwrap();
    assert_eq!(read["Status"], "Available");
}

#[test]
fn bad_values_change_nothing() {
    let mut world = World::new();
    for (name, value) in [
        ("CidrBlock", "10.0.0.1/8"),
        ("CidrBlock", "10.0.0.0/30"),
        ("CidrBlock", "100.64.0.0/10"),
        ("CidrBlock", "100.0.0.0/8"),
        ("CidrBlock", "127.0.0.0/8"),
        ("CidrBlock", "169.254.1.0/24"),
        ("CidrBlock", "224.0.0.0/8"),
        ("CidrBlock", "10.0.0.0/7"),
        ("CidrBlock", "2001:db8::/28"),
        ("Ipv6CidrBlock", "2001:db8::/64"),
        ("Ipv6Isp", "bgp"),
        ("UserCidr", "x"),
        ("UserCidr", "10.0.0.0/8,11.0.0.0/8,12.0.0.0/8,13.0.0.0/8"),
        ("Ipv4CidrMask", "16"),
        ("Ipv6CidrMask", "56"),
        ("Tag.1.Value", "without a key"),
        ("VpcName", "http://a"),
        ("Description", ""),
    ] {
        let refusal = world.refusal("CreateVpc", &[(name, value)]);
        assert_eq!(refusal.code, "InvalidParameter", "{name}={value}");
    }
    assert_eq!(world.tenant.row_count(), 0);
}

#[test]
fn what_is_given_is_kept() {
    let mut world = World::new();
    let made = world.call(
        "CreateVpc",
        &[
            ("EnableIpv6", "true"),
            ("Ipv6CidrBlock", "2408:4005:300:ab00::/56"),
            ("Ipv6Isp", "ChinaMobile"),
            ("EnableDnsHostname", "true"),
            ("ResourceGroupId", "rg-1"),
            ("UserCidr", "10.0.0.0/8,11.0.0.0/8"),
            ("Tag.1.Key", "team"),
            ("Tag.1.Value", "network"),
        ],
    );
    let id = made.unwrap()["VpcId"].as_str().unwrap().to_owned();
    let read = world.call("DescribeVpcAttribute", &[("VpcId", &id)]).unwrap();
    assert_eq!(read["Ipv6CidrBlock"], "2408:4005:300:ab00::/56");
    assert_eq!(read["Ipv6CidrBlocks"]["Ipv6CidrBlock"][0]["Ipv6Isp"], "ChinaMobile");
    assert_eq!(read["DnsHostnameStatus"], "ENABLED");
    assert_eq!(read["ResourceGroupId"], "rg-1");
    assert_eq!(read["UserCidrs"]["UserCidr"].as_array().unwrap().len(), 2);
    assert_eq!(read["Tags"]["Tag"][0]["Value"], "network");
}

#[test]
fn an_ipv6_block_is_chosen_from_the_providers_own() {
    let mut world = World::new();
    let made = world.call("CreateVpc", &[("EnableIpv6", "true")]).unwrap();
    let id = made["VpcId"].as_str().unwrap().to_owned();
    let read = world.call("DescribeVpcAttribute", &[("VpcId", &id)]).unwrap();
    let block: causeway_types::Cidr = read["Ipv6CidrBlock"].as_str().unwrap().parse().unwrap();
    assert!("2408:4000::/22".parse::<causeway_types::Cidr>().unwrap().contains(&block));
    assert_eq!(block.length(), 56);
}

#[test]
fn there_are_no_address_pools() {
    let mut world = World::new();
    for parameters in [
        &[("Ipv4IpamPoolId", "ipam-pool-1"), ("Ipv4CidrMask", "16")],
        &[("Ipv6IpamPoolId", "ipam-pool-1"), ("Ipv6CidrMask", "56")],
    ] {
        let refusal = world.refusal("CreateVpc", parameters);
        assert_eq!((refusal.status, &*refusal.code), (404, "ResourceNotFound.IpamPool"));
    }
}

#[test]
fn the_quota_holds() {
    let mut world = World::new();
    for _ in 0..10 {
        world.call("CreateVpc", &[]).unwrap();
    }
    assert_eq!(world.refusal("CreateVpc", &[]).code, "QuotaExceeded.Vpc");
}

#[test]
fn empty_texts_are_absent() {
    let mut world = World::new();
    let empty = ["CidrBlock", "Ipv6CidrBlock", "Ipv6Isp", "UserCidr", "Ipv4IpamPoolId"];
    let made = world.call("CreateVpc", &empty.map(|name| (name, ""))).unwrap();
    let id = made["VpcId"].as_str().unwrap().to_owned();
    let read = world.call("DescribeVpcAttribute", &[("VpcId", &id)]).unwrap();
    assert_eq!((&read["CidrBlock"], &read["Ipv6CidrBlock"]), (&"172.16.0.0/12".into(), &"".into()));
}

#[test]
fn an_ipv6_block_without_ipv6_is_refused() {
    let mut world = World::new();
    let request = [("EnableIpv6", "false"), ("Ipv6CidrBlock", "2408:4005:300:ab00::/56")];
    let refusal = world.refusal("CreateVpc", &request);
    assert!(refusal.message.contains("Ipv6CidrBlock"), "{}", refusal.message);
}
