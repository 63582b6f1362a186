//! Entries of VPC route tables that users made or that VPN gateways published.

use crate::changes::Changes;
use crate::context::RouteStateNames;
use crate::cover::Order;
use crate::merge::Merge;
use crate::next_hop::NextHops;
use crate::route_table::{RouteTable, RouteTableStatus};
use crate::row::Row;
use crate::rows::Keyed;
use crate::task::{self, Subject};
use crate::tenant::Read;
use crate::text::Labels;
use crate::txn::Txn;
use crate::vpc::{Vpc, VpcStatus};
use crate::vswitch::{self, VSwitchStatus};
use causeway_types::{Cidr, Id, Prefix, RouteEntryId, RouteTableId, Timestamp, TypedId};
use serde::{Deserialize, Serialize};
use std::ops::Bound;

/// What tells entries apart. A destination can be held twice: by a router interface and, behind it,
/// by a VPN gateway that published it (decision A28).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RouteKey {
    /// The table.
    pub table: RouteTableId,
    /// The destination.
    pub destination: Cidr,
    /// Who put it there.
    pub origin: RouteOrigin,
}

/// Who put an entry into its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RouteOrigin {
    /// A user.
    User,
    /// A VPN gateway, for its published routes (semantics.md 8.3).
    Published,
    /// A VPN gateway, for a route its peer announces (semantics.md 8.3).
    Learned,
}

/// A stored route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RouteEntry {
    /// Table, destination and origin.
    pub key: RouteKey,
    /// Its id.
    pub id: RouteEntryId,
    /// Where it sends traffic.
    pub next_hops: NextHops,
    /// Where it is in its life.
    pub status: RouteStatus,
    /// Name and description; most entries have neither.
    pub labels: Option<Box<Labels>>,
    /// When it was made or last changed.
    pub modified: Timestamp,
}

/// States of an entry: `Pending` → `Available` → `Modifying` → `Available` → (`Deleting` → gone).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RouteStatus {
    /// Being made.
    Pending,
    /// In effect.
    Available,
    /// Its next hop is being changed.
    Modifying,
    /// Being removed.
    Deleting,
}

impl RouteStatus {
    /// Whether an entry in this state forwards (chosen; see the record on forwarding).
    pub fn forwards(self) -> bool {
        matches!(self, RouteStatus::Available | RouteStatus::Modifying)
    }

    /// The wire word (decision A2).
    pub fn text(self, names: RouteStateNames) -> &'static str {
        match (self, names) {
            (RouteStatus::Pending, RouteStateNames::Available) => "Pending",
            (RouteStatus::Pending, RouteStateNames::Created) => "Creating",
            (RouteStatus::Available, RouteStateNames::Available) => "Available",
            (RouteStatus::Available, RouteStateNames::Created) => "Created",
            (RouteStatus::Modifying, _) => "Modifying",
            (RouteStatus::Deleting, _) => "Deleting",
        }
    }
}

impl Keyed for RouteEntry {
    type Key = RouteKey;
    fn key(&self) -> RouteKey {
        self.key
    }
}

/// The bounds of a table's entries.
pub fn in_table(table: RouteTableId) -> std::ops::RangeInclusive<RouteKey> {
    let first = RouteKey { table, destination: Cidr::DEFAULT_V4, origin: RouteOrigin::User };
    let last = RouteKey { table, destination: Cidr::LAST, origin: RouteOrigin::Learned };
    first..=last
}

/// The stored entries of a table, by destination.
pub fn of_table(world: &impl Read, table: RouteTableId) -> impl Iterator<Item = &RouteEntry> {
    world.range::<RouteEntry>(in_table(table))
}

/// How a table's entries are ordered.
fn order(
    table: RouteTableId,
) -> Order<RouteKey, impl Fn(Cidr) -> RouteKey, impl Fn(Cidr) -> RouteKey> {
    let key = move |origin| move |destination| RouteKey { table, destination, origin };
    let (first, last) = (key(RouteOrigin::User), key(RouteOrigin::Learned));
    Order { first, last, destination: |key| key.destination }
}

/// The stored entries of a table for a block and for what is inside it, by destination.
pub fn within(
    world: &impl Read,
    table: RouteTableId,
    block: Cidr,
) -> impl Iterator<Item = &RouteEntry> {
    order(table).within(world, block)
}

/// What a change leaves of the stored entries of a table for a block and for what is inside it.
pub(crate) fn as_changed<'a>(
    within: impl Iterator<Item = &'a RouteEntry>,
    changes: &'a Changes,
    table: RouteTableId,
    block: Cidr,
) -> impl Iterator<Item = &'a RouteEntry> {
    Merge::new(within, RouteEntry::changed(changes).range(order(table).inside(block)))
}

/// The stored entries of a table for one destination: a user's, then a published one, then a
/// learned one.
pub fn at(
    world: &impl Read,
    table: RouteTableId,
    destination: Cidr,
) -> impl Iterator<Item = &RouteEntry> {
    let key = |origin| RouteKey { table, destination, origin };
    world.range::<RouteEntry>(key(RouteOrigin::User)..=key(RouteOrigin::Learned))
}

