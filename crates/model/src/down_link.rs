//! Links that are believed to be down: IPsec connections, tunnels of them, and router interfaces.
//!
//! Forwarding goes by this. What is so is the link's condition: see [`crate::link`].

use crate::bgp_route;
use crate::resource::Resource;
use crate::rows::Keyed;
use crate::tenant::Read;
use crate::txn::Txn;
use crate::vpn_connection::VpnConnection;
use causeway_types::{Id, Prefix, Timestamp, TypedId, VpnConnectionId};
use serde::{Deserialize, Serialize};

/// A link that is down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DownLink {
    /// The connection, tunnel or router interface.
    pub id: Id,
    /// When it was set down.
    pub since: Timestamp,
}

impl Keyed for DownLink {
    type Key = Id;
    fn key(&self) -> Id {
        self.id
    }
}

/// Whether there is such a link.
pub fn exists(world: &impl Read, id: Id) -> bool {
    match id.prefix() {
        Some(Prefix::RouterInterface) => world.get::<Resource>(&id).is_some(),
        _ => connection(world, id).is_some(),
    }
}

/// The connection that a link is, or is a tunnel of.
pub fn connection(world: &impl Read, id: Id) -> Option<&VpnConnection> {
    match id.prefix() {
        Some(Prefix::VpnConnection) => world.get::<VpnConnection>(&VpnConnectionId::from_id(id)?),
        // Nothing leads from tunnels to their connections, of which there are few.
        Some(Prefix::Tunnel) => world
            .all::<VpnConnection>()
            .find(|connection| connection.tunnels.iter().any(|tunnel| Id::from(tunnel.id) == id)),
        _ => None,
    }
}

/// Sets a link up or down; whether that changed it.
pub fn set(txn: &mut Txn, id: Id, up: bool) -> bool {
    let was_up = txn.get::<DownLink>(&id).is_none();
    if up {
        txn.remove::<DownLink>(&id);
    } else if was_up {
        let since = txn.now();
        txn.put(DownLink { id, since });
    }
    if was_up != up
        && let Some(connection) = connection(txn, id).cloned()
    {
        bgp_route::propagate(txn, &connection);
    }
    was_up != up
}
