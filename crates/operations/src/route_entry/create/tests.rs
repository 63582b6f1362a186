use crate::testing::World;
use crate::testing::routes::{NEXT_HOPS, Route};
use causeway_model::TaskLength;
use causeway_model::next_hop::NextHops;
use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus, id_in_table};
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableStatus};
use causeway_model::vpc::{Vpc, VpcStatus};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vswitch::{VSwitch, VSwitchStatus};
use causeway_types::{Id, RouteTableId, VSwitchId, VpcId, VpnGatewayId};

/// The status and code a route is refused with.
fn refused(world: &mut World, route: Route<'_>) -> (u16, String) {
    let before = world.tenant.clone();
    let refusal = world.create_route(route).expect_err("a refusal");
    assert_eq!(world.tenant, before);
    (refusal.status, refusal.code.into())
}

fn refused_list(
    world: &mut World,
    table: &str,
    destination: &str,
    hops: &[(&str, &str)],
) -> String {
    let names: Vec<_> = (1..=hops.len())
        .map(|n| (format!("NextHopList.{n}.NextHopId"), format!("NextHopList.{n}.Weight")))
        .collect();
    let mut request = vec![("RouteTableId", table), ("DestinationCidrBlock", destination)];
    for ((id, weight), (hop, given)) in names.iter().zip(hops) {
        request.push((id, hop));
        request.push((weight, given));
    }
    match world.call("CreateRouteEntry", &request) {
        Ok(_) => String::new(),
        Err(refusal) => refusal.code.into(),
    }
}

#[test]
fn a_route_is_readable_at_once_and_then_available() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let made = world.create_route(("$vtb", "10.0.0.0/24", "Instance", "$i")).unwrap();
    let request = [("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.0.0.0/24")];
    let listed = &world.routes(&request)[0];
    assert_eq!(
        (&listed["RouteEntryId"], &listed["Status"]),
        (&made["RouteEntryId"], &"Pending".into())
    );
    world.finish_tasks();
    assert_eq!(world.routes(&request)[0]["Status"], "Available");
}

#[test]
fn destinations_are_freer_than_in_a_batch() {
    for (destination, code) in [
        ("10.0.0.1", ""),
        ("0.0.0.0/0", ""),
        ("192.168.0.0/16", ""),          // A1
        ("2408:4005:300:aa00::/56", ""), // A1
        ("100.100.0.0/16", ""),
        ("100.64.0.0/10", "InvalidCidrBlock"),
        ("192.168.1.0/24", "InvalidCidrBlock"),
        ("192.168.1.7", "InvalidCidrBlock"),
        ("10.0.0.5/24", "InvalidCidrBlock.Malformed"), // A3
        ("", "MissingDestinationCidrBlock"),
        ("pl-bp1prefixlist", "ResourceNotFound.PrefixList"),
        ("2408:4005:300:aa01::/64", "OperationUnsupported.DestinationCidrBlockOverlapWithVSwitch"),
    ] {
        let mut world = World::scene();
        let result = world.create_route(("$vtb", destination, "Instance", "$i"));
        let answered = result.map(|_| "".into()).unwrap_or_else(|refusal| refusal.code);
        assert_eq!(answered, code, "{destination}");
    }
}

#[test]
fn the_table_must_exist_and_have_room() {
    let mut world = World::scene();
    let unknown = ("vtb-bp145q7glnuzd****", "x", "Instance", "$i");
    assert_eq!(refused(&mut world, unknown), (404, "InvalidRouteTableId.NotFound".into()));
    let route = ("$vtb", "10.0.0.0/24", "Instance", "$i");
    world.create_route(route).unwrap();
    // clients.md 6.4: the provider and the route controller look for this code.
    assert_eq!(refused(&mut world, route), (400, "InvalidCIDRBlock.Duplicate".into()));
    world.context.quotas.custom_routes_per_table = 1;
    let second = ("$vtb", "10.0.1.0/24", "Instance", "$i");
    assert_eq!(refused(&mut world, second), (400, "QuotaExceeded".into())); // S-RE-07
    world.context.quotas.custom_routes_per_table = 200;
    world.context.quotas.vpn_routes_per_vpc = 0;
    let vpn = ("$vtb", "10.0.1.0/24", "VpnGateway", "$vpn");
    assert_eq!(refused(&mut world, vpn), (400, "QuotaExceeded.VpnRouteEntry".into()));
    world.context.quotas.attachment_routes_per_vpc = 0;
    let attachment = ("$vtb", "10.0.1.0/24", "Attachment", "$trattach");
    assert_eq!(refused(&mut world, attachment), (400, "QuotaExceeded".into()));
    world.context.quotas.routes_per_havip = 0;
    let havip = ("$vtb", "10.0.1.0/24", "HaVip", "$havip");
    // An unused HaVip has no routes to count against the limit of zero.
    assert_eq!(refused(&mut world, havip), (400, "CountLimitExceed.HaVipRouteEntry".into()));
}

