//! The routes of a table that decide about a block, on both sides of a change, and what came to carry
//! nothing, or something again, among them.

use super::Dead;
use super::local::Side;
use super::rows::{RowChanges, Seen, State, changes};
use super::span::{Span, gaps};
use crate::trace::explain;
use crate::vpc;
use causeway_model::route_entry;
use causeway_model::route_list::{self, ListPosition, ListedRoute, RouteSource};
use causeway_model::route_table::RouteTable;
use causeway_model::{Changes, Read};
use causeway_types::Cidr;

/// The routes that decide what a table does with the destinations of a block, before and after.
pub(super) struct Listed<'a> {
    was: Vec<ListedRoute<'a>>,
    is: Vec<ListedRoute<'a>>,
}

/// Those of one destination, before and after.
pub(super) type Same<'s, 'a> = [&'s [ListedRoute<'a>]; 2];

impl<'a> Listed<'a> {
    /// Looks at either side for itself.
    pub fn apart<B: Read, A: Read>(
        before: &Side<'a, B>,
        after: &Side<'a, A>,
        tables: [&RouteTable; 2],
        block: Cidr,
    ) -> Listed<'a> {
        let was = route_list::overlapping(before.world, tables[0], block);
        Listed { was, is: route_list::overlapping(after.world, tables[1], block) }
    }

    /// Of a table in which no changed block holds this one, while the system routes the same.
    pub fn together<B: Read, A: Read>(
        before: &Side<'a, B>,
        after: &Side<'a, A>,
        changes: &'a Changes,
        table: &RouteTable,
        block: Cidr,
    ) -> Listed<'a> {
        let (before, after) = (before.world, after.world);
        let [was, is] = route_list::overlapping_both(before, after, changes, table, block);
        Listed { was, is }
    }

    /// One destination after the other.
    pub fn by_destination(&self) -> impl Iterator<Item = (Cidr, Same<'_, 'a>)> {
        by_destination([&self.was, &self.is])
    }
}

fn by_destination<'s, 'a>(mut rest: Same<'s, 'a>) -> impl Iterator<Item = (Cidr, Same<'s, 'a>)> {
    std::iter::from_fn(move || {
        let next = rest.iter().filter_map(|routes| routes.first());
        let destination = next.map(|route| route.destination).min()?;
        let mut same = [&[][..]; 2];
        for (same, rest) in same.iter_mut().zip(&mut rest) {
            let is_same = |route: &&ListedRoute<'_>| route.destination == destination;
            (*same, *rest) = rest.split_at(rest.iter().take_while(is_same).count());
        }
        Some((destination, same))
    })
}

/// The nearest destination for which a stored entry forwards, of the routes above a block.
fn holder(above: &[ListedRoute<'_>]) -> Option<Cidr> {
    let forwards =
        |route: &&ListedRoute<'_>| route.entry().is_some_and(|entry| entry.status.forwards());
    above.iter().rfind(forwards).map(|route| route.destination)
}

/// Routes before a destination, for it, and behind it.
fn split<'s, 'a>(routes: &'s [ListedRoute<'a>], to: Cidr) -> [&'s [ListedRoute<'a>]; 3] {
    let (before, from) = routes.split_at(routes.partition_point(|it| it.destination < to));
    let (same, behind) = from.split_at(from.partition_point(|it| it.destination == to));
    [before, same, behind]
}

