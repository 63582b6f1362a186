use super::gateway::{self, Named};
use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::gateway_binding::{self, GatewayBinding};
use causeway_model::route_table::AssociateType;
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::RouteTableId;

/// Binds a gateway route table to an IPv4 or IPv6 gateway of its VPC.
///
/// From then on the table decides where traffic goes that enters the VPC by the gateway: to its
/// vSwitch, or to what `ModifyRouteEntry` has pointed the vSwitch's route to, such as a firewall.
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
    /// What `AssociateRouteTableWithGateway` refuses.
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
        /// The gateway is not in a state to carry traffic.
        GatewayStatus = 400, "IncorrectStatus.Gateway",
            "The gateway is {}. It has to be in service.", "chosen";
        /// The table and the gateway are in different VPCs.
        NotInSameVpc = 400, "Forbidden.NotInSameVpc",
            "The specified gateway and route table are not in the same VPC.", "chosen";
        /// The table is for vSwitches.
        NotGatewayTable = 400, "OperationDenied.AssociateVSwitchRouteTable",
            "The route table is for vSwitches. One made with AssociateType=Gateway can be bound to a gateway.",
            "chosen";
        /// The gateway or the table is bound already.
        AlreadyAssociated = 400, "ResourceAlreadyAssociated.RouteTable",
            "The resource has already associated with a routetable.", "chosen, as for AssociateRouteTable";
    }
}

/// See [`Request`].
pub struct AssociateRouteTableWithGateway;