#[test]
fn one_next_hop_or_several() {
    let mut world = World::scene();
    let base = [("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.0.0.0/8")];
    for (more, code) in [
        (vec![], "InvalidNexthopTypeAndList.BothNull"),
        (vec![("NextHopType", "Instance")], "MissingParameter"),
        (vec![("NextHopType", "Cow"), ("NextHopId", "$i")], "InvalidNextHopType"),
        (
            vec![("NextHopId", "$ri"), ("NextHopList.1.NextHopId", "$ri")],
            "InvalidNexthopTypeAndList.BothNotNull",
        ),
        (vec![("NextHopList.1.NextHopId", "$ri")], "InvalidNexthopListSize"),
        (vec![("NextHopList.1.Weight", "100")], "MissingParameter"),
        (
            vec![
                ("NextHopList.1.NextHopId", "$i"),
                ("NextHopList.1.NextHopType", "Instance"),
                ("NextHopList.2.NextHopId", "$ri"),
            ],
            "OperationFailed.MultiScopeType",
        ),
        (
            vec![
                ("NextHopList.1.NextHopId", "$ri"),
                ("NextHopList.1.NextHopType", "routerinterface"),
                ("NextHopList.2.NextHopId", "$ri2"),
            ],
            "InvalidNextHopType",
        ),
    ] {
        let request = [&base[..], &more].concat();
        assert_eq!(world.refusal("CreateRouteEntry", &request).code, code, "{more:?}");
    }
    let instance = [&base[..], &[("NextHopId", "$i")]].concat();
    world.call("CreateRouteEntry", &instance).unwrap(); // A6
}

#[test]
fn router_interfaces_share_or_stand_by() {
    let mut world = World::scene();
    let mut list =
        |table, destination, hops: &[_]| refused_list(&mut world, table, destination, hops);
    let (both, v4) = ([("$ri", "100"), ("$ri2", "0")], "10.0.0.0/8");
    assert_eq!(list("$vtb", "10.0.0.0/8", &both), "");
    assert_eq!(list("$vtb", "11.0.0.0/8", &[("$ri", "7"), ("$ri2", "7")]), "");
    assert_eq!(list("$vtb", v4, &both), "InvalidCIDRBlock.Duplicate");
    assert_eq!(
        list("$vtb", "12.0.0.0/8", &[("$ri", "1"), ("$ri2", "2")]),
        "OperationUnsupported.InactiveMode"
    );
    assert_eq!(
        list("$vtb", "12.0.0.0/8", &[("$ri", "0"), ("$ri2", "0")]),
        "OperationFailed.InvalidNexthop"
    );
    assert_eq!(
        list("$vtb", "12.0.0.0/8", &[("$ri", "256"), ("$ri2", "256")]),
        "INVALID_WEIGHT_PARAM"
    );
    assert_eq!(list("$vtb", "12.0.0.0/8", &[("$ri", "9"), ("$ri", "9")]), "Duplicated.VpcNextHop");
    assert_eq!(list("$vtb", "12.0.0.0/8", &[("$ri", "9"), ("$i", "9")]), "InvalidRouterInterface");
    assert_eq!(list("$custom", "12.0.0.0/8", &both), "OperationUnsupported.SubRouteTableECMP");
    assert_eq!(list("$vtb", "2001:db8::/64", &both), "OperationUnsupported.Ipv6EcmpRouteEntry");
    let request = [("RouteTableId", "$vtb"), ("DestinationCidrBlock", v4)];
    let hops = world.routes(&request)[0]["NextHops"]["NextHop"].clone();
    assert_eq!((&hops[0]["Weight"], &hops[1]["Weight"]), (&100.into(), &0.into()));
    assert_eq!(hops[1]["NextHopId"], world.resolve("$ri2"));
}