/// The rows of a table that a change can bring in or out of use: those for changed blocks, and the
/// nearest that hold them.
pub(super) struct TableRows<'w, 'a, B, A> {
    pub before: &'w Side<'a, B>,
    pub after: &'w Side<'a, A>,
    pub tables: [&'a RouteTable; 2],
    /// Whether packets come to the table.
    pub bound: bool,
    /// Whether routes only came to forward where none was.
    pub only_come: bool,
    /// The destination above the last block: many blocks lie in the same one.
    pub holder: Option<Cidr>,
    pub seen: [Vec<Seen<ListPosition, ListedRoute<'a>>>; 2],
}

impl<'a, B: Read, A: Read> TableRows<'_, 'a, B, A> {
    /// Looks at the rows for a changed block, and at those above it.
    pub fn look(&mut self, block: Cidr, routes: &Listed<'a>) {
        let [above_was, was, inside_was] = split(&routes.was, block);
        let [above, is, inside] = split(&routes.is, block);
        let covered = |inside: &[ListedRoute<'_>]| {
            let longer = inside.iter().filter(|route| route.status().forwards());
            let spans = longer.map(|route| Span::of(&route.destination));
            gaps(Span::of(&block), spans).next().is_none()
        };
        self.compare([was, is], [&|| covered(inside_was), &|| covered(inside)]);
        let (before, after, tables) = (self.before, self.after, self.tables);
        // Learned routes inside are listed when the system's around them is not.
        for (to, same) in by_destination([inside_was, inside]) {
            let is_learned = |it: &ListedRoute<'_>| matches!(it.source, RouteSource::Learned(_));
            if same[0].is_empty() && same[1].iter().any(is_learned) {
                let covered: [&dyn Fn() -> bool; 2] =
                    [&|| is_covered(before, tables[0], to), &|| is_covered(after, tables[1], to)];
                self.compare(same, covered);
            }
        }
        let (was_holder, holder) = (holder(above_was), holder(above));
        for to in holder.into_iter().chain(was_holder.filter(|_| was_holder != holder)) {
            if self.holder.replace(to) == Some(to) {
                continue;
            }
            let covered: [&dyn Fn() -> bool; 2] =
                [&|| is_covered(before, tables[0], to), &|| is_covered(after, tables[1], to)];
            if was_holder == holder {
                self.compare([split(above_was, to)[1], split(above, to)[1]], covered);
            } else {
                // What is listed ends with the nearest, so the other side's can be missing.
                let was = route_list::at(before.world, tables[0], to);
                self.compare([&was, &route_list::at(after.world, tables[1], to)], covered);
            }
        }
    }

    fn compare(&mut self, same: Same<'_, 'a>, covered: [&dyn Fn() -> bool; 2]) {
        let is = standing(self.after, self.tables[1], same[1], self.bound, covered[1]);
        // Where rows only come, what carries packets now carried some before.
        if self.only_come && is.clone().all(|row| row.state == State::Alive) {
            return;
        }
        let was = standing(self.before, self.tables[0], same[0], self.bound, covered[0]);
        self.seen[0].extend(was);
        self.seen[1].extend(is);
    }

    /// What became of the rows.
    pub fn changes(self) -> RowChanges {
        match self.seen {
            // Most often all that is there goes on as before.
            [_, is] if is.is_empty() => RowChanges::default(),
            [was, is] => changes(was, is, explain::vpc_row),
        }
    }
}

/// The stored routes of a table for one destination, with what they are good for.
pub(super) fn states<'a, R: Read>(
    side: &Side<'a, R>,
    table: &RouteTable,
    destination: Cidr,
) -> Vec<(ListedRoute<'a>, State)> {
    let same = route_list::at(side.world, table, destination);
    let covered = || is_covered(side, table, destination);
    let rows = standing(side, table, &same, true, &covered);
    rows.map(|row| (row.row, row.state)).collect()
}

/// What the stored ones among the routes for one destination are good for.
fn standing<'s, 'a, R: Read>(
    side: &'s Side<'a, R>,
    table: &'s RouteTable,
    same: &'s [ListedRoute<'a>],
    bound: bool,
    covered: &'s dyn Fn() -> bool,
) -> impl Iterator<Item = Seen<ListPosition, ListedRoute<'a>>> + Clone + 's {
    let first = vpc::first(side.world, side.links, table.vpc, same).map(ListedRoute::position);
    let down = |row: &ListedRoute| vpc::is_down(side.world, side.links, table.vpc, row);
    let state = move |row: &ListedRoute| match first {
        _ if !row.status().forwards() => State::Unsettled,
        _ if !bound => State::Dead(Dead::Unbound),
        Some(first) if first != row.position() && down(row) => State::Dead(Dead::Down),
        Some(first) if first != row.position() => State::Dead(Dead::LowerPrecedence),
        _ if covered() => State::Dead(Dead::Shadowed),
        _ => State::Alive,
    };
    let stored = same.iter().filter(|row| row.source != RouteSource::System);
    stored.map(move |row| Seen::new(row.position(), *row, state(row)))
}

/// Whether longer prefixes take all addresses of a destination.
fn is_covered<R: Read>(side: &Side<'_, R>, table: &RouteTable, destination: Cidr) -> bool {
    let system = |block| route_list::system_overlapping(side.world, table, block);
    // Most often nothing takes the lowest address.
    let lowest = destination.first_inside();
    if !route_entry::is_begun(side.world, table.id, destination) && system(lowest).is_empty() {
        return false;
    }
    let inside = |block: &Cidr| *block != destination && destination.contains(block);
    let stored = route_entry::within(side.world, table.id, destination);
    let stored = stored.filter(|entry| entry.status.forwards());
    let stored = stored.map(|entry| entry.key.destination).filter(inside);
    // What a user re-pointed is among the stored ones, while it forwards.
    let own = |block: Cidr| {
        let mut at = route_entry::at(side.world, table.id, block);
        at.all(|entry| entry.key.origin != route_entry::RouteOrigin::User)
    };
    let system = system(destination).into_iter().map(|(block, _)| block);
    let system = system.filter(|it| inside(it) && own(*it));
    let spans = merged(stored, system).map(|block| Span::of(&block));
    gaps(Span::of(&destination), spans).next().is_none()
}

/// Two ordered sequences as one, as far as the caller goes.
fn merged(
    a: impl Iterator<Item = Cidr>,
    b: impl Iterator<Item = Cidr>,
) -> impl Iterator<Item = Cidr> {
    let (mut a, mut b) = (a.peekable(), b.peekable());
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(first), Some(second)) if first > second => b.next(),
        (None, _) => b.next(),
        _ => a.next(),
    })
}
