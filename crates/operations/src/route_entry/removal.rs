//! Finding and removing the route a request means.

use causeway_model::publish;
use causeway_model::route_entry::{RouteEntry, RouteKey, RouteStatus};
use causeway_model::route_list::{self, ListedRoute, RouteSource};
use causeway_model::route_table::RouteTable;
use causeway_model::{Read, Txn};
use causeway_types::{Id, RouteEntryId, RouteTableId};

/// What a request says about the route it means: its id, or table, destination and next hops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address<'a> {
    pub id: Option<RouteEntryId>,
    pub table: Option<RouteTableId>,
    pub destination: Option<&'a str>,
    pub next_hops: Option<&'a [Id]>,
}

/// A route that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    key: Option<RouteKey>,
    status: RouteStatus,
}

/// Why a route cannot be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// There is no such route.
    Absent,
    /// It is a system route, or a VPN gateway published it.
    NotYours,
    /// It is being made, changed or removed.
    Unstable,
}

impl Address<'_> {
    /// Whether it can mean just one route.
    pub fn is_complete(&self) -> bool {
        let by_place =
            self.table.is_some() && self.destination.is_some() && self.next_hops.is_some();
        self.id.is_some() || by_place
    }

    /// Whether everything it says holds for a route. A system route has no next hop to agree with.
    fn means(&self, route: &ListedRoute<'_>) -> bool {
        let agrees = |given: &[Id]| {
            route.next_hops().is_none_or(|hops| {
                given.iter().all(|id| hops.include(*id)) && hops.all(|id| given.contains(&id))
            })
        };
        self.id.is_none_or(|id| id == route.id())
            && self.table.is_none_or(|table| table == route.table)
            && self.destination.is_none_or(|text| text.parse() == Ok(route.destination))
            && self.next_hops.is_none_or(agrees)
    }
}

/// The route an address means, and its table.
pub(super) fn find(
    world: &impl Read,
    address: &Address<'_>,
) -> Result<(RouteTable, Target), Problem> {
    let (table, route) = match address.id {
        Some(id) => {
            let route = route_list::by_id(world, id).ok_or(Problem::Absent)?;
            (world.get::<RouteTable>(&route.table), Some(route))
        }
        None => {
            let table = address.table.and_then(|table| world.get::<RouteTable>(&table));
            (table, table.and_then(|table| at_place(world, table, address)))
        }
    };
    let route = route.filter(|route| address.means(route)).ok_or(Problem::Absent)?;
    let key = match route.source {
        RouteSource::Custom(entry) => Some(entry.key),
        RouteSource::System
        | RouteSource::Repointed(_)
        | RouteSource::Published(_)
        | RouteSource::Learned(_) => None,
    };
    let target = Target { key, status: route.status() };
    Ok((table.ok_or(Problem::Absent)?.clone(), target))
}

/// The first route of a table that an address means; a user's comes before a published one.
fn at_place<'a>(
    world: &'a impl Read,
    table: &RouteTable,
    address: &Address<'_>,
) -> Option<ListedRoute<'a>> {
    let destination = address.destination?.parse().ok()?;
    route_list::at(world, table, destination).into_iter().find(|route| address.means(route))
}

/// Puts a route on its way out; the caller starts the task that removes it.
pub(super) fn begin(txn: &mut Txn, target: Target) -> Result<RouteKey, Problem> {
    let key = target.key.ok_or(Problem::NotYours)?;
    if target.status != RouteStatus::Available {
        return Err(Problem::Unstable);
    }
    let now = txn.now();
    txn.update::<RouteEntry>(&key, |entry| {
        entry.status = RouteStatus::Deleting;
        entry.modified = now;
    });
    publish::take_over(txn, &key);
    Ok(key)
}
