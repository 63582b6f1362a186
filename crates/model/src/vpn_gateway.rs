//! VPN gateways.

use crate::next_hop;
use crate::rows::Keyed;
use crate::tenant::Read;
use crate::text::{Labels, Tags};
use crate::txn::Txn;
use crate::vpn_connection::VpnConnection;
use causeway_types::{Cidr, Id, Timestamp, VSwitchId, VpcId, VpnConnectionId, VpnGatewayId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

/// What public addresses are drawn from: a block for documentation, so that none is anybody's.
pub const PUBLIC_POOL: Cidr = Cidr::v4(198, 51, 100, 0, 24);

/// A VPN gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VpnGateway {
    /// Its id.
    pub id: VpnGatewayId,
    /// Its VPC.
    pub vpc: VpcId,
    /// The vSwitch it lives in.
    pub vswitch: Option<VSwitchId>,
    /// The vSwitch of its second half; a gateway that has one is dual-tunnel (semantics.md 7.3).
    pub disaster_recovery_vswitch: Option<VSwitchId>,
    /// Name and description.
    pub labels: Labels,
    /// Bandwidth in Mbit/s.
    pub bandwidth_mbps: u32,
    /// Public or private.
    pub network: NetworkType,
    /// How it is paid for.
    pub charge: ChargeType,
    /// Whether it accepts IPsec connections.
    pub ipsec: bool,
    /// Whether it accepts SSL clients.
    pub ssl: bool,
    /// SSL client limit.
    pub ssl_connections: u32,
    /// Which policy-based routes this gateway's version knows (S-PBR-57, S-PBR-69).
    pub pbr: PbrSupport,
    /// Where it is in its life.
    pub status: GatewayStatus,
    /// Whether overdue payment has locked it (S-VR-53).
    pub financial_locked: bool,
    /// Its public address.
    pub address: IpAddr,
    /// The public address of its second half.
    pub disaster_recovery_address: Option<IpAddr>,
    /// Whether learned routes are put into the VPC.
    pub auto_propagate: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When a subscription ends.
    pub expires: Option<Timestamp>,
    /// The resource group's id, as given.
    pub resource_group: Option<Box<str>>,
    /// Tags.
    pub tags: Tags,
}

/// How a gateway or connection is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkType {
    /// Over the Internet.
    Public,
    /// Over a private network.
    Private,
}

/// How a gateway is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChargeType {
    /// Subscription.
    Prepay,
    /// By traffic.
    PostpayByFlow,
}

/// What a gateway's version can do with policy-based routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PbrSupport {
    /// Nothing.
    None,
    /// Routes without priority.
    WithoutPriority,
    /// Routes with priority.
    Full,
}

/// States of a gateway: `init` → `active` ⇄ `updating`, → `deleting` → gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GatewayStatus {
    /// Being made.
    Init,
    /// Ready (S-VR-09).
    Active,
    /// Being reconfigured (S-VR-08).
    Updating,
    /// Being removed.
    Deleting,
}

impl GatewayStatus {
    /// The wire word.
    pub fn text(self) -> &'static str {
        match self {
            GatewayStatus::Init => "init",
            GatewayStatus::Active => "active",
            GatewayStatus::Updating => "updating",
            GatewayStatus::Deleting => "deleting",
        }
    }
}

impl NetworkType {
    /// The wire word.
    pub fn text(self) -> &'static str {
        match self {
            NetworkType::Public => "public",
            NetworkType::Private => "private",
        }
    }
}

impl ChargeType {
    /// The wire word of describe answers (clients.md 7).
    pub fn text(self) -> &'static str {
        match self {
            ChargeType::Prepay => "Prepay",
            ChargeType::PostpayByFlow => "PostpayByFlow",
        }
    }
}

/// Why a gateway cannot be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Its subscription runs.
    Prepaid,
    /// It has IPsec connections.
    Connections,
    /// Routes of its VPC point to it.
    Routes,
}

