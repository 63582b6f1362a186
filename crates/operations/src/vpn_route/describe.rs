use super::state;
use crate::page::Page;
use crate::{Authorized, Operation, Query};
use causeway_forward::Links;
use causeway_model::bgp_route::{self, BgpRoute};
use causeway_model::vpn_connection::{TunnelRole, VpnConnection};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vpn_route::{self, VpnRoute};
use causeway_model::{Context, Read, Tenant};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{TunnelId, VpnConnectionId, VpnGatewayId};
use serde::Serialize;

/// Lists the destination routes of a VPN gateway, in the order they were created.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPN gateway.
    #[parameter(example = "vpn-bp1a3kqjiiq9legfx****")]
    vpn_gateway_id: VpnGatewayId,
    /// `custom` for created routes, `bgp` for learned ones. `custom` when absent.
    #[parameter(example = "custom")]
    route_entry_type: Option<String>,
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
    vpn_route_entries: VpnRouteEntries,
    #[serde(skip_serializing_if = "Option::is_none")]
    vpn_route_counts: Option<VpnRouteCounts>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VpnRouteEntries {
    vpn_route_entry: Vec<Entry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    vpn_instance_id: VpnGatewayId,
    route_dest: String,
    next_hop: VpnConnectionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_hop_tunnel_id: Option<TunnelId>,
    weight: u8,
    state: &'static str,
    create_time: i64,
    route_entry_type: &'static str,
    source: &'static str,
    as_path: String,
    community: Box<str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VpnRouteCounts {
    vpn_route_count: Vec<RouteCount>,
}

/// How many routes of one kind there are.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RouteCount {
    route_entry_type: &'static str,
    source: &'static str,
    route_count: usize,
}

impl RouteCount {
    /// The count of routes made by requests.
    pub(crate) fn custom(route_count: usize) -> RouteCount {
        RouteCount { route_entry_type: CUSTOM, source: CLOUD, route_count }
    }

    /// The counts of made routes and, when there are any, of learned ones.
    pub(crate) fn both(made: usize, learned: usize) -> Vec<RouteCount> {
        let learned = (learned > 0).then_some(RouteCount {
            route_entry_type: BGP,
            source: VPN_BGP,
            route_count: learned,
        });
        [RouteCount::custom(made)].into_iter().chain(learned).collect()
    }
}

/// `RouteEntryType` of routes made by requests.
pub(crate) const CUSTOM: &str = "custom";
/// `RouteEntryType` of routes learned by BGP.
pub(crate) const BGP: &str = "bgp";
/// `Source` of routes that the data centre announces.
pub(crate) const VPN_BGP: &str = "VPN_BGP";
/// `Source` of routes made on the cloud's side.
pub(crate) const CLOUD: &str = "CLOUD";

errors! {
    /// What `DescribeVpnRouteEntries` refuses.
    pub enum Error {
        /// No such VPN gateway.
        GatewayNotFound = 404, "InvalidVpnInstanceId.NotFound",
            "The specified vpn gateway instance id does not exist.", "errors.json";
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
pub struct DescribeVpnRouteEntries;

impl Operation for DescribeVpnRouteEntries {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        access: Access::List,
        resources: &["vpngateway/{VpnGatewayId}"],
        examples: &[Example {
            title: "The routes of a gateway",
            request: &[("VpnGatewayId", "$vpn"), ("PageSize", "20")],
            answer: r#"{"TotalCount":1,"PageNumber":1,"PageSize":20,"VpnRouteEntries":
                {"VpnRouteEntry":[{"RouteDest":"172.16.0.0/16","NextHop":"$vco3","Weight":100,
                "State":"normal","RouteEntryType":"custom"}]}}"#,
        }],
        ..Declaration::of::<Request, Error>("DescribeVpnRouteEntries")
    };
    type Request = Request;
    type Response = Response;
}

