use crate::testing::World;
use crate::testing::routes::{NEXT_HOPS, route_item};
use causeway_model::vpc::Vpc;
use causeway_model::vpn_gateway::{GatewayStatus, VpnGateway};
use causeway_types::{VpcId, VpnGatewayId};

#[test]
fn next_hops_have_quotas_of_their_own() {
    let mut world = World::scene();
    let quotas = &mut world.context.quotas;
    (quotas.vpn_routes_per_vpc, quotas.attachment_routes_per_vpc) = (2, 2);
    for (kind, next_hop, limit, code) in [
        ("VpnGateway", "$vpn", 2, "QuotaExceeded.VpnRouteEntry"),
        ("Attachment", "$trattach", 2, "QuotaExceeded"),
        ("HaVip", "$havip", 5, "CountLimitExceed.HaVipRouteEntry"),
    ] {
        // Across the tables of the VPC, one by one and within a batch.
        let mut world = world.copy();
        assert_eq!(world.failed_code(("$custom", "10.0.0.0/24", kind, next_hop)), "");
        let destinations: Vec<_> = (1..=limit).map(|n| format!("10.0.{n}.0/24")).collect();
        let route = |to| ("$vtb", to, kind, next_hop);
        let routes: Vec<_> = destinations.iter().map(|to| route(to.as_str())).collect();
        let answer = world.create_routes(&routes).unwrap();
        assert_eq!(answer["SuccessCount"], limit - 1, "{kind}");
        assert_eq!(answer["FailedRouteEntries"][0]["FailedCode"], code);
    }
}

#[test]
fn destinations_are_limited() {
    for (destination, code) in [
        ("10.0.0.1", ""), // S-RE-11
        ("2001:db8::1", ""),
        ("0.0.0.0/0", ""), // A1
        ("::/0", ""),      // A1
        ("100.0.0.0/8", ""),
        ("192.168.3.0/24", ""),
        ("10.0.0.5/24", "InvalidCidrBlock.Malformed"), // A3
        ("10.0.0/24", "InvalidCidrBlock.Malformed"),
        ("pl-bp1prefixlist", "InvalidCidrBlock.Malformed"),
        ("192.168.1.0/24", "InvalidCidrBlock"), // S-RE-08: equal
        ("192.168.2.128/25", "InvalidCidrBlock"), // S-RE-08: a subset
        ("192.168.0.0/16", "InvalidCidrBlock"), // S-RE-08: overlaps
        ("100.64.0.0/10", "InvalidCidrBlock"),  // S-RE-09
        ("100.100.0.0/16", "InvalidCidrBlock"), // S-RE-09
        ("2408:4005:300:aa01::/64", "OperationUnsupported.DestinationCidrBlockOverlapWithVSwitch"), // S-RE-08
        ("2408:4005:300:aa01::1", "OperationUnsupported.DestinationCidrBlockOverlapWithVSwitch"),
        ("2408:4005:300:aa00::/56", "OperationUnsupported.DestinationCidrBlockOverlapWithVSwitch"),
    ] {
        let mut world = World::scene();
        let route = ("$vtb", destination, "Instance", "$i");
        assert_eq!(world.failed_code(route), code, "{destination}");
    }
    let mut world = World::scene();
    assert_eq!(world.failed_code(("$vtb", "10.0.0.1", "Instance", "$i")), "");
    let listed = world.routes(&[("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.0.0.1/32")]);
    assert_eq!(listed[0]["DestinationCidrBlock"], "10.0.0.1/32"); // S-RE-11
    world.context.options.allow_supernet = true;
    assert_eq!(world.failed_code(("$vtb", "192.168.0.0/16", "Instance", "$i")), ""); // A1
    assert_eq!(world.failed_code(("$vtb", "192.168.1.0/25", "Instance", "$i")), "InvalidCidrBlock");
}

#[test]
fn ip_versions_must_agree() {
    let mut world = World::scene();
    for (destination, version, expected) in [
        ("10.0.0.0/24", "4", ""), // S-RE-27
        ("2001:db8::/64", "6", ""),
        ("10.0.1.0/24", "6", "InvalidCidrBlock.Malformed"),
        ("2001:db8:1::/64", "4", "InvalidCidrBlock.Malformed"),
        ("10.0.1.0/24", "5", "InvalidCidrBlock.Malformed"),
    ] {
        let mut item = route_item(&("$vtb", destination, "Instance", "$i"));
        item.push(("IpVersion", version));
        let answer = world.call_batch("CreateRouteEntries", &[item]).unwrap();
        let code = &answer["FailedRouteEntries"][0]["FailedCode"];
        assert_eq!(code.as_str().unwrap_or_default(), expected, "{destination}");
    }
}

