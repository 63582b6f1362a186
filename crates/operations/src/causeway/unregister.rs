use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::down_link::DownLink;
use causeway_model::gateway_binding::GatewayBinding;
use causeway_model::link::LinkState;
use causeway_model::next_hop;
use causeway_model::resource::{Place, Resource};
use causeway_model::task::{self, Subject};
use causeway_model::vco_route;
use causeway_model::vpn_connection::{ConnectionState, VpnConnection};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Product, Refusal, errors};
use causeway_types::{Id, TrAttachmentId, TypedId, VpcId, VpnConnectionId};

/// Removes a registered resource that no route points to.
///
/// Removing the attachment of an IPsec connection detaches the connection, which is `init` again
/// when the attachment's task is done. VPN gateways are removed by `DeleteVpnGateway`.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The resource.
    #[parameter(example = "i-bp1database")]
    resource_id: String,
}

errors! {
    /// What `UnregisterResource` refuses.
    pub enum Error {
        /// No registered resource has this id.
        NotFound = 404, "InvalidResourceId.NotFound",
            "No registered resource has the id {}. VPN gateways are removed by DeleteVpnGateway.",
            "chosen";
        /// The IPsec connection of the attachment is still being attached, detached or
        /// reconfigured.
        Configuring = 400, "VpnConnection.Configuring",
            "The specified service is configuring.", "chosen";
        /// Routes of the VPC point to it.
        InUse = 400, "ResourceInUse.RouteEntry",
            "Routes of the VPC {} point to the resource. Delete them or give them another next hop.",
            "chosen";
        /// The IPsec connection of the attachment publishes routes to the transit router.
        Routes = 400, "ResourceInUse.VcoRouteEntry",
            "The IPsec connection {} publishes routes to the transit router. Delete them first.",
            "chosen";
    }
}

/// See [`Request`].
pub struct UnregisterResource;

impl Operation for UnregisterResource {
    const DECLARATION: Declaration = Declaration {
        product: Product::Causeway,
        asynchronous: true,
        access: Access::Delete,
        resources: &["resource/{ResourceId}"],
        examples: &[Example {
            title: "An ECS instance",
            request: &[("ResourceId", "$i")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("UnregisterResource")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for UnregisterResource {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let id = Id::from_text(&request.resource_id);
        let not_found = || Error::NotFound.with(&request.resource_id);
        let resource = txn.get::<Resource>(&id).ok_or_else(not_found)?;
        match resource.place {
            Place::Vpc(vpc) => remove(txn, id, vpc)?,
            Place::TransitRouter { connection, .. } => detach(txn, id, connection)?,
        }
        Ok(Empty {})
    }
}

fn remove(txn: &mut Txn, id: Id, vpc: VpcId) -> Result<(), Refusal> {
    if next_hop::is_used(txn, vpc, id) {
        return Err(Error::InUse.with(vpc));
    }
    txn.remove::<Resource>(&id);
    txn.remove::<DownLink>(&id);
    txn.remove::<LinkState>(&id);
    txn.remove::<GatewayBinding>(&id);
    Ok(())
}

fn detach(txn: &mut Txn, id: Id, connection: VpnConnectionId) -> Result<(), Refusal> {
    let state = txn.get::<VpnConnection>(&connection).map(|connection| connection.state);
    if state != Some(ConnectionState::Attached) {
        return Err(Error::Configuring.into());
    }
    if vco_route::of_connection(txn, connection).next().is_some() {
        return Err(Error::Routes.with(connection));
    }
    let attachment = TrAttachmentId::from_id(id).expect("attachments have this prefix");
    txn.update::<Resource>(&id, |resource| resource.status = "Detaching".into());
    txn.update::<VpnConnection>(&connection, |it| it.state = ConnectionState::Detaching);
    task::start(txn, Subject::Attachment(attachment));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::next_hop::NextHops;
    use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus};
    use causeway_model::vco_route::VcoRoute;
    use causeway_model::{Read, TaskLength, Txn};
    use causeway_types::TypedId;

    fn unregister(world: &mut World, id: &str) -> Result<serde_json::Value, String> {
        world.call("UnregisterResource", &[("ResourceId", id)]).map_err(|e| e.code.into())
    }

    #[test]
    fn a_resource_goes_once() {
        let mut world = World::scene();
        unregister(&mut world, "$i").unwrap();
        let refusal = world.refusal("UnregisterResource", &[("ResourceId", "$i")]);
        assert_eq!((refusal.status, &*refusal.code), (404, "InvalidResourceId.NotFound"));
        let gateway = world.refusal("UnregisterResource", &[("ResourceId", "$vpn")]);
        assert!(gateway.message.contains("vpn-bp1scene"), "{}", gateway.message);
    }

    #[test]
    fn a_route_keeps_its_next_hop() {
        let mut world = World::scene();
        world.put(RouteEntry {
            key: RouteKey {
                table: TypedId::from_text(&world.resolve("$vtb")),
                destination: "10.0.0.0/8".parse().unwrap(),
                origin: RouteOrigin::User,
            },
            id: TypedId::from_text("rte-bp1systemsce1"),
            next_hops: NextHops::One(world.resolve("$eni").parse().unwrap()),
            status: RouteStatus::Available,
            labels: None,
            modified: world.context.now,
        });
        let refusal = world.refusal("UnregisterResource", &[("ResourceId", "$eni")]);
        assert_eq!(refusal.code, "ResourceInUse.RouteEntry");
        assert!(refusal.message.contains("vpc-bp1scene"), "{}", refusal.message);
        unregister(&mut world, "$i").unwrap();
    }

    #[test]
    fn a_detached_connection_is_init_again() {
        let mut world = World::scene();
        let route = world.tenant.all::<VcoRoute>().next().unwrap().key;
        let remove = |txn: &mut Txn| -> Result<(), ()> {
            txn.remove::<VcoRoute>(&route);
            Ok(())
        };
        world.change(remove).unwrap();
        world.context.tasks = TaskLength::Manual;
        unregister(&mut world, "$vpnattach").unwrap();
        let state = |world: &mut World| {
            let read = world.call("DescribeVpnConnection", &[("VpnConnectionId", "$att")]).unwrap();
            (read["State"].clone(), read["AttachType"].clone())
        };
        assert_eq!(state(&mut world), ("detaching".into(), "CEN".into()));
        assert_eq!(unregister(&mut world, "$vpnattach"), Err("VpnConnection.Configuring".into()));
        world.finish_tasks();
        assert_eq!(state(&mut world), ("init".into(), "NO_ASSOCIATED".into()));
        assert_eq!(unregister(&mut world, "$vpnattach"), Err("InvalidResourceId.NotFound".into()));
    }

    #[test]
    fn published_routes_keep_the_attachment() {
        let refusal = World::scene().refusal("UnregisterResource", &[("ResourceId", "$vpnattach")]);
        assert_eq!(refusal.code, "ResourceInUse.VcoRouteEntry");
    }
}
