//! What a route table shows: stored entries, and the system routes that follow from its VPC.

use crate::changes::Changes;
use crate::next_hop::NextHops;
use crate::route_entry::{self, RouteEntry, RouteKey, RouteOrigin, RouteStatus};
use crate::route_table::RouteTable;
use crate::tenant::Read;
use crate::vpc::Vpc;
use crate::vswitch;
use causeway_types::{Cidr, RouteEntryId, RouteTableId, Timestamp};
use sha2::{Digest, Sha256};
use std::iter::Peekable;

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

/// The destination of a route into the VPC, and since when it is there.
pub type SystemRoute = (Cidr, Timestamp);

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
pub fn of_table<'a, R: Read>(
    world: &'a R,
    table: &RouteTable,
) -> impl Iterator<Item = ListedRoute<'a>> + use<'a, R> {
    let system = system_routes(world, table, |_| true);
    list(world, table.id, system, route_entry::of_table(world, table.id))
}

/// The routes that decide what a table does with the addresses of a block, in order of
/// [`ListPosition`]: those for the block and inside it, and of those that hold it all system routes,
/// and stored ones up to the nearest that forwards.
pub fn overlapping<'a>(
    world: &'a impl Read,
    table: &RouteTable,
    block: Cidr,
) -> Vec<ListedRoute<'a>> {
    let system = system_overlapping(world, table, block);
    let stored = stored_overlapping(world, table.id, &system, block);
    list(world, table.id, system, stored.into_iter()).collect()
}

/// The same before and after a change that leaves the system routes as they are, and the entries that
/// hold the block as far as they forward.
pub fn overlapping_both<'a>(
    before: &'a impl Read,
    after: &'a impl Read,
    changes: &'a Changes,
    table: &RouteTable,
    block: Cidr,
) -> [Vec<ListedRoute<'a>>; 2] {
    let system = system_overlapping(before, table, block);
    let stored = stored_overlapping(before, table.id, &system, block);
    let inside = stored.partition_point(|entry| entry.key.destination < block);
    let (above, within) = stored.split_at(inside);
    let within = route_entry::as_changed(within.iter().copied(), changes, table.id, block);
    let is = list(after, table.id, &system, above.iter().copied().chain(within)).collect();
    [list(before, table.id, &system, stored.iter().copied()).collect(), is]
}

/// The entries that can decide about the addresses of a block, in their order.
fn stored_overlapping<'a>(
    world: &'a impl Read,
    table: RouteTableId,
    system: &[SystemRoute],
    block: Cidr,
) -> Vec<&'a RouteEntry> {
    let mut stored: Vec<&RouteEntry> = Vec::with_capacity(4);
    let mut below = block;
    loop {
        let known = stored.len();
        stored.extend(route_entry::above(world, table, below));
        let nearest = &stored[known..];
        let [.., last] = nearest else { break };
        if nearest.iter().any(|it| it.status.forwards() && is_listed(world, system, it)) {
            break;
        }
        below = last.key.destination;
    }
    // They came the nearest first.
    stored.sort_by_key(|entry| entry.key);
    stored.extend(route_entry::within(world, table, block));
    stored
}

/// The routes of a table to one destination: at most one of a user or the system, and then one
/// that was published; or one that was learned.
pub fn at<'a>(world: &'a impl Read, table: &RouteTable, to: Cidr) -> Vec<ListedRoute<'a>> {
    let system = system_overlapping(world, table, to);
    let routes = list(world, table.id, system, route_entry::at(world, table.id, to));
    routes.filter(|route| route.destination == to).collect()
}

/// Some entries of a table, which come in their order, with the system routes among them.
fn list<'a, R, S, I>(
    world: &'a R,
    table: RouteTableId,
    system: S,
    stored: I,
) -> Listing<'a, R, S, I>
where
    I: Iterator<Item = &'a RouteEntry>,
{
    Listing { world, table, system, passed: 0, stored: stored.peekable() }
}

struct Listing<'a, R, S, I: Iterator> {
    world: &'a R,
    table: RouteTableId,
    /// System routes, in order.
    system: S,
    /// How many of them were passed.
    passed: usize,
    stored: Peekable<I>,
}

