use crate::shape::Empty;
use crate::{Authorized, Operation, Write};
use causeway_model::next_hop::{NextHopType, NextHops};
use causeway_model::resource::{self, Resource};
use causeway_model::route_entry::{self, RouteEntry, RouteKey};
use causeway_model::task::{self, Busy, Subject};
use causeway_model::vpc::{Vpc, VpcStatus};
use causeway_model::{Read, Txn};
use causeway_spec::{Access, Declaration, Example, Refusal, errors};
use causeway_types::{Id, Prefix, VpcId};

/// Deletes a VPC together with its router and its system route table.
///
/// Whatever else is in the VPC must be gone first: vSwitches, custom route tables, custom routes,
/// VPN gateways and registered resources.
#[derive(Debug, causeway_spec::Request)]
pub struct Request {
    /// The VPC.
    #[parameter(example = "vpc-bp1m7v25emi1h5mtc****")]
    vpc_id: VpcId,
    /// Whether IPv4 and IPv6 gateways left in the VPC, and custom routes to them, go with it.
    force_delete: Option<bool>,
}

errors! {
    /// What `DeleteVpc` refuses.
    pub enum Error {
        /// No such VPC.
        NotFound = 404, "InvalidVpcId.NotFound",
            "Specified VPC does not exist.", "clients.md 5.1";
        /// The VPC is not `Available`, or another request on it is under way.
        IncorrectStatus = 400, "IncorrectVpcStatus",
            "Current VPC status does not support this operation.", "clients.md 13.1";
        /// The VPC has vSwitches.
        VSwitch = 400, "DependencyViolation.VSwitch",
            "Specified VPC has dependent vSwitches.", "clients.md 13.1";
        /// The VPC has custom route tables.
        RouteTable = 400, "DependencyViolation.RouteTable",
            "Specified VPC has dependent route tables.", "chosen";
        /// The VPC has VPN gateways.
        VpnGateway = 400, "DependencyViolation.VpnGateway",
            "Specified VPC has dependent VPN gateways.", "chosen";
        /// Resources that routes can point to are registered in the VPC.
        Resource = 400, "DependencyViolation.Resource",
            "Specified VPC has dependent resources.", "chosen";
        /// The VPC's system route table has custom routes.
        RouteEntry = 400, "DependencyViolation.RouteEntry",
            "Specified VPC has dependent route entries.", "chosen";
        /// The VPC has security groups. Not answered: there are none here.
        SecurityGroup = 400, "DependencyViolation.SecurityGroup",
            "Specified VPC has dependent security groups.", "clients.md 13.1";
    }
}

/// See [`Request`].
pub struct DeleteVpc;

impl Operation for DeleteVpc {
    const DECLARATION: Declaration = Declaration {
        client_token: true,
        dry_run: true,
        asynchronous: true,
        access: Access::Delete,
        resources: &["vpc/{VpcId}"],
        examples: &[Example {
            title: "A VPC that still has vSwitches",
            request: &[("VpcId", "$vpc")],
            answer: r#"{"Code":"DependencyViolation.VSwitch"}"#,
        }],
        ..Declaration::of::<Request, Error>("DeleteVpc")
    };
    type Request = Request;
    type Response = Empty;
}

impl Write for DeleteVpc {
    fn run(txn: &mut Txn, request: Authorized<'_, Request>) -> Result<Empty, Refusal> {
        let vpc = txn.get::<Vpc>(&request.vpc_id).ok_or(Error::NotFound)?.clone();
        task::check_idle(txn, Subject::Vpc(vpc.id)).map_err(|busy| match busy {
            // The code clients wait and retry on, for both (clients.md 13.1).
            Busy::Locked | Busy::Changing => Error::IncorrectStatus,
        })?;
        let force = request.force_delete.unwrap_or_default();
        check_members(txn, vpc.id)?;
        let resources = leftover_gateways(txn, vpc.id, force)?;
        let routes = leftover_routes(txn, &vpc, force)?;
        for route in &routes {
            txn.remove::<RouteEntry>(route);
        }
        for resource in &resources {
            txn.remove::<Resource>(resource);
        }
        txn.update::<Vpc>(&vpc.id, |vpc| vpc.status = VpcStatus::Deleting);
        task::start(txn, Subject::Vpc(vpc.id));
        Ok(Empty {})
    }
}

fn check_members(txn: &Txn, vpc: VpcId) -> Result<(), Error> {
    // The system table goes with the VPC.
    for (prefix, allowed, error) in [
        (Prefix::VSwitch, 0, Error::VSwitch),
        (Prefix::RouteTable, 1, Error::RouteTable),
        (Prefix::VpnGateway, 0, Error::VpnGateway),
    ] {
        if txn.member_ids(vpc, prefix).count() > allowed {
            return Err(error);
        }
    }
    Ok(())
}

/// The registered resources that go with the VPC.
fn leftover_gateways(txn: &Txn, vpc: VpcId, force: bool) -> Result<Vec<Id>, Error> {
    let leftover = |resource: &Resource| {
        if force && is_gateway(resource.id) { Ok(resource.id) } else { Err(Error::Resource) }
    };
    resource::of_vpc(txn, vpc).map(leftover).collect()
}

/// The custom routes that go with the VPC.
fn leftover_routes(txn: &Txn, vpc: &Vpc, force: bool) -> Result<Vec<RouteKey>, Error> {
    let leftover = |entry: &RouteEntry| match &entry.next_hops {
        NextHops::One(hop) if force && is_gateway(*hop) => Ok(entry.key),
        NextHops::One(_) | NextHops::Many(_) => Err(Error::RouteEntry),
    };
    route_entry::of_table(txn, vpc.system_table).map(leftover).collect()
}

