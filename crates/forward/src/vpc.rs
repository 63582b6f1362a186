//! Route tables of VPCs, compiled (semantics.md 8.1).
//!
//! An entry forwards while it is `Available` or `Modifying`. One that is still `Pending` does not yet,
//! one that is `Deleting` does not any more. (Chosen: the sources do not say.)

use crate::Links;
use crate::lpm::Fib;
use causeway_model::Read;
use causeway_model::next_hop::{self, NextHopProblem, NextHopType, WeightedHop};
use causeway_model::route_entry::RouteStatus;
use causeway_model::route_list::{self, ListedRoute};
use causeway_model::route_table::RouteTable;
use causeway_types::{Id, VpcId};
use std::net::IpAddr;

/// What an entry of a route table is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It takes part in matching.
    Effective,
    /// It is being made or removed.
    Unsettled(RouteStatus),
    /// Another entry of the same destination comes first.
    Behind,
    /// All its router interfaces are down, and a VPN gateway stands behind it.
    Down,
}

/// A compiled route table.
pub struct VpcTable<'a> {
    /// The table.
    pub table: &'a RouteTable,
    /// Its routes with their standing, by destination.
    pub rows: Vec<(ListedRoute<'a>, Standing)>,
    fib: Fib,
}

impl<'a> VpcTable<'a> {
    /// Compiles a table.
    pub fn compile(world: &'a impl Read, links: &Links, table: &'a RouteTable) -> VpcTable<'a> {
        let listed: Vec<_> = route_list::of_table(world, table).collect();
        let mut rows = Vec::with_capacity(listed.len());
        for same in listed.chunk_by(|a, b| a.destination == b.destination) {
            rows.extend(ranked(world, links, table.vpc, same));
        }
        let effective = rows.iter().enumerate().filter(|(_, row)| row.1 == Standing::Effective);
        let fib = Fib::of(effective.map(|(at, row)| (row.0.destination, at as u32)));
        VpcTable { table, rows, fib }
    }

    /// The position of the row that forwards to an address.
    pub fn lookup(&self, address: IpAddr) -> Option<usize> {
        self.fib.lookup(address).map(|at| at as usize)
    }
}

/// The entries of one destination: a user's goes before one that a gateway published, but for router
/// interfaces that are all down (decision A28).
fn ranked<'a>(
    world: &impl Read,
    links: &Links,
    vpc: VpcId,
    same: &[ListedRoute<'a>],
) -> Vec<(ListedRoute<'a>, Standing)> {
    let settled = |row: &ListedRoute| row.status().forwards();
    let dead = |row: &ListedRoute| is_down(world, links, vpc, row);
    let first = first(world, links, vpc, same);
    let standing = |row: &ListedRoute| match first {
        _ if !settled(row) => Standing::Unsettled(row.status()),
        Some(first) if first.position() == row.position() => Standing::Effective,
        _ if dead(row) => Standing::Down,
        _ => Standing::Behind,
    };
    same.iter().map(|row| (*row, standing(row))).collect()
}

/// Of the entries of one destination the one that takes part in matching.
pub(crate) fn first<'s, 'a>(
    world: &impl Read,
    links: &Links,
    vpc: VpcId,
    same: &'s [ListedRoute<'a>],
) -> Option<&'s ListedRoute<'a>> {
    let mut candidates = same.iter().filter(|row| row.status().forwards());
    let first = candidates.next()?;
    let mut behind = candidates.peekable();
    // Whether links are down matters only where something stands behind.
    if behind.peek().is_none() || !is_down(world, links, vpc, first) {
        return Some(first);
    }
    Some(behind.find(|row| !is_down(world, links, vpc, row)).unwrap_or(first))
}

/// Whether a route leads to router interfaces, none of which carries traffic.
pub(crate) fn is_down(world: &impl Read, links: &Links, vpc: VpcId, row: &ListedRoute) -> bool {
    row.next_hops().is_some_and(|hops| {
        hops.all(|hop| {
            NextHopType::of(hop) == Some(NextHopType::RouterInterface)
                && !router_interface_up(world, links, vpc, hop)
        })
    })
}

/// Whether a router interface carries traffic.
pub fn router_interface_up(world: &impl Read, links: &Links, vpc: VpcId, id: Id) -> bool {
    links.is_up(id) && usable(world, vpc, id).is_ok()
}

/// Whether a next hop is there and ready (semantics.md 3.6 and 7.10).
pub fn usable(world: &impl Read, vpc: VpcId, id: Id) -> Result<(), NextHopProblem> {
    let kind = NextHopType::of(id).ok_or(NextHopProblem::Absent)?;
    next_hop::usable(world, vpc, kind, id).map(|_| ())
}

/// What becomes of one of several next hops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberStanding {
    /// It carries this packet.
    Chosen,
    /// It shares the load and carries other packets.
    Shares,
    /// It waits for the active one to fail.
    Standby,
    /// It is down.
    Down,
}

/// Which of several router interfaces carries a packet: the active one while it is up, else the
/// standby one while that is up, else the active one; of equal ones that are up the one the addresses
/// decide on, so that a flow keeps its way.
pub fn choose(
    members: &[WeightedHop],
    packet: &crate::Packet,
    up: impl Fn(Id) -> bool,
) -> Vec<(WeightedHop, MemberStanding)> {
    let equal = members.windows(2).all(|pair| pair[0].weight == pair[1].weight);
    let mut by_weight: Vec<_> = members.to_vec();
    by_weight.sort_by_key(|member| std::cmp::Reverse(member.weight));
    let working: Vec<_> = by_weight.iter().copied().filter(|member| up(member.id)).collect();
    let pool = if working.is_empty() { &by_weight } else { &working };
    let chosen = if equal { pool[packet.spread(pool.len())].id } else { pool[0].id };
    let standing = |member: WeightedHop| {
        if member.id == chosen {
            MemberStanding::Chosen
        } else if !up(member.id) {
            MemberStanding::Down
        } else if equal {
            MemberStanding::Shares
        } else {
            MemberStanding::Standby
        }
    };
    by_weight.iter().map(|member| (*member, standing(*member))).collect()
}
