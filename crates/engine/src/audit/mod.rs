//! The audit trail: an event for each call.
//!
//! The event of a change is written in the change's own commit. All other events wait in a bounded
//! queue ([`recorder`]) and ride in a commit that has room, or in one of their own.

mod answered;
mod draft;
mod log;
mod recorder;
mod retention;

pub(crate) use draft::Draft;
pub(crate) use log::StoredLog;
pub(crate) use recorder::{Kind, Recorder, Waiting};
pub(crate) use retention::Retention;

use causeway_store::{Order, Store, StoreError};
use causeway_types::Timestamp;

/// What is recorded, and for how long it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditSettings {
    /// Whether calls that only read are recorded, too. Those that are refused always are.
    pub reads: bool,
    /// How long events are kept, in milliseconds.
    pub keep_ms: i64,
    /// How many bytes of them, about.
    pub max_bytes: u64,
}

impl Default for AuditSettings {
    fn default() -> Self {
        const DAY_MS: i64 = 24 * 3_600_000;
        AuditSettings { reads: false, keep_ms: 90 * DAY_MS, max_bytes: 1 << 30 }
    }
}

/// When the newest event of a store happened.
pub(crate) fn newest(store: &dyn Store) -> Result<Timestamp, StoreError> {
    let mut at = Timestamp(0);
    store.read_events(0..u64::MAX, Order::Descending, &mut |_, event| {
        at = causeway_operations::audit::time(event);
        false
    })?;
    Ok(at)
}
