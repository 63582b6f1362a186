use super::announce_bgp_route::destination;
use crate::{Authorized, Operation, Write};
use causeway_model::bgp_route::{self, BgpRoute, BgpRouteKey};
use causeway_model::vpn_connection::VpnConnection;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use causeway_types::VpnConnectionId;
use serde::Serialize;

/// Lets the simulated BGP peer of an IPsec connection withdraw a route it announced.
///
/// The route is gone from the VPN gateway or the transit router, and from the VPC, at once.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The IPsec connection.
    #[parameter(example = "vco-bp15oes1py4i66rmd****")]
    vpn_connection_id: VpnConnectionId,
    /// The block that was announced.
    #[parameter(example = "10.0.0.0/24")]
    route_dest: String,
}

/// Nothing but the request id.
#[derive(Debug, Serialize)]
pub struct Response {}

errors! {
    /// What `WithdrawBgpRoute` refuses.
    pub enum Error {
        /// No such IPsec connection.
        ConnectionNotFound = 404, "InvalidVpnConnectionInstanceId.NotFound",
            "The specified vpn connection instance id does not exist.", "errors.json";
        /// The destination is not an IPv4 block without host bits.
        Destination = 400, "InvalidRouteDest.Malformed",
            "The specified RouteDest {} is not an IPv4 CIDR block.", "chosen";
        /// The peer announces no such route.
        NotAnnounced = 404, "InvalidRouteEntry.NotFound",
            "The peer of {} announces no such route.", "chosen";
    }
}

/// See [`Request`].
pub struct WithdrawBgpRoute;

impl Operation for WithdrawBgpRoute {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        access: Access::Delete,
        resources: &["link/{VpnConnectionId}"],
        examples: &[Example {
            title: "The data centre withdraws a block",
            request: &[("VpnConnectionId", "$bgp"), ("RouteDest", "172.20.0.0/16")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("WithdrawBgpRoute")
    };
    type Request = Request;
    type Response = Response;
}

impl Write for WithdrawBgpRoute {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Response, Refusal> {
        let connection = txn.get::<VpnConnection>(&request.vpn_connection_id).cloned();
        let connection = connection.ok_or(Error::ConnectionNotFound)?;
        let destination = destination(&request.route_dest)?;
        let key = BgpRouteKey { connection: connection.id, destination };
        if txn.get::<BgpRoute>(&key).is_none() {
            return Err(Error::NotAnnounced.with(connection.id));
        }
        txn.remove::<BgpRoute>(&key);
        bgp_route::propagate(txn, &connection);
        Ok(Response {})
    }
}
