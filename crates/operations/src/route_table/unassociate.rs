use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::route_table::{RouteTable, RouteTableKind};
use causeway_model::task::{self, Busy, Subject};
use causeway_model::vpc::Vpc;
use causeway_model::vswitch::{self, VSwitch};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{RouteTableId, VSwitchId};

/// Returns a vSwitch from a custom route table to the system route table of its VPC.
///
/// The vSwitch is `Pending` until its task is done, then `Available`.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The custom route table the vSwitch is bound to.
    #[parameter(example = "vtb-bp145q7glnuzdvzu2****")]
    route_table_id: RouteTableId,
    /// The vSwitch.
    #[parameter(example = "vsw-bp12mw1f8k3jgygk9****")]
    v_switch_id: VSwitchId,
}

errors! {
    /// What `UnassociateRouteTable` refuses.
    pub enum Error {
        /// No such table.
        TableNotFound = 400, "InvalidRouteTableId.NotFound",
            "Specified route table does not exist.", "chosen, as for AssociateRouteTable";
        /// No such vSwitch.
        VSwitchNotFound = 404, "InvalidVSwitchId.NotFound",
            "Specified VSwitch does not exist.", "chosen, as for AssociateRouteTable";
        /// Another request on the table or the vSwitch is accepted but not yet answered.
        Locked = 400, "OperationConflict",
            "The operation conflicts with another one, please try again.", "clients.md 13.1";
        /// The table is not `Available`.
        TableStatus = 404, "IncorrectStatus.RouteTable",
            "The status of the specified route table is incorrect.", "clients.md 13.1";
        /// The vSwitch is not `Available`.
        VSwitchStatus = 404, "IncorrectVSwitchStatus",
            "The current status of the virtual switch does not support this operation.",
            "clients.md 13.1";
        /// The table is a system route table, which a vSwitch cannot leave this way.
        SystemTable = 400, "OperationDenied.SystemRouteTable",
            "The operation is not allowed because the route table is a system route table.",
            "chosen";
        /// The vSwitch is not bound to this table.
        NotAssociated = 400, "ResourceNotAssociated.RouteTable",
            "The resource is not associated with the route table.", "chosen";
    }
}

/// See [`Request`].
pub struct UnassociateRouteTable;

impl Operation for UnassociateRouteTable {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        client_token: true,
        asynchronous: true,
        access: Access::Update,
        resources: &["routetable/{RouteTableId}", "vswitch/{VSwitchId}"],
        examples: &[Example {
            title: "A vSwitch that is not bound to the table",
            request: &[("RouteTableId", "$custom"), ("VSwitchId", "$vsw")],
            answer: r#"{"Code":"ResourceNotAssociated.RouteTable"}"#,
        }],
        ..Declaration::of::<Request, Error>("UnassociateRouteTable")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for UnassociateRouteTable {
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
        if vswitch.route_table != table.id {
            return Err(Error::NotAssociated.into());
        }
        if table.kind == RouteTableKind::System {
            return Err(Error::SystemTable.into());
        }
        let vpc = txn.get::<Vpc>(&table.vpc).expect("a table is in a VPC");
        let (vswitch, system_table) = (vswitch.id, vpc.system_table);
        vswitch::bind(txn, vswitch, system_table);
        Ok(Empty {})
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::World;

    const BOUND: [(&str, &str); 2] = [("RouteTableId", "$custom"), ("VSwitchId", "$vsw")];

    #[test]
    fn the_vswitch_returns_to_the_system_table() {
        let mut world = World::scene();
        world.call("AssociateRouteTable", &BOUND).unwrap();
        world.context.tasks = causeway_model::TaskLength::Manual;
        world.call("UnassociateRouteTable", &BOUND).unwrap();
        let vswitch = [("VSwitchId", "$vsw")];
        let read = world.call("DescribeVSwitchAttributes", &vswitch).unwrap();
        assert_eq!(read["Status"], "Pending");
        assert_eq!(read["RouteTable"]["RouteTableId"], world.resolve("$vtb"));
        let refusal = world.refusal("UnassociateRouteTable", &BOUND);
        assert_eq!((refusal.status, &*refusal.code), (404, "IncorrectVSwitchStatus"));
        world.finish_tasks();
        let read = world.call("DescribeVSwitchAttributes", &vswitch).unwrap();
        assert_eq!(read["Status"], "Available");
    }

    #[test]
    fn what_cannot_be_unbound() {
        let mut world = World::scene();
        for (table, vswitch, status, code) in [
            ("vtb-none", "$vsw", 400, "InvalidRouteTableId.NotFound"),
            ("$custom", "vsw-none", 404, "InvalidVSwitchId.NotFound"),
            ("$custom", "$vsw", 400, "ResourceNotAssociated.RouteTable"),
            ("$vtb", "$vsw", 400, "OperationDenied.SystemRouteTable"),
        ] {
            let request = [("RouteTableId", table), ("VSwitchId", vswitch)];
            let refusal = world.refusal("UnassociateRouteTable", &request);
            assert_eq!((refusal.status, &*refusal.code), (status, code));
        }
    }

    #[test]
    fn work_under_way_is_waited_for() {
        let mut world = World::scene();
        world.call("AssociateRouteTable", &BOUND).unwrap();
        world.context.tasks = causeway_model::TaskLength::Manual;
        let held = ("UnassociateRouteTable", &BOUND[..]);
        let refusal = world.behind(held, ("UnassociateRouteTable", &BOUND)).unwrap_err();
        assert_eq!(refusal.code, "OperationConflict");
        let made = world.call("CreateRouteTable", &[("VpcId", "$vpc")]).unwrap();
        let table = made["RouteTableId"].as_str().unwrap();
        let request = [("RouteTableId", table), ("VSwitchId", "$vsw")];
        let refusal = world.refusal("UnassociateRouteTable", &request);
        assert_eq!((refusal.status, &*refusal.code), (404, "IncorrectStatus.RouteTable"));
    }
}
