//! IPsec connections: on a VPN gateway, or made for a transit router.

use crate::auto_route;
use crate::bgp_route;
use crate::down_link::DownLink;
use crate::link::LinkState;
use crate::rows::Keyed;
use crate::tenant::Read;
use crate::text::Tags;
use crate::txn::Txn;
use crate::vpn_gateway::NetworkType;
use crate::vpn_pbr_route::{self, VpnPbrRouteKey};
use crate::vpn_route;
use causeway_types::{
    Cidr, CustomerGatewayId, Id, Timestamp, TrAttachmentId, TransitRouterId, TunnelId,
    VpnConnectionId, VpnGatewayId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// An IPsec connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VpnConnection {
    /// Its id.
    pub id: VpnConnectionId,
    /// What it hangs on.
    pub attached: Attached,
    /// Its tunnels: one (single-tunnel) or two.
    pub tunnels: Vec<Tunnel>,
    /// Whether it was made with `TunnelOptionsSpecification`.
    pub dual_tunnel: bool,
    /// Its name.
    pub name: Option<Box<str>>,
    /// Blocks on the cloud's side.
    pub local_subnets: Vec<Cidr>,
    /// Blocks on the customer's side.
    pub remote_subnets: Vec<Cidr>,
    /// Whether negotiation starts at once.
    pub effect_immediately: bool,
    /// Whether policy routes follow from the subnets.
    pub auto_config_route: bool,
    /// Whether dual tunnels speak BGP.
    pub tunnels_bgp: bool,
    /// How the link is probed.
    pub health_check: HealthCheck,
    /// Public or private (attachments).
    pub network: NetworkType,
    /// The bandwidth class of an attachment's tunnels.
    pub tunnel_bandwidth: TunnelBandwidth,
    /// Where it is in its life.
    pub state: ConnectionState,
    /// When it was made.
    pub created: Timestamp,
    /// The resource group's id, as given.
    pub resource_group: Option<Box<str>>,
    /// Tags.
    pub tags: Tags,
}

/// What a connection hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attached {
    /// A VPN gateway (`VPNGW`).
    Gateway(VpnGatewayId),
    /// Nothing yet (`NO_ASSOCIATED`).
    Nothing,
    /// A transit router (`CEN`).
    TransitRouter {
        /// The attachment.
        attachment: TrAttachmentId,
        /// The transit router.
        transit_router: TransitRouterId,
    },
}

/// How much a tunnel of an attachment can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TunnelBandwidth {
    /// The usual amount.
    Standard,
    /// More.
    Large,
}

/// One IPsec tunnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tunnel {
    /// Its id.
    pub id: TunnelId,
    /// 1 or 2.
    pub index: u8,
    /// Which tunnel carries traffic first.
    pub role: TunnelRole,
    /// The far end.
    pub customer_gateway: Option<CustomerGatewayId>,
    /// The cloud's address.
    pub address: IpAddr,
    /// The zone it runs in.
    pub zone: Option<Box<str>>,
    /// Dead peer detection.
    pub dpd: bool,
    /// NAT traversal.
    pub nat_traversal: bool,
    /// The far end's certificate authority.
    pub remote_ca: Option<Box<str>>,
    /// First phase.
    pub ike: Ike,
    /// Second phase.
    pub ipsec: Ipsec,
    /// BGP over the tunnel.
    pub bgp: Option<Bgp>,
}

/// Roles of the two tunnels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TunnelRole {
    /// Carries traffic while up.
    Master,
    /// Carries traffic while the master is down.
    Slave,
}

impl TunnelRole {
    /// The wire word.
    pub fn text(self) -> &'static str {
        match self {
            TunnelRole::Master => "master",
            TunnelRole::Slave => "slave",
        }
    }
}

/// Parameters of the first negotiation phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ike {
    /// The pre-shared key.
    pub psk: Box<str>,
    /// `ikev1` or `ikev2`.
    pub version: Box<str>,
    /// `main` or `aggressive`.
    pub mode: Box<str>,
    /// Encryption.
    pub encryption: Box<str>,
    /// Authentication.
    pub authentication: Box<str>,
    /// Diffie-Hellman group.
    pub pfs: Box<str>,
    /// Lifetime in seconds.
    pub lifetime_s: u32,
    /// Identity of the cloud's side.
    pub local_id: Box<str>,
    /// Identity of the far side.
    pub remote_id: Box<str>,
}

