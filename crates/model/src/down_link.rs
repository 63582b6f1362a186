//! Links that were set down: IPsec connections, tunnels of them, and router interfaces.
//!
//! Links are simulated. All are up, but for those that someone set down.

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
        Some(Prefix::VpnConnection) => VpnConnectionId::from_id(id)
            .is_some_and(|connection| world.get::<VpnConnection>(&connection).is_some()),
        // Nothing leads from tunnels to their connections, of which there are few.
        Some(Prefix::Tunnel) => world
            .all::<VpnConnection>()
            .any(|connection| connection.tunnels.iter().any(|tunnel| Id::from(tunnel.id) == id)),
        Some(Prefix::RouterInterface) => world.get::<Resource>(&id).is_some(),
        _ => false,
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
    was_up != up
}
