use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::gateway_binding;
use causeway_model::route_entry::{RouteEntry, RouteKey};
use causeway_model::route_list::{self, RouteSource};
use causeway_model::route_table::{RouteTable, RouteTableKind, RouteTableStatus};
use causeway_model::task::{self, Busy, Subject};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{RouteTableId, VSwitchId};

/// Deletes a custom route table that is bound to nothing and has no custom routes.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The table.
    #[parameter(example = "vtb-bp145q7glnuzdvzu2****")]
    route_table_id: RouteTableId,
}

errors! {
    /// What `DeleteRouteTable` refuses.
    pub enum Error {
        /// No such table.
        NotFound = 404, "InvalidRouteTableId.NotFound",
            "Specified route table does not exist.", "errors.json";
        /// Another request on the table or the routes of its VPC is accepted but not yet answered.
        Locked = 400, "OperationConflict",
            "The operation conflicts with another one, please try again.", "clients.md 13.1";
        /// The table is not `Available`, or routes of its VPC are being added, changed or removed.
        IncorrectStatus = 400, "IncorrectRouteTableStatus",
            "The current status of the route table does not support this operation.",
            "errors.json";
        /// The table is the system route table of its VPC.
        System = 400, "OperationDenied.SystemRouteTable",
            "The operation is not allowed because the route table is a system route table.",
            "semantics.md 7.1";
        /// The table is bound to a vSwitch.
        VSwitch = 400, "DependencyViolation.VSwitch",
            "Specified route table is bound to a vSwitch.", "semantics.md 7.1";
        /// The table has custom routes.
        RouteEntry = 400, "DependencyViolation.RouteEntry",
            "Specified route table has dependent route entries.", "errors.json";
        /// The table is bound to a gateway.
        GatewayAssociated = 400, "OperationDenied.GatewayAssociated",
            "The operation is not allowed because the route table is bound to a gateway.",
            "errors.json";
        /// The VPC's network of networks is in transition. Not answered: there is none here.
        CbnStatus = 400, "IncorrectStatus.cbnStatus",
            "The status of the attached network does not support this operation.", "errors.json";
    }
}

/// See [`Request`].
pub struct DeleteRouteTable;

impl Operation for DeleteRouteTable {
    const DECLARATION: Declaration = Declaration {
        region_required: true,
        asynchronous: true,
        access: Access::Delete,
        resources: &["routetable/{RouteTableId}"],
        examples: &[Example {
            title: "A custom table",
            request: &[("RouteTableId", "$custom")],
            answer: "{}",
        }],
        ..Declaration::of::<Request, Error>("DeleteRouteTable")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteRouteTable {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let table = txn.get::<RouteTable>(&request.route_table_id).ok_or(Error::NotFound)?.clone();
        for subject in [Subject::RouteTable(table.id), Subject::Routes(table.vpc)] {
            task::check_idle(txn, subject).map_err(|busy| match busy {
                Busy::Locked => Error::Locked,
                Busy::Changing => Error::IncorrectStatus,
            })?;
        }
        if table.kind == RouteTableKind::System {
            return Err(Error::System.into());
        }
        if txn.members::<VSwitchId>(table.id).next().is_some() {
            return Err(Error::VSwitch.into());
        }
        if gateway_binding::of_table(txn, table.id).is_some() {
            return Err(Error::GatewayAssociated.into());
        }
        for route in repointed_routes(txn, &table)? {
            txn.remove::<RouteEntry>(&route);
        }
        txn.update::<RouteTable>(&table.id, |table| table.status = RouteTableStatus::Deleting);
        task::start(txn, Subject::RouteTable(table.id));
        Ok(Empty {})
    }
}

/// The stored rows of system routes, which go with the table. Other rows must go first.
fn repointed_routes(txn: &Txn, table: &RouteTable) -> Result<Vec<RouteKey>, Error> {
    let routes = route_list::of_table(txn, table);
    let stored = routes.filter_map(|route| match route.source {
        RouteSource::System => None,
        RouteSource::Repointed(entry) => Some(Ok(entry.key)),
        RouteSource::Custom(_) | RouteSource::Published(_) | RouteSource::Learned(_) => {
            Some(Err(Error::RouteEntry))
        }
    });
    stored.collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::next_hop::NextHops;
    use causeway_model::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
    use causeway_model::task::{Subject, Task};
    use causeway_types::{RouteTableId, TypedId, VpcId};

    const CUSTOM: [(&str, &str); 1] = [("RouteTableId", "$custom")];

    fn route(world: &mut World, destination: &str) {
        let table = RouteTableId::from_text(&world.resolve("$custom"));
        let destination = destination.parse().unwrap();
        world.put(RouteEntry {
            key: RouteKey { table, destination, origin: RouteOrigin::User },
            id: route_entry::id_in_table(table, 1),
            next_hops: NextHops::One(world.resolve("$i").parse().unwrap()),
            status: RouteStatus::Available,
            labels: None,
            modified: world.context.now,
        });
    }

    fn code(world: &mut World, table: &str) -> String {
        world.refusal("DeleteRouteTable", &[("RouteTableId", table)]).code.into_owned()
    }

    #[test]
    fn a_table_is_deleting_and_then_gone() {
        let mut world = World::scene();
        world.context.tasks = causeway_model::TaskLength::Manual;
        world.call("DeleteRouteTable", &CUSTOM).unwrap();
        let list = world.call("DescribeRouteTableList", &CUSTOM).unwrap();
        assert_eq!(list["RouterTableList"]["RouterTableListType"][0]["Status"], "Deleting");
        assert_eq!(code(&mut world, "$custom"), "IncorrectRouteTableStatus");
        world.finish_tasks();
        assert_eq!(world.call("DescribeRouteTableList", &CUSTOM).unwrap()["TotalCount"], 0);
        let refusal = world.refusal("DeleteRouteTable", &CUSTOM);
        assert_eq!((refusal.status, &*refusal.code), (404, "InvalidRouteTableId.NotFound"));
    }

    #[test]
    fn the_system_table_and_tables_in_use_stay() {
        let mut world = World::scene();
        assert_eq!(code(&mut world, "$vtb"), "OperationDenied.SystemRouteTable");
        let bind = [("RouteTableId", "$custom"), ("VSwitchId", "$vsw")];
        world.call("AssociateRouteTable", &bind).unwrap();
        route(&mut world, "10.0.0.0/8");
        assert_eq!(code(&mut world, "$custom"), "DependencyViolation.VSwitch");
        world.call("UnassociateRouteTable", &bind).unwrap();
        assert_eq!(code(&mut world, "$custom"), "DependencyViolation.RouteEntry");
    }

    #[test]
    fn repointed_system_routes_go_with_the_table() {
        let mut world = World::scene();
        let before = world.tenant.row_count();
        route(&mut world, "192.168.1.0/24");
        world.call("DeleteRouteTable", &CUSTOM).unwrap();
        assert_eq!(world.tenant.row_count(), before - 1);
    }

    #[test]
    fn work_under_way_is_waited_for() {
        let mut world = World::scene();
        world.context.tasks = causeway_model::TaskLength::Manual;
        let held = ("DeleteRouteTable", &CUSTOM[..]);
        let refusal = world.behind(held, ("DeleteRouteTable", &CUSTOM)).unwrap_err();
        assert_eq!(refusal.code, "OperationConflict");
        let subject = Subject::Routes(VpcId::from_text(&world.resolve("$vpc")));
        let started = world.context.now;
        world.put(Task { subject, due: None, started, routes: Vec::new() });
        assert_eq!(code(&mut world, "$custom"), "IncorrectRouteTableStatus");
    }
}