/// Parameters of the second negotiation phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ipsec {
    /// Encryption.
    pub encryption: Box<str>,
    /// Authentication.
    pub authentication: Box<str>,
    /// Diffie-Hellman group.
    pub pfs: Box<str>,
    /// Lifetime in seconds.
    pub lifetime_s: u32,
}

/// BGP over a tunnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bgp {
    /// The cloud's autonomous system.
    pub local_asn: u32,
    /// The /30 of the tunnel.
    pub tunnel_cidr: Option<Cidr>,
    /// The cloud's address in it.
    pub local_address: Option<IpAddr>,
}

/// How a link is probed (S-VR-25).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HealthCheck {
    /// Whether probes are sent.
    pub enabled: bool,
    /// Their destination.
    pub destination: Box<str>,
    /// Their source.
    pub source: Box<str>,
    /// Time between probes in seconds.
    pub interval_s: u32,
    /// Lost probes until the link counts as down.
    pub retries: u32,
    /// What happens to published routes when the check fails.
    pub policy: HealthPolicy,
}

/// What a failing health check does to a transit router's routes (semantics.md 8.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HealthPolicy {
    /// They are withdrawn until it succeeds again.
    RevokeRoute,
    /// They stay.
    ReserveRoute,
}

/// States of a connection. On a gateway: `provisioning` → `active` ⇄ `updating`. For a transit
/// router: `init` → `attaching` → `attached` ⇄ `updating`, → `detaching` → `init`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConnectionState {
    /// Being made on a gateway.
    Provisioning,
    /// Ready on a gateway.
    Active,
    /// Not attached to anything.
    Init,
    /// Being attached to a transit router.
    Attaching,
    /// Ready on a transit router.
    Attached,
    /// Being detached.
    Detaching,
    /// Being reconfigured.
    Updating,
    /// Locked for overdue payment (S-VCO-36).
    FinancialLocked,
    /// Being removed.
    Deleting,
}

impl ConnectionState {
    /// The wire word (semantics.md 7.6).
    pub fn text(self) -> &'static str {
        match self {
            ConnectionState::Provisioning => "provisioning",
            ConnectionState::Active => "active",
            ConnectionState::Init => "init",
            ConnectionState::Attaching => "attaching",
            ConnectionState::Attached => "attached",
            ConnectionState::Detaching => "detaching",
            ConnectionState::Updating => "updating",
            ConnectionState::FinancialLocked => "financialLocked",
            ConnectionState::Deleting => "deleted",
        }
    }
}

impl TunnelBandwidth {
    /// The wire word.
    pub fn text(self) -> &'static str {
        match self {
            TunnelBandwidth::Standard => "Standard",
            TunnelBandwidth::Large => "Large",
        }
    }
}

impl HealthPolicy {
    /// The wire word.
    pub fn text(self) -> &'static str {
        match self {
            HealthPolicy::RevokeRoute => "revoke_route",
            HealthPolicy::ReserveRoute => "reserve_route",
        }
    }
}

/// Why a connection cannot be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Destination or policy-based routes lead to it.
    Routes,
    /// It is attached to a transit router.
    Attached,
}

impl VpnConnection {
    /// Whether it protects specific flows; with 0.0.0.0/0 on a side it is routed by destination
    /// (semantics.md 7.4).
    pub fn is_protected(&self) -> bool {
        !self.local_subnets.iter().chain(&self.remote_subnets).any(Cidr::is_default)
    }

    /// Whether it can be deleted: no route leads to it but those it brought itself, and no transit
    /// router holds it.
    pub fn deletable(&self, world: &impl Read) -> Result<(), Kept> {
        let gateway = match self.attached {
            Attached::Gateway(gateway) => gateway,
            Attached::Nothing => return Ok(()),
            Attached::TransitRouter { .. } => return Err(Kept::Attached),
        };
        let by_destination =
            vpn_route::of_gateway(world, gateway).any(|route| route.key.next_hop == self.id);
        let by_policy = vpn_pbr_route::of_gateway(world, gateway)
            .any(|route| route.key.next_hop == self.id && !auto_route::follows(self, route));
        if by_destination || by_policy { Err(Kept::Routes) } else { Ok(()) }
    }

