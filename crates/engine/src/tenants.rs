//! The tenants of a server and their published state.

use causeway_model::{Context, Tenant};
use causeway_store::TenantKey;
use parking_lot::RwLock;
use std::collections::BTreeMap;

/// One tenant: what queries read, and what its requests get from outside.
pub(crate) struct Slot {
    /// Published state. Only the commit loop writes it, and only what is durable.
    pub tenant: RwLock<Tenant>,
    /// The unchanging part of every request's context; `now` is filled in per request.
    pub context: Context,
}

/// The name of the region-less tenant that holds what belongs to an account as a whole.
const GLOBAL: &str = "global";

/// The key of an account's global tenant.
pub(crate) fn global(account: &str) -> TenantKey {
    TenantKey { account: account.to_owned(), region: GLOBAL.to_owned() }
}

/// All tenants, fixed at start.
pub(crate) type Tenants = BTreeMap<TenantKey, Slot>;

impl Slot {
    /// The context of a request made now.
    pub fn context_at(&self, now: causeway_types::Timestamp) -> Context {
        Context { now, ..self.context.clone() }
    }
}