/// The stored entries of a table for the longest destination that is shorter than a block and holds it.
pub fn above(
    world: &impl Read,
    table: RouteTableId,
    block: Cidr,
) -> impl Iterator<Item = &RouteEntry> {
    let last = order(table).cover::<RouteEntry>(world, block);
    // A user's entry is the first of its destination; where it is the last, too, there are no others.
    let others = last.filter(|last| last.key.origin != RouteOrigin::User).map(|last| {
        let at = at(world, table, last.key.destination);
        at.take_while(|entry| entry.key != last.key)
    });
    others.into_iter().flatten().chain(last)
}

/// Whether an entry that forwards takes the lowest address of a block, and not the whole of it.
pub fn is_begun(world: &impl Read, table: RouteTableId, block: Cidr) -> bool {
    let last = order(table).last;
    let range = (Bound::Excluded(last(block)), Bound::Included(last(block.first_inside())));
    let beyond =
        |entry: &RouteEntry| (!entry.status.forwards()).then_some(Bound::Excluded(entry.key));
    world.last::<RouteEntry>(range, beyond).is_some()
}

/// The entries of a table that count as custom routes: all but learned ones.
pub fn custom(world: &impl Read, table: RouteTableId) -> impl Iterator<Item = &RouteEntry> {
    of_table(world, table).filter(|entry| entry.key.origin != RouteOrigin::Learned)
}

/// Characters of an entry's id that repeat its table's id, so that an id leads to its table and no
/// index from ids to entries is needed.
const SHARED: std::ops::Range<usize> = 3..12;

/// An id for an entry of `table`.
pub fn id_in_table(table: RouteTableId, entropy: u128) -> RouteEntryId {
    let table = table.id().payload();
    let start = table.get(..SHARED.end).unwrap_or(&table);
    let filler = Id::generate(Prefix::RouteEntry, "000", entropy).payload();
    let mut payload = start.to_owned();
    payload.push_str(&filler[start.len()..]);
    let id = Id::new(Prefix::RouteEntry, &payload).expect("made of the payloads of identifiers");
    RouteEntryId::from_id(id).expect("made with this prefix")
}

/// The stored entry with an id.
pub fn by_id(world: &impl Read, id: RouteEntryId) -> Option<&RouteEntry> {
    tables_for(world, id)
        .into_iter()
        .find_map(|table| of_table(world, table).find(|entry| entry.id == id))
}

/// The tables an entry with this id can be in: those whose ids begin like it.
pub fn tables_for(world: &impl Read, id: RouteEntryId) -> Vec<RouteTableId> {
    let payload = id.id().payload();
    let Some(shared) = payload.get(..SHARED.end) else { return Vec::new() };
    let bound = |fill: &str| RouteTableId::from_text(&format!("vtb-{shared}{}", fill.repeat(9)));
    world.range::<RouteTable>(bound("0")..=bound("z")).map(|table| table.id).collect()
}

/// Why the routes of a table cannot be changed now (semantics.md 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// The VPC is being made or removed.
    Vpc,
    /// A vSwitch of the VPC is being made, moved or removed.
    VSwitch,
    /// The table is being made or removed.
    Table,
    /// Routes of the VPC are being added, changed or removed (S-RE-06, decision A9).
    Routes,
}

/// Why the routes of `table` cannot be changed now; the first reason in the order of [`Busy`].
pub fn busy(world: &impl Read, table: &RouteTable) -> Option<Busy> {
    let vpc = world.get::<Vpc>(&table.vpc);
    if vpc.is_none_or(|vpc| vpc.status != VpcStatus::Available) {
        return Some(Busy::Vpc);
    }
    if vswitch::of_vpc(world, table.vpc).any(|it| it.status != VSwitchStatus::Available) {
        return Some(Busy::VSwitch);
    }
    if table.status != RouteTableStatus::Available {
        return Some(Busy::Table);
    }
    task::is_busy(world, Subject::Routes(table.vpc)).then_some(Busy::Routes)
}

/// Adds a user's route, which the caller has checked. It is `Pending` until the task that the
/// caller starts is done.
pub fn add(
    txn: &mut Txn,
    table: RouteTableId,
    destination: Cidr,
    next_hops: NextHops,
    labels: Option<Box<Labels>>,
) -> (RouteKey, RouteEntryId) {
    let key = RouteKey { table, destination, origin: RouteOrigin::User };
    let id = id_in_table(table, txn.entropy());
    let (status, modified) = (RouteStatus::Pending, txn.now());
    txn.put(RouteEntry { key, id, next_hops, status, labels, modified });
    (key, id)
}

/// Entries reach the state they were heading for.
pub(crate) fn settle(txn: &mut Txn, routes: &[RouteKey]) {
    for key in routes {
        match txn.get::<RouteEntry>(key).map(|entry| entry.status) {
            Some(RouteStatus::Pending | RouteStatus::Modifying) => {
                txn.update::<RouteEntry>(key, |entry| entry.status = RouteStatus::Available);
            }
            Some(RouteStatus::Deleting) => txn.remove::<RouteEntry>(key),
            Some(RouteStatus::Available) | None => {}
        }
    }
}
