//! Random sequences of operations on VPN gateways, connections and attachments break no invariant.

use super::{World, invariants, vpn_invariants};
use causeway_model::customer_gateway::CustomerGateway;
use causeway_model::resource::{Place, Resource};
use causeway_model::vpn_connection::{ConnectionState, VpnConnection};
use causeway_model::vpn_gateway::VpnGateway;
use causeway_model::{Read, Row, TaskLength, Tenant};
use proptest::prelude::*;

type Pairs = Vec<(&'static str, String)>;

/// One request. Numbers pick among the rows there are, so that most requests name something real.
#[derive(Clone, Copy, Debug)]
enum Step {
    CreateCustomerGateway(u8),
    DeleteCustomerGateway(usize),
    CreateGateway { dual: bool },
    DeleteGateway(usize),
    CreateConnection { gateway: usize, far_end: usize, dual: bool, block: u8 },
    DeleteConnection(usize),
    CreateAttachment(usize),
    DeleteAttachment(usize),
    Attach(usize),
    Detach(usize),
    RouteByDestination { gateway: usize, connection: usize, block: u8 },
    RouteForTransitRouter { connection: usize, block: u8 },
    CompleteTasks(Option<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    let pick = || 0usize..8;
    prop_oneof![
        1 => (0u8..4).prop_map(Step::CreateCustomerGateway),
        1 => pick().prop_map(Step::DeleteCustomerGateway),
        2 => any::<bool>().prop_map(|dual| Step::CreateGateway { dual }),
        2 => pick().prop_map(Step::DeleteGateway),
        6 => (pick(), pick(), any::<bool>(), 0u8..4).prop_map(|(gateway, far_end, dual, block)| {
            Step::CreateConnection { gateway, far_end, dual, block }
        }),
        4 => pick().prop_map(Step::DeleteConnection),
        2 => pick().prop_map(Step::CreateAttachment),
        2 => pick().prop_map(Step::DeleteAttachment),
        3 => pick().prop_map(Step::Attach),
        3 => pick().prop_map(Step::Detach),
        2 => (pick(), pick(), 0u8..4).prop_map(|(gateway, connection, block)| {
            Step::RouteByDestination { gateway, connection, block }
        }),
        1 => (pick(), 0u8..4).prop_map(|(connection, block)| {
            Step::RouteForTransitRouter { connection, block }
        }),
        3 => proptest::option::of(pick()).prop_map(Step::CompleteTasks),
    ]
}

/// The id of a row, or of none when there are no rows.
fn nth<R: Row<Key: ToString>>(tenant: &Tenant, n: usize) -> String {
    let count = tenant.all::<R>().count().max(1);
    tenant.all::<R>().nth(n % count).map_or("none".into(), |row| row.key().to_string())
}

/// The id of an attachment to a transit router.
fn attachment(tenant: &Tenant, n: usize) -> String {
    let held = |resource: &&Resource| matches!(resource.place, Place::TransitRouter { .. });
    let ids: Vec<_> = tenant.all::<Resource>().filter(held).map(|it| it.id.to_string()).collect();
    ids.get(n % ids.len().max(1)).cloned().unwrap_or("none".into())
}

/// Two tunnels to one far end.
fn tunnels(far_end: &str) -> Pairs {
    vec![
        ("TunnelOptionsSpecification.1.CustomerGatewayId", far_end.into()),
        ("TunnelOptionsSpecification.1.Role", "master".into()),
        ("TunnelOptionsSpecification.2.CustomerGatewayId", far_end.into()),
        ("TunnelOptionsSpecification.2.Role", "slave".into()),
    ]
}

impl Step {
    fn request(&self, tenant: &Tenant) -> (&'static str, Pairs) {
        let connection = |n| ("VpnConnectionId", nth::<VpnConnection>(tenant, n));
        let far_end = |n| nth::<CustomerGateway>(tenant, n);
        let block = |n: u8| format!("10.{n}.0.0/16");
        match *self {
            Step::CreateCustomerGateway(n) => {
                ("CreateCustomerGateway", vec![("IpAddress", format!("203.0.113.{}", n + 2))])
            }
            Step::DeleteCustomerGateway(n) => {
                ("DeleteCustomerGateway", vec![("CustomerGatewayId", far_end(n))])
            }
            Step::CreateGateway { dual } => {
                let mut request = vec![
                    ("VpcId", "$vpc".into()),
                    ("Bandwidth", "10".into()),
                    ("VSwitchId", "$vsw".into()),
                ];
                request.extend(dual.then(|| ("DisasterRecoveryVSwitchId", "$vsw2".into())));
                ("CreateVpnGateway", request)
            }
            Step::DeleteGateway(n) => {
                ("DeleteVpnGateway", vec![("VpnGatewayId", nth::<VpnGateway>(tenant, n))])
            }
            Step::CreateConnection { gateway, far_end: n, dual, block: remote } => {
                let mut request = vec![
                    ("VpnGatewayId", nth::<VpnGateway>(tenant, gateway)),
                    ("LocalSubnet", "192.168.1.0/24".into()),
                    ("RemoteSubnet", block(remote)),
                ];
                let single = || vec![("CustomerGatewayId", far_end(n))];
                request.extend(if dual { tunnels(&far_end(n)) } else { single() });
                ("CreateVpnConnection", request)
            }
            Step::DeleteConnection(n) => ("DeleteVpnConnection", vec![connection(n)]),
            Step::CreateAttachment(n) => {
                let mut request = tunnels(&far_end(n));
                request.push(("LocalSubnet", "0.0.0.0/0".into()));
                request.push(("RemoteSubnet", "0.0.0.0/0".into()));
                ("CreateVpnAttachment", request)
            }
            Step::DeleteAttachment(n) => ("DeleteVpnAttachment", vec![connection(n)]),
            Step::Attach(n) => (
                "RegisterResource",
                vec![("ResourceType", "TransitRouterVpnAttachment".into()), connection(n)],
            ),
            Step::Detach(n) => ("UnregisterResource", vec![("ResourceId", attachment(tenant, n))]),
            Step::RouteByDestination { gateway, connection: n, block: to } => (
                "CreateVpnRouteEntry",
                vec![
                    ("VpnGatewayId", nth::<VpnGateway>(tenant, gateway)),
                    ("RouteDest", block(to)),
                    ("NextHop", connection(n).1),
                    ("Weight", "100".into()),
                    ("PublishVpc", "false".into()),
                ],
            ),
            Step::RouteForTransitRouter { connection: n, block: to } => (
                "CreateVcoRouteEntry",
                vec![
                    connection(n),
                    ("NextHop", connection(n).1),
                    ("RouteDest", block(to)),
                    ("Weight", "100".into()),
                ],
            ),
            Step::CompleteTasks(n) => {
                let one = n.map(|n| ("ResourceId", nth::<VpnConnection>(tenant, n)));
                ("CompleteTasks", one.into_iter().collect())
            }
        }
    }

    /// Whether the request was accepted.
    fn play(&self, world: &mut World) -> bool {
        let (action, request) = self.request(&world.tenant);
        let before = world.tenant.clone();
        let request: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let accepted = world.call(action, &request).is_ok();
        assert!(accepted || world.tenant == before, "a refused {action} changed something");
        accepted
    }
}

proptest! {
    #[test]
    fn no_sequence_breaks_an_invariant(
        steps in proptest::collection::vec(step(), 1..60),
        immediate: bool,
    ) {
        let mut world = World::scene();
        world.context.tasks = if immediate { TaskLength::Immediate } else { TaskLength::Manual };
        world.context.quotas.vpn_gateways = 4;
        world.context.quotas.connections_per_gateway = 4;
        for step in steps {
            step.play(&mut world);
            vpn_invariants::check(&world.tenant);
            invariants::check(&world.tenant);
            prop_assert!(world.tenant.all::<VpnGateway>().count() <= 4);
        }
    }
}

/// The sequences reach what they are meant to check.
#[test]
fn an_attachment_comes_and_goes() {
    let mut world = World::scene();
    world.context.tasks = TaskLength::Manual;
    let free = |world: &World| {
        let mut all = world.tenant.all::<VpnConnection>();
        all.position(|connection| connection.state == ConnectionState::Init).expect("a free one")
    };
    assert!(Step::Attach(free(&world)).play(&mut world));
    vpn_invariants::check(&world.tenant);
    assert!(Step::CompleteTasks(None).play(&mut world));
    let resources = |world: &World| world.tenant.all::<Resource>().count();
    let before = resources(&world);
    let detached = (0..8).any(|n| Step::Detach(n).play(&mut world));
    assert!(detached, "one of the attachments has no routes");
    assert!(Step::CompleteTasks(None).play(&mut world));
    assert_eq!(resources(&world), before - 1);
    assert!(Step::DeleteAttachment(free(&world)).play(&mut world));
    assert!(Step::CreateGateway { dual: true }.play(&mut world));
    vpn_invariants::check(&world.tenant);
}

#[test]
fn the_standard_scene_holds_every_invariant() {
    vpn_invariants::check(&World::scene().tenant);
}
