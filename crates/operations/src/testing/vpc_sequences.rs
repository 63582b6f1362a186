//! Random sequences of operations on VPCs, vSwitches and route tables break no invariant.

use super::{World, invariants};
use causeway_model::resource::Resource;
use causeway_model::route_entry::RouteEntry;
use causeway_model::route_table::RouteTable;
use causeway_model::vpc::Vpc;
use causeway_model::vswitch::VSwitch;
use causeway_model::{Quotas, Read, Row, TaskLength, Tenant};
use causeway_types::{RouteTableId, TypedId, VpcId};
use proptest::prelude::*;

/// One request. Numbers pick among the rows there are, so that most requests name something real.
#[derive(Clone, Debug)]
enum Step {
    CreateVpc { ipv6: bool },
    DeleteVpc(usize),
    CreateVSwitch { vpc: usize, block: u8, mask: u8, ipv6: Option<u8> },
    DeleteVSwitch(usize),
    CreateRouteTable { vpc: usize, gateway: bool },
    DeleteRouteTable(usize),
    Associate { table: usize, vswitch: usize },
    Unassociate { table: usize, vswitch: usize },
    Register(usize),
    Unregister(usize),
    CreateRoute { table: usize, block: u8, mask: u8 },
    DeleteRoute { table: usize, block: u8, mask: u8 },
    FinishTasks,
}

fn step() -> impl Strategy<Value = Step> {
    let pick = || 0usize..6;
    prop_oneof![
        1 => any::<bool>().prop_map(|ipv6| Step::CreateVpc { ipv6 }),
        1 => pick().prop_map(Step::DeleteVpc),
        4 => (pick(), 0u8..8, 22u8..=25, proptest::option::of(0u8..3))
            .prop_map(|(vpc, block, mask, ipv6)| Step::CreateVSwitch { vpc, block, mask, ipv6 }),
        2 => pick().prop_map(Step::DeleteVSwitch),
        2 => (pick(), any::<bool>())
            .prop_map(|(vpc, gateway)| Step::CreateRouteTable { vpc, gateway }),
        2 => pick().prop_map(Step::DeleteRouteTable),
        4 => (pick(), pick()).prop_map(|(table, vswitch)| Step::Associate { table, vswitch }),
        2 => (pick(), pick()).prop_map(|(table, vswitch)| Step::Unassociate { table, vswitch }),
        1 => pick().prop_map(Step::Register),
        1 => pick().prop_map(Step::Unregister),
        4 => (pick(), 0u8..8, 22u8..=25)
            .prop_map(|(table, block, mask)| Step::CreateRoute { table, block, mask }),
        1 => (pick(), 0u8..8, 22u8..=25)
            .prop_map(|(table, block, mask)| Step::DeleteRoute { table, block, mask }),
        3 => Just(Step::FinishTasks),
    ]
}

/// The id of a row, or of none when there are no rows.
fn nth<R: Row<Key: ToString>>(tenant: &Tenant, n: usize) -> String {
    let count = tenant.all::<R>().count().max(1);
    tenant.all::<R>().nth(n % count).map_or("none".into(), |row| row.key().to_string())
}

impl Step {
    /// The operation and its parameters.
    fn request(&self, tenant: &Tenant) -> Option<(&'static str, Vec<(&'static str, String)>)> {
        let pair = |table: usize, vswitch: usize| {
            vec![
                ("RouteTableId", nth::<RouteTable>(tenant, table)),
                ("VSwitchId", nth::<VSwitch>(tenant, vswitch)),
            ]
        };
        Some(match *self {
            Step::CreateVpc { ipv6 } => (
                "CreateVpc",
                vec![("CidrBlock", "10.0.0.0/16".into()), ("EnableIpv6", ipv6.to_string())],
            ),
            Step::DeleteVpc(vpc) => ("DeleteVpc", vec![("VpcId", nth::<Vpc>(tenant, vpc))]),
            Step::CreateVSwitch { vpc, block, mask, ipv6 } => {
                let mut parameters = vec![
                    ("VpcId", nth::<Vpc>(tenant, vpc)),
                    ("CidrBlock", format!("10.0.{block}.0/{mask}")),
                    ("ZoneId", "cn-hangzhou-h".into()),
                ];
                parameters.extend(ipv6.map(|index| ("Ipv6CidrBlock", index.to_string())));
                ("CreateVSwitch", parameters)
            }
            Step::DeleteVSwitch(vswitch) => {
                ("DeleteVSwitch", vec![("VSwitchId", nth::<VSwitch>(tenant, vswitch))])
            }
            Step::CreateRouteTable { vpc, gateway } => {
                let kind = if gateway { "Gateway" } else { "VSwitch" };
                let vpc = ("VpcId", nth::<Vpc>(tenant, vpc));
                ("CreateRouteTable", vec![vpc, ("AssociateType", kind.into())])
            }
            Step::DeleteRouteTable(table) => {
                ("DeleteRouteTable", vec![("RouteTableId", nth::<RouteTable>(tenant, table))])
            }
            Step::Associate { table, vswitch } => ("AssociateRouteTable", pair(table, vswitch)),
            Step::Unassociate { table, vswitch } => ("UnassociateRouteTable", pair(table, vswitch)),
            Step::CreateRoute { table, block, mask } => {
                let mut parameters = route(tenant, table, block, mask);
                parameters.push(("NextHopType", "Instance".into()));
                ("CreateRouteEntry", parameters)
            }
            Step::DeleteRoute { table, block, mask } => {
                ("DeleteRouteEntry", route(tenant, table, block, mask))
            }
            Step::Register(vpc) => {
                let vpc = VpcId::from_text(&nth::<Vpc>(tenant, vpc));
                (
                    "RegisterResource",
                    vec![
                        ("ResourceType", "Instance".into()),
                        ("VpcId", vpc.to_string()),
                        ("ResourceId", instance_of(vpc)),
                    ],
                )
            }
            Step::Unregister(resource) => {
                ("UnregisterResource", vec![("ResourceId", nth::<Resource>(tenant, resource))])
            }
            Step::FinishTasks => return None,
        })
    }

    fn play(&self, world: &mut World) {
        let Some((action, parameters)) = self.request(&world.tenant) else {
            return world.finish_tasks();
        };
        let before = world.tenant.clone();
        let parameters: Vec<_> =
            parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if world.call(action, &parameters).is_err() {
            assert_eq!(world.tenant, before, "a refused {action} changed something");
        }
    }
}

