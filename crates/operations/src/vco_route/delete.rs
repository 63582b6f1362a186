use crate::shape::Empty;
use crate::vpn_route::check_overlay_mode;
use crate::{Authorized, Operation, Write};
use causeway_model::vco_route::{self, ConnectionUnready, VcoRoute, VcoRouteKey};
use causeway_model::vpn_connection;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::VpnConnectionId;

/// Deletes a destination route of an IPsec connection that is attached to a transit router.
///
/// The route is gone from lists when the answer comes; the connection is `updating` until the change
/// is in effect, then `attached` again.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The IPsec connection.
    #[parameter(example = "vco-p0w2jpkhi2eeop6q6****")]
    vpn_connection_id: VpnConnectionId,
    /// The destination.
    #[parameter(example = "192.168.10.0/24")]
    route_dest: String,
    /// The next hop: the IPsec connection once more.
    #[parameter(example = "vco-p0w2jpkhi2eeop6q6****")]
    next_hop: VpnConnectionId,
    /// The weight the route has: 100 or 0.
    #[parameter(example = "100")]
    weight: i64,
    /// The tunnelling protocol: `Ipsec`.
    #[parameter(example = "Ipsec")]
    overlay_mode: Option<String>,
}

errors! {
    /// What `DeleteVcoRouteEntry` refuses.
    pub enum Error {
        /// No such IPsec connection, or it is one of a VPN gateway.
        ConnectionNotFound = 404, "InvalidVpnConnectionInstanceId.NotFound",
            "The specified vpn connection instance id does not exist.", "semantics.md 6.3";
        /// The connection is locked for overdue payment.
        FinancialLocked = 400, "VpnConnection.FinancialLocked",
            "The specified service is financial locked.", "semantics.md 6.3";
        /// Another request for the connection is being carried out.
        TaskConflict = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "errors.json";
        /// The connection is not `attached`: it is attached to nothing, or being changed.
        ConnectionConfiguring = 400, "VpnConnection.Configuring",
            "The specified service is configuring.", "clients.md 6.2";
        /// The connection has no route with this destination, next hop and weight.
        RouteNotFound = 404, "InvalidRouteEntry.NotFound",
            "The specified route entry does not exist.", "errors.json";
        /// Seen by clients of the provider while the connection is changed. Not answered: the
        /// connection is then not `attached`.
        VpnTaskConflict = 400, "VpnTask.CONFLICT", "Vpn task has conflict.", "errors.json";
    }
}

/// See [`Request`].
pub struct DeleteVcoRouteEntry;

impl Operation for DeleteVcoRouteEntry {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        asynchronous: true,
        access: Access::Delete,
        resources: &["vpnconnection/{VpnConnectionId}"],
        examples: &[Example {
            title: "A route of the scene",
            request: &[
                ("VpnConnectionId", "$att"),
                ("RouteDest", "172.16.0.0/16"),
                ("NextHop", "$att"),
                ("Weight", "100"),
            ],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DeleteVcoRouteEntry")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteVcoRouteEntry {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let connection = vco_route::connection(txn, request.vpn_connection_id);
        let connection = connection.ok_or(Error::ConnectionNotFound)?;
        check_overlay_mode(request.overlay_mode.as_deref())?;
        vco_route::check_connection(txn, connection).map_err(Error::from)?;
        let key = find(txn, &request).ok_or(Error::RouteNotFound)?.key;
        // `State` knows no word for a route on its way out, and clients poll lists until a deleted
        // route stays absent (clients.md 8.5): it goes at once, and only the connection shows the
        // work.
        txn.remove::<VcoRoute>(&key);
        vpn_connection::reconfigure(txn, key.connection);
        Ok(Empty {})
    }
}

/// The route a request names. A text that is no destination names none (decision A3).
fn find<'t>(txn: &'t Txn, request: &Request) -> Option<&'t VcoRoute> {
    let destination = request.route_dest.parse().ok()?;
    let key = VcoRouteKey { connection: request.vpn_connection_id, destination };
    txn.get::<VcoRoute>(&key).filter(|route| {
        request.next_hop == key.connection && i64::from(route.weight) == request.weight
    })
}

impl From<ConnectionUnready> for Error {
    fn from(cause: ConnectionUnready) -> Error {
        match cause {
            ConnectionUnready::FinancialLocked => Error::FinancialLocked,
            ConnectionUnready::Held => Error::TaskConflict,
            ConnectionUnready::Configuring => Error::ConnectionConfiguring,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::TaskLength;
    use causeway_model::vpn_connection::{ConnectionState, VpnConnection};
    use causeway_types::VpnConnectionId;

    const DELETE: &str = "DeleteVcoRouteEntry";
    const ROUTE: &[(&str, &str)] = &[
        ("VpnConnectionId", "$att"),
        ("RouteDest", "172.16.0.0/16"),
        ("NextHop", "$att"),
        ("Weight", "100"),
    ];

    #[test]
    fn only_the_exact_route_is_deleted() {
        let mut world = World::scene();
        for (name, value, code) in [
            ("VpnConnectionId", "vco-none", "InvalidVpnConnectionInstanceId.NotFound"),
            ("VpnConnectionId", "$vco", "InvalidVpnConnectionInstanceId.NotFound"),
            ("RouteDest", "172.16.0.0/24", "InvalidRouteEntry.NotFound"),
            ("RouteDest", "x", "InvalidRouteEntry.NotFound"),
            ("NextHop", "$vco", "InvalidRouteEntry.NotFound"),
            ("Weight", "0", "InvalidRouteEntry.NotFound"),
        ] {
            let refusal = world.refusal(DELETE, &[ROUTE, &[(name, value)]].concat());
            assert_eq!((refusal.status, &*refusal.code), (404, code), "{name}={value}");
        }
        let refusal = world.refusal(DELETE, &[ROUTE, &[("OverlayMode", "Gre")]].concat());
        assert_eq!(refusal.code, "InvalidParameter");
        world.call(DELETE, ROUTE).unwrap();
        assert_eq!(world.refusal(DELETE, ROUTE).code, "InvalidRouteEntry.NotFound");
    }

    #[test]
    fn the_route_is_gone_at_once_and_the_connection_busy_for_a_while() {
        let mut world = World::scene();
        world.context.tasks = TaskLength::Manual;
        let refusal = world.behind((DELETE, ROUTE), (DELETE, ROUTE)).unwrap_err();
        assert_eq!(refusal.code, "TaskConflict");
        world.call(DELETE, ROUTE).unwrap();
        let list = [("VpnConnectionId", "$att")];
        assert_eq!(world.call("DescribeVcoRouteEntries", &list).unwrap()["TotalCount"], 0);
        let refusal = world.refusal("CreateVcoRouteEntry", ROUTE);
        assert_eq!(refusal.code, "VpnConnection.Configuring");
        assert_eq!(world.refusal(DELETE, ROUTE).code, "VpnConnection.Configuring");
        world.finish_tasks();
        world.call("CreateVcoRouteEntry", ROUTE).unwrap();
    }

    #[test]
    fn a_locked_connection_keeps_its_routes() {
        let mut world = World::scene();
        let connection = world.id::<VpnConnectionId>("$att");
        let locked = ConnectionState::FinancialLocked;
        world.update::<VpnConnection>(&connection, |connection| connection.state = locked);
        assert_eq!(world.refusal(DELETE, ROUTE).code, "VpnConnection.FinancialLocked");
    }
}
