//! vSwitches.

use crate::route_entry::{self, RouteEntry, RouteKey, RouteOrigin};
use crate::rows::Keyed;
use crate::task::{self, Subject};
use crate::tenant::Read;
use crate::text::{Labels, Tags};
use crate::txn::Txn;
use crate::vpc::Vpc;
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

/// Why a block cannot become a vSwitch's (semantics.md 7.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockConflict {
    /// It is in none of the VPC's blocks.
    OutsideVpc,
    /// It overlaps a system route: another vSwitch, or the provider's own block.
    SystemRoute,
    /// It equals or contains the destination of a route in a table of the VPC.
    Route,
}

/// Whether an IPv4 block of `vpc` is free for a vSwitch.
pub fn check_block(world: &impl Read, vpc: &Vpc, block: &Cidr) -> Result<(), BlockConflict> {
    if !vpc.contains(block) {
        return Err(BlockConflict::OutsideVpc);
    }
    let taken = of_vpc(world, vpc.id).any(|vswitch| vswitch.cidr.overlaps(block));
    if taken || block.overlaps(&Cidr::RESERVED) {
        return Err(BlockConflict::SystemRoute);
    }
    check_routes(world, vpc.id, block)
}

/// Whether an IPv6 block of `vpc` is free for a vSwitch.
pub fn check_ipv6_block(world: &impl Read, vpc: &Vpc, block: &Cidr) -> Result<(), BlockConflict> {
    if of_vpc(world, vpc.id).any(|vswitch| vswitch.ipv6_cidr.as_ref() == Some(block)) {
        return Err(BlockConflict::SystemRoute);
    }
    check_routes(world, vpc.id, block)
}

fn check_routes(world: &impl Read, vpc: VpcId, block: &Cidr) -> Result<(), BlockConflict> {
    // Destinations inside a block follow it directly in the order of prefixes.
    let first_inside = |table: RouteTableId| {
        let from = RouteKey { table, destination: *block, origin: RouteOrigin::User };
        let (_, to) = route_entry::in_table(table).into_inner();
        world.range::<RouteEntry>(from..=to).next()
    };
    let mut firsts = world.members::<RouteTableId>(vpc).filter_map(first_inside);
    if firsts.any(|entry| block.contains(&entry.key.destination)) {
        return Err(BlockConflict::Route);
    }
    Ok(())
}

/// Binds a vSwitch to another table. It is `Pending` until its task is done.
pub fn bind(txn: &mut Txn, id: VSwitchId, table: RouteTableId) {
    txn.update::<VSwitch>(&id, |vswitch| {
        vswitch.route_table = table;
        vswitch.status = VSwitchStatus::Pending;
    });
    task::start(txn, Subject::VSwitch(id));
}

impl VSwitch {
    /// How many addresses instances can have: all but the first and the last three.
    pub fn usable_addresses(&self) -> u64 {
        (1u64 << (32 - self.cidr.length().min(32))).saturating_sub(4)
    }
}

/// The vSwitch reaches the state it was heading for.
pub(crate) fn settle(txn: &mut Txn, id: VSwitchId) {
    match txn.get::<VSwitch>(&id).map(|vswitch| vswitch.status) {
        Some(VSwitchStatus::Pending) => {
            txn.update::<VSwitch>(&id, |vswitch| vswitch.status = VSwitchStatus::Available);
        }
        Some(VSwitchStatus::Deleting) => remove(txn, id),
        Some(VSwitchStatus::Available) | None => {}
    }
}

/// Removes a vSwitch. Its system routes go with it, those a user pointed elsewhere included.
fn remove(txn: &mut Txn, id: VSwitchId) {
    let Some(vswitch) = txn.get::<VSwitch>(&id).cloned() else { return };
    let tables: Vec<RouteTableId> = txn.members(vswitch.vpc).collect();
    for table in tables {
        for destination in [Some(vswitch.cidr), vswitch.ipv6_cidr].into_iter().flatten() {
            txn.remove::<RouteEntry>(&RouteKey { table, destination, origin: RouteOrigin::User });
        }
    }
    txn.remove::<VSwitch>(&id);
}