    /// Whether it is in a state in which its tunnels can be negotiated.
    pub fn is_ready(&self) -> bool {
        match self.state {
            ConnectionState::Active | ConnectionState::Attached | ConnectionState::Updating => true,
            ConnectionState::Provisioning
            | ConnectionState::Init
            | ConnectionState::Attaching
            | ConnectionState::Detaching
            | ConnectionState::FinancialLocked
            | ConnectionState::Deleting => false,
        }
    }

    /// The gateway it is on.
    pub fn gateway(&self) -> Option<VpnGatewayId> {
        match self.attached {
            Attached::Gateway(id) => Some(id),
            _ => None,
        }
    }
}

impl Keyed for VpnConnection {
    type Key = VpnConnectionId;
    /// It holds pre-shared keys.
    const SECRET: bool = true;
    fn key(&self) -> VpnConnectionId {
        self.id
    }
    fn memberships(&self) -> Vec<(Id, Id)> {
        let own: Id = self.id.into();
        let gateway = self.gateway().map(|gateway| (gateway.into(), own));
        let far_ends = self.tunnels.iter().filter_map(|tunnel| tunnel.customer_gateway);
        gateway.into_iter().chain(far_ends.map(|far_end| (far_end.into(), own))).collect()
    }
}

/// Whether two connections lead to the same far ends for the same blocks.
pub fn is_alike(a: &VpnConnection, b: &VpnConnection) -> bool {
    let far_ends = |connection: &VpnConnection| -> BTreeSet<_> {
        connection.tunnels.iter().filter_map(|tunnel| tunnel.customer_gateway).collect()
    };
    let same = |a: &[Cidr], b: &[Cidr]| a.iter().collect::<BTreeSet<_>>() == b.iter().collect();
    far_ends(a) == far_ends(b)
        && same(&a.local_subnets, &b.local_subnets)
        && same(&a.remote_subnets, &b.remote_subnets)
}

/// The policy-based routes a connection brought, in key order.
pub fn own_routes(world: &impl Read, connection: &VpnConnection) -> Vec<VpnPbrRouteKey> {
    let Some(gateway) = connection.gateway() else { return Vec::new() };
    let routes = vpn_pbr_route::of_gateway(world, gateway);
    routes.filter(|route| auto_route::follows(connection, route)).map(|route| route.key).collect()
}

/// The connection goes `updating` and comes back when the work is done.
pub fn reconfigure(txn: &mut Txn, id: VpnConnectionId) {
    txn.update::<VpnConnection>(&id, |connection| connection.state = ConnectionState::Updating);
    crate::task::start(txn, crate::task::Subject::VpnConnection(id));
}

/// Removes a connection, and what was said of its links.
pub fn remove(txn: &mut Txn, id: VpnConnectionId) {
    let Some(connection) = txn.get::<VpnConnection>(&id).cloned() else { return };
    let tunnels: Vec<Id> = connection.tunnels.iter().map(|tunnel| tunnel.id.into()).collect();
    for link in tunnels.into_iter().chain([id.into()]) {
        txn.remove::<DownLink>(&link);
        txn.remove::<LinkState>(&link);
    }
    bgp_route::forget(txn, id);
    txn.remove::<VpnConnection>(&id);
    bgp_route::propagate(txn, &connection);
}

/// The connection reaches the state it was heading for. Attaching and detaching are work on the
/// attachment, which moves the connection along; see [`crate::resource`].
pub(crate) fn settle(txn: &mut Txn, id: VpnConnectionId) {
    let Some(connection) = txn.get::<VpnConnection>(&id) else { return };
    let next = match connection.state {
        ConnectionState::Provisioning => ConnectionState::Active,
        ConnectionState::Updating => match connection.attached {
            Attached::Gateway(_) => ConnectionState::Active,
            Attached::Nothing => ConnectionState::Init,
            Attached::TransitRouter { .. } => ConnectionState::Attached,
        },
        ConnectionState::Deleting => return remove(txn, id),
        _ => return,
    };
    txn.update::<VpnConnection>(&id, |connection| connection.state = next);
    if let Some(connection) = txn.get::<VpnConnection>(&id).cloned() {
        bgp_route::propagate(txn, &connection);
    }
}
