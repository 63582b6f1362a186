//! VPN gateways.

use crate::rows::Keyed;
use crate::tenant::Read;
use crate::text::{Labels, Tags};
use crate::txn::Txn;
use causeway_types::{Id, Timestamp, VSwitchId, VpcId, VpnGatewayId};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

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

impl VpnGateway {
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
