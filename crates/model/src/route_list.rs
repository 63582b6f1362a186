//! What a route table shows: stored entries, and the system routes that follow from its VPC.

use crate::next_hop::NextHops;
use crate::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
use crate::route_table::RouteTable;
use crate::tenant::Read;
use crate::vpc::Vpc;
use crate::vswitch;
use causeway_types::{Cidr, RouteEntryId, RouteTableId, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A route as a table shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ListedRoute<'a> {
    /// The table.
    pub table: RouteTableId,
    /// The destination.
    pub destination: Cidr,
    /// Where the route comes from.
    pub source: RouteSource<'a>,
    /// When it was made or last changed.
    pub modified: Timestamp,
}

/// Where a listed route comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RouteSource<'a> {
    /// It follows from the VPC and leads into it; nothing is stored.
    System,
    /// A system route of a custom or gateway table whose next hop a user changed.
    Repointed(&'a RouteEntry),
    /// A user made it.
    Custom(&'a RouteEntry),
    /// A VPN gateway published it (semantics.md 8.3).
    Published(&'a RouteEntry),
    /// A peer of a VPN gateway announces it. It is listed while nothing else has its destination,
    /// and never within a system route (semantics.md 8.1 rule 5).
    Learned(&'a RouteEntry),
}

/// Tells the routes of one table apart, and orders them: by destination, and within one
/// destination what a user made before what a gateway published (decision A28).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListPosition {
    /// The destination.
    pub destination: Cidr,
    /// Whether a VPN gateway published it.
    pub published: bool,
}

impl<'a> ListedRoute<'a> {
    /// The stored entry; a system route has none.
    pub fn entry(&self) -> Option<&'a RouteEntry> {
        match self.source {
            RouteSource::System => None,
            RouteSource::Repointed(entry)
            | RouteSource::Custom(entry)
            | RouteSource::Published(entry)
            | RouteSource::Learned(entry) => Some(entry),
        }
    }

    /// Its id. That of a system route follows from its table and destination, so it never changes.
    pub fn id(&self) -> RouteEntryId {
        self.entry().map_or_else(|| system_id(self.table, self.destination), |entry| entry.id)
    }

    /// Its state; a system route is always in effect.
    pub fn status(&self) -> RouteStatus {
        self.entry().map_or(RouteStatus::Available, |entry| entry.status)
    }

    /// Where it sends traffic; `None` is into the VPC itself.
    pub fn next_hops(&self) -> Option<&'a NextHops> {
        self.entry().map(|entry| &entry.next_hops)
    }

    /// Its place in the list of its table.
    pub fn position(&self) -> ListPosition {
        let published = matches!(self.source, RouteSource::Published(_));
        ListPosition { destination: self.destination, published }
    }
}

/// All routes of a table, in order of [`ListPosition`].
pub fn of_table<'a>(world: &'a impl Read, table: &RouteTable) -> Vec<ListedRoute<'a>> {
    let mut list = List::new(world, table, system_routes(world, table, |_| true));
    for entry in route_entry::of_table(world, table.id) {
        list.add(entry);
    }
    list.finish()
}

/// The routes that decide what a table does with the addresses of a block, in order of
/// [`ListPosition`]: those for the block and inside it, and of those that hold it all system routes,
/// and stored ones up to the nearest that forwards.
pub fn overlapping<'a>(
    world: &'a impl Read,
    table: &RouteTable,
    block: Cidr,
) -> Vec<ListedRoute<'a>> {
    let mut list = List::new(world, table, system_overlapping(world, table, block));
    let (mut below, mut forwards) = (Some(block), false);
    while let Some(block) = below.filter(|_| !forwards) {
        below = None;
        for entry in route_entry::above(world, table.id, block) {
            forwards |= list.add(entry) && entry.status.forwards();
            below = Some(entry.key.destination);
        }
    }
    for entry in route_entry::within(world, table.id, block) {
        list.add(entry);
    }
    list.finish()
}

/// The routes of a table to one destination: at most one of a user or the system, and then one
/// that was published; or one that was learned.
pub fn at<'a>(world: &'a impl Read, table: &RouteTable, to: Cidr) -> Vec<ListedRoute<'a>> {
    let mut list = List::new(world, table, system_overlapping(world, table, to));
    for entry in route_entry::at(world, table.id, to) {
        list.add(entry);
    }
    let mut routes = list.finish();
    routes.retain(|route| route.destination == to);
    routes
}

