//! Route tables.

use crate::rows::Keyed;
use crate::tenant::Read;
use crate::text::{Labels, Tags};
use crate::txn::Txn;
use causeway_types::{Id, RouteTableId, Timestamp, VpcId};
use serde::{Deserialize, Serialize};

/// A route table of a VPC. Its entries are rows of their own; its system routes follow from the
/// VPC's vSwitches and are not stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RouteTable {
    /// Its id.
    pub id: RouteTableId,
    /// Its VPC.
    pub vpc: VpcId,
    /// System or custom.
    pub kind: RouteTableKind,
    /// What it can be bound to.
    pub associate: AssociateType,
    /// Name and description.
    pub labels: Labels,
    /// Where it is in its life.
    pub status: RouteTableStatus,
    /// Whether dynamic routes may enter.
    pub propagation_enabled: bool,
    /// When it was made.
    pub created: Timestamp,
    /// Tags.
    pub tags: Tags,
}

/// Who made the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RouteTableKind {
    /// Made with the VPC; cannot be deleted.
    System,
    /// Made by the user.
    Custom,
}

impl RouteTableKind {
    /// The wire word.
    pub fn text(self) -> &'static str {
        match self {
            RouteTableKind::System => "System",
            RouteTableKind::Custom => "Custom",
        }
    }
}

/// What a table can be bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AssociateType {
    /// vSwitches.
    VSwitch,
    /// An IPv4 or IPv6 gateway: no routes can be added, only re-pointed.
    Gateway,
}

impl AssociateType {
    /// The wire word.
    pub fn text(self) -> &'static str {
        match self {
            AssociateType::VSwitch => "VSwitch",
            AssociateType::Gateway => "Gateway",
        }
    }

    /// Reads the wire word.
    pub fn from_text(text: &str) -> Option<AssociateType> {
        [AssociateType::VSwitch, AssociateType::Gateway].into_iter().find(|it| it.text() == text)
    }
}

/// States of a table: `Pending` → `Available` → (`Deleting` → gone).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RouteTableStatus {
    /// Being made.
    Pending,
    /// Usable.
    Available,
    /// Being removed.
    Deleting,
}

impl RouteTableStatus {
    /// The wire word.
    pub fn text(self) -> &'static str {
        match self {
            RouteTableStatus::Pending => "Pending",
            RouteTableStatus::Available => "Available",
            RouteTableStatus::Deleting => "Deleting",
        }
    }
}

impl Keyed for RouteTable {
    type Key = RouteTableId;
    fn key(&self) -> RouteTableId {
        self.id
    }
    fn memberships(&self) -> Vec<(Id, Id)> {
        vec![(self.vpc.into(), self.id.into())]
    }
}

/// The tables of a VPC, the system table among them.
pub fn of_vpc(world: &impl Read, vpc: VpcId) -> impl Iterator<Item = &RouteTable> {
    world.members::<RouteTableId>(vpc).filter_map(|id| world.get::<RouteTable>(&id))
}

/// The table reaches the state it was heading for.
pub(crate) fn settle(txn: &mut Txn, id: RouteTableId) {
    match txn.get::<RouteTable>(&id).map(|table| table.status) {
        Some(RouteTableStatus::Pending) => {
            txn.update::<RouteTable>(&id, |table| table.status = RouteTableStatus::Available);
        }
        Some(RouteTableStatus::Deleting) => txn.remove::<RouteTable>(&id),
        Some(RouteTableStatus::Available) | None => {}
    }
}
