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
    let id = table.id;
    let system = system_routes(world, table);
    let local: Vec<Cidr> = system.keys().copied().collect();
    let mut system = system.into_iter().peekable();
    let listed =
        |destination, source, modified| ListedRoute { table: id, destination, source, modified };
    let of_system = |(destination, since)| listed(destination, RouteSource::System, since);
    let mut routes = Vec::new();
    // Both are in order of destinations.
    for entry in route_entry::of_table(world, id).filter(|entry| is_listed(world, &local, entry)) {
        let (to, origin) = (entry.key.destination, entry.key.origin);
        while let Some(before) = system.next_if(|(destination, _)| *destination < to) {
            routes.push(of_system(before));
        }
        let own = system.next_if(|(destination, _)| *destination == to);
        let source = match (origin, own.is_some()) {
            (RouteOrigin::Published, _) => RouteSource::Published(entry),
            (RouteOrigin::Learned, _) => RouteSource::Learned(entry),
            (RouteOrigin::User, true) => RouteSource::Repointed(entry),
            (RouteOrigin::User, false) => RouteSource::Custom(entry),
        };
        // A user's entry stands in the place of the system's, any other beside it.
        routes.extend(own.filter(|_| origin != RouteOrigin::User).map(of_system));
        routes.push(listed(to, source, entry.modified));
    }
    routes.extend(system.map(of_system));
    routes
}

/// The routes that decide what a table does with the addresses of a block, in order of
/// [`ListPosition`]: those for the block and inside it, and of those that hold it all system routes,
/// and stored ones up to the nearest that forwards. `cover` is [`route_entry::cover`] for the table, or
/// knows what that would say.
pub fn overlapping<'a>(
    world: &'a impl Read,
    table: &RouteTable,
    block: Cidr,
    mut cover: impl FnMut(Cidr) -> Option<Cidr>,
) -> Vec<ListedRoute<'a>> {
    let id = table.id;
    let mut system = system_overlapping(world, table, block);
    let local: Vec<Cidr> = system.iter().map(|(block, _)| *block).collect();
    let listed = |entry: &&RouteEntry| is_listed(world, &local, entry);
    let mut routes = Vec::with_capacity(4);
    let mut list = |entry: &'a RouteEntry| {
        let destination = entry.key.destination;
        let is_system = |(own, _): &(Cidr, Timestamp)| *own == destination;
        let source = match (entry.key.origin, system.iter().position(is_system)) {
            (RouteOrigin::Published, _) => RouteSource::Published(entry),
            (RouteOrigin::Learned, _) => RouteSource::Learned(entry),
            (RouteOrigin::User, Some(at)) => {
                system.swap_remove(at);
                RouteSource::Repointed(entry)
            }
            (RouteOrigin::User, None) => RouteSource::Custom(entry),
        };
        routes.push(ListedRoute { table: id, destination, source, modified: entry.modified });
    };
    let mut below = block;
    while let Some(above) = cover(below) {
        let mut forwards = false;
        for entry in route_entry::at(world, id, above).filter(listed) {
            forwards |= entry.status.forwards();
            list(entry);
        }
        if forwards {
            break;
        }
        below = above;
    }
    route_entry::within(world, id, block).filter(listed).for_each(list);
    routes.extend(system.into_iter().map(|(destination, modified)| ListedRoute {
        table: id,
        destination,
        source: RouteSource::System,
        modified,
    }));
    routes.sort_by_key(ListedRoute::position);
    routes
}

/// The blocks that the system routes into the VPC and that share addresses with a block, in no
/// particular order. vSwitches lie inside the blocks of their VPC, so for most destinations
/// none has to be looked at.
pub fn system_overlapping(
    world: &impl Read,
    table: &RouteTable,
    block: Cidr,
) -> Vec<(Cidr, Timestamp)> {
    let mut found = Vec::new();
    if Cidr::RESERVED.overlaps(&block) {
        found.push((Cidr::RESERVED, table.created));
    }
    if world.get::<Vpc>(&table.vpc).is_none_or(|vpc| vpc.overlaps(&block)) {
        for vswitch in vswitch::of_vpc(world, table.vpc) {
            let since = vswitch.created.max(table.created);
            let blocks = [Some(vswitch.cidr), vswitch.ipv6_cidr].into_iter().flatten();
            found.extend(blocks.filter(|own| own.overlaps(&block)).map(|own| (own, since)));
        }
    }
    found
}

