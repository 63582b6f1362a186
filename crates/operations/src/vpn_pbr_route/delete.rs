use crate::shape::Empty;
use crate::vpn_route::check_overlay_mode;
use crate::{Authorized, Operation, Write};
use causeway_model::publish;
use causeway_model::task::{self, Subject};
use causeway_model::vpn_gateway::{self, VpnGateway};
use causeway_model::vpn_pbr_route::{VpnPbrRoute, VpnPbrRouteKey};
use causeway_model::vpn_route::{self, GatewayUnready};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{VpnConnectionId, VpnGatewayId};

/// Deletes a policy-based route of a VPN gateway, and withdraws it from the VPC where no other
/// published route needs the entry.
///
/// The route is gone from lists when the answer comes; the gateway is `updating` until the change is
/// in effect, then `active` again.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPN gateway.
    #[parameter(example = "vpn-bp1a3kqjiiq9legfx****")]
    vpn_gateway_id: VpnGatewayId,
    /// The source.
    #[parameter(example = "192.168.1.0/24")]
    route_source: String,
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
    /// The priority the route has, to be sure; any when absent.
    #[parameter(example = "10")]
    priority: Option<i64>,
}

errors! {
    /// What `DeleteVpnPbrRouteEntry` refuses.
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
        /// The gateway has no route with this source, destination, next hop, weight and priority.
        RouteNotFound = 404, "InvalidRouteEntry.NotFound",
            "The specified route entry does not exist.", "errors.json";
        /// The connection `NextHop` is being changed itself.
        VpnTaskConflict = 400, "VpnTask.CONFLICT", "Vpn task has conflict.", "errors.json";
        /// Documented for every change of routes. Not answered: deleting needs no quota.
        QuotaFull = 400, "Resource.QuotaFull", "The quota of resource is full", "errors.json";
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
pub struct DeleteVpnPbrRouteEntry;

impl Operation for DeleteVpnPbrRouteEntry {
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
                    ("RouteSource", "192.168.1.0/24"),
                    ("RouteDest", "172.17.0.0/16"),
                    ("NextHop", "$vco3"),
                    ("Weight", "100"),
                ],
                answer: "{}",
            },
            Example {
                title: "The weight must be the route's",
                request: &[
                    ("VpnGatewayId", "$vpn"),
                    ("RouteSource", "192.168.1.0/24"),
                    ("RouteDest", "172.17.0.0/16"),
                    ("NextHop", "$vco3"),
                    ("Weight", "0"),
                ],
                answer: r#"{"Code":"InvalidRouteEntry.NotFound"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("DeleteVpnPbrRouteEntry")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteVpnPbrRouteEntry {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let gateway = txn.get::<VpnGateway>(&request.vpn_gateway_id).cloned();
        let gateway = gateway.ok_or(Error::GatewayNotFound)?;
        check_overlay_mode(request.overlay_mode.as_deref())?;
        vpn_route::check_gateway(txn, &gateway).map_err(Error::from)?;
        let route = find(txn, &request).ok_or(Error::RouteNotFound)?;
        let VpnPbrRoute { key, published, .. } = *route;
        if task::is_busy(txn, Subject::VpnConnection(key.next_hop)) {
            return Err(Error::VpnTaskConflict.into());
        }
        if published && task::is_busy(txn, Subject::Routes(gateway.vpc)) {
            return Err(Error::TaskConflict.into());
        }
        // `State` knows no word for a route on its way out, and clients poll lists until a deleted
        // route is absent (clients.md 8.4): it goes at once, and only the gateway shows the work.
        txn.remove::<VpnPbrRoute>(&key);
        if published {
            publish::withdraw(txn, &gateway, key.destination);
        }
        vpn_gateway::reconfigure(txn, gateway.id);
        Ok(Empty {})
    }
}

