//! Routes of IPsec connections on a transit router, compiled (semantics.md 8.4).
//!
//! A connection's routes are published to its transit router while it is attached. When the link is
//! down and its health check is on, the check's policy decides: `revoke_route` withdraws them,
//! `reserve_route` leaves them, and their traffic is lost. Without a health check they stay. Equal
//! destinations of several connections share the load; weights are not used. What a peer announces by
//! BGP stands behind what users made for the same destination, while its session is up.

use crate::lpm::Fib;
use crate::{Links, Packet};
use causeway_model::Read;
use causeway_model::bgp_route;
use causeway_model::resource::{Place, Resource};
use causeway_model::vco_route;
use causeway_model::vpn_connection::{ConnectionState, HealthPolicy, VpnConnection};
use causeway_types::{Cidr, Id, TrAttachmentId, TransitRouterId};

/// What a route is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It takes part in matching.
    Effective,
    /// Another route for its destination comes first: a made one before a learned one, and of
    /// learned ones those with the shortest path.
    Behind,
    /// The health check has withdrawn it.
    Revoked,
    /// The session it was learned by is down.
    Down,
}

/// Where a route comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransitOrigin {
    /// A user made it.
    Made,
    /// The peer of its connection announces it.
    Learned,
}

/// A route of a transit router.
#[derive(Clone, Copy, Debug)]
pub struct TransitRow<'a> {
    /// The destination.
    pub destination: Cidr,
    /// The connection it leads to.
    pub connection: &'a VpnConnection,
    /// Where it comes from.
    pub origin: TransitOrigin,
    /// What it is good for.
    pub standing: Standing,
    /// Lower goes first among the routes of one destination; equal ones share the load.
    precedence: usize,
}

/// The compiled routes of a transit router.
pub struct TransitTable<'a> {
    /// The transit router.
    pub id: TransitRouterId,
    /// Its routes by destination.
    pub rows: Vec<TransitRow<'a>>,
    /// By destination, the first of its effective rows and how many there are.
    groups: Vec<(usize, usize)>,
    fib: Fib,
}

impl<'a> TransitTable<'a> {
    /// Compiles what IPsec connections have published to a transit router.
    pub fn compile(world: &'a impl Read, links: &Links, id: TransitRouterId) -> TransitTable<'a> {
        let mut rows: Vec<_> =
            attached(world, id).flat_map(|connection| rows_of(world, links, connection)).collect();
        rows.sort_by_key(|row| (row.destination, row.precedence, row.connection.id));
        let (mut groups, mut destinations, mut start) = (Vec::new(), Vec::new(), 0);
        for same in rows.chunk_by_mut(|a, b| a.destination == b.destination) {
            let (destination, first) = (same[0].destination, same[0].precedence);
            let mut effective = 0;
            for row in same.iter_mut().filter(|row| row.standing == Standing::Effective) {
                if row.precedence == first {
                    effective += 1;
                } else {
                    row.standing = Standing::Behind;
                }
            }
            if effective > 0 {
                destinations.push((destination, groups.len() as u32));
                groups.push((start, effective));
            }
            start += same.len();
        }
        TransitTable { id, rows, groups, fib: Fib::of(destinations) }
    }

    /// The position of the row that forwards a packet; of several for one destination the one that
    /// the addresses decide on.
    pub fn lookup(&self, packet: &Packet) -> Option<usize> {
        let group = self.fib.lookup(packet.destination)?;
        let (start, count) = self.groups[group as usize];
        Some(start + packet.spread(count))
    }

    /// The rows that share the load of a whole destination, or of the longest block that holds it
    /// where it has no effective row of its own.
    pub(crate) fn candidates(&self, destination: Cidr) -> &[TransitRow<'a>] {
        let rows = |(start, count): &(usize, usize)| &self.rows[*start..*start + *count];
        let holding =
            self.groups.iter().map(rows).filter(|rows| rows[0].destination.contains(&destination));
        holding.max_by_key(|rows| rows[0].destination.length()).unwrap_or_default()
    }
}

/// The connections that are attached to a transit router.
pub(crate) fn attached(
    world: &impl Read,
    id: TransitRouterId,
) -> impl Iterator<Item = &VpnConnection> {
    world
        .members::<TrAttachmentId>(id)
        .filter_map(|attachment| world.get::<Resource>(&attachment.into()))
        .filter_map(|attachment| match attachment.place {
            Place::TransitRouter { connection, .. } => world.get::<VpnConnection>(&connection),
            Place::Vpc(_) => None,
        })
        .filter(|it| matches!(it.state, ConnectionState::Attached | ConnectionState::Updating))
}

/// What users made for a connection, and what its peer announces.
fn rows_of<'a>(
    world: &'a impl Read,
    links: &Links,
    connection: &'a VpnConnection,
) -> Vec<TransitRow<'a>> {
    let revoked = is_revoked(links, connection);
    let made = vco_route::of_connection(world, connection.id).map(|route| TransitRow {
        destination: route.key.destination,
        connection,
        origin: TransitOrigin::Made,
        standing: if revoked { Standing::Revoked } else { Standing::Effective },
        precedence: if revoked { usize::MAX } else { 0 },
    });
    let up = links.speaks_bgp(connection);
    let learned = bgp_route::of_connection(world, connection.id).map(|route| TransitRow {
        destination: route.key.destination,
        connection,
        origin: TransitOrigin::Learned,
        standing: if up { Standing::Effective } else { Standing::Down },
        precedence: if up { 1 + route.as_path.len() } else { usize::MAX },
    });
    made.chain(learned).collect()
}

/// Whether the health check has withdrawn what users made for a connection.
pub(crate) fn is_revoked(links: &Links, connection: &VpnConnection) -> bool {
    let check = &connection.health_check;
    let revokes = check.enabled && check.policy == HealthPolicy::RevokeRoute;
    revokes && !links.carries(connection)
}

/// The transit router behind a VPC's attachment. Attachments of VPCs do not name theirs; when IPsec
/// connections are attached to just one in the whole tenant, it is that one.
pub fn behind_attachment(world: &impl Read) -> Option<TransitRouterId> {
    let place = |resource: &Resource| match resource.place {
        Place::TransitRouter { transit_router, .. } => Some(transit_router),
        Place::Vpc(_) => None,
    };
    let prefix = <TrAttachmentId as causeway_types::TypedId>::PREFIX;
    let mut routers =
        world.range::<Resource>(Id::first(prefix)..=Id::last(prefix)).filter_map(place);
    let first = routers.next()?;
    routers.all(|other| other == first).then_some(first)
}