#[test]
fn next_hops_have_this_operations_codes_and_statuses() {
    for (kind, absent, elsewhere) in [
        (
            "Instance",
            (400, "IllegalParam.NextHopId"),
            (404, "OperationFailed.InstanceDismatchCurrentVpc"),
        ),
        ("HaVip", (400, "InvalidHaVip.NotFound"), (400, "Mismatch.HaVipIdAndRouteTableId")),
        ("RouterInterface", (400, "InvalidRouterInterface"), (400, "InvalidRouterInterface")),
        (
            "NetworkInterface",
            (400, "ResourceNotFound.NetworkInterface"),
            (400, "Mismatch.EniIdAndRouteTableId"),
        ),
        (
            "VpnGateway",
            (400, "InvalidVpnInstanceId.NotFound"),
            (400, "InvalidVpnInstanceId.NotFound"),
        ),
        ("IPv6Gateway", (404, "InvalidIpv6Gateway.NotFound"), (404, "InvalidIpv6Gateway.NotFound")),
        (
            "NatGateway",
            (404, "InvalidNatGatewayId.NotFound"),
            (404, "InvalidNatGatewayId.NotFound"),
        ),
        ("Attachment", (400, "InvalidAttachment.NotFound"), (400, "IllegalParam.AttachmentId")),
        ("VpcPeer", (400, "ResourceNotFound.VpcPeer"), (400, "ResourceNotFound.VpcPeer")),
        (
            "Ipv4Gateway",
            (400, "ResourceNotFound.Ipv4Gateway"),
            (400, "Mismatch.Ipv4GatewayIdAndRouteTableId"),
        ),
        ("GatewayEndpoint", (400, "InvalidNextHop.NotFound"), (400, "InvalidNextHop.NotFound")),
        ("CenBasic", (400, "ResourceNotFound.Cen"), (400, "ResourceNotAssociated.Cen")),
        ("Ecr", (400, "ResourceNotAssociated.Ecr"), (400, "ResourceNotAssociated.Ecr")),
        (
            "GatewayLoadBalancerEndpoint",
            (404, "ResourceNotFound.GatewayLoadBalancerEndpoint"),
            (404, "ResourceNotFound.GatewayLoadBalancerEndpoint"),
        ),
        ("RouteTargetGroup", (400, "InvalidNextHop.NotFound"), (400, "InvalidNextHop.NotFound")),
    ] {
        let mut world = World::scene();
        world.second_vpc();
        let (_, name) = NEXT_HOPS.into_iter().find(|(it, _)| it.text() == kind).unwrap();
        let unknown = format!("{}x", world.resolve(name));
        let owned = |(status, code): (u16, &str)| (status, code.to_owned());
        let to = |next_hop| ("$vtb", "::/0", kind, next_hop);
        assert_eq!(refused(&mut world, to(unknown.as_str())), owned(absent), "{kind}");
        world.move_next_hop(name, "$vpc2");
        assert_eq!(refused(&mut world, to(name)), owned(elsewhere), "{kind}"); // S-RE-13
    }
}

#[test]
fn next_hops_must_be_ready() {
    for (kind, status, code, message) in [
        ("HaVip", "Creating", "IncorrectHaVipStatus", None),
        ("RouterInterface", "Idle", "IncorrectStatus.RouterInterface", None),
        (
            "VpcPeer",
            "Expired",
            "IncorrectStatus.VpcPeer",
            Some("The status of VpcPeer [Expired] is incorrect."),
        ),
        ("Ipv4Gateway", "Creating", "IncorrectStatus.Ipv4Gateway", None),
        ("CenBasic", "Deleting", "IncorrectStatus.CenRelation", None),
        ("Ecr", "CREATING", "ResourceNotAssociated.Ecr", None),
        (
            "NatGateway",
            "Creating",
            "IncorrectInstanceStatus",
            Some("Current instance status does not support this operation."),
        ),
    ] {
        let mut world = World::scene();
        let (_, name) = NEXT_HOPS.into_iter().find(|(it, _)| it.text() == kind).unwrap();
        world.set_status(name, status);
        let refusal = world.create_route(("$vtb", "10.0.0.0/24", kind, name)).unwrap_err();
        assert_eq!((refusal.status, &*refusal.code), (400, code));
        assert!(message.is_none_or(|message| message == refusal.message), "{refusal:?}");
    }
    let mut world = World::scene();
    let gateway = world.id::<VpnGatewayId>("$vpn");
    world.update::<VpnGateway>(&gateway, |gateway| gateway.financial_locked = true);
    let vpn = ("$vtb", "10.0.0.0/24", "VpnGateway", "$vpn");
    assert_eq!(refused(&mut world, vpn), (403, "IncorrectInstanceStatus".into()));
}

