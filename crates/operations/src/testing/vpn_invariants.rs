//! What holds of every tenant's VPN gateways, connections, attachments and tasks, whatever was done
//! to it.

use causeway_model::customer_gateway::CustomerGateway;
use causeway_model::resource::{Place, Resource};
use causeway_model::task::{Subject, Task, is_busy};
use causeway_model::vco_route::VcoRoute;
use causeway_model::vpc::Vpc;
use causeway_model::vpn_connection::{Attached, ConnectionState, TunnelRole, VpnConnection};
use causeway_model::vpn_gateway::{GatewayStatus, VpnGateway};
use causeway_model::vpn_pbr_route::VpnPbrRoute;
use causeway_model::vpn_route::VpnRoute;
use causeway_model::{Read, Tenant};
use causeway_types::{Id, TrAttachmentId, TypedId, VpnConnectionId};

/// Panics unless every invariant holds.
pub(crate) fn check(tenant: &Tenant) {
    tenant.all::<VpnGateway>().for_each(|gateway| gateway_is_sound(tenant, gateway));
    tenant.all::<VpnConnection>().for_each(|connection| connection_is_sound(tenant, connection));
    tenant.all::<VpnConnection>().for_each(|connection| has_its_tunnels(tenant, connection));
    tenant.all::<Resource>().for_each(|resource| attachment_is_sound(tenant, resource));
    tenant.all::<Task>().for_each(|task| task_has_its_subject(tenant, task));
    routes_have_their_next_hops(tenant);
}

fn gateway_is_sound(tenant: &Tenant, gateway: &VpnGateway) {
    let id = gateway.id;
    assert!(tenant.get::<Vpc>(&gateway.vpc).is_some(), "{id} is in no VPC");
    let second = gateway.disaster_recovery_address.is_some();
    assert_eq!(second, gateway.is_dual_tunnel(), "{id}: a second address and no second vSwitch");
    let busy = gateway.status != GatewayStatus::Active;
    assert_eq!(is_busy(tenant, Subject::VpnGateway(id)), busy, "{id} is {:?}", gateway.status);
    for connection in tenant.members::<VpnConnectionId>(id) {
        let listed = tenant.get::<VpnConnection>(&connection).and_then(VpnConnection::gateway);
        assert_eq!(listed, Some(id), "{id} lists {connection}");
    }
}

fn connection_is_sound(tenant: &Tenant, connection: &VpnConnection) {
    use ConnectionState::{Active, Attached as Held, Attaching, Deleting, Detaching};
    use ConnectionState::{FinancialLocked, Init, Provisioning, Updating};
    let (id, state) = (connection.id, connection.state);
    let busy = is_busy(tenant, Subject::VpnConnection(id));
    assert_eq!(busy, matches!(state, Provisioning | Updating | Deleting), "{id} is {state:?}");
    match connection.attached {
        Attached::Gateway(gateway) => {
            assert!(tenant.get::<VpnGateway>(&gateway).is_some(), "{id} is on no gateway");
            let listed = tenant.members::<VpnConnectionId>(gateway).any(|member| member == id);
            assert!(listed, "{gateway} does not list {id}");
            let fits =
                matches!(state, Provisioning | Active | Updating | Deleting | FinancialLocked);
            assert!(fits, "{id} is {state:?} on a gateway");
        }
        Attached::Nothing => {
            assert!(matches!(state, Init | Updating | FinancialLocked), "{id} is {state:?}, free");
        }
        Attached::TransitRouter { attachment, .. } => {
            let held = tenant.get::<Resource>(&attachment.into());
            assert!(held.is_some(), "{id} is attached by {attachment}, which is not there");
            let fits = matches!(state, Attaching | Held | Detaching | Updating | FinancialLocked);
            assert!(fits, "{id} is {state:?}, attached");
        }
    }
}

fn has_its_tunnels(tenant: &Tenant, connection: &VpnConnection) {
    let id = connection.id;
    let dual = match connection.gateway().and_then(|gateway| tenant.get::<VpnGateway>(&gateway)) {
        Some(gateway) => gateway.is_dual_tunnel(),
        None => true,
    };
    assert_eq!(connection.dual_tunnel, dual, "{id} is of the wrong kind");
    let tunnels: Vec<_> = connection.tunnels.iter().map(|it| (it.index, it.role)).collect();
    let both = [(1, TunnelRole::Master), (2, TunnelRole::Slave)];
    assert_eq!(tunnels, both[..if dual { 2 } else { 1 }], "tunnels of {id}");
    for far_end in connection.tunnels.iter().filter_map(|tunnel| tunnel.customer_gateway) {
        assert!(tenant.get::<CustomerGateway>(&far_end).is_some(), "{id} leads to {far_end}");
        assert!(tenant.members::<VpnConnectionId>(far_end).any(|member| member == id), "{far_end}");
    }
}

fn attachment_is_sound(tenant: &Tenant, resource: &Resource) {
    let Place::TransitRouter { transit_router, connection } = resource.place else { return };
    let id = TrAttachmentId::from_id(resource.id).expect("an attachment's id");
    let held = tenant.get::<VpnConnection>(&connection).expect("an attachment has its connection");
    assert_eq!(held.attached, Attached::TransitRouter { attachment: id, transit_router });
    let busy = is_busy(tenant, Subject::Attachment(id));
    match &*resource.status {
        "Attaching" => assert_eq!((busy, held.state), (true, ConnectionState::Attaching)),
        "Detaching" => assert_eq!((busy, held.state), (true, ConnectionState::Detaching)),
        "Attached" => assert!(!busy, "{id} is at rest with a task"),
        other => panic!("{id} is {other}"),
    }
}

fn task_has_its_subject(tenant: &Tenant, task: &Task) {
    let there = match task.subject {
        Subject::VpnGateway(id) => tenant.get::<VpnGateway>(&id).is_some(),
        Subject::VpnConnection(id) => tenant.get::<VpnConnection>(&id).is_some(),
        Subject::Attachment(id) => tenant.get::<Resource>(&Id::from(id)).is_some(),
        _ => true,
    };
    assert!(there, "a task on {}, which is not there", task.subject.id());
}

fn routes_have_their_next_hops(tenant: &Tenant) {
    let on = |next_hop: VpnConnectionId| tenant.get::<VpnConnection>(&next_hop)?.gateway();
    for key in tenant.all::<VpnRoute>().map(|route| route.key) {
        assert_eq!(on(key.next_hop), Some(key.gateway), "a route to {}", key.next_hop);
    }
    for key in tenant.all::<VpnPbrRoute>().map(|route| route.key) {
        assert_eq!(on(key.next_hop), Some(key.gateway), "a policy route to {}", key.next_hop);
    }
    for key in tenant.all::<VcoRoute>().map(|route| route.key) {
        let connection = tenant.get::<VpnConnection>(&key.connection).expect("a connection");
        let held = matches!(connection.attached, Attached::TransitRouter { .. });
        assert!(held, "a route of {}, which nothing holds", key.connection);
    }
}