impl Operation for AssociateRouteTableWithGateway {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        dry_run: true,
        access: Access::Update,
        resources: &["routetable/{RouteTableId}"],
        examples: &[Example {
            title: "A table for vSwitches",
            request: &[("RouteTableId", "$custom"), ("GatewayId", "$ipv4gw")],
            answer: r#"{"Code":"OperationDenied.AssociateVSwitchRouteTable"}"#,
        }],
        ..Declaration::of::<Request, Error>("AssociateRouteTableWithGateway")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for AssociateRouteTableWithGateway {
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
        if Some(table.vpc) != gateway.vpc() {
            return Err(Error::NotInSameVpc.into());
        }
        if table.associate != AssociateType::Gateway {
            return Err(Error::NotGatewayTable.into());
        }
        let kind = gateway.next_hop_type().expect("gateways are next hops");
        if &*gateway.status != kind.ready_status() {
            return Err(Error::GatewayStatus.with(&gateway.status));
        }
        let (gateway, table) = (gateway.id, table.id);
        let is_bound = txn.get::<GatewayBinding>(&gateway).is_some();
        if is_bound || gateway_binding::of_table(txn, table).is_some() {
            return Err(Error::AlreadyAssociated.into());
        }
        txn.put(GatewayBinding { gateway, table });
        Ok(Empty {})
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use serde_json::{Value, json};

    fn table(world: &mut World) -> String {
        let made =
            world.call("CreateRouteTable", &[("VpcId", "$vpc"), ("AssociateType", "Gateway")]);
        made.unwrap()["RouteTableId"].as_str().unwrap().to_owned()
    }

    fn associate(world: &mut World, table: &str, gateway: &str) -> Result<Value, (u16, String)> {
        let request = [("RouteTableId", table), ("GatewayId", gateway)];
        let answer = world.call("AssociateRouteTableWithGateway", &request);
        answer.map_err(|refusal| (refusal.status, refusal.code.into_owned()))
    }

    fn gateways(world: &mut World, table: &str) -> Value {
        let list = world.call("DescribeRouteTableList", &[("RouteTableId", table)]).unwrap();
        list["RouterTableList"]["RouterTableListType"][0]["GatewayIds"]["GatewayIds"].clone()
    }

    /// Traffic that enters by the gateway goes through what its table says (semantics.md 8.1 rule 1).
    #[test]
    fn a_bound_table_decides_on_what_comes_in() {
        let mut world = World::scene();
        let table = table(&mut world);
        let route = [
            ("RouteTableId", "$vtb"),
            ("DestinationCidrBlock", "0.0.0.0/0"),
            ("NextHopType", "Ipv4Gateway"),
            ("NextHopId", "$ipv4gw"),
        ];
        world.call("CreateRouteEntry", &route).unwrap();
        let end = |world: &mut World| {
            let packet = [("SourceAddress", "8.8.8.8"), ("DestinationAddress", "192.168.1.10")];
            let out = world.call("TracePath", &packet).unwrap()["Out"].clone();
            let hops = out["Hops"].as_array().unwrap();
            (hops[1]["Place"].clone(), out["Outcome"]["To"].clone())
        };
        let direct = json!({"Kind": "VSwitch", "Id": world.resolve("$vsw")});
        assert_eq!(end(&mut world), (json!("SystemTable"), direct.clone()));
        associate(&mut world, &table, "$ipv4gw").unwrap();
        assert_eq!(gateways(&mut world, &table), json!([world.resolve("$ipv4gw")]));
        assert_eq!(end(&mut world), (json!("GatewayTable"), direct.clone()));

        let firewall = [
            ("RouteTableId", &*table),
            ("DestinationCidrBlock", "192.168.1.0/24"),
            ("NewNextHopType", "Instance"),
            ("NewNextHopId", "$i"),
        ];
        world.call("ModifyRouteEntry", &firewall).unwrap();
        let by_firewall = json!({"Kind": "NextHop", "Id": world.resolve("$i")});
        assert_eq!(end(&mut world), (json!("GatewayTable"), by_firewall));

        let bound = world.refusal("DeleteRouteTable", &[("RouteTableId", &table)]);
        assert_eq!(bound.code, "OperationDenied.GatewayAssociated");
        let both = [("RouteTableId", &*table), ("GatewayId", "$ipv4gw")];
        world.call("DissociateRouteTableFromGateway", &both).unwrap();
        assert_eq!(end(&mut world), (json!("SystemTable"), direct));
        world.call("DeleteRouteTable", &[("RouteTableId", &table)]).unwrap();
    }

    #[test]
    fn refusals() {
        let mut world = World::scene();
        let (first, second) = (table(&mut world), table(&mut world));
        for (table, gateway, status, code) in [
            ("vtb-none", "ipv4gw-none", 404, "InvalidRouteTableId.NotFound"),
            (&*first, "ipv4gw-none", 404, "ResourceNotFound.Gateway"),
            (&first, "$ngw", 404, "ResourceNotFound.Gateway"),
            ("$custom", "$ipv4gw", 400, "OperationDenied.AssociateVSwitchRouteTable"),
        ] {
            let refused = associate(&mut world, table, gateway).unwrap_err();
            assert_eq!(refused, (status, code.into()), "{table} {gateway}");
        }
        let both = [("RouteTableId", &*first), ("GatewayId", "$ipv4gw")];
        let kind = [&both[..], &[("GatewayType", "Ipv6Gateway")]].concat();
        let refusal = world.refusal("AssociateRouteTableWithGateway", &kind);
        assert_eq!(refusal.code, "InvalidParameter");
        associate(&mut world, &first, "$ipv4gw").unwrap();
        for table in [&first, &second] {
            let bound = associate(&mut world, table, "$ipv4gw").unwrap_err();
            assert_eq!(bound, (400, "ResourceAlreadyAssociated.RouteTable".into()));
        }
        let made = world.call("CreateVpc", &[]).unwrap();
        let elsewhere = [("VpcId", made["VpcId"].as_str().unwrap()), ("AssociateType", "Gateway")];
        let elsewhere = world.call("CreateRouteTable", &elsewhere).unwrap();
        let elsewhere = elsewhere["RouteTableId"].as_str().unwrap();
        let foreign = associate(&mut world, elsewhere, "$ipv4gw").unwrap_err();
        assert_eq!(foreign, (400, "Forbidden.NotInSameVpc".into()));
    }
}
