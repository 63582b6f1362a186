use crate::{Authorized, Operation, Query};
use causeway_forward::Links;
use causeway_forward::impact::lint::{self, Finding, Severity};
use causeway_model::{Context, Tenant};
use causeway_spec::{Access, Declaration, Example, Product, Refusal};
use serde::Serialize;

/// Looks for standing faults of the region's routes: black holes, routes that no packet can take, custom
/// tables that miss what a gateway publishes, networks without a way back or with one in part, standby
/// routes that are of no use, what is to take over and is out of service, and quotas that are nearly
/// used up.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {}

/// What was found, the worst first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    /// How many findings are errors: packets are lost.
    error_count: usize,
    /// How many are warnings: something does not do what it seems to be there for.
    warning_count: usize,
    /// All findings.
    findings: Vec<Finding>,
}

/// See [`Request`].
pub struct LintTenant;

impl Operation for LintTenant {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::Get,
        resources: &["lint/*"],
        examples: &[Example {
            title: "Routes of a gateway that are not published",
            request: &[],
            answer: r#"{"ErrorCount":0,"Findings":[
                {"Severity":"Warning","Code":"NoReturnPath","ResourceId":"$dual"},
                {"Severity":"Warning","Code":"NoReturnPath","ResourceId":"$vpn"},
                {"Severity":"Warning","Code":"NoReturnPath","ResourceId":"$vpn"},
                {"Severity":"Warning","Code":"NoReturnPath","ResourceId":"$trattach"}]}"#,
        }],
        ..Declaration::of::<Request, ()>("LintTenant")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for LintTenant {
    fn run(
        tenant: &Tenant,
        context: &Context,
        _: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let findings = lint::lint(tenant, &Links::of(tenant), &context.quotas);
        let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
        let (error_count, warning_count) = (count(Severity::Error), count(Severity::Warning));
        Ok(Response { error_count, warning_count, findings })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::vco_route::VcoRoute;
    use causeway_model::vpn_connection::VpnConnection;
    use causeway_model::vpn_pbr_route::VpnPbrRoute;
    use causeway_model::vpn_route::VpnRoute;
    use causeway_model::{Read, Row};
    use causeway_types::{CustomerGatewayId, TypedId, VpnConnectionId};

    /// A scene without faults: the gateway's routes, which nothing publishes, are gone.
    fn clean() -> World {
        let mut world = World::scene();
        let keys: Vec<_> = world.tenant.all::<VpnRoute>().map(Row::key).collect();
        keys.iter().for_each(|key| world.edit(|txn| txn.remove::<VpnRoute>(key)));
        let keys: Vec<_> = world.tenant.all::<VpnPbrRoute>().map(Row::key).collect();
        keys.iter().for_each(|key| world.edit(|txn| txn.remove::<VpnPbrRoute>(key)));
        let keys: Vec<_> = world.tenant.all::<VcoRoute>().map(Row::key).collect();
        keys.iter().for_each(|key| world.edit(|txn| txn.remove::<VcoRoute>(key)));
        assert_eq!(findings(&mut world), [""; 0]);
        world
    }

    /// `Code resource` of each finding.
    fn findings(world: &mut World) -> Vec<String> {
        let answer = world.call("LintTenant", &[]).unwrap();
        let findings = answer["Findings"].as_array().unwrap();
        let text = |it: &serde_json::Value| {
            format!("{} {}", it["Code"].as_str().unwrap(), it["ResourceId"].as_str().unwrap_or("-"))
        };
        findings.iter().map(text).collect()
    }

    fn expect(world: &mut World, expected: &[&str]) {
        let expected: Vec<String> = expected.iter().map(|it| world.resolve(it)).collect();
        assert_eq!(findings(world), expected);
    }

    fn route(world: &mut World, table: &str, destination: &str, kind: &str, hop: &str) {
        let parameters = [
            ("RouteTableId", table),
            ("DestinationCidrBlock", destination),
            ("NextHopType", kind),
            ("NextHopId", hop),
        ];
        world.call("CreateRouteEntry", &parameters).unwrap();
    }

    fn vpn_route(world: &mut World, action: &str, hop: &str, weight: &str, publish: bool) {
        let mut parameters = vec![
            ("VpnGatewayId", "$vpn"),
            ("RouteDest", "10.0.0.0/24"),
            ("NextHop", hop),
            ("Weight", weight),
        ];
        if action == "CreateVpnRouteEntry" {
            parameters.push(("PublishVpc", if publish { "true" } else { "false" }));
        }
        world.call(action, &parameters).unwrap();
    }

    fn link(world: &mut World, link: &str, state: &str) {
        world.call("SetLinkState", &[("LinkId", link), ("State", state)]).unwrap();
    }

    #[test]
    fn a_route_to_a_gateway_without_one_is_a_black_hole() {
        let mut world = clean();
        route(&mut world, "$vtb", "10.0.0.0/24", "VpnGateway", "$vpn");
        expect(&mut world, &["BlackHole $vtb"]);
        vpn_route(&mut world, "CreateVpnRouteEntry", "$vco", "100", false);
        expect(&mut world, &[]);
        route(&mut world, "$vtb", "10.0.0.0/16", "VpnGateway", "$vpn");
        expect(&mut world, &["PartialBlackHole $vtb"]);
    }

    #[test]
    fn a_wide_route_of_which_the_gateway_has_a_part_is_partly_one() {
        let mut world = clean();
        vpn_route(&mut world, "CreateVpnRouteEntry", "$vco", "100", false);
        route(&mut world, "$vtb", "10.0.0.0/16", "VpnGateway", "$vpn");
        expect(&mut world, &["PartialBlackHole $vtb"]);
    }

    #[test]
    fn next_hops_that_are_gone_or_down_lose_packets() {
        let mut world = clean();
        route(&mut world, "$vtb", "10.0.0.0/24", "RouterInterface", "$ri");
        expect(&mut world, &[]);
        link(&mut world, "$ri", "down");
        expect(&mut world, &["BlackHole $vtb"]);
        link(&mut world, "$ri", "up");
        expect(&mut world, &[]);
        let ri: causeway_types::Id = world.names["$ri"].parse().unwrap();
        world.edit(|txn| txn.remove::<causeway_model::resource::Resource>(&ri));
        expect(&mut world, &["BlackHole $vtb"]);
    }

    #[test]
    fn a_connection_that_is_down_loses_packets_until_a_standby_is_there() {
        let mut world = clean();
        vpn_route(&mut world, "CreateVpnRouteEntry", "$vco", "100", true);
        link(&mut world, "$vco", "down");
        expect(&mut world, &["BlackHole $vtb"]);
        vpn_route(&mut world, "CreateVpnRouteEntry", "$vco2", "0", true);
        // All connections of the scene end at one customer gateway.
        expect(&mut world, &["StandbySharesFate $vpn", "NoStandbyLeft $vpn"]);
        vpn_route(&mut world, "DeleteVpnRouteEntry", "$vco", "100", true);
        expect(&mut world, &["StandbyWithoutActive $vpn"]);
    }

    #[test]
    fn what_is_not_published_has_no_way_back() {
        let mut world = clean();
        vpn_route(&mut world, "CreateVpnRouteEntry", "$vco", "100", false);
        expect(&mut world, &["NoReturnPath $vpn"]);
        route(&mut world, "$vtb", "10.0.0.0/24", "VpnGateway", "$vpn");
        expect(&mut world, &[]);
    }

    #[test]
    fn what_is_led_back_in_part_has_no_way_back_elsewhere() {
        let mut world = clean();
        vpn_route(&mut world, "CreateVpnRouteEntry", "$vco", "100", false);
        route(&mut world, "$vtb", "10.0.0.128/25", "VpnGateway", "$vpn");
        expect(&mut world, &["PartialReturnPath $vpn"]);
        let answer = world.call("LintTenant", &[]).unwrap();
        let message = answer["Findings"][0]["Message"].as_str().unwrap();
        assert!(message.ends_with("the answers to 10.0.0.0/25"), "{message}");
        route(&mut world, "$vtb", "10.0.0.0/25", "VpnGateway", "$vpn");
        expect(&mut world, &[]);
    }

    #[test]
    fn what_a_gateway_learns_needs_a_way_back() {
        let mut world = clean();
        world.scene_bgp();
        expect(&mut world, &["NoReturnPath $dual"]);
        link(&mut world, "$bgp", "down");
        expect(&mut world, &[]);
        link(&mut world, "$bgp", "up");
        route(&mut world, "$vtb", "172.20.0.0/16", "VpnGateway", "$dual");
        expect(&mut world, &[]);
    }

    #[test]
    fn one_tunnel_of_two_is_no_standby() {
        let mut world = clean();
        vpn_route(&mut world, "CreateVpnRouteEntry", "$vco", "100", true);
        link(&mut world, "tun-bp1dual11", "down");
        expect(&mut world, &["NoStandbyLeft $dualvco"]);
        link(&mut world, "tun-bp1dual12", "down");
        expect(&mut world, &[]);
    }

    #[test]
    fn what_enters_by_a_gateway_is_lost_where_its_table_leads_nowhere() {
        let mut world = clean();
        let kind = [("VpcId", "$vpc"), ("AssociateType", "Gateway")];
        let made = world.call("CreateRouteTable", &kind).unwrap();
        let table = made["RouteTableId"].as_str().unwrap().to_owned();
        let bind = [("RouteTableId", &*table), ("GatewayId", "$ipv4gw")];
        world.call("AssociateRouteTableWithGateway", &bind).unwrap();
        expect(&mut world, &[]);
        let through = [
            ("RouteTableId", &*table),
            ("DestinationCidrBlock", "192.168.1.0/24"),
            ("NewNextHopType", "NetworkInterface"),
            ("NewNextHopId", "$eni"),
        ];
        world.call("ModifyRouteEntry", &through).unwrap();
        expect(&mut world, &[]);
        let eni: causeway_types::Id = world.names["$eni"].parse().unwrap();
        world.edit(|txn| txn.remove::<causeway_model::resource::Resource>(&eni));
        assert_eq!(findings(&mut world), [format!("BlackHole {table}")]);
        world.call("DissociateRouteTableFromGateway", &bind).unwrap();
        assert_eq!(findings(&mut world), [format!("UnboundTable {table}")]);
    }

    #[test]
    fn custom_tables_miss_what_is_published() {
        let mut world = clean();
        vpn_route(&mut world, "CreateVpnRouteEntry", "$vco", "100", true);
        let bind = [("RouteTableId", "$custom"), ("VSwitchId", "$vsw2")];
        world.call("AssociateRouteTable", &bind).unwrap();
        expect(&mut world, &["PublishedRouteMissing $custom"]);
        route(&mut world, "$custom", "10.0.0.0/24", "VpnGateway", "$vpn");
        expect(&mut world, &[]);
        world.call("UnassociateRouteTable", &bind).unwrap();
        expect(&mut world, &["UnboundTable $custom"]);
    }

    #[test]
    fn routes_that_longer_prefixes_cover_carry_nothing() {
        let mut world = clean();
        route(&mut world, "$vtb", "10.0.0.0/8", "Instance", "$i");
        route(&mut world, "$vtb", "10.0.0.0/9", "NetworkInterface", "$eni");
        expect(&mut world, &[]);
        route(&mut world, "$vtb", "10.128.0.0/9", "NetworkInterface", "$eni");
        expect(&mut world, &["UnreachableRoute $vtb"]);
    }

    #[test]
    fn a_policy_that_an_earlier_one_covers_carries_nothing() {
        let mut world = clean();
        let mut policy = |source: &str, priority: &str, hop: &str| {
            let parameters = [
                ("VpnGatewayId", "$vpn"),
                ("RouteSource", source),
                ("RouteDest", "10.0.0.0/24"),
                ("NextHop", hop),
                ("Weight", "100"),
                ("Priority", priority),
                ("PublishVpc", "true"),
            ];
            world.call("CreateVpnPbrRouteEntry", &parameters).unwrap();
        };
        policy("192.168.1.0/24", "5", "$vco");
        policy("192.168.0.0/16", "2", "$vco2");
        expect(&mut world, &["UnreachableRoute $vpn"]);
        let parameters = [
            ("VpnGatewayId", "$vpn"),
            ("RouteSource", "192.168.0.0/16"),
            ("RouteDest", "10.0.0.0/24"),
            ("NextHop", "$vco2"),
            ("Weight", "100"),
            ("Priority", "2"),
        ];
        world.call("DeleteVpnPbrRouteEntry", &parameters).unwrap();
        // What leaves the other vSwitch has no policy now.
        expect(&mut world, &["PartialBlackHole $vtb"]);
    }

    #[test]
    fn what_comes_by_a_transit_router_needs_a_way_back() {
        let mut world = clean();
        let own = [("VpnConnectionId", "$att"), ("NextHop", "$att"), ("Weight", "100")];
        let published = [&own[..], &[("RouteDest", "10.9.0.0/16")]].concat();
        world.call("CreateVcoRouteEntry", &published).unwrap();
        expect(&mut world, &["NoReturnPath $trattach"]);
        route(&mut world, "$vtb", "10.9.0.0/16", "Attachment", "$trattach");
        expect(&mut world, &[]);
    }

    #[test]
    fn a_route_on_a_transit_router_that_longer_ones_cover_carries_nothing() {
        let mut world = clean();
        route(&mut world, "$vtb", "10.0.0.0/8", "Attachment", "$trattach");
        let mut vco = |action: &str, destination: &str| {
            let own = [("VpnConnectionId", "$att"), ("NextHop", "$att"), ("Weight", "100")];
            world.call(action, &[&own[..], &[("RouteDest", destination)]].concat()).unwrap();
            findings(&mut world)
        };
        vco("CreateVcoRouteEntry", "10.0.0.0/8");
        assert_eq!(vco("CreateVcoRouteEntry", "10.0.0.0/9"), [""; 0]);
        let found = vco("CreateVcoRouteEntry", "10.128.0.0/9");
        assert_eq!(vco("DeleteVcoRouteEntry", "10.0.0.0/8"), [""; 0]);
        assert_eq!(found, [world.resolve("UnreachableRoute $att")]);
    }

    #[test]
    fn a_policy_based_pair_shares_the_fate_of_its_customer_gateway() {
        let mut world = clean();
        let policy = |world: &mut World, action: &str, hop: &str, weight: &str| {
            let mut parameters = vec![
                ("VpnGatewayId", "$vpn"),
                ("RouteSource", "192.168.0.0/16"),
                ("RouteDest", "10.0.0.0/24"),
                ("NextHop", hop),
                ("Weight", weight),
            ];
            if action == "CreateVpnPbrRouteEntry" {
                parameters.push(("PublishVpc", "true"));
            }
            world.call(action, &parameters).unwrap();
        };
        policy(&mut world, "CreateVpnPbrRouteEntry", "$vco", "100");
        expect(&mut world, &[]);
        policy(&mut world, "CreateVpnPbrRouteEntry", "$vco2", "0");
        expect(&mut world, &["StandbySharesFate $vpn"]);
        // Another far end mends it.
        let other = world.call("CreateCustomerGateway", &[("IpAddress", "203.0.113.77")]).unwrap();
        let far_end = CustomerGatewayId::from_text(other["CustomerGatewayId"].as_str().unwrap());
        let id = VpnConnectionId::from_text(&world.names["$vco2"]);
        world.edit(|txn| {
            let mut connection = txn.get::<VpnConnection>(&id).unwrap().clone();
            connection.tunnels.iter_mut().for_each(|it| it.customer_gateway = Some(far_end));
            txn.put(connection);
        });
        expect(&mut world, &[]);
        policy(&mut world, "DeleteVpnPbrRouteEntry", "$vco", "100");
        expect(&mut world, &["StandbyWithoutActive $vpn"]);
    }

    /// What is found is gone when it is mended.
    #[test]
    fn findings_clear() {
        let mut world = clean();
        route(&mut world, "$vtb", "10.0.0.0/8", "Instance", "$i");
        for half in ["10.0.0.0/9", "10.128.0.0/9"] {
            route(&mut world, "$vtb", half, "NetworkInterface", "$eni");
        }
        expect(&mut world, &["UnreachableRoute $vtb"]);
        let wide = [("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.0.0.0/8")];
        world.call("DeleteRouteEntry", &[&wide[..], &[("NextHopId", "$i")]].concat()).unwrap();
        expect(&mut world, &[]);
        route(&mut world, "$custom", "10.0.0.0/8", "Instance", "$i");
        expect(&mut world, &["UnboundTable $custom"]);
        let bind = [("RouteTableId", "$custom"), ("VSwitchId", "$vsw2")];
        world.call("AssociateRouteTable", &bind).unwrap();
        expect(&mut world, &[]);

        let mut world = clean();
        vpn_route(&mut world, "CreateVpnRouteEntry", "$vco", "100", true);
        vpn_route(&mut world, "CreateVpnRouteEntry", "$vco2", "0", true);
        expect(&mut world, &["StandbySharesFate $vpn"]);
        vpn_route(&mut world, "DeleteVpnRouteEntry", "$vco", "100", true);
        expect(&mut world, &["StandbyWithoutActive $vpn"]);
        vpn_route(&mut world, "DeleteVpnRouteEntry", "$vco2", "0", true);
        expect(&mut world, &[]);
        route(&mut world, "$vtb", "10.0.0.0/16", "VpnGateway", "$vpn");
        vpn_route(&mut world, "CreateVpnRouteEntry", "$vco", "100", false);
        expect(&mut world, &["PartialBlackHole $vtb"]);
        let wide = [("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.0.0.0/16")];
        world.call("DeleteRouteEntry", &[&wide[..], &[("NextHopId", "$vpn")]].concat()).unwrap();
        route(&mut world, "$vtb", "10.0.0.0/24", "VpnGateway", "$vpn");
        expect(&mut world, &[]);
    }

    /// Every quota of things that a region holds is watched.
    #[test]
    fn all_quotas_are_watched() {
        let mut world = World::scene();
        route(&mut world, "$vtb", "10.5.0.0/16", "HaVip", "$havip");
        route(&mut world, "$vtb", "10.6.0.0/16", "Attachment", "$trattach");
        route(&mut world, "$vtb", "10.7.0.0/16", "VpnGateway", "$vpn");
        world.scene_bgp();
        let quiet = world.call("LintTenant", &[]).unwrap()["Findings"].to_string();
        assert!(!quiet.contains("QuotaNearlyUsed"), "{quiet}");
        for (quota, most) in world.context.quotas.by_name() {
            // Those of RAM belong to the account, and one is about requests.
            if !quota.contains("ram") && !quota.contains("polic") && quota != "batch_items" {
                *most = 1;
            }
        }
        let findings = world.call("LintTenant", &[]).unwrap()["Findings"].clone();
        let messages: Vec<&str> =
            findings.as_array().unwrap().iter().map(|it| it["Message"].as_str().unwrap()).collect();
        for what in [
            "VPCs in the region",
            "VPN gateways in the region",
            "customer gateways in the region",
            "IPsec connections for transit routers in the region",
            "vSwitches in a VPC",
            "custom route tables in a VPC",
            "registered resources in a VPC",
            "custom routes in a route table",
            "routes of a VPC to VPN gateways",
            "routes of a VPC to transit router attachments",
            "routes to a HaVip",
            "destination routes on a VPN gateway",
            "policy-based routes on a VPN gateway",
            "IPsec connections on a VPN gateway",
            "routes learned by BGP on a VPN gateway",
            "routes of an IPsec connection on a transit router",
        ] {
            let told = |message: &&str| message.contains(&format!("of 1 {what}"));
            assert!(messages.iter().any(told), "{what} in {messages:#?}");
        }
    }

    #[test]
    fn quotas_warn_before_they_are_used_up() {
        let mut world = clean();
        world.context.quotas.custom_routes_per_table = 5;
        for n in 0..3 {
            route(&mut world, "$vtb", &format!("10.{n}.0.0/16"), "Instance", "$i");
        }
        expect(&mut world, &[]);
        route(&mut world, "$vtb", "10.3.0.0/16", "Instance", "$i");
        expect(&mut world, &["QuotaNearlyUsed $vtb"]);
        let last = [("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.3.0.0/16")];
        world.call("DeleteRouteEntry", &[&last[..], &[("NextHopId", "$i")]].concat()).unwrap();
        expect(&mut world, &[]);
    }
}
