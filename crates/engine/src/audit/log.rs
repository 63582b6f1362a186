//! The store's log as operations see it.

use crate::clock::host_now;
use causeway_operations::audit::{EventLog, Unreadable};
use causeway_store::{Order, Store};
use causeway_types::Timestamp;
use std::ops::Range;
use std::sync::Arc;

/// A store's log, of which what is too old is not shown.
pub(crate) struct StoredLog {
    pub store: Arc<dyn Store>,
    pub keep_ms: i64,
}

fn unreadable(fault: &causeway_store::StoreError) -> Unreadable {
    tracing::error!(%fault, "the audit log cannot be read");
    Unreadable
}

impl EventLog for StoredLog {
    fn ends(&self) -> Result<Range<u64>, Unreadable> {
        let log = self.store.log().map_err(|fault| unreadable(&fault))?;
        Ok(log.first..log.next)
    }

    fn read(
        &self,
        numbers: Range<u64>,
        newest_first: bool,
        take: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), Unreadable> {
        let order = if newest_first { Order::Descending } else { Order::Ascending };
        self.store.read_events(numbers, order, take).map_err(|fault| unreadable(&fault))
    }

    fn kept_since(&self) -> Option<Timestamp> {
        Some(host_now().plus_ms(-self.keep_ms))
    }

    fn now(&self) -> Timestamp {
        host_now()
    }
}