impl Query for DescribeVpnRouteEntries {
    fn run(
        tenant: &Tenant,
        _: &Context,
        request: Authorized<'_, Request>,
    ) -> Result<Response, Refusal> {
        let gateway =
            tenant.get::<VpnGateway>(&request.vpn_gateway_id).ok_or(Error::GatewayNotFound)?;
        let custom = is_custom(request.route_entry_type.as_deref())?.unwrap_or(true);
        let page = Page::new(request.page_number, request.page_size)?;
        let mut routes: Vec<_> = vpn_route::of_gateway(tenant, gateway.id).collect();
        routes.sort_by_key(|route| route.sequence);
        let learned = learned(tenant, bgp_route::of_gateway(tenant, gateway.id));
        let counts = gateway.is_dual_tunnel().then(|| VpnRouteCounts {
            vpn_route_count: RouteCount::both(routes.len(), learned.len()),
        });
        let entries: Vec<Entry> = match custom {
            true => routes.into_iter().map(|route| entry(tenant, gateway, route)).collect(),
            false => learned.into_iter().map(|it| learned_entry(tenant, gateway, it)).collect(),
        };
        let (entries, total_count) = page.of(entries.into_iter());
        Ok(Response {
            page_number: page.number,
            page_size: page.size,
            total_count,
            vpn_route_entries: VpnRouteEntries { vpn_route_entry: entries },
            vpn_route_counts: counts,
        })
    }
}

/// What peers whose sessions are up announce, in the order of announcements.
pub(crate) fn learned<'a>(
    tenant: &Tenant,
    announced: impl Iterator<Item = &'a BgpRoute>,
) -> Vec<&'a BgpRoute> {
    let links = Links::of(tenant);
    let up = |route: &&BgpRoute| {
        let connection = tenant.get::<VpnConnection>(&route.key.connection);
        connection.is_some_and(|connection| links.speaks_bgp(connection))
    };
    let mut learned: Vec<_> = announced.filter(up).collect();
    learned.sort_by_key(|route| route.sequence);
    learned
}

/// Reads `RouteEntryType`: created routes (`true`) or routes learned by BGP.
pub(crate) fn is_custom(route_entry_type: Option<&str>) -> Result<Option<bool>, Refusal> {
    match route_entry_type {
        None | Some("") => Ok(None),
        Some(CUSTOM) => Ok(Some(true)),
        Some(BGP) => Ok(Some(false)),
        Some(_) => Err(Refusal::invalid_parameter("RouteEntryType")),
    }
}

fn entry(tenant: &Tenant, gateway: &VpnGateway, route: &VpnRoute) -> Entry {
    Entry {
        vpn_instance_id: gateway.id,
        route_dest: route.key.destination.to_string(),
        next_hop: route.key.next_hop,
        next_hop_tunnel_id: next_hop_tunnel(tenant, gateway, route.key.next_hop),
        weight: route.weight,
        state: state(route.published),
        create_time: route.created.millis(),
        route_entry_type: CUSTOM,
        source: CLOUD,
        as_path: String::new(),
        community: "".into(),
    }
}

/// A learned route counts as published when the gateway propagates it into the VPC.
fn learned_entry(tenant: &Tenant, gateway: &VpnGateway, route: &BgpRoute) -> Entry {
    Entry {
        vpn_instance_id: gateway.id,
        route_dest: route.key.destination.to_string(),
        next_hop: route.key.connection,
        next_hop_tunnel_id: next_hop_tunnel(tenant, gateway, route.key.connection),
        weight: 0,
        state: state(gateway.auto_propagate),
        create_time: route.announced.millis(),
        route_entry_type: BGP,
        source: VPN_BGP,
        as_path: route.path_text(),
        community: route.community.clone(),
    }
}

