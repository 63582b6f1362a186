use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::route_table::{RouteTable, RouteTableKind};
use causeway_model::task::{self, Busy, Subject};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::vswitch::{VSwitch, VSwitchStatus};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{VSwitchId, VpnGatewayId};

/// Deletes a vSwitch.
///
/// It must be bound to the system route table, and no VPN gateway may be in it.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The vSwitch.
    #[parameter(example = "vsw-bp16cdpl6cgf5****")]
    v_switch_id: VSwitchId,
}

errors! {
    /// What `DeleteVSwitch` refuses.
    pub enum Error {
        /// No such vSwitch.
        NotFound = 404, "InvalidVSwitchId.NotFound",
            "Specified VSwitch does not exist.", "clients.md 6.3";
        /// Another request on the vSwitch is accepted but not yet answered.
        Locked = 400, "TaskConflict",
            "The operation is too frequent, please wait a moment and try again.", "clients.md 13.1";
        /// The vSwitch is being made, bound to another table, or removed.
        IncorrectStatus = 400, "IncorrectVSwitchStatus",
            "The current virtual switch status does not support this operation.", "clients.md 13.1";
        /// Routes of the VPC are being added, changed or removed.
        RouteStatus = 400, "IncorrectRouteEntryStatus",
            "The vpc has NotStable routeEntry status.", "clients.md 13.1";
        /// The vSwitch is bound to a custom route table.
        RouteTable = 400, "DependencyViolation.RouteTable",
            "Specified vSwitch is bound to a custom route table.", "clients.md 13.1";
        /// A VPN gateway is in the vSwitch.
        VpnGateway = 400, "DependencyViolation.VpnGateway",
            "Specified vSwitch has a dependent VPN gateway.", "chosen";
    }
}

/// See [`Request`].
pub struct DeleteVSwitch;