/// A route to the instance registered in the table's VPC.
fn route(tenant: &Tenant, table: usize, block: u8, mask: u8) -> Vec<(&'static str, String)> {
    let table = nth::<RouteTable>(tenant, table);
    let vpc = tenant.get::<RouteTable>(&RouteTableId::from_text(&table)).map(|table| table.vpc);
    vec![
        ("RouteTableId", table),
        ("DestinationCidrBlock", format!("10.0.{block}.0/{mask}")),
        ("NextHopId", vpc.map_or("none".into(), instance_of)),
    ]
}

/// The id of the one instance that can be registered in a VPC.
fn instance_of(vpc: VpcId) -> String {
    vpc.to_string().replacen("vpc-", "i-", 1)
}

fn check_quotas(tenant: &Tenant, quotas: &Quotas) {
    assert!(tenant.all::<Vpc>().count() <= quotas.vpcs);
    for vpc in tenant.all::<Vpc>() {
        let vswitches = tenant.member_count::<causeway_types::VSwitchId>(vpc.id);
        let tables = tenant.member_count::<causeway_types::RouteTableId>(vpc.id);
        assert!(vswitches <= quotas.vswitches_per_vpc);
        assert!(tables <= quotas.custom_route_tables_per_vpc + 1);
    }
}

proptest! {
    #[test]
    fn no_sequence_breaks_an_invariant(
        steps in proptest::collection::vec(step(), 1..60),
        immediate: bool,
    ) {
        let mut world = World::new();
        world.context.tasks = if immediate { TaskLength::Immediate } else { TaskLength::Manual };
        world.context.quotas.vpcs = 3;
        world.context.quotas.vswitches_per_vpc = 3;
        world.context.quotas.custom_route_tables_per_vpc = 2;
        for step in steps {
            step.play(&mut world);
            invariants::check(&world.tenant);
            check_quotas(&world.tenant, &world.context.quotas);
        }
    }
}

/// The sequences reach what they are meant to check.
#[test]
fn a_binding_is_reached_and_undone() {
    let mut world = World::new();
    for step in [
        Step::CreateVpc { ipv6: true },
        Step::CreateVSwitch { vpc: 0, block: 4, mask: 24, ipv6: Some(1) },
        Step::CreateRouteTable { vpc: 0, gateway: false },
    ] {
        step.play(&mut world);
    }
    let custom = |world: &World| {
        let vswitch = world.tenant.all::<VSwitch>().next().unwrap();
        vswitch.route_table != world.tenant.all::<Vpc>().next().unwrap().system_table
    };
    for table in 0..2 {
        Step::Associate { table, vswitch: 0 }.play(&mut world);
    }
    assert!(custom(&world));
    for table in 0..2 {
        Step::Unassociate { table, vswitch: 0 }.play(&mut world);
    }
    assert!(!custom(&world));
    Step::Register(0).play(&mut world);
    Step::CreateRoute { table: 0, block: 4, mask: 25 }.play(&mut world);
    assert_eq!(world.tenant.all::<RouteEntry>().count(), 0, "inside the vSwitch");
    Step::CreateRoute { table: 0, block: 0, mask: 24 }.play(&mut world);
    Step::CreateVSwitch { vpc: 0, block: 0, mask: 22, ipv6: None }.play(&mut world);
    assert_eq!(world.tenant.all::<RouteEntry>().count(), 1);
    assert_eq!(world.tenant.all::<VSwitch>().count(), 1, "around the route");
    Step::DeleteRoute { table: 0, block: 0, mask: 24 }.play(&mut world);
    assert_eq!(world.tenant.all::<RouteEntry>().count(), 0);
    Step::DeleteVSwitch(0).play(&mut world);
    assert_eq!(world.tenant.all::<VSwitch>().count(), 0);
    invariants::check(&world.tenant);
}

#[test]
fn a_resource_keeps_its_vpc() {
    let mut world = World::with_manual_tasks();
    for step in [
        Step::CreateVpc { ipv6: false },
        Step::FinishTasks,
        Step::Register(0),
        Step::DeleteVpc(0),
        Step::FinishTasks,
    ] {
        step.play(&mut world);
    }
    assert_eq!(world.tenant.all::<Resource>().count(), 1);
    for step in [Step::Unregister(0), Step::DeleteVpc(0), Step::Register(0), Step::FinishTasks] {
        step.play(&mut world);
        invariants::check(&world.tenant);
    }
    assert_eq!(world.tenant.all::<Vpc>().count(), 0);
}

#[test]
fn the_standard_scene_holds_every_invariant() {
    invariants::check(&World::scene().tenant);
}