#[test]
fn ipv6_needs_a_vpc_and_a_next_hop_that_carry_it() {
    for (kind, next_hop) in NEXT_HOPS {
        let mut world = World::scene();
        let destination = if kind.text() == "IPv6Gateway" { "::/0" } else { "2001:db8::/64" };
        let route = ("$vtb", destination, kind.text(), next_hop);
        let expected = if kind.carries_ipv6() { "" } else { "OperationFailed.NotSupportIPV6" };
        assert_eq!(world.failed_code(route), expected, "{kind:?}");
        world.update::<Vpc>(&world.id::<VpcId>("$vpc"), |vpc| vpc.ipv6_cidr = None);
        assert_eq!(world.failed_code(route), "OperationDenied.VpcIpv6NotEnabled");
    }
    let mut world = World::scene();
    for destination in ["2001:db8::/64", "10.0.0.0/24"] {
        let route = ("$vtb", destination, "IPv6Gateway", "$ipv6gw");
        assert_eq!(world.failed_code(route), "InvalidCidrBlock");
    }
}

#[test]
fn every_kind_of_next_hop_is_taken() {
    // S-RE-30 to S-RE-44, S-RE-29, A24
    let mut world = World::scene();
    for (at, (kind, next_hop)) in NEXT_HOPS.into_iter().enumerate() {
        let ipv6 = kind.text() == "IPv6Gateway"; // S-RE-36
        let destination = if ipv6 { "::/0".into() } else { format!("10.0.{at}.0/24") };
        assert_eq!(
            world.failed_code(("$vtb", &destination, kind.text(), next_hop)),
            "",
            "{kind:?}"
        );
        let request = [("RouteTableId", "$vtb"), ("DestinationCidrBlock", &destination)];
        let hop = &world.routes(&request)[0]["NextHops"]["NextHop"][0];
        assert_eq!(hop["NextHopType"], kind.text()); // S-RE-31, S-RE-32, S-RE-33, S-RE-34, S-RE-35
        assert_eq!(hop["NextHopId"], world.resolve(next_hop)); // S-RE-37, S-RE-38, S-RE-39, S-RE-40
        let only_interfaces = hop.get("Weight").is_some();
        assert_eq!(only_interfaces, kind.text() == "RouterInterface"); // S-RE-41, S-RE-42, S-RE-43, S-RE-44
    }
    let mut item = route_item(&("$vtb", "10.1.0.0/24", "", "$i"));
    item.retain(|(name, _)| *name != "NextHopType");
    let answer = world.call_batch("CreateRouteEntries", &[item]).unwrap();
    assert_eq!(answer["SuccessCount"], 1); // S-RE-31, A6
    for kind in ["instance", "IPV6Gateway", "Ipv6Gateway", "Router"] {
        assert_eq!(world.failed_code(("$vtb", "10.2.0.0/24", kind, "$i")), "InvalidNextHopType");
    }
}

#[test]
fn next_hops_must_exist_in_the_same_vpc() {
    for (kind, absent, elsewhere) in [
        ("Instance", "IllegalParam.NextHopId", "OperationFailed.InstanceDismatchCurrentVpc"),
        ("HaVip", "InvalidHaVip.NotFound", "Mismatch.HaVipIdAndRouteTableId"),
        ("RouterInterface", "InvalidRouterInterface", ""),
        ("NetworkInterface", "ResourceNotFound.NetworkInterface", "Mismatch.EniIdAndRouteTableId"),
        ("VpnGateway", "InvalidVpnInstanceId.NotFound", ""),
        ("IPv6Gateway", "InvalidIpv6Gateway.NotFound", ""),
        ("NatGateway", "InvalidNatGatewayId.NotFound", ""),
        ("Attachment", "InvalidAttachment.NotFound", ""),
        ("VpcPeer", "ResourceNotFound.VpcPeer", ""),
        ("Ipv4Gateway", "ResourceNotFound.Ipv4Gateway", "Mismatch.Ipv4GatewayIdAndRouteTableId"),
        ("GatewayEndpoint", "InvalidNextHop.NotFound", ""),
        ("CenBasic", "ResourceNotFound.Cen", "ResourceNotAssociated.Cen"),
        ("Ecr", "ResourceNotAssociated.Ecr", ""),
        ("GatewayLoadBalancerEndpoint", "ResourceNotFound.GatewayLoadBalancerEndpoint", ""),
        ("RouteTargetGroup", "InvalidNextHop.NotFound", ""),
    ] {
        let mut world = World::scene();
        world.second_vpc();
        let (_, name) = NEXT_HOPS.into_iter().find(|(it, _)| it.text() == kind).unwrap();
        let unknown = format!("{}x", world.resolve(name));
        let other = if name == "$i" { "$eni" } else { "$i" };
        for next_hop in [unknown.as_str(), "", "i-j6c2fp57q8rr4jlu****", other] {
            if next_hop.is_empty() {
                continue;
            }
            assert_eq!(world.failed_code(("$vtb", "::/0", kind, next_hop)), absent, "{kind}");
        }
        world.move_next_hop(name, "$vpc2");
        let expected = if elsewhere.is_empty() { absent } else { elsewhere };
        assert_eq!(world.failed_code(("$vtb", "::/0", kind, name)), expected, "{kind}"); // S-RE-13
    }
    let mut world = World::scene();
    let attached_vpn = ("$vtb", "10.0.0.0/24", "Attachment", "$vpnattach");
    assert_eq!(world.failed_code(attached_vpn), "InvalidAttachment.NotFound");
}

