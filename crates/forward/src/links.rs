//! Which links work: plain input to everything else here.

use causeway_model::Read;
use causeway_model::bgp_route;
use causeway_model::down_link::DownLink;
use causeway_model::vpn_connection::{Tunnel, TunnelRole, VpnConnection};
use causeway_types::Id;
use std::collections::BTreeSet;

/// What is down; everything else is up.
///
/// A connection, a tunnel of one, or a router interface. Up means that IPsec is negotiated and that
/// the health check, if there is one, succeeds (semantics.md 8.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    down: BTreeSet<Id>,
}

impl Links {
    /// Everything is up.
    pub fn all_up() -> Links {
        Links::default()
    }

    /// The links of a tenant.
    pub fn of(world: &impl Read) -> Links {
        Links { down: world.all::<DownLink>().map(|link| link.id).collect() }
    }

    /// Sets a link; whether that changed it.
    pub fn set(&mut self, id: impl Into<Id>, up: bool) -> bool {
        let id = id.into();
        if up { self.down.remove(&id) } else { self.down.insert(id) }
    }

    /// Whether a link itself is up, whatever it depends on.
    pub fn is_up(&self, id: impl Into<Id>) -> bool {
        !self.down.contains(&id.into())
    }

    /// Whether a connection carries traffic: it is ready, and one of its tunnels is up.
    pub fn carries(&self, connection: &VpnConnection) -> bool {
        connection.is_ready()
            && self.is_up(connection.id)
            && connection.tunnels.iter().any(|tunnel| self.is_up(tunnel.id))
    }

    /// Whether a connection has a BGP session that is up.
    pub fn speaks_bgp(&self, connection: &VpnConnection) -> bool {
        bgp_route::session_up(connection, |id| self.is_up(id))
    }

    /// The tunnel traffic takes: the master while it is up, else the slave, else none. A connection
    /// with one tunnel has no choice.
    pub fn tunnel_in_use<'a>(&self, connection: &'a VpnConnection) -> Option<&'a Tunnel> {
        let carrying = self.carries(connection);
        let mut tunnels: Vec<_> = connection.tunnels.iter().collect();
        tunnels.sort_by_key(|tunnel| tunnel.role != TunnelRole::Master);
        tunnels.into_iter().find(|tunnel| carrying && self.is_up(tunnel.id))
    }

    /// The tunnels a transit router spreads traffic over: all that are up (semantics.md 8.4).
    pub fn tunnels_up<'a>(&self, connection: &'a VpnConnection) -> Vec<&'a Tunnel> {
        let carrying = self.carries(connection);
        connection.tunnels.iter().filter(|tunnel| carrying && self.is_up(tunnel.id)).collect()
    }
}
