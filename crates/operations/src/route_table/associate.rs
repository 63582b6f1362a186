use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::route_table::{AssociateType, RouteTable, RouteTableKind};
use causeway_model::task::{self, Busy, Subject};
use causeway_model::vswitch::{self, VSwitch};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{RouteTableId, VSwitchId};

/// Binds a vSwitch to a custom route table of its VPC, in place of the table it used.
///
/// The vSwitch is `Pending` until its task is done, then `Available`.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The custom route table.
    #[parameter(example = "vtb-bp145q7glnuzdvzu2****")]
    route_table_id: RouteTableId,
    /// The vSwitch.
    #[parameter(example = "vsw-bp12mw1f8k3jgygk9****")]
    v_switch_id: VSwitchId,
}

errors! {
    /// What `AssociateRouteTable` refuses. The statuses are odd, and documented so.
    pub enum Error {
        /// No such table.
        TableNotFound = 400, "InvalidRouteTableId.NotFound",
            "Specified route table does not exist.", "errors.json";
        /// No such vSwitch.
        VSwitchNotFound = 404, "InvalidVSwitchId.NotFound",
            "Specified VSwitch does not exist.", "errors.json";
        /// Another request on the table or the vSwitch is accepted but not yet answered.
        Locked = 400, "OperationConflict",
            "The operation conflicts with another one, please try again.", "clients.md 13.1";
        /// The table is not `Available`.
        TableStatus = 404, "IncorrectStatus.RouteTable",
            "The status of the specified route table is incorrect.", "errors.json";
        /// The vSwitch is not `Available`.
        VSwitchStatus = 404, "IncorrectVSwitchStatus",
            "The current status of the virtual switch does not support this operation.",
            "errors.json";
        /// The vSwitch and the table are in different VPCs.
        NotInSameVpc = 404, "Forbidden.NotInSameVpc",
            "The specified virtual switch and route table are not in the same VPC.",
            "errors.json";
        /// The table is for gateways.
        GatewayTable = 400, "OperationDenied.AssociateGatewayRouteTable",
            "The operation is not allowed because gateway route tables cannot be bound to a vSwitch.",
            "errors.json";
        /// The table is the system route table: unassociate the custom table instead.
        SystemTable = 400, "OperationDenied.SwitchToSystemRouteTable",
            "The associated route tables cannot be directly changed to system route tables.",
            "errors.json";
        /// The vSwitch is bound to this table.
        AlreadyAssociated = 400, "ResourceAlreadyAssociated.RouteTable",
            "The resource has already associated with a routetable.", "errors.json";
        /// The vSwitch is bound to another custom table. Not answered: the new binding replaces it.
        OtherTable = 404, "Forbidden.VSwitchAlreadyAssociatedRouteTable",
            "The specified virtual switch already associates route table.", "errors.json";
        /// No such vSwitch. Not answered: the code with status 404 is.
        VSwitchResourceNotFound = 400, "ResourceNotFound.VSwitch",
            "The specified resource of VSwitch is not found.", "errors.json";
        /// The region has no custom route tables. Not answered: every region has them here.
        NotInRegion = 404, "InvalidParameter.Action",
            "This vpc feature is not supported in this region", "errors.json";
    }
}

/// See [`Request`].
pub struct AssociateRouteTable;

impl Operation for AssociateRouteTable {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        asynchronous: true,
        access: Access::Update,
        resources: &["routetable/{RouteTableId}", "vswitch/{VSwitchId}"],
        examples: &[
            Example {
                title: "Another table for a vSwitch",
                request: &[("RouteTableId", "$custom"), ("VSwitchId", "$vsw")],
                answer: "{}",
            },
            Example {
                title: "The system table cannot be asked for",
                request: &[("RouteTableId", "$vtb"), ("VSwitchId", "$vsw")],
                answer: r#"{"Code":"OperationDenied.SwitchToSystemRouteTable"}"#,
            },
        ],
        ..Declaration::of::<Request, Error>("AssociateRouteTable")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for AssociateRouteTable {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let table = txn.get::<RouteTable>(&request.route_table_id).ok_or(Error::TableNotFound)?;
        let vswitch = txn.get::<VSwitch>(&request.v_switch_id).ok_or(Error::VSwitchNotFound)?;
        for (subject, changing) in [
            (Subject::RouteTable(table.id), Error::TableStatus),
            (Subject::VSwitch(vswitch.id), Error::VSwitchStatus),
        ] {
            task::check_idle(txn, subject).map_err(|busy| match busy {
                Busy::Locked => Error::Locked,
                Busy::Changing => changing,
            })?;
        }
        check(table, vswitch)?;
        let (vswitch, table) = (vswitch.id, table.id);
        vswitch::bind(txn, vswitch, table);
        Ok(Empty {})
    }
}

