use crate::vpn_route::{OVERLAY_MODE, check_overlay_mode, state};
use crate::{Authorized, Operation, Write};
use causeway_model::publish;
use causeway_model::text::is_label;
use causeway_model::vpn_gateway::{self, PbrSupport, VpnGateway};
use causeway_model::vpn_pbr_route::{self, DEFAULT_PRIORITY, VpnPbrRoute, VpnPbrRouteKey};
use causeway_model::vpn_route;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal};
use causeway_types::{VpnConnectionId, VpnGatewayId};
use error::Error;
use serde::Serialize;

mod error;

/// Creates a policy-based route on a VPN gateway: traffic from `RouteSource` to `RouteDest` goes
/// through the IPsec connection `NextHop`.
///
/// Policy-based routes come before destination routes. They are matched in the order of their
/// priorities, then of their creation, not by the longest prefix. The answer comes back at once; the
/// gateway is `updating` until the route is in effect, then `active` again (`DescribeVpnGateway`).
///
/// On a gateway with single-tunnel connections, two routes with the same source, destination and
/// priority, different next hops and the weights 100 and 0 form an active/standby pair.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPN gateway.
    #[parameter(example = "vpn-bp1a3kqjiiq9legfx****")]
    vpn_gateway_id: VpnGatewayId,
    /// The source: an IPv4 block, or an address.
    #[parameter(example = "192.168.1.0/24")]
    route_source: String,
    /// The destination: an IPv4 block, or an address. On gateways with single-tunnel connections not
    /// 0.0.0.0/0, and nothing that overlaps 100.64.0.0/10.
    #[parameter(example = "10.0.0.0/24")]
    route_dest: String,
    /// The next hop: an IPsec connection of the gateway.
    #[parameter(example = "vco-bp15oes1py4i66rmd****")]
    next_hop: VpnConnectionId,
    /// 100 makes the connection the active link, 0 the standby link. Must be one of the two, but has
    /// no effect with dual-tunnel connections, whose tunnels are active and standby by themselves.
    #[parameter(example = "100")]
    weight: i64,
    /// Whether to publish the route to the system route table of the gateway's VPC. Custom route
    /// tables never get it: add the route there by hand.
    #[parameter(example = "true")]
    publish_vpc: bool,
    /// The description: 1 to 100 characters, not starting with `http://` or `https://`.
    #[parameter(example = "desctest")]
    description: Option<String>,
    /// The tunnelling protocol: `Ipsec`.
    #[parameter(example = "Ipsec")]
    overlay_mode: Option<String>,
    /// The priority: 1 to 100, where a smaller value comes first. 10 when absent.
    #[parameter(example = "10")]
    priority: Option<i64>,
}

/// The new route.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    next_hop: VpnConnectionId,
    weight: u8,
    route_dest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Box<str>>,
    state: &'static str,
    create_time: i64,
    overlay_mode: &'static str,
    route_source: String,
    vpn_instance_id: VpnGatewayId,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<u8>,
}

/// See [`Request`].
pub struct CreateVpnPbrRouteEntry;

