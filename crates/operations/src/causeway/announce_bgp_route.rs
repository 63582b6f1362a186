use crate::{Authorized, Operation, Write};
use causeway_model::bgp_route::{self, BgpRoute, BgpRouteKey};
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use causeway_types::{Cidr, Family, VpnConnectionId};
use serde::Serialize;

/// Lets the simulated BGP peer of an IPsec connection announce a route.
///
/// While the connection and a tunnel with BGP are up, the VPN gateway or the transit router has
/// learned the route. It stands behind policy-based and destination routes; a gateway with
/// `AutoPropagate` also puts it into the system table of its VPC, where static routes go before it.
/// Announcing a destination again replaces what was said of it.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The IPsec connection. One of its tunnels must have BGP enabled.
    #[parameter(example = "vco-bp15oes1py4i66rmd****")]
    vpn_connection_id: VpnConnectionId,
    /// The IPv4 block that is announced.
    #[parameter(example = "10.0.0.0/24")]
    route_dest: String,
    /// The autonomous systems it passed, the nearest first, separated by blanks: 1 to 32 of them.
    /// The peer's own when absent.
    #[parameter(example = "65010 65020")]
    as_path: Option<String>,
    /// Its communities, up to 255 characters.
    #[parameter(example = "65010:100")]
    community: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    vpn_connection_id: VpnConnectionId,
    route_dest: String,
    /// Whether the session is up, so that the route is learned now.
    learned: bool,
}

errors! {
    /// What `AnnounceBgpRoute` refuses.
    pub enum Error {
        /// No such IPsec connection.
        ConnectionNotFound = 404, "InvalidVpnConnectionInstanceId.NotFound",
            "The specified vpn connection instance id does not exist.", "errors.json";
        /// The connection speaks no BGP.
        NoBgp = 400, "OperationUnsupported.BgpDisabled",
            "No tunnel of the IPsec connection {} has BGP enabled.", "chosen";
        /// The destination is not an IPv4 block without host bits.
        Destination = 400, "InvalidRouteDest.Malformed",
            "The specified RouteDest {} is not an IPv4 CIDR block.", "chosen";
        /// More routes than a gateway learns (semantics.md 8.5).
        Quota = 400, "QuotaExceeded.BgpRoute",
            "The number of BGP routes exceeds the quota.", "chosen";
    }
}

/// See [`Request`].
pub struct AnnounceBgpRoute;

impl Operation for AnnounceBgpRoute {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::Create,
        resources: &["link/{VpnConnectionId}"],
        examples: &[Example {
            title: "The data centre announces a block",
            request: &[("VpnConnectionId", "$bgp"), ("RouteDest", "10.0.0.0/24")],
            answer: r#"{"VpnConnectionId":"$bgp","RouteDest":"10.0.0.0/24","Learned":true}"#,
        }],
        ..Declaration::of::<Request, Error>("AnnounceBgpRoute")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for AnnounceBgpRoute {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let connection = txn.get::<VpnConnection>(&request.vpn_connection_id).cloned();
        let connection = connection.ok_or(Error::ConnectionNotFound)?;
        let destination = destination(&request.route_dest)?;
        let as_path = as_path(txn, &connection, request.as_path.as_deref())?;
        let community = request.community.as_deref().unwrap_or_default();
        if community.chars().count() > 255 {
            return Err(Refusal::invalid_parameter("Community"));
        }
        if connection.tunnels.iter().all(|tunnel| tunnel.bgp.is_none()) {
            return Err(Error::NoBgp.with(connection.id));
        }
        let key = BgpRouteKey { connection: connection.id, destination };
        if txn.get::<BgpRoute>(&key).is_none() && !has_room(txn, &connection) {
            return Err(Error::Quota.into());
        }
        let (announced, sequence) = (txn.now(), txn.revision());
        txn.put(BgpRoute { key, as_path, community: community.into(), announced, sequence });
        bgp_route::propagate(txn, &connection);
        Ok(Response {
            vpn_connection_id: connection.id,
            route_dest: destination.to_string(),
            learned: causeway_forward::Links::of(txn).speaks_bgp(&connection),
        })
    }
}

/// Reads a destination; the default route may be announced.
pub(super) fn destination(text: &str) -> Result<Cidr, Refusal> {
    let cidr = text.parse::<Cidr>().ok().filter(|cidr| cidr.family() == Family::V4);
    cidr.ok_or_else(|| Error::Destination.with(text))
}

fn as_path(
    world: &impl Read,
    connection: &VpnConnection,
    given: Option<&str>,
) -> Result<Vec<u32>, Refusal> {
    let invalid = || Refusal::invalid_parameter("AsPath");
    let Some(given) = given.filter(|given| !given.is_empty()) else {
        let peers = connection.tunnels.iter().filter_map(|tunnel| tunnel.customer_gateway);
        let peer = peers
            .filter_map(|id| world.get(&id))
            .find_map(|peer: &causeway_model::customer_gateway::CustomerGateway| peer.asn);
        return Ok(peer.into_iter().collect());
    };
    let path: Result<Vec<u32>, _> = given.split_whitespace().take(33).map(str::parse).collect();
    path.ok().filter(|path| (1..=32).contains(&path.len())).ok_or_else(invalid)
}

/// Whether the gateway, or the attachment, learns one more route.
fn has_room(txn: &Txn, connection: &VpnConnection) -> bool {
    let count = match connection.gateway() {
        Some(gateway) => bgp_route::of_gateway(txn, gateway).count(),
        None => bgp_route::of_connection(txn, connection.id).count(),
    };
    count < txn.context().quotas.bgp_routes_per_gateway
}

#[cfg(test)]
mod tests;