fn is_gateway(id: Id) -> bool {
    matches!(NextHopType::of(id), Some(NextHopType::Ipv4Gateway | NextHopType::Ipv6Gateway))
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use causeway_model::Read;
    use causeway_model::next_hop::NextHops;
    use causeway_model::resource::{Place, Resource};
    use causeway_model::route_entry::{RouteEntry, RouteKey, RouteOrigin, RouteStatus};
    use causeway_model::vpn_gateway::VpnGateway;
    use causeway_model::vswitch::VSwitch;
    use causeway_types::{RouteTableId, TypedId, VpcId};

    fn new_vpc(world: &mut World) -> (String, String) {
        let made = world.call("CreateVpc", &[]).unwrap();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("VpcId"), text("RouteTableId"))
    }

    fn register(world: &mut World, id: &str, vpc: &str) {
        let (place, created) = (Place::Vpc(VpcId::from_text(vpc)), world.context.now);
        world.put(Resource { id: id.parse().unwrap(), place, status: "Created".into(), created });
    }

    fn route(world: &mut World, table: &str, next_hop: &str) {
        let table = RouteTableId::from_text(table);
        let destination = "0.0.0.0/0".parse().unwrap();
        world.put(RouteEntry {
            key: RouteKey { table, destination, origin: RouteOrigin::User },
            id: causeway_model::route_entry::id_in_table(table, 1),
            next_hops: NextHops::One(next_hop.parse().unwrap()),
            status: RouteStatus::Available,
            labels: None,
            modified: world.context.now,
        });
    }

    #[test]
    fn an_empty_vpc_goes_with_its_system_table() {
        let mut world = World::new();
        let (vpc, _) = new_vpc(&mut world);
        world.call("DeleteVpc", &[("VpcId", &vpc)]).unwrap();
        assert_eq!(world.tenant.row_count(), 0);
        let refusal = world.refusal("DeleteVpc", &[("VpcId", &vpc)]);
        assert_eq!((refusal.status, &*refusal.code), (404, "InvalidVpcId.NotFound"));
    }

    #[test]
    fn a_vpc_in_transition_is_left_alone() {
        let mut world = World::with_manual_tasks();
        let (vpc, _) = new_vpc(&mut world);
        let request = [("VpcId", vpc.as_str())];
        assert_eq!(world.refusal("DeleteVpc", &request).code, "IncorrectVpcStatus");
        world.finish_tasks();
        let held = ("DeleteVpc", &request[..]);
        let refusal = world.behind(held, ("DeleteVpc", &request)).unwrap_err();
        assert_eq!(refusal.code, "IncorrectVpcStatus");
        world.call("DeleteVpc", &request).unwrap();
        let read = world.call("DescribeVpcAttribute", &request).unwrap();
        assert_eq!(read["Status"], "Pending");
        world.finish_tasks();
        assert_eq!(world.refusal("DescribeVpcAttribute", &request).status, 404);
    }

    #[test]
    fn what_is_in_the_vpc_must_go_first() {
        let mut world = World::scene();
        let code = |world: &mut World| world.refusal("DeleteVpc", &[("VpcId", "$vpc")]).code;
        assert_eq!(code(&mut world), "DependencyViolation.VSwitch");
        remove_all::<VSwitch>(&mut world);
        assert_eq!(code(&mut world), "DependencyViolation.RouteTable");
        world.call("DeleteRouteTable", &[("RouteTableId", "$custom")]).unwrap();
        assert_eq!(code(&mut world), "DependencyViolation.VpnGateway");
        remove_all::<VpnGateway>(&mut world);
        assert_eq!(code(&mut world), "DependencyViolation.Resource");
        remove_all::<Resource>(&mut world);
        world.call("DeleteVpc", &[("VpcId", "$vpc")]).unwrap();
    }

    fn remove_all<R: causeway_model::Row>(world: &mut World) {
        let keys: Vec<_> = world.tenant.all::<R>().map(causeway_model::Row::key).collect();
        let remove = |txn: &mut causeway_model::Txn| {
            keys.iter().for_each(|key| txn.remove::<R>(key));
            Ok::<_, ()>(())
        };
        world.change(remove).unwrap();
    }

    #[test]
    fn gateways_and_routes_to_them_go_by_force() {
        let mut world = World::new();
        let (vpc, table) = new_vpc(&mut world);
        register(&mut world, "ipv4gw-bp1left", &vpc);
        route(&mut world, &table, "ipv4gw-bp1left");
        let plain = [("VpcId", vpc.as_str())];
        assert_eq!(world.refusal("DeleteVpc", &plain).code, "DependencyViolation.Resource");
        world.call("DeleteVpc", &[("VpcId", &vpc), ("ForceDelete", "true")]).unwrap();
        assert_eq!(world.tenant.row_count(), 0);
    }

    #[test]
    fn other_routes_stay_even_by_force() {
        let mut world = World::new();
        let (vpc, table) = new_vpc(&mut world);
        route(&mut world, &table, "i-bp1gone");
        for force in ["true", "false"] {
            let request = [("VpcId", vpc.as_str()), ("ForceDelete", force)];
            assert_eq!(world.refusal("DeleteVpc", &request).code, "DependencyViolation.RouteEntry");
        }
        register(&mut world, "i-bp1other", &vpc);
        let request = [("VpcId", vpc.as_str()), ("ForceDelete", "true")];
        assert_eq!(world.refusal("DeleteVpc", &request).code, "DependencyViolation.Resource");
    }
}