impl Operation for CreateVpnPbrRouteEntry {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        dry_run: true,
        asynchronous: true,
        access: Access::Create,
        resources: &["vpngateway/{VpnGatewayId}"],
        examples: &[
            Example {
                title: "An unpublished route",
                request: &[
                    ("VpnGatewayId", "$vpn"),
                    ("RouteSource", "192.168.1.0/24"),
                    ("RouteDest", "10.0.0.0/24"),
                    ("NextHop", "$vco"),
                    ("Weight", "100"),
                    ("PublishVpc", "false"),
                    ("Description", "desctest"),
                    ("Priority", "20"),
                ],
                answer: r#"{"VpnInstanceId":"$vpn","RouteSource":"192.168.1.0/24",
                    "RouteDest":"10.0.0.0/24","NextHop":"$vco","Weight":100,"Priority":20,
                    "State":"normal","OverlayMode":"Ipsec","Description":"desctest",
                    "CreateTime":"*"}"#,
            },
            Example {
                title: "Routes of one priority must not overlap",
                request: &[
                    ("VpnGatewayId", "$vpn"),
                    ("RouteSource", "192.168.0.0/16"),
                    ("RouteDest", "172.17.1.0/24"),
                    ("NextHop", "$vco"),
                    ("Weight", "100"),
                    ("PublishVpc", "false"),
                ],
                answer: r#"{"Code":"VpnRouteEntry.SamePriorityPbrRoutePrefixOverlap"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("CreateVpnPbrRouteEntry")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for CreateVpnPbrRouteEntry {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let gateway = txn.get::<VpnGateway>(&request.vpn_gateway_id).cloned();
        let gateway = gateway.ok_or(Error::GatewayNotFound)?;
        let route = read(txn, &gateway, &request)?;
        check(txn, &gateway, &route)?;
        let response = Response {
            next_hop: route.key.next_hop,
            weight: route.weight,
            route_dest: route.key.destination.to_string(),
            description: route.description.clone(),
            state: state(route.published),
            create_time: route.created.millis(),
            overlay_mode: OVERLAY_MODE,
            route_source: route.key.source.to_string(),
            vpn_instance_id: gateway.id,
            priority: (gateway.pbr == PbrSupport::Full).then_some(route.priority),
        };
        let VpnPbrRoute { key, published, .. } = route;
        txn.put(route);
        if published {
            publish::publish(txn, &gateway, key.destination);
        }
        vpn_gateway::reconfigure(txn, gateway.id);
        Ok(response)
    }
}

/// The route a request describes, if its values are valid and the gateway knows such routes.
fn read(txn: &Txn, gateway: &VpnGateway, request: &Request) -> Result<VpnPbrRoute, Refusal> {
    let source = vpn_pbr_route::source(&request.route_source).map_err(|_| Error::Malformed)?;
    let destination = vpn_pbr_route::destination(&request.route_dest, gateway.is_dual_tunnel());
    let destination = destination.map_err(Error::from)?;
    let weight = vpn_route::weight(request.weight).ok_or(Error::InvalidWeight)?;
    if request.description.as_deref().is_some_and(|text| !is_label(text, 1..=100)) {
        return Err(Error::InvalidDescription.into());
    }
    check_overlay_mode(request.overlay_mode.as_deref())?;
    let priority = match request.priority {
        None => DEFAULT_PRIORITY,
        Some(value) => {
            vpn_pbr_route::priority(value).ok_or_else(|| Refusal::invalid_parameter("Priority"))?
        }
    };
    let support = vpn_pbr_route::check_support(gateway, request.priority.is_some());
    support.map_err(Error::from)?;
    let (gateway, next_hop) = (gateway.id, request.next_hop);
    Ok(VpnPbrRoute {
        key: VpnPbrRouteKey { gateway, source, destination, next_hop },
        weight,
        priority,
        published: request.publish_vpc,
        description: request.description.as_deref().map(Into::into),
        created: txn.now(),
        sequence: txn.revision(),
    })
}

/// Whether the gateway takes the route now.
fn check(txn: &Txn, gateway: &VpnGateway, route: &VpnPbrRoute) -> Result<(), Error> {
    let VpnPbrRouteKey { destination, next_hop, .. } = route.key;
    vpn_route::check_gateway(txn, gateway)?;
    if route.published {
        publish::check_vpc(txn, gateway.vpc)?;
    }
    vpn_route::check_next_hop(txn, gateway.id, next_hop)?;
    vpn_pbr_route::check_clash(txn, gateway, route.key, route.weight, route.priority)?;
    if vpn_route::is_local(txn, gateway.vpc, destination, route.published) {
        return Err(Error::Conflict);
    }
    if route.published {
        publish::check(txn, gateway, destination)?;
    }
    let routes = vpn_pbr_route::of_gateway(txn, gateway.id).count();
    if routes >= txn.context().quotas.pbr_routes_per_gateway {
        return Err(Error::GatewayQuota);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
