use super::gateway::{self, Named};
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::gateway_binding::GatewayBinding;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::RouteTableId;

/// Releases a gateway route table from the IPv4 or IPv6 gateway it is bound to.
///
/// Traffic that enters by the gateway then goes to its vSwitch again, by the VPC's own routes.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The gateway route table.
    #[parameter(example = "vtb-5ts0ohchwkp3dydt2****")]
    route_table_id: RouteTableId,
    /// The gateway.
    #[parameter(example = "ipv4gw-5tsnc6s4ogsedtp3k****")]
    gateway_id: String,
    /// `Ipv4Gateway` or `Ipv6Gateway`: the kind of the gateway, when given.
    #[parameter(example = "Ipv4Gateway")]
    gateway_type: Option<String>,
}

errors! {
    /// What `DissociateRouteTableFromGateway` refuses.
    pub enum Error {
        /// No such table.
        TableNotFound = 404, "InvalidRouteTableId.NotFound",
            "Specified route table does not exist.", "chosen, as for DeleteRouteTable";
        /// No such gateway.
        GatewayNotFound = 404, "ResourceNotFound.Gateway",
            "The specified gateway {} is not found.", "chosen";
        /// Another request on the table is accepted but not yet answered.
        Locked = 400, "OperationConflict",
            "The operation conflicts with another one, please try again.", "clients.md 13.1";
        /// The table is not `Available`.
        TableStatus = 400, "IncorrectStatus.RouteTable",
            "The status of the specified route table is incorrect.", "chosen";
        /// The gateway is not bound to this table.
        NotAssociated = 400, "ResourceNotAssociated.RouteTable",
            "The resource is not associated with the route table.", "chosen";
    }
}

/// See [`Request`].
pub struct DissociateRouteTableFromGateway;

impl Operation for DissociateRouteTableFromGateway {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        dry_run: true,
        access: Access::Update,
        resources: &["routetable/{RouteTableId}"],
        examples: &[Example {
            title: "A gateway that is not bound to the table",
            request: &[("RouteTableId", "$custom"), ("GatewayId", "$ipv4gw")],
            answer: r#"{"Code":"ResourceNotAssociated.RouteTable"}"#,
        }],
        ..Declaration::of::<Request, Error>("DissociateRouteTableFromGateway")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DissociateRouteTableFromGateway {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let Named { table, gateway } = gateway::find(
            txn,
            request.route_table_id,
            &request.gateway_id,
            request.gateway_type.as_deref(),
        )
        .map_err(|fault| match fault {
            gateway::Fault::Table => Error::TableNotFound.into(),
            gateway::Fault::Gateway => Error::GatewayNotFound.with(&request.gateway_id),
            gateway::Fault::Type => Refusal::invalid_parameter("GatewayType"),
            gateway::Fault::Locked => Error::Locked.into(),
            gateway::Fault::Changing => Error::TableStatus.into(),
        })?;
        let (gateway, table) = (gateway.id, table.id);
        let bound = txn.get::<GatewayBinding>(&gateway).map(|binding| binding.table);
        if bound != Some(table) {
            return Err(Error::NotAssociated.into());
        }
        txn.remove::<GatewayBinding>(&gateway);
        Ok(Empty {})
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::Read;
    use causeway_model::gateway_binding::GatewayBinding;

    fn request<'a>(table: &'a str, gateway: &'a str) -> [(&'a str, &'a str); 2] {
        [("RouteTableId", table), ("GatewayId", gateway)]
    }

    fn bound(world: &mut World) -> String {
        let table = [("VpcId", "$vpc"), ("AssociateType", "Gateway")];
        let table = world.call("CreateRouteTable", &table).unwrap();
        let table = table["RouteTableId"].as_str().unwrap().to_owned();
        world.call("AssociateRouteTableWithGateway", &request(&table, "$ipv4gw")).unwrap();
        table
    }

    #[test]
    fn what_is_bound_is_released_once() {
        let mut world = World::scene();
        let table = bound(&mut world);
        for (table, gateway, code) in [
            ("vtb-none", "$ipv4gw", "InvalidRouteTableId.NotFound"),
            (&*table, "ipv4gw-none", "ResourceNotFound.Gateway"),
            ("$custom", "$ipv4gw", "ResourceNotAssociated.RouteTable"),
        ] {
            let refusal =
                world.refusal("DissociateRouteTableFromGateway", &request(table, gateway));
            assert_eq!(refusal.code, code);
        }
        world.call("DissociateRouteTableFromGateway", &request(&table, "$ipv4gw")).unwrap();
        let again = world.refusal("DissociateRouteTableFromGateway", &request(&table, "$ipv4gw"));
        assert_eq!((again.status, &*again.code), (400, "ResourceNotAssociated.RouteTable"));
    }

    #[test]
    fn a_gateway_that_goes_takes_its_binding_along() {
        let mut world = World::scene();
        bound(&mut world);
        world.call("UnregisterResource", &[("ResourceId", "$ipv4gw")]).unwrap();
        assert_eq!(world.tenant.all::<GatewayBinding>().count(), 0);
    }
}
