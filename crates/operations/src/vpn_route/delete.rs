use super::check_overlay_mode;
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::publish;
use causeway_model::task::{self, Subject};
use causeway_model::vpn_gateway::{self, VpnGateway};
use causeway_model::vpn_route::{self, GatewayUnready, VpnRoute, VpnRouteKey};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{VpnConnectionId, VpnGatewayId};

/// Deletes a destination route of a VPN gateway, and withdraws it from the VPC where no other
/// published route needs the entry.
///
/// The route is gone from lists when the answer comes; the gateway is `updating` until the change is
/// in effect, then `active` again.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPN gateway.
    #[parameter(example = "vpn-bp1a3kqjiiq9legfx****")]
    vpn_gateway_id: VpnGatewayId,
    /// The destination.
    #[parameter(example = "10.0.0.0/24")]
    route_dest: String,
    /// The next hop.
    #[parameter(example = "vco-bp15oes1py4i66rmd****")]
    next_hop: VpnConnectionId,
    /// The weight the route has: 100 or 0.
    #[parameter(example = "100")]
    weight: i64,
    /// The tunnelling protocol: `Ipsec`.
    #[parameter(example = "Ipsec")]
    overlay_mode: Option<String>,
}

errors! {
    /// What `DeleteVpnRouteEntry` refuses.
    pub enum Error {
        /// No such VPN gateway.
        GatewayNotFound = 404, "InvalidVpnGatewayInstanceId.NotFound",
            "The specified vpn gateway instance id does not exist.", "errors.json";
        /// The gateway is locked for overdue payment.
        FinancialLocked = 400, "VpnGateway.FinancialLocked",
            "The specified service is financial locked.", "errors.json";
        /// Another request for the gateway is being carried out, or the route is published and other
        /// routes of the VPC are being changed.
        TaskConflict = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "errors.json";
        /// The gateway is not `active`.
        GatewayConfiguring = 400, "VpnGateway.Configuring",
            "The specified service is configuring.", "errors.json";
        /// The gateway has no route with this destination, next hop and weight.
        RouteNotFound = 404, "InvalidRouteEntry.NotFound",
            "The specified route entry does not exist.", "errors.json";
        /// The connection `NextHop` is being changed itself.
        VpnTaskConflict = 400, "VpnTask.CONFLICT", "Vpn task has conflict.", "errors.json";
        /// Documented for every change of routes. Not answered: deleting needs no quota.
        QuotaFull = 400, "Resource.QuotaFull", "The quota of resource is full", "errors.json";
        /// Seen by clients of the provider while the route is configured. Not answered: a route
        /// being configured keeps its gateway from being `active`.
        RouteConfiguring = 400, "VpnRouteEntry.Configuring",
            "The specified route entry is configuring.", "clients.md 6.2";
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
pub struct DeleteVpnRouteEntry;

impl Operation for DeleteVpnRouteEntry {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        asynchronous: true,
        access: Access::Delete,
        resources: &["vpngateway/{VpnGatewayId}"],
        examples: &[
            Example {
                title: "A route of the scene",
                request: &[
                    ("VpnGatewayId", "$vpn"),
                    ("RouteDest", "172.16.0.0/16"),
                    ("NextHop", "$vco3"),
                    ("Weight", "100"),
                ],
                answer: "{}",
            },
            Example {
                title: "The weight must be the route's",
                request: &[
                    ("VpnGatewayId", "$vpn"),
                    ("RouteDest", "172.16.0.0/16"),
                    ("NextHop", "$vco3"),
                    ("Weight", "0"),
                ],
                answer: r#"{"Code":"InvalidRouteEntry.NotFound"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("DeleteVpnRouteEntry")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteVpnRouteEntry {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let gateway = txn.get::<VpnGateway>(&request.vpn_gateway_id).cloned();
        let gateway = gateway.ok_or(Error::GatewayNotFound)?;
        check_overlay_mode(request.overlay_mode.as_deref())?;
        vpn_route::check_gateway(txn, &gateway).map_err(Error::from)?;
        let route = find(txn, &request).ok_or(Error::RouteNotFound)?;
        let VpnRoute { key, published, .. } = *route;
        if task::is_busy(txn, Subject::VpnConnection(key.next_hop)) {
            return Err(Error::VpnTaskConflict.into());
        }
        if published && task::is_busy(txn, Subject::Routes(gateway.vpc)) {
            return Err(Error::TaskConflict.into());
        }
        // `State` knows no word for a route on its way out, and clients poll lists until a deleted
        // route is absent (clients.md 8.3): it goes at once, and only the gateway shows the work.
        txn.remove::<VpnRoute>(&key);
        if published {
            publish::withdraw(txn, &gateway, key.destination);
        }
        vpn_gateway::reconfigure(txn, gateway.id);
        Ok(Empty {})
    }
}

/// The route a request names. A text that is no destination names none (decision A3).
fn find<'t>(txn: &'t Txn, request: &Request) -> Option<&'t VpnRoute> {
    let destination = request.route_dest.parse().ok()?;
    let gateway = request.vpn_gateway_id;
    let key = VpnRouteKey { gateway, destination, next_hop: request.next_hop };
    txn.get::<VpnRoute>(&key).filter(|route| i64::from(route.weight) == request.weight)
}

impl From<GatewayUnready> for Error {
    fn from(cause: GatewayUnready) -> Error {
        match cause {
            GatewayUnready::FinancialLocked => Error::FinancialLocked,
            GatewayUnready::Held => Error::TaskConflict,
            GatewayUnready::Configuring => Error::GatewayConfiguring,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::TaskLength;
    use causeway_model::vpn_connection;
    use causeway_model::vpn_gateway::VpnGateway;
    use causeway_types::{VpnConnectionId, VpnGatewayId};

    const DELETE: &str = "DeleteVpnRouteEntry";
    const ROUTE: &[(&str, &str)] = &[
        ("VpnGatewayId", "$vpn"),
        ("RouteDest", "172.16.0.0/16"),
        ("NextHop", "$vco3"),
        ("Weight", "100"),
    ];

    fn manual() -> World {
        let mut world = World::scene();
        world.context.tasks = TaskLength::Manual;
        world
    }

    #[test]
    fn the_route_is_gone_at_once_and_the_gateway_busy_for_a_while() {
        let mut world = manual();
        world.call(DELETE, ROUTE).unwrap();
        let listed = world.call("DescribeVpnRouteEntries", &[("VpnGatewayId", "$vpn")]).unwrap();
        assert_eq!(listed["TotalCount"], 0);
        let create = [ROUTE, &[("PublishVpc", "false")]].concat();
        let refusal = world.refusal("CreateVpnRouteEntry", &create);
        assert_eq!(refusal.code, "VpnGateway.Configuring");
        world.finish_tasks();
        world.call("CreateVpnRouteEntry", &create).unwrap();
    }

    #[test]
    fn only_the_exact_route_is_deleted() {
        let mut world = World::scene();
        for (name, value) in [
            ("RouteDest", "172.16.0.0/24"),
            ("RouteDest", "172.16.0.1/16"),
            ("RouteDest", "x"),
            ("NextHop", "$vco"),
            ("NextHop", "x"),
            ("Weight", "0"),
            ("Weight", "5"),
        ] {
            let refusal = world.refusal(DELETE, &[ROUTE, &[(name, value)]].concat());
            let found = (refusal.status, &*refusal.code);
            assert_eq!(found, (404, "InvalidRouteEntry.NotFound"), "{name}={value}");
        }
        let refusal = world.refusal(DELETE, &[ROUTE, &[("OverlayMode", "Gre")]].concat());
        assert_eq!(refusal.code, "InvalidParameter");
        world.call(DELETE, ROUTE).unwrap();
        assert_eq!(world.refusal(DELETE, ROUTE).code, "InvalidRouteEntry.NotFound");
    }

    #[test]
    fn the_gateway_and_the_connection_must_be_at_rest() {
        let mut world = manual();
        let unknown = [ROUTE, &[("VpnGatewayId", "vpn-none")]].concat();
        let refusal = world.refusal(DELETE, &unknown);
        let found = (refusal.status, &*refusal.code);
        assert_eq!(found, (404, "InvalidVpnGatewayInstanceId.NotFound"));
        let refusal = world.behind((DELETE, ROUTE), (DELETE, ROUTE)).unwrap_err();
        assert_eq!(refusal.code, "TaskConflict");
        let connection = world.id::<VpnConnectionId>("$vco3");
        world.edit(|txn| vpn_connection::reconfigure(txn, connection));
        assert_eq!(world.refusal(DELETE, ROUTE).code, "VpnTask.CONFLICT");
        let gateway = world.id::<VpnGatewayId>("$vpn");
        world.update::<VpnGateway>(&gateway, |gateway| gateway.financial_locked = true);
        assert_eq!(world.refusal(DELETE, ROUTE).code, "VpnGateway.FinancialLocked");
    }

    #[test]
    fn every_part_of_the_name_is_required() {
        let mut world = World::scene();
        for (name, _) in ROUTE {
            let rest: Vec<_> = ROUTE.iter().copied().filter(|(other, _)| other != name).collect();
            assert_eq!(world.refusal(DELETE, &rest).code, format!("Missing{name}"));
        }
    }
}