/// Whether an entry is in its table's list: a learned one only when nothing goes before it.
fn is_listed(world: &impl Read, local: &[Cidr], entry: &RouteEntry) -> bool {
    let RouteKey { table, destination, origin } = entry.key;
    let taken =
        |origin| world.get::<RouteEntry>(&RouteKey { table, destination, origin }).is_some();
    origin != RouteOrigin::Learned
        || !taken(RouteOrigin::User)
            && !taken(RouteOrigin::Published)
            && !local.iter().any(|block| block.contains(&destination))
}

/// The routes of a table to one destination: at most one of a user or the system, and then one
/// that was published; or one that was learned.
pub fn at<'a>(world: &'a impl Read, table: &RouteTable, to: Cidr) -> Vec<ListedRoute<'a>> {
    let id = table.id;
    let stored = |origin| world.get::<RouteEntry>(&RouteKey { table: id, destination: to, origin });
    let listed = |source, modified| ListedRoute { table: id, destination: to, source, modified };
    let system = system_since(world, table, to);
    let own = match (stored(RouteOrigin::User), system) {
        (Some(entry), Some(_)) => Some(listed(RouteSource::Repointed(entry), entry.modified)),
        (Some(entry), None) => Some(listed(RouteSource::Custom(entry), entry.modified)),
        (None, Some(since)) => Some(listed(RouteSource::System, since)),
        (None, None) => None,
    };
    let published = stored(RouteOrigin::Published)
        .map(|entry| listed(RouteSource::Published(entry), entry.modified));
    if own.is_none() && published.is_none() {
        let local: Vec<Cidr> = system_routes(world, table).into_keys().collect();
        return stored(RouteOrigin::Learned)
            .filter(|entry| is_listed(world, &local, entry))
            .map(|entry| listed(RouteSource::Learned(entry), entry.modified))
            .into_iter()
            .collect();
    }
    own.into_iter().chain(published).collect()
}

/// The route with an id, whatever its source.
pub fn by_id(world: &impl Read, id: RouteEntryId) -> Option<ListedRoute<'_>> {
    let tables = route_entry::tables_for(world, id);
    tables.into_iter().filter_map(|table| world.get::<RouteTable>(&table)).find_map(|table| {
        let stored = route_entry::of_table(world, table.id).find(|entry| entry.id == id);
        let destination = match stored {
            Some(entry) => entry.key.destination,
            None => system_routes(world, table)
                .into_keys()
                .find(|destination| system_id(table.id, *destination) == id)?,
        };
        at(world, table, destination).into_iter().find(|route| route.id() == id)
    })
}

/// The routes into the VPC: every vSwitch block, and the provider's own services
/// (semantics.md 8.1).
fn system_routes(world: &impl Read, table: &RouteTable) -> BTreeMap<Cidr, Timestamp> {
    let mut routes = BTreeMap::from([(Cidr::RESERVED, table.created)]);
    for vswitch in vswitch::of_vpc(world, table.vpc) {
        let since = vswitch.created.max(table.created);
        routes.insert(vswitch.cidr, since);
        routes.extend(vswitch.ipv6_cidr.map(|cidr| (cidr, since)));
    }
    routes
}

/// Since when the system has routed a destination; `None` when it does not.
fn system_since(world: &impl Read, table: &RouteTable, to: Cidr) -> Option<Timestamp> {
    if to == Cidr::RESERVED {
        return Some(table.created);
    }
    if world.get::<Vpc>(&table.vpc).is_some_and(|vpc| !vpc.overlaps(&to)) {
        return None;
    }
    vswitch::of_vpc(world, table.vpc)
        .find(|it| it.cidr == to || it.ipv6_cidr == Some(to))
        .map(|it| it.created.max(table.created))
}

fn system_id(table: RouteTableId, destination: Cidr) -> RouteEntryId {
    let digest = Sha256::digest(destination.to_string());
    let entropy = u128::from_be_bytes(digest[..16].try_into().expect("a digest has 32 bytes"));
    route_entry::id_in_table(table, entropy)
}