/// Makes a list of routes from stored entries and the system routes among them.
struct List<'a, 't, W> {
    world: &'a W,
    table: &'t RouteTable,
    /// Destinations the system routes, with the time since when.
    system: BTreeMap<Cidr, Timestamp>,
    /// Those of them that no user re-pointed.
    left: BTreeMap<Cidr, Timestamp>,
    routes: Vec<ListedRoute<'a>>,
}

impl<'a, 't, W: Read> List<'a, 't, W> {
    fn new(world: &'a W, table: &'t RouteTable, system: BTreeMap<Cidr, Timestamp>) -> Self {
        List { world, table, left: system.clone(), system, routes: Vec::with_capacity(4) }
    }

    /// Adds an entry, if it is in the table's list: a learned one is when nothing goes before it.
    fn add(&mut self, entry: &'a RouteEntry) -> bool {
        let destination = entry.key.destination;
        let source = match entry.key.origin {
            RouteOrigin::Published => RouteSource::Published(entry),
            RouteOrigin::Learned if self.is_taken(entry) => return false,
            RouteOrigin::Learned => RouteSource::Learned(entry),
            RouteOrigin::User if self.left.remove(&destination).is_some() => {
                RouteSource::Repointed(entry)
            }
            RouteOrigin::User => RouteSource::Custom(entry),
        };
        self.push(destination, source, entry.modified);
        true
    }

    /// Whether another entry has the destination of a learned one, or the system routes it.
    fn is_taken(&self, learned: &RouteEntry) -> bool {
        let destination = learned.key.destination;
        let has = |origin| self.world.get::<RouteEntry>(&RouteKey { origin, ..learned.key });
        has(RouteOrigin::User).is_some()
            || has(RouteOrigin::Published).is_some()
            || self.system.keys().any(|block| block.contains(&destination))
    }

    fn push(&mut self, destination: Cidr, source: RouteSource<'a>, modified: Timestamp) {
        self.routes.push(ListedRoute { table: self.table.id, destination, source, modified });
    }

    fn finish(mut self) -> Vec<ListedRoute<'a>> {
        for (destination, since) in std::mem::take(&mut self.left) {
            self.push(destination, RouteSource::System, since);
        }
        self.routes.sort_by_key(ListedRoute::position);
        self.routes
    }
}

/// The route with an id, whatever its source.
pub fn by_id(world: &impl Read, id: RouteEntryId) -> Option<ListedRoute<'_>> {
    let tables = route_entry::tables_for(world, id);
    tables.into_iter().filter_map(|table| world.get::<RouteTable>(&table)).find_map(|table| {
        let stored = route_entry::of_table(world, table.id).find(|entry| entry.id == id);
        let destination = match stored {
            Some(entry) => entry.key.destination,
            None => system_routes(world, table, |_| true)
                .into_keys()
                .find(|destination| system_id(table.id, *destination) == id)?,
        };
        at(world, table, destination).into_iter().find(|route| route.id() == id)
    })
}

/// The routes into the VPC: every vSwitch block, and the provider's own services
/// (semantics.md 8.1), with the time since when; as far as they are asked for.
fn system_routes(
    world: &impl Read,
    table: &RouteTable,
    is_asked: impl Fn(&Cidr) -> bool,
) -> BTreeMap<Cidr, Timestamp> {
    let vswitches = vswitch::of_vpc(world, table.vpc).flat_map(|vswitch| {
        let since = vswitch.created.max(table.created);
        [Some(vswitch.cidr), vswitch.ipv6_cidr].into_iter().flatten().map(move |it| (it, since))
    });
    let routes = [(Cidr::RESERVED, table.created)].into_iter().chain(vswitches);
    routes.filter(|(block, _)| is_asked(block)).collect()
}

/// Those that share addresses with a block. vSwitches lie inside the blocks of their VPC, so for most
/// destinations none has to be looked at.
pub fn system_overlapping(
    world: &impl Read,
    table: &RouteTable,
    block: Cidr,
) -> BTreeMap<Cidr, Timestamp> {
    let is_inside = world.get::<Vpc>(&table.vpc).is_none_or(|vpc| vpc.overlaps(&block));
    if !is_inside && !Cidr::RESERVED.overlaps(&block) {
        return BTreeMap::new();
    }
    system_routes(world, table, |own| own.overlaps(&block))
}

fn system_id(table: RouteTableId, destination: Cidr) -> RouteEntryId {
    let digest = Sha256::digest(destination.to_string());
    let entropy = u128::from_be_bytes(digest[..16].try_into().expect("a digest has 32 bytes"));
    route_entry::id_in_table(table, entropy)
}