impl<'a, R, S, I> Iterator for Listing<'a, R, S, I>
where
    R: Read,
    S: AsRef<[SystemRoute]>,
    I: Iterator<Item = &'a RouteEntry>,
{
    type Item = ListedRoute<'a>;

    fn next(&mut self) -> Option<ListedRoute<'a>> {
        let (world, table, system) = (self.world, self.table, self.system.as_ref());
        while self.stored.next_if(|entry| !is_listed(world, system, entry)).is_some() {}
        let (entry, own) = (self.stored.peek().copied(), system.get(self.passed));
        let (source, (destination, modified)) = match (entry, own) {
            (Some(entry), own) if own.is_none_or(|(own, _)| *own > entry.key.destination) => {
                self.stored.next();
                let source = match entry.key.origin {
                    RouteOrigin::User => RouteSource::Custom(entry),
                    RouteOrigin::Published => RouteSource::Published(entry),
                    RouteOrigin::Learned => RouteSource::Learned(entry),
                };
                (source, (entry.key.destination, entry.modified))
            }
            // A user's entry stands in the place of the system's, any other behind it.
            (Some(entry), Some((own, _)))
                if *own == entry.key.destination && entry.key.origin == RouteOrigin::User =>
            {
                self.stored.next();
                self.passed += 1;
                (RouteSource::Repointed(entry), (*own, entry.modified))
            }
            (_, own) => {
                self.passed += 1;
                (RouteSource::System, *own?)
            }
        };
        Some(ListedRoute { table, destination, source, modified })
    }
}

/// Whether an entry is in its table's list: a learned one only when nothing goes before it.
fn is_listed(world: &impl Read, system: &[SystemRoute], entry: &RouteEntry) -> bool {
    let RouteKey { destination, origin, .. } = entry.key;
    let taken = |origin| world.get::<RouteEntry>(&RouteKey { origin, ..entry.key }).is_some();
    origin != RouteOrigin::Learned
        || !taken(RouteOrigin::User)
            && !taken(RouteOrigin::Published)
            && !system.iter().any(|(block, _)| block.contains(&destination))
}

/// The route with an id, whatever its source.
pub fn by_id(world: &impl Read, id: RouteEntryId) -> Option<ListedRoute<'_>> {
    let tables = route_entry::tables_for(world, id);
    tables.into_iter().filter_map(|table| world.get::<RouteTable>(&table)).find_map(|table| {
        let stored = route_entry::of_table(world, table.id).find(|entry| entry.id == id);
        let destination = match stored {
            Some(entry) => entry.key.destination,
            None => system_routes(world, table, |_| true)
                .into_iter()
                .map(|(destination, _)| destination)
                .find(|destination| system_id(table.id, *destination) == id)?,
        };
        at(world, table, destination).into_iter().find(|route| route.id() == id)
    })
}

/// The routes into the VPC, in order: every vSwitch block, and the provider's own services
/// (semantics.md 8.1); as far as they are asked for.
fn system_routes(
    world: &impl Read,
    table: &RouteTable,
    is_asked: impl Fn(&Cidr) -> bool,
) -> Vec<SystemRoute> {
    let vswitches = vswitch::of_vpc(world, table.vpc).flat_map(|vswitch| {
        let since = vswitch.created.max(table.created);
        [Some(vswitch.cidr), vswitch.ipv6_cidr].into_iter().flatten().map(move |it| (it, since))
    });
    let routes = [(Cidr::RESERVED, table.created)].into_iter().chain(vswitches);
    let mut routes: Vec<_> = routes.filter(|(block, _)| is_asked(block)).collect();
    routes.sort_unstable_by_key(|(block, _)| *block);
    routes
}

/// Those that share addresses with a block. vSwitches lie inside the blocks of their VPC, so for most
/// destinations none has to be looked at.
pub fn system_overlapping(world: &impl Read, table: &RouteTable, block: Cidr) -> Vec<SystemRoute> {
    let is_inside = world.get::<Vpc>(&table.vpc).is_none_or(|vpc| vpc.overlaps(&block));
    if !is_inside && !Cidr::RESERVED.overlaps(&block) {
        return Vec::new();
    }
    system_routes(world, table, |own| own.overlaps(&block))
}

fn system_id(table: RouteTableId, destination: Cidr) -> RouteEntryId {
    let digest = Sha256::digest(destination.to_string());
    let entropy = u128::from_be_bytes(digest[..16].try_into().expect("a digest has 32 bytes"));
    route_entry::id_in_table(table, entropy)
}
