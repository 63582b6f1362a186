use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::task::{self, Subject, Task};
use causeway_model::vpn_connection::{self, ConnectionState, VpnConnection};
use causeway_model::vpn_gateway::{self, GatewayStatus, VpnGateway};
use causeway_model::vpn_pbr_route::VpnPbrRoute;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::VpnConnectionId;

/// Deletes an IPsec connection of a VPN gateway.
///
/// Routes that lead to it must be deleted before; those that followed from its blocks go with it,
/// unless they are published. The connection is `deleted`, and its gateway `updating`, until their
/// tasks are done; then the connection is gone.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The connection.
    #[parameter(example = "vco-bp1bbi27hojx80nck****")]
    vpn_connection_id: VpnConnectionId,
}

errors! {
    /// What `DeleteVpnConnection` refuses.
    pub enum Error {
        /// No such connection on a VPN gateway.
        NotFound = 404, "InvalidVpnConnectionInstanceId.NotFound",
            "The specified vpn connection instance id does not exist.", "errors.json";
        /// Overdue payment has locked the gateway.
        FinancialLocked = 400, "VpnGateway.FinancialLocked",
            "The specified service is financial locked.", "errors.json";
        /// Another request is changing the gateway at this moment (clients.md 6.2).
        Conflict = 400, "VpnTask.CONFLICT", "Vpn task has conflict.", "clients.md 6.2";
        /// The gateway is not `active`.
        Configuring = 400, "VpnGateway.Configuring",
            "The specified service is configuring.", "errors.json";
        /// The connection is not `active`.
        ConnectionConfiguring = 400, "VpnConnection.Configuring",
            "The specified service is configuring.", "clients.md 6.2";
        /// Destination or policy-based routes lead to it.
        Routes = 400, "DependencyViolation.VpnRouteEntry",
            "The specified IPsec connection is the next hop of routes of the VPN gateway.",
            "chosen";
    }
}

/// See [`Request`].
pub struct DeleteVpnConnection;

