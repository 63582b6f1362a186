use crate::page::Page;
use crate::vpn_route::describe::next_hop_tunnel;
use crate::vpn_route::state;
use crate::{Authorized, Operation, Query};
use causeway_model::vpn_gateway::{PbrSupport, VpnGateway};
use causeway_model::vpn_pbr_route::{self, VpnPbrRoute};
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{TunnelId, VpnConnectionId, VpnGatewayId};
use serde::Serialize;

/// Lists the policy-based routes of a VPN gateway, in the order they were created.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPN gateway.
    #[parameter(example = "vpn-bp1a3kqjiiq9legfx****")]
    vpn_gateway_id: VpnGatewayId,
    /// The page, from 1.
    #[parameter(example = "1")]
    page_number: Option<i64>,
    /// Routes on a page, 1 to 50. 10 when absent.
    #[parameter(example = "10")]
    page_size: Option<i64>,
}

/// A page of routes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    page_number: i64,
    page_size: i64,
    total_count: usize,
    vpn_pbr_route_entries: VpnPbrRouteEntries,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VpnPbrRouteEntries {
    vpn_pbr_route_entry: Vec<Entry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    vpn_instance_id: VpnGatewayId,
    route_source: String,
    route_dest: String,
    next_hop: VpnConnectionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_hop_tunnel_id: Option<TunnelId>,
    weight: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<u8>,
    state: &'static str,
    create_time: i64,
}

errors! {
    /// What `DescribeVpnPbrRouteEntries` refuses.
    pub enum Error {
        /// No such VPN gateway.
        GatewayNotFound = 404, "InvalidVpnInstanceId.NotFound",
            "The specified vpn gateway instance id does not exist.", "semantics.md 10.3";
        /// A RAM user without permission.
        SubUser = 403, "Forbbiden.SubUser",
            "User not authorized to operate on the specified resource as your account is created by another user.",
            "errors.json";
        /// No permission on the gateway.
        Forbidden = 403, "Forbidden",
            "User not authorized to operate on the specified resource.", "errors.json";
    }
}

/// See [`Request`].
pub struct DescribeVpnPbrRouteEntries;

impl Operation for DescribeVpnPbrRouteEntries {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        access: Access::List,
        resources: &["vpngateway/{VpnGatewayId}"],
        examples: &[Example {
            title: "The policy-based routes of a gateway",
            request: &[("VpnGatewayId", "$vpn"), ("PageSize", "20")],
            answer: r#"{"TotalCount":1,"PageNumber":1,"PageSize":20,"VpnPbrRouteEntries":
                {"VpnPbrRouteEntry":[{"RouteSource":"192.168.1.0/24","RouteDest":"172.17.0.0/16",
                "NextHop":"$vco3","Weight":100,"Priority":10,"State":"normal"}]}}"#,
        }],
        ..Declaration::of::<Request, Error>("DescribeVpnPbrRouteEntries")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeVpnPbrRouteEntries {
    fn run(
        tenant: &Tenant,
        _: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let gateway =
            tenant.get::<VpnGateway>(&request.vpn_gateway_id).ok_or(Error::GatewayNotFound)?;
        let page = Page::new(request.page_number, request.page_size)?;
        let mut routes: Vec<_> = vpn_pbr_route::of_gateway(tenant, gateway.id).collect();
        routes.sort_by_key(|route| route.sequence);
        let (routes, total_count) = page.of(routes.into_iter());
        Ok(Response {
            page_number: page.number,
            page_size: page.size,
            total_count,
            vpn_pbr_route_entries: VpnPbrRouteEntries {
                vpn_pbr_route_entry: routes
                    .into_iter()
                    .map(|route| entry(tenant, gateway, route))
                    .collect(),
            },
        })
    }
}