fn check(table: &RouteTable, vswitch: &VSwitch) -> Result<(), Error> {
    if table.vpc != vswitch.vpc {
        return Err(Error::NotInSameVpc);
    }
    if table.associate == AssociateType::Gateway {
        return Err(Error::GatewayTable);
    }
    if table.kind == RouteTableKind::System {
        return Err(Error::SystemTable);
    }
    if vswitch.route_table == table.id {
        return Err(Error::AlreadyAssociated);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use serde_json::json;

    fn request<'a>(table: &'a str, vswitch: &'a str) -> [(&'a str, &'a str); 2] {
        [("RouteTableId", table), ("VSwitchId", vswitch)]
    }

    fn refused(world: &mut World, table: &str, vswitch: &str) -> (u16, String) {
        let refusal = world.refusal("AssociateRouteTable", &request(table, vswitch));
        (refusal.status, refusal.code.into_owned())
    }

    fn new_table(world: &mut World, more: &[(&str, &str)]) -> String {
        let all = [&[("VpcId", "$vpc")], more].concat();
        let made = world.call("CreateRouteTable", &all).unwrap();
        made["RouteTableId"].as_str().unwrap().to_owned()
    }

    fn bound(world: &mut World, table: &str) -> serde_json::Value {
        let list = world.call("DescribeRouteTableList", &[("RouteTableId", table)]).unwrap();
        list["RouterTableList"]["RouterTableListType"][0]["VSwitchIds"]["VSwitchId"].clone()
    }

    #[test]
    fn a_new_binding_replaces_the_former() {
        let mut world = World::scene();
        let other = new_table(&mut world, &[]);
        world.context.tasks = causeway_model::TaskLength::Manual;
        let vswitch = world.resolve("$vsw");
        for table in ["$custom", &other] {
            world.call("AssociateRouteTable", &request(table, "$vsw")).unwrap();
            let read = world.call("DescribeVSwitchAttributes", &[("VSwitchId", "$vsw")]).unwrap();
            assert_eq!(read["Status"], "Pending");
            assert_eq!(read["RouteTable"]["RouteTableType"], "Custom");
            assert_eq!(bound(&mut world, table), json!([vswitch]));
            let busy = refused(&mut world, "$custom", "$vsw");
            assert_eq!(busy, (404, "IncorrectVSwitchStatus".into()));
            world.finish_tasks();
            let read = world.call("DescribeVSwitchAttributes", &[("VSwitchId", "$vsw")]).unwrap();
            assert_eq!(read["Status"], "Available");
        }
        assert_eq!(bound(&mut world, "$custom"), json!([]));
        assert_eq!(bound(&mut world, "$vtb"), json!([world.resolve("$vsw2")]));
    }

    #[test]
    fn what_cannot_be_bound() {
        let mut world = World::scene();
        let gateway = new_table(&mut world, &[("AssociateType", "Gateway")]);
        let vpc = world.call("CreateVpc", &[]).unwrap()["VpcId"].as_str().unwrap().to_owned();
        let foreign = world.call("CreateRouteTable", &[("VpcId", &vpc)]).unwrap();
        let foreign = foreign["RouteTableId"].as_str().unwrap();
        world.call("AssociateRouteTable", &request("$custom", "$vsw2")).unwrap();
        for (table, vswitch, status, code) in [
            ("vtb-none", "vsw-none", 400, "InvalidRouteTableId.NotFound"),
            ("$custom", "vsw-none", 404, "InvalidVSwitchId.NotFound"),
            (foreign, "$vsw", 404, "Forbidden.NotInSameVpc"),
            (&gateway, "$vsw", 400, "OperationDenied.AssociateGatewayRouteTable"),
            ("$vtb", "$vsw", 400, "OperationDenied.SwitchToSystemRouteTable"),
            ("$custom", "$vsw2", 400, "ResourceAlreadyAssociated.RouteTable"),
        ] {
            assert_eq!(refused(&mut world, table, vswitch), (status, code.into()));
        }
    }

    #[test]
    fn a_table_in_the_making_is_waited_for() {
        let mut world = World::scene();
        world.context.tasks = causeway_model::TaskLength::Manual;
        let table = new_table(&mut world, &[]);
        let busy = refused(&mut world, &table, "$vsw");
        assert_eq!(busy, (404, "IncorrectStatus.RouteTable".into()));
        let held = ("AssociateRouteTable", &request("$custom", "$vsw")[..]);
        let again = request("$custom", "$vsw");
        let refusal = world.behind(held, ("AssociateRouteTable", &again)).unwrap_err();
        assert_eq!((refusal.status, &*refusal.code), (400, "OperationConflict"));
    }
}