/// The tunnel that carries a route of a gateway with dual tunnels: the one in use, and with both down
/// the master, which traffic is lost on.
pub(crate) fn next_hop_tunnel(
    tenant: &Tenant,
    gateway: &VpnGateway,
    next_hop: VpnConnectionId,
) -> Option<TunnelId> {
    if !gateway.is_dual_tunnel() {
        return None;
    }
    let connection = tenant.get::<VpnConnection>(&next_hop)?;
    let master = || connection.tunnels.iter().find(|tunnel| tunnel.role == TunnelRole::Master);
    Links::of(tenant).tunnel_in_use(connection).or_else(master).map(|tunnel| tunnel.id)
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use serde_json::json;

    fn create(world: &mut World, gateway: &str, destination: &str, next_hop: &str, weight: &str) {
        let parameters = [
            ("VpnGatewayId", gateway),
            ("RouteDest", destination),
            ("NextHop", next_hop),
            ("Weight", weight),
            ("PublishVpc", "false"),
        ];
        world.call("CreateVpnRouteEntry", &parameters).unwrap();
    }

    fn describe(world: &mut World, more: &[(&str, &str)]) -> serde_json::Value {
        world.call("DescribeVpnRouteEntries", more).unwrap()
    }

    #[test]
    fn routes_come_in_the_order_of_their_creation() {
        let mut world = World::scene();
        create(&mut world, "$vpn", "10.9.0.0/16", "$vco2", "100");
        create(&mut world, "$vpn", "10.1.0.0/16", "$vco", "100");
        create(&mut world, "$vpn", "10.9.0.0/16", "$vco", "0");
        let answer = describe(&mut world, &[("VpnGatewayId", "$vpn"), ("PageSize", "2")]);
        let second = [("VpnGatewayId", "$vpn"), ("PageSize", "2"), ("PageNumber", "2")];
        let rest = describe(&mut world, &second);
        let mut seen = Vec::new();
        for page in [&answer, &rest] {
            assert_eq!((&page["TotalCount"], &page["PageSize"]), (&json!(4), &json!(2)));
            assert!(page.get("VpnRouteCounts").is_none(), "single tunnels have no counts");
            for entry in page["VpnRouteEntries"]["VpnRouteEntry"].as_array().unwrap() {
                assert!(entry.get("NextHopTunnelId").is_none());
                seen.push((
                    entry["RouteDest"].as_str().unwrap().to_owned(),
                    entry["Weight"].clone(),
                ));
            }
        }
        let expected = [
            ("172.16.0.0/16", 100),
            ("10.9.0.0/16", 100),
            ("10.1.0.0/16", 100),
            ("10.9.0.0/16", 0),
        ];
        assert_eq!(seen, expected.map(|(text, weight)| (text.to_owned(), json!(weight))));
    }

    #[test]
    fn dual_tunnel_gateways_name_the_tunnel_and_count() {
        let mut world = World::scene();
        create(&mut world, "$dual", "10.1.0.0/16", "$dualvco", "100");
        let answer = describe(&mut world, &[("VpnGatewayId", "$dual")]);
        let entry = &answer["VpnRouteEntries"]["VpnRouteEntry"][0];
        assert_eq!(entry["NextHopTunnelId"], "tun-bp1dual11");
        assert_eq!(entry["CreateTime"], world.context.now.millis());
        let count = json!({"RouteEntryType": "custom", "Source": "CLOUD", "RouteCount": 1});
        assert_eq!(answer["VpnRouteCounts"]["VpnRouteCount"], json!([count]));
    }

    #[test]
    fn learned_routes_are_another_list() {
        let mut world = World::scene();
        let answer = describe(&mut world, &[("VpnGatewayId", "$vpn"), ("RouteEntryType", "bgp")]);
        assert_eq!(answer["VpnRouteEntries"]["VpnRouteEntry"], json!([]));
        assert_eq!(answer["TotalCount"], 0);
    }

    #[test]
    fn refusals() {
        let mut world = World::scene();
        for (name, value, code) in [
            ("VpnGatewayId", "vpn-bp1a3kqjiiq9legfx****", "InvalidVpnInstanceId.NotFound"),
            ("RouteEntryType", "static", "InvalidParameter"),
            ("PageSize", "51", "InvalidParameter"),
            ("PageNumber", "0", "InvalidParameter"),
        ] {
            let refusal = if name == "VpnGatewayId" {
                world.refusal("DescribeVpnRouteEntries", &[(name, value)])
            } else {
                world.refusal("DescribeVpnRouteEntries", &[("VpnGatewayId", "$vpn"), (name, value)])
            };
            assert_eq!(refusal.code, code, "{name}={value}");
        }
    }
}