fn entry(tenant: &Tenant, gateway: &VpnGateway, route: &VpnPbrRoute) -> Entry {
    Entry {
        vpn_instance_id: gateway.id,
        route_source: route.key.source.to_string(),
        route_dest: route.key.destination.to_string(),
        next_hop: route.key.next_hop,
        next_hop_tunnel_id: next_hop_tunnel(tenant, gateway, route.key.next_hop),
        weight: route.weight,
        priority: (gateway.pbr == PbrSupport::Full).then_some(route.priority),
        state: state(route.published),
        create_time: route.created.millis(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::vpn_gateway::{PbrSupport, VpnGateway};
    use causeway_types::VpnGatewayId;
    use serde_json::{Value, json};

    const DESCRIBE: &str = "DescribeVpnPbrRouteEntries";

    fn create(world: &mut World, gateway: &str, next_hop: &str, destination: &str) {
        let parameters = [
            ("VpnGatewayId", gateway),
            ("RouteSource", "192.168.2.0/24"),
            ("RouteDest", destination),
            ("NextHop", next_hop),
            ("Weight", "100"),
            ("PublishVpc", "true"),
        ];
        world.call("CreateVpnPbrRouteEntry", &parameters).unwrap();
    }

    fn entries(answer: &Value) -> &Vec<Value> {
        answer["VpnPbrRouteEntries"]["VpnPbrRouteEntry"].as_array().unwrap()
    }

    #[test]
    fn routes_come_in_the_order_of_their_creation() {
        let mut world = World::scene();
        for destination in ["10.9.0.0/16", "10.1.0.0/16"] {
            create(&mut world, "$vpn", "$vco", destination);
        }
        let page = |number| [("VpnGatewayId", "$vpn"), ("PageSize", "2"), ("PageNumber", number)];
        let (first, second) =
            (world.call(DESCRIBE, &page("1")).unwrap(), world.call(DESCRIBE, &page("2")).unwrap());
        let seen: Vec<_> =
            entries(&first).iter().chain(entries(&second)).map(|e| &e["RouteDest"]).collect();
        assert_eq!(seen, ["172.17.0.0/16", "10.9.0.0/16", "10.1.0.0/16"]);
        assert_eq!((&first["TotalCount"], &second["PageNumber"]), (&json!(3), &json!(2)));
        let expected = json!({
            "VpnInstanceId": world.names["$vpn"],
            "RouteSource": "192.168.2.0/24",
            "RouteDest": "10.1.0.0/16",
            "NextHop": world.names["$vco"],
            "Weight": 100,
            "Priority": 10,
            "State": "published",
            "CreateTime": world.context.now.millis(),
        });
        assert_eq!(entries(&second)[0], expected);
    }

    #[test]
    fn dual_tunnel_gateways_name_the_tunnel() {
        let mut world = World::scene();
        create(&mut world, "$dual", "$dualvco2", "10.1.0.0/16");
        let answer = world.call(DESCRIBE, &[("VpnGatewayId", "$dual")]).unwrap();
        assert_eq!(entries(&answer)[0]["NextHopTunnelId"], "tun-bp1dual21");
    }

    #[test]
    fn gateways_without_priorities_show_none() {
        let mut world = World::scene();
        let gateway = world.id::<VpnGatewayId>("$vpn");
        world.update::<VpnGateway>(&gateway, |it| it.pbr = PbrSupport::WithoutPriority);
        let answer = world.call(DESCRIBE, &[("VpnGatewayId", "$vpn")]).unwrap();
        assert_eq!(entries(&answer)[0].get("Priority"), None);
    }

    #[test]
    fn refusals_and_empty_lists() {
        let mut world = World::scene();
        let answer = world.call(DESCRIBE, &[("VpnGatewayId", "$dual")]).unwrap();
        assert_eq!(entries(&answer), &Vec::<Value>::new());
        let refusal = world.refusal(DESCRIBE, &[("VpnGatewayId", "vpn-none")]);
        assert_eq!((refusal.status, &*refusal.code), (404, "InvalidVpnInstanceId.NotFound"));
        let refusal = world.refusal(DESCRIBE, &[("VpnGatewayId", "$vpn"), ("PageSize", "0")]);
        assert_eq!(refusal.code, "InvalidParameter");
    }
}