#[test]
fn ipv6_needs_a_vpc_and_a_next_hop_that_carry_it() {
    let mut world = World::scene();
    let code = |world: &mut World, to, kind, hop| refused(world, ("$vtb", to, kind, hop)).1;
    let v6 = "2001:db8::/64";
    assert_eq!(code(&mut world, v6, "NatGateway", "$ngw"), "OperationFailed.NotSupportIPV6");
    assert_eq!(code(&mut world, v6, "IPv6Gateway", "$ipv6gw"), "IllegalParam.CidrBlock");
    assert_eq!(code(&mut world, "0.0.0.0/0", "IPv6Gateway", "$ipv6gw"), "IllegalParam.CidrBlock");
    world.create_route(("$vtb", "::/0", "IPv6Gateway", "$ipv6gw")).unwrap();
    world.create_route(("$vtb", v6, "Instance", "$i")).unwrap(); // clients.md 8.6
    let vpc = world.id::<VpcId>("$vpc");
    world.update::<Vpc>(&vpc, |vpc| vpc.ipv6_cidr = None);
    assert_eq!(code(&mut world, v6, "Instance", "$i"), "OperationDenied.VpcIpv6NotEnabled");
}

#[test]
fn names_and_descriptions_are_checked() {
    let mut world = World::scene();
    for (member, value, code) in [
        ("RouteEntryName", "", "InvalidRouteEntryName.Malformed"), // A25
        ("RouteEntryName", "https://a", "InvalidRouteEntryName.Malformed"),
        ("Description", "http://a", "InvalidDescription.Malformed"),
    ] {
        let request = [
            ("RouteTableId", "$vtb"),
            ("DestinationCidrBlock", "10.0.0.0/24"),
            ("NextHopId", "$i"),
            (member, value),
        ];
        assert_eq!(world.refusal("CreateRouteEntry", &request).code, code);
    }
}

#[test]
fn a_busy_vpc_takes_no_route() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let route = ("$custom", "10.0.0.0/24", "Instance", "$none");
    world.create_route(("$vtb", "10.0.9.0/24", "Instance", "$i")).unwrap();
    assert_eq!(refused(&mut world, route), (400, "TaskConflict".into())); // A9
    let table = world.id::<RouteTableId>("$custom");
    world.update::<RouteTable>(&table, |table| table.status = RouteTableStatus::Pending);
    assert_eq!(refused(&mut world, route).1, "IncorrectStatus.RouteTableStatus");
    let vswitch = world.id::<VSwitchId>("$vsw");
    world.update::<VSwitch>(&vswitch, |vswitch| vswitch.status = VSwitchStatus::Pending);
    assert_eq!(refused(&mut world, route).1, "IncorrectVSwitchStatus");
    let vpc = world.id::<VpcId>("$vpc");
    world.update::<Vpc>(&vpc, |vpc| vpc.status = VpcStatus::Pending);
    assert_eq!(refused(&mut world, route).1, "IncorrectVpcStatus");
    let malformed = ("$custom", "x", "Instance", "$none");
    assert_eq!(refused(&mut world, malformed).1, "InvalidCidrBlock.Malformed");
}

#[test]
fn gateway_tables_take_no_routes() {
    let mut world = World::scene();
    let table = world.id::<RouteTableId>("$custom");
    world.update::<RouteTable>(&table, |table| table.associate = AssociateType::Gateway);
    let code =
        |world: &mut World, kind, hop| refused(world, ("$custom", "10.0.0.0/24", kind, hop)).1;
    let denied = "OperationDenied.RouteTableTypeNotPermitted";
    assert_eq!(code(&mut world, "Instance", "$i"), denied);
    assert_eq!(code(&mut world, "NetworkInterface", "$eni"), denied);
    let denied = "OperationDenied.GatewayRouteTableNotPermitted";
    assert_eq!(code(&mut world, "NatGateway", "$ngw"), denied);
}

#[test]
fn what_a_gateway_published_stays() {
    let mut world = World::scene();
    let table = world.id::<RouteTableId>("$vtb");
    let put = |world: &mut World, status| {
        world.put(RouteEntry {
            key: RouteKey {
                table,
                destination: "10.0.0.0/8".parse().unwrap(),
                origin: RouteOrigin::Published,
            },
            id: id_in_table(table, 1),
            next_hops: NextHops::One(Id::from_text(&world.resolve("$vpn"))),
            status,
            labels: None,
            modified: world.context.now,
        });
    };
    put(&mut world, RouteStatus::Available);
    let both = [("$ri", "100"), ("$ri2", "0")];
    let code = refused_list(&mut world, "$vtb", "10.0.0.0/8", &both);
    assert_eq!(code, "OperationDenied.CreateEcmpForPublishedRouteEntry");
    let single = ("$vtb", "10.0.0.0/8", "RouterInterface", "$ri");
    assert_eq!(refused(&mut world, single).1, "InvalidCIDRBlock.Duplicate");
    put(&mut world, RouteStatus::Pending);
    assert_eq!(refused(&mut world, single).1, "IncorrectRouteEntryStatus");
}