#[test]
fn next_hops_must_be_ready() {
    for (kind, status, code) in [
        ("Instance", "Stopped", ""),
        ("HaVip", "InUse", ""),
        ("HaVip", "Creating", "IncorrectHaVipStatus"),
        ("RouterInterface", "Inactive", "IncorrectStatus.RouterInterface"),
        ("NetworkInterface", "Available", ""),
        ("NatGateway", "Creating", "IncorrectInstanceStatus"),
        ("Attachment", "Attaching", "IncorrectInstanceStatus"),
        ("VpcPeer", "Accepting", "IncorrectStatus.VpcPeer"),
        ("Ipv4Gateway", "Activating", "IncorrectStatus.Ipv4Gateway"),
        ("GatewayEndpoint", "Deleting", "IncorrectInstanceStatus"),
        ("CenBasic", "Deleting", "IncorrectInstanceStatus"),
        ("Ecr", "INACTIVE", "ResourceNotAssociated.Ecr"),
        ("GatewayLoadBalancerEndpoint", "Pending", ""),
        ("RouteTargetGroup", "Pending", ""),
    ] {
        let mut world = World::scene();
        let (_, name) = NEXT_HOPS.into_iter().find(|(it, _)| it.text() == kind).unwrap();
        world.set_status(name, status);
        let answer = world.create_routes(&[("$vtb", "10.0.0.0/24", kind, name)]).unwrap();
        let failed = &answer["FailedRouteEntries"][0];
        assert_eq!(failed["FailedCode"].as_str().unwrap_or_default(), code, "{kind}");
        if kind == "VpcPeer" {
            let message = "The status of VpcPeer [Accepting] is incorrect.";
            assert_eq!(failed["FailedMessage"], message);
        }
    }
    let mut world = World::scene();
    let gateway = world.id::<VpnGatewayId>("$vpn");
    let route = ("$vtb", "10.0.0.0/24", "VpnGateway", "$vpn");
    for (status, locked, code) in [
        (GatewayStatus::Init, false, "IncorrectInstanceStatus"),
        (GatewayStatus::Active, true, "IncorrectInstanceStatus"),
        (GatewayStatus::Updating, false, ""),
    ] {
        world.update::<VpnGateway>(&gateway, |gateway| {
            (gateway.status, gateway.financial_locked) = (status, locked);
        });
        assert_eq!(world.failed_code(route), code, "{status:?}");
    }
}

#[test]
fn every_ready_status_is_accepted() {
    for (kind, name) in NEXT_HOPS {
        let mut world = World::scene();
        if kind.text() != "VpnGateway" {
            world.set_status(name, kind.ready_status());
        }
        assert_eq!(world.failed_code(("$vtb", "::/0", kind.text(), name)), {
            if kind.carries_ipv6() { "" } else { "OperationFailed.NotSupportIPV6" }
        });
    }
}

#[test]
fn names_and_descriptions_are_checked_and_kept() {
    let long = |n| "a".repeat(n);
    for (member, value, code) in [
        ("Name", "test".into(), ""), // S-RE-45
        ("Name", long(128), ""),
        ("Name", long(129), "InvalidRouteEntryName.Malformed"), // S-RE-45
        ("Name", String::new(), "InvalidRouteEntryName.Malformed"), // A25
        ("Name", "http://a".into(), "InvalidRouteEntryName.Malformed"),
        ("Description", long(256), ""), // S-RE-46
        ("Description", long(257), "InvalidDescription.Malformed"), // S-RE-46
        ("Description", "https://a".into(), "InvalidDescription.Malformed"),
    ] {
        let mut world = World::scene();
        let mut item = route_item(&("$vtb", "10.0.0.0/24", "Instance", "$i"));
        item.push((member, &value));
        let answer = world.call_batch("CreateRouteEntries", &[item]).unwrap();
        let failed = answer["FailedRouteEntries"][0]["FailedCode"].as_str().unwrap_or_default();
        assert_eq!(failed, code, "{member}={value}");
        if failed.is_empty() {
            let listed =
                world.routes(&[("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.0.0.0/24")]);
            let shown = if member == "Name" { "RouteEntryName" } else { member };
            assert_eq!(listed[0][shown], value);
        }
    }
}

#[test]
fn the_first_of_several_defects_answers() {
    let mut world = World::scene();
    for (route, code) in [
        (("$vtb", "x", "Nothing", "i-none"), "InvalidCidrBlock.Malformed"),
        (("$vtb", "100.64.0.0/16", "Nothing", "i-none"), "InvalidCidrBlock"),
        (("$vtb", "192.168.1.0/24", "Nothing", "i-none"), "InvalidNextHopType"),
        (("$vtb", "192.168.1.0/24", "Instance", "i-none"), "IllegalParam.NextHopId"),
        (("$vtb", "192.168.1.0/24", "Instance", "$i"), "InvalidCidrBlock"),
    ] {
        assert_eq!(world.failed_code(route), code);
    }
}