impl Operation for DeleteVSwitch {
    const DECLARATION: Declaration = Declaration {
        dry_run: true,
        asynchronous: true,
        access: Access::Delete,
        resources: &["vswitch/{VSwitchId}"],
        examples: &[Example {
            title: "A vSwitch that VPN gateways are in",
            request: &[("VSwitchId", "$vsw")],
            answer: r#"{"Code":"DependencyViolation.VpnGateway"}"#,
        }],
        ..Declaration::of::<Request, Error>("DeleteVSwitch")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteVSwitch {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let vswitch = txn.get::<VSwitch>(&request.v_switch_id).ok_or(Error::NotFound)?;
        check_idle(txn, vswitch)?;
        check_dependents(txn, vswitch)?;
        let id = vswitch.id;
        txn.update::<VSwitch>(&id, |vswitch| vswitch.status = VSwitchStatus::Deleting);
        task::start(txn, Subject::VSwitch(id));
        Ok(Empty {})
    }
}

fn check_idle(txn: &Txn, vswitch: &VSwitch) -> Result<(), Error> {
    for (subject, changing) in [
        (Subject::VSwitch(vswitch.id), Error::IncorrectStatus),
        (Subject::Routes(vswitch.vpc), Error::RouteStatus),
    ] {
        task::check_idle(txn, subject).map_err(|busy| match busy {
            Busy::Locked => Error::Locked,
            Busy::Changing => changing,
        })?;
    }
    Ok(())
}

fn check_dependents(txn: &Txn, vswitch: &VSwitch) -> Result<(), Error> {
    let table = txn.get::<RouteTable>(&vswitch.route_table);
    if table.is_some_and(|table| table.kind == RouteTableKind::Custom) {
        return Err(Error::RouteTable);
    }
    let is_in = |gateway: &VpnGateway| {
        let places = [gateway.vswitch, gateway.disaster_recovery_vswitch];
        places.contains(&Some(vswitch.id))
    };
    let mut gateways = txn.members::<VpnGatewayId>(vswitch.vpc);
    if gateways.any(|id| txn.get::<VpnGateway>(&id).is_some_and(is_in)) {
        return Err(Error::VpnGateway);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::Read;
    use causeway_model::next_hop::NextHops;
    use causeway_model::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
    use causeway_model::task::{Subject, Task};
    use causeway_types::{RouteTableId, TypedId, VpcId};

    /// The scene with one more vSwitch, which nothing is in.
    fn world_with_vswitch() -> (World, String) {
        let mut world = World::scene();
        let request =
            [("VpcId", "$vpc"), ("CidrBlock", "192.168.3.0/24"), ("ZoneId", "cn-hangzhou-h")];
        let made = world.call("CreateVSwitch", &request).unwrap();
        world.context.tasks = causeway_model::TaskLength::Manual;
        (world, made["VSwitchId"].as_str().unwrap().to_owned())
    }

    #[test]
    fn a_vswitch_is_pending_and_then_gone() {
        let (mut world, id) = world_with_vswitch();
        let request = [("VSwitchId", id.as_str())];
        world.call("DeleteVSwitch", &request).unwrap();
        let read = world.call("DescribeVSwitchAttributes", &request).unwrap();
        assert_eq!(read["Status"], "Pending");
        assert_eq!(world.refusal("DeleteVSwitch", &request).code, "IncorrectVSwitchStatus");
        world.finish_tasks();
        let refusal = world.refusal("DeleteVSwitch", &request);
        assert_eq!((refusal.status, &*refusal.code), (404, "InvalidVSwitchId.NotFound"));
    }

    #[test]
    fn a_system_route_pointed_elsewhere_goes_with_its_vswitch() {
        let (mut world, id) = world_with_vswitch();
        let table = RouteTableId::from_text(&world.resolve("$custom"));
        let destination = "192.168.3.0/24".parse().unwrap();
        let key = RouteKey { table, destination, origin: RouteOrigin::User };
        world.put(RouteEntry {
            key,
            id: route_entry::id_in_table(table, 1),
            next_hops: NextHops::One(world.resolve("$i").parse().unwrap()),
            status: RouteStatus::Available,
            labels: None,
            modified: world.context.now,
        });
        world.call("DeleteVSwitch", &[("VSwitchId", &id)]).unwrap();
        world.finish_tasks();
        assert!(world.tenant.get::<RouteEntry>(&key).is_none());
    }

    #[test]
    fn two_requests_at_once_conflict() {
        let (world, id) = world_with_vswitch();
        let request = [("VSwitchId", id.as_str())];
        let held = ("DeleteVSwitch", &request[..]);
        assert_eq!(
            world.behind(held, ("DeleteVSwitch", &request)).unwrap_err().code,
            "TaskConflict"
        );
    }

    #[test]
    fn unsettled_routes_are_waited_for() {
        let (mut world, id) = world_with_vswitch();
        let subject = Subject::Routes(VpcId::from_text(&world.resolve("$vpc")));
        let started = world.context.now;
        world.put(Task { subject, due: None, started, routes: Vec::new() });
        let refusal = world.refusal("DeleteVSwitch", &[("VSwitchId", &id)]);
        assert_eq!(refusal.code, "IncorrectRouteEntryStatus");
    }

    #[test]
    fn bindings_and_gateways_hold_a_vswitch() {
        let (mut world, id) = world_with_vswitch();
        world.context.tasks = causeway_model::TaskLength::Immediate;
        let bind = [("RouteTableId", "$custom"), ("VSwitchId", id.as_str())];
        world.call("AssociateRouteTable", &bind).unwrap();
        let request = [("VSwitchId", id.as_str())];
        assert_eq!(world.refusal("DeleteVSwitch", &request).code, "DependencyViolation.RouteTable");
        world.call("UnassociateRouteTable", &bind).unwrap();
        world.call("DeleteVSwitch", &request).unwrap();
        for held in ["$vsw", "$vsw2"] {
            let refusal = world.refusal("DeleteVSwitch", &[("VSwitchId", held)]);
            assert_eq!(refusal.code, "DependencyViolation.VpnGateway");
        }
    }
}