/// The route a request names. A text that is no block names none (decision A3), and an absent
/// priority names any (decision A16).
fn find<'t>(txn: &'t Txn, request: &Request) -> Option<&'t VpnPbrRoute> {
    let key = VpnPbrRouteKey {
        gateway: request.vpn_gateway_id,
        source: request.route_source.parse().ok()?,
        destination: request.route_dest.parse().ok()?,
        next_hop: request.next_hop,
    };
    txn.get::<VpnPbrRoute>(&key).filter(|route| {
        i64::from(route.weight) == request.weight
            && request.priority.is_none_or(|priority| i64::from(route.priority) == priority)
    })
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
    use causeway_model::route_entry;
    use causeway_model::vpn_connection;
    use causeway_model::vpn_gateway::VpnGateway;
    use causeway_types::{VpnConnectionId, VpnGatewayId};

    const DELETE: &str = "DeleteVpnPbrRouteEntry";
    const ROUTE: &[(&str, &str)] = &[
        ("VpnGatewayId", "$vpn"),
        ("RouteSource", "192.168.1.0/24"),
        ("RouteDest", "172.17.0.0/16"),
        ("NextHop", "$vco3"),
        ("Weight", "100"),
    ];

    fn manual() -> World {
        let mut world = World::scene();
        world.context.tasks = TaskLength::Manual;
        world
    }

    #[test]
    fn only_the_exact_route_is_deleted() {
        let mut world = World::scene();
        for (name, value) in [
            ("RouteSource", "192.168.0.0/16"),
            ("RouteSource", "x"),
            ("RouteDest", "172.17.0.0/24"),
            ("RouteDest", "x"),
            ("NextHop", "$vco"),
            ("Weight", "0"),
            ("Priority", "11"), // decision A16
        ] {
            let refusal = world.refusal(DELETE, &[ROUTE, &[(name, value)]].concat());
            let found = (refusal.status, &*refusal.code);
            assert_eq!(found, (404, "InvalidRouteEntry.NotFound"), "{name}={value}");
        }
        world.call(DELETE, &[ROUTE, &[("Priority", "10")]].concat()).unwrap();
        assert_eq!(world.refusal(DELETE, ROUTE).code, "InvalidRouteEntry.NotFound");
    }

    #[test]
    fn the_gateway_and_the_connection_must_be_at_rest() {
        let mut world = manual();
        let unknown = [ROUTE, &[("VpnGatewayId", "vpn-none")]].concat();
        let refusal = world.refusal(DELETE, &unknown);
        let found = (refusal.status, &*refusal.code);
        assert_eq!(found, (404, "InvalidVpnGatewayInstanceId.NotFound"));
        let refusal = world.refusal(DELETE, &[ROUTE, &[("OverlayMode", "Gre")]].concat());
        assert_eq!(refusal.code, "InvalidParameter");
        let refusal = world.behind((DELETE, ROUTE), (DELETE, ROUTE)).unwrap_err();
        assert_eq!(refusal.code, "TaskConflict");
        let connection = world.id::<VpnConnectionId>("$vco3");
        world.edit(|txn| vpn_connection::reconfigure(txn, connection));
        assert_eq!(world.refusal(DELETE, ROUTE).code, "VpnTask.CONFLICT");
        world.finish_tasks();
        world.call(DELETE, ROUTE).unwrap();
        assert_eq!(world.refusal(DELETE, ROUTE).code, "VpnGateway.Configuring");
        let gateway = world.id::<VpnGatewayId>("$vpn");
        world.update::<VpnGateway>(&gateway, |gateway| gateway.financial_locked = true);
        assert_eq!(world.refusal(DELETE, ROUTE).code, "VpnGateway.FinancialLocked");
    }

    #[test]
    fn routes_of_both_kinds_share_what_they_publish() {
        let mut world = World::scene();
        let publish = [
            ("VpnGatewayId", "$vpn"),
            ("RouteSource", "192.168.2.0/24"),
            ("RouteDest", "10.0.0.0/24"),
            ("NextHop", "$vco"),
            ("Weight", "100"),
            ("PublishVpc", "true"),
        ];
        let published =
            |world: &World| route_entry::of_table(&world.tenant, world.id("$vtb")).count();
        world.call("CreateVpnRouteEntry", &publish).unwrap();
        world.call("CreateVpnPbrRouteEntry", &publish).unwrap();
        assert_eq!(published(&world), 1);
        world.call("DeleteVpnRouteEntry", &publish).unwrap();
        assert_eq!(published(&world), 1, "the policy-based route still needs it");
        world.call(DELETE, &publish).unwrap();
        assert_eq!(published(&world), 0);
    }

    #[test]
    fn a_withdrawal_waits_for_the_routes_of_the_vpc() {
        let mut world = World::scene();
        let publish = [
            ("VpnGatewayId", "$vpn"),
            ("RouteSource", "192.168.2.0/24"),
            ("RouteDest", "10.0.0.0/24"),
            ("NextHop", "$vco"),
            ("Weight", "100"),
            ("PublishVpc", "true"),
        ];
        world.call("CreateVpnPbrRouteEntry", &publish).unwrap();
        world.context.tasks = TaskLength::Manual;
        let other = [
            ("VpnGatewayId", "$dual"),
            ("RouteDest", "10.0.1.0/24"),
            ("NextHop", "$dualvco"),
            ("Weight", "100"),
            ("PublishVpc", "true"),
        ];
        world.call("CreateVpnRouteEntry", &other).unwrap();
        assert_eq!(world.refusal(DELETE, &publish).code, "TaskConflict");
        world.finish_tasks();
        world.call(DELETE, &publish).unwrap();
    }
}
