//! vSwitches.

use crate::rows::Keyed;
use crate::tenant::Read;
use crate::text::{Labels, Tags};
use crate::txn::Txn;
use causeway_types::{Cidr, Id, RouteTableId, Timestamp, VSwitchId, VpcId};
use serde::{Deserialize, Serialize};

/// A vSwitch: a block of its VPC in one zone, bound to one route table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VSwitch {
    /// Its id.
    pub id: VSwitchId,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its IPv4 block.
    pub cidr: Cidr,
    /// Its IPv6 block.
    pub ipv6_cidr: Option<Cidr>,
    /// Its zone, for example `cn-hangzhou-h`.
    pub zone: Box<str>,
    /// The table its traffic is routed by.
    pub route_table: RouteTableId,
    /// Name and description.
    pub labels: Labels,
    /// Where it is in its life.
    pub status: VSwitchStatus,
    /// When it was made.
    pub created: Timestamp,
    /// Tags.
    pub tags: Tags,
}

/// States of a vSwitch: `Pending` ⇄ `Available` → (`Deleting` → gone).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VSwitchStatus {
    /// Being made, or being bound to another table.
    Pending,
    /// Usable.
    Available,
    /// Being removed.
    Deleting,
}

impl VSwitchStatus {
    /// The wire word; see [`crate::vpc::VpcStatus::text`].
    pub fn text(self) -> &'static str {
        match self {
            VSwitchStatus::Pending | VSwitchStatus::Deleting => "Pending",
            VSwitchStatus::Available => "Available",
        }
    }
}

impl Keyed for VSwitch {
    type Key = VSwitchId;
    fn key(&self) -> VSwitchId {
        self.id
    }
    fn memberships(&self) -> Vec<(Id, Id)> {
        vec![(self.vpc.into(), self.id.into()), (self.route_table.into(), self.id.into())]
    }
}

/// The vSwitches of a VPC.
pub fn of_vpc(world: &impl Read, vpc: VpcId) -> impl Iterator<Item = &VSwitch> {
    world.members::<VSwitchId>(vpc).filter_map(|id| world.get::<VSwitch>(&id))
}

/// The vSwitch reaches the state it was heading for.
pub(crate) fn settle(txn: &mut Txn, id: VSwitchId) {
    match txn.get::<VSwitch>(&id).map(|vswitch| vswitch.status) {
        Some(VSwitchStatus::Pending) => {
            txn.update::<VSwitch>(&id, |vswitch| vswitch.status = VSwitchStatus::Available);
        }
        Some(VSwitchStatus::Deleting) => txn.remove::<VSwitch>(&id),
        Some(VSwitchStatus::Available) | None => {}
    }
}