impl VpnGateway {
    /// A public pay-as-you-go gateway for one-tunnel IPsec connections, active, with everything
    /// optional left out.
    pub fn new(id: VpnGatewayId, vpc: VpcId, address: IpAddr, created: Timestamp) -> VpnGateway {
        VpnGateway {
            id,
            vpc,
            vswitch: None,
            disaster_recovery_vswitch: None,
            labels: Labels::new(Some(&id.to_string()), None),
            bandwidth_mbps: 10,
            network: NetworkType::Public,
            charge: ChargeType::PostpayByFlow,
            ipsec: true,
            ssl: false,
            ssl_connections: 0,
            pbr: PbrSupport::Full,
            status: GatewayStatus::Active,
            financial_locked: false,
            address,
            disaster_recovery_address: None,
            auto_propagate: false,
            created,
            expires: None,
            resource_group: None,
            tags: Tags::new(),
        }
    }

    /// Whether it can be deleted at an instant.
    pub fn deletable(&self, world: &impl Read, now: Timestamp) -> Result<(), Kept> {
        if self.charge == ChargeType::Prepay && self.expires.is_none_or(|end| end > now) {
            return Err(Kept::Prepaid);
        }
        if world.members::<VpnConnectionId>(self.id).next().is_some() {
            return Err(Kept::Connections);
        }
        if next_hop::is_used(world, self.vpc, self.id.into()) {
            return Err(Kept::Routes);
        }
        Ok(())
    }

    /// Whether its connections have two tunnels, which then form active/standby by themselves.
    pub fn is_dual_tunnel(&self) -> bool {
        self.disaster_recovery_vswitch.is_some()
    }
}

impl Keyed for VpnGateway {
    type Key = VpnGatewayId;
    fn key(&self) -> VpnGatewayId {
        self.id
    }
    fn memberships(&self) -> Vec<(Id, Id)> {
        vec![(self.vpc.into(), self.id.into())]
    }
}

/// The addresses of gateways, and of tunnels that have addresses of their own.
fn addresses(world: &impl Read) -> impl Iterator<Item = IpAddr> {
    let of_gateway =
        |gateway: &VpnGateway| [Some(gateway.address), gateway.disaster_recovery_address];
    let of_gateways = world.all::<VpnGateway>().flat_map(of_gateway).flatten();
    let free = world.all::<VpnConnection>().filter(|connection| connection.gateway().is_none());
    of_gateways.chain(free.flat_map(|connection| &connection.tunnels).map(|tunnel| tunnel.address))
}

/// Draws an IPv4 address from a block, avoiding those of all gateways, those of tunnels on no
/// gateway, and `except` while the block has others. The lowest and the three highest addresses of a block are nobody's.
pub fn draw_address(txn: &mut Txn, block: Cidr, except: Option<IpAddr>) -> IpAddr {
    let drawn = txn.entropy();
    let IpAddr::V4(first) = block.network() else { return block.network() };
    let taken: BTreeSet<IpAddr> = addresses(txn).chain(except).collect();
    let usable = (1_u64 << (32 - block.length())).saturating_sub(4).max(1);
    let start = (drawn % u128::from(usable)) as u64;
    let nth = |n: u64| {
        let offset = 1 + (start + n) % usable;
        IpAddr::V4(Ipv4Addr::from_bits(first.to_bits().saturating_add(offset as u32)))
    };
    let tries = usable.min(taken.len() as u64 + 1);
    (0..tries).map(nth).find(|address| !taken.contains(address)).unwrap_or_else(|| nth(0))
}

/// The gateway goes `updating` and comes back `active` when the work is done (S-VR-06 to S-VR-09).
pub fn reconfigure(txn: &mut Txn, id: VpnGatewayId) {
    txn.update::<VpnGateway>(&id, |gateway| gateway.status = GatewayStatus::Updating);
    crate::task::start(txn, crate::task::Subject::VpnGateway(id));
}

/// The gateway reaches the state it was heading for.
pub(crate) fn settle(txn: &mut Txn, id: VpnGatewayId) {
    match txn.get::<VpnGateway>(&id).map(|gateway| gateway.status) {
        Some(GatewayStatus::Init | GatewayStatus::Updating) => {
            txn.update::<VpnGateway>(&id, |gateway| gateway.status = GatewayStatus::Active);
        }
        Some(GatewayStatus::Deleting) => txn.remove::<VpnGateway>(&id),
        Some(GatewayStatus::Active) | None => {}
    }
}
