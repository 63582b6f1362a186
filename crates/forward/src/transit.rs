//! Routes of IPsec connections on a transit router, compiled (semantics.md 8.4).
//!
//! A connection's routes are published to its transit router while it is attached. When the link is
//! down and its health check is on, the check's policy decides: `revoke_route` withdraws them,
//! `reserve_route` leaves them, and their traffic is lost. Without a health check they stay. Equal
//! destinations of several connections share the load; weights are not used.

use crate::lpm::Fib;
use crate::{Links, Packet};
use causeway_model::Read;
use causeway_model::resource::{Place, Resource};
use causeway_model::vco_route::{self, VcoRoute};
use causeway_model::vpn_connection::{ConnectionState, HealthPolicy, VpnConnection};
use causeway_types::{Id, TrAttachmentId, TransitRouterId};

/// What a route is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The transit router knows it.
    Published,
    /// The health check has withdrawn it.
    Revoked,
}

/// The compiled routes of a transit router.
pub struct TransitTable<'a> {
    /// The transit router.
    pub id: TransitRouterId,
    /// Routes with their connections, by destination.
    pub rows: Vec<(&'a VcoRoute, &'a VpnConnection, Standing)>,
    /// By destination, the first of its published rows and how many there are.
    groups: Vec<(usize, usize)>,
    fib: Fib,
}

impl<'a> TransitTable<'a> {
    /// Compiles what IPsec connections have published to a transit router.
    pub fn compile(world: &'a impl Read, links: &Links, id: TransitRouterId) -> TransitTable<'a> {
        let attached = world
            .members::<TrAttachmentId>(id)
            .filter_map(|attachment| world.get::<Resource>(&attachment.into()))
            .filter_map(|attachment| match attachment.place {
                Place::TransitRouter { connection, .. } => world.get::<VpnConnection>(&connection),
                Place::Vpc(_) => None,
            })
            .filter(|it| matches!(it.state, ConnectionState::Attached | ConnectionState::Updating));
        let mut rows: Vec<_> = attached
            .flat_map(|connection| {
                let standing = standing(links, connection);
                let routes = vco_route::of_connection(world, connection.id);
                routes.map(move |route| (route, connection, standing))
            })
            .collect();
        rows.sort_by_key(|(route, _, standing)| {
            (route.key.destination, *standing == Standing::Revoked, route.key.connection)
        });
        let mut groups = Vec::new();
        let mut fib = Fib::default();
        let mut start = 0;
        for same in rows.chunk_by(|a, b| a.0.key.destination == b.0.key.destination) {
            let published = same.iter().take_while(|row| row.2 == Standing::Published).count();
            if published > 0 {
                fib.insert(same[0].0.key.destination, groups.len() as u32);
                groups.push((start, published));
            }
            start += same.len();
        }
        TransitTable { id, rows, groups, fib }
    }

    /// The position of the row that forwards a packet; of several for one destination the one that
    /// the addresses decide on.
    pub fn lookup(&self, packet: &Packet) -> Option<usize> {
        let group = self.fib.lookup(packet.destination)?;
        let (start, count) = self.groups[group as usize];
        Some(start + packet.spread(count))
    }
}

pub(crate) fn standing(links: &Links, connection: &VpnConnection) -> Standing {
    let check = &connection.health_check;
    let revokes = check.enabled && check.policy == HealthPolicy::RevokeRoute;
    if revokes && !links.carries(connection) { Standing::Revoked } else { Standing::Published }
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