impl Operation for DeleteVpnConnection {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        asynchronous: true,
        access: Access::Delete,
        resources: &["vpnconnection/{VpnConnectionId}"],
        examples: &[Example {
            title: "One connection",
            request: &[("VpnConnectionId", "$vco")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DeleteVpnConnection")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteVpnConnection {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let id = request.vpn_connection_id;
        let connection = txn.get::<VpnConnection>(&id).ok_or(Error::NotFound)?;
        let gateway = connection.gateway().and_then(|id| txn.get::<VpnGateway>(&id));
        let gateway = gateway.ok_or(Error::NotFound)?;
        ready(txn, gateway, connection)?;
        connection.deletable(txn).map_err(|_| Error::Routes)?;
        let (gateway, routes) = (gateway.id, vpn_connection::own_routes(txn, connection));
        for route in routes {
            txn.remove::<VpnPbrRoute>(&route);
        }
        txn.update::<VpnConnection>(&id, |it| it.state = ConnectionState::Deleting);
        vpn_gateway::reconfigure(txn, gateway);
        task::start(txn, Subject::VpnConnection(id));
        Ok(Empty {})
    }
}

/// Whether gateway and connection can take a change now.
fn ready(txn: &Txn, gateway: &VpnGateway, connection: &VpnConnection) -> Result<(), Error> {
    if gateway.financial_locked {
        return Err(Error::FinancialLocked);
    }
    if txn.held_by_another::<Task>(&Subject::VpnGateway(gateway.id)) {
        return Err(Error::Conflict);
    }
    if gateway.status != GatewayStatus::Active {
        return Err(Error::Configuring);
    }
    match connection.state {
        ConnectionState::Active | ConnectionState::FinancialLocked => Ok(()),
        _ => Err(Error::ConnectionConfiguring),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::vpn_connection::{ConnectionState, VpnConnection};
    use causeway_model::vpn_gateway::{GatewayStatus, VpnGateway};
    use causeway_model::vpn_pbr_route::VpnPbrRoute;
    use causeway_model::vpn_route::{VpnRoute, VpnRouteKey};
    use causeway_model::{Read, TaskLength};
    use causeway_types::TypedId;

    const ID: [(&str, &str); 1] = [("VpnConnectionId", "$vco")];

    fn code(world: &mut World) -> String {
        world.refusal("DeleteVpnConnection", &ID).code.into()
    }

    #[test]
    fn a_connection_is_deleted_then_gone() {
        let mut world = World::scene();
        world.context.tasks = TaskLength::Manual;
        world.call("DeleteVpnConnection", &ID).unwrap();
        let read = world.call("DescribeVpnConnection", &ID).unwrap();
        assert_eq!(read["State"], "deleted");
        assert_eq!(code(&mut world), "VpnGateway.Configuring");
        world.finish_tasks();
        let gone = world.refusal("DescribeVpnConnection", &ID);
        assert_eq!(gone.code, "InvalidVpnConnectionInstanceId.NotFound");
        let gateway = world.call("DescribeVpnGateway", &[("VpnGatewayId", "$vpn")]).unwrap();
        assert_eq!(gateway["Status"], "active");
    }

    #[test]
    fn busy_and_locked_gateways_keep_their_connections() {
        let mut world = World::scene();
        let id = TypedId::from_text(&world.resolve("$vco"));
        let mut connection = world.tenant.get::<VpnConnection>(&id).unwrap().clone();
        connection.state = ConnectionState::Updating;
        world.put(connection);
        assert_eq!(code(&mut world), "VpnConnection.Configuring");
        let id = TypedId::from_text(&world.resolve("$vpn"));
        let mut gateway = world.tenant.get::<VpnGateway>(&id).unwrap().clone();
        gateway.status = GatewayStatus::Updating;
        world.put(gateway.clone());
        assert_eq!(code(&mut world), "VpnGateway.Configuring");
        gateway.financial_locked = true;
        world.put(gateway);
        assert_eq!(code(&mut world), "VpnGateway.FinancialLocked");
    }

    #[test]
    fn a_request_of_the_same_batch_conflicts() {
        let mut world = World::scene();
        world.context.tasks = TaskLength::Manual;
        let other = [("VpnConnectionId", "$vco2")];
        let delete = "DeleteVpnConnection";
        let behind = world.behind((delete, &other), (delete, &ID));
        assert_eq!(behind.unwrap_err().code, "VpnTask.CONFLICT");
    }

    #[test]
    fn only_connections_on_gateways_are_meant() {
        for id in ["vco-none", "$free", "$att"] {
            let refusal = World::scene().refusal("DeleteVpnConnection", &[("VpnConnectionId", id)]);
            assert_eq!(refusal.code, "InvalidVpnConnectionInstanceId.NotFound", "{id}");
        }
    }

    #[test]
    fn a_destination_route_keeps_its_connection() {
        let mut world = World::scene();
        world.put(VpnRoute {
            key: VpnRouteKey {
                gateway: TypedId::from_text(&world.resolve("$vpn")),
                destination: "10.0.0.0/24".parse().unwrap(),
                next_hop: TypedId::from_text(&world.resolve("$vco")),
            },
            weight: 100,
            published: false,
            description: None,
            created: world.context.now,
            sequence: 1,
        });
        assert_eq!(code(&mut world), "DependencyViolation.VpnRouteEntry");
        world.call("DeleteVpnConnection", &[("VpnConnectionId", "$vco2")]).unwrap();
    }

    #[test]
    fn routes_that_followed_go_along_unless_published() {
        let mut world = World::scene();
        let request = [
            ("VpnGatewayId", "$vpn"),
            ("CustomerGatewayId", "$cgw"),
            ("LocalSubnet", "192.168.1.0/24"),
            ("RemoteSubnet", "10.0.0.0/24,10.0.1.0/24"),
        ];
        let before = world.tenant.all::<VpnPbrRoute>().count();
        let made = world.call("CreateVpnConnection", &request).unwrap();
        let id = [("VpnConnectionId", made["VpnConnectionId"].as_str().unwrap())];
        let followed = |route: &&VpnPbrRoute| route.key.next_hop.to_string() == id[0].1;
        let mut route = world.tenant.all::<VpnPbrRoute>().find(followed).unwrap().clone();
        route.published = true;
        world.put(route.clone());
        let refusal = world.refusal("DeleteVpnConnection", &id);
        assert_eq!(refusal.code, "DependencyViolation.VpnRouteEntry");
        route.published = false;
        world.put(route);
        world.call("DeleteVpnConnection", &id).unwrap();
        assert_eq!(world.tenant.all::<VpnPbrRoute>().count(), before);
    }
}
