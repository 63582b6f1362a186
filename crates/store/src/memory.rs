//! Rows kept in memory: for `--memory` and for tests. Gone when dropped.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::check::{self, Revisions};
use crate::contract::{Event, Loaded, Log, Order, Outcome, Sink, Store, TenantKey, TenantWrite};
use crate::error::StoreError;
use crate::progress::Counted;

/// The engine that forgets everything.
#[derive(Debug, Default)]
pub struct Memory {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    tenants: BTreeMap<TenantKey, Tenant>,
    settings: BTreeMap<String, Vec<u8>>,
    events: BTreeMap<u64, Event>,
}

#[derive(Debug, Default)]
struct Tenant {
    revision: u64,
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A panic elsewhere leaves whole batches only: a batch is applied after every check.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn next_event(&self) -> u64 {
        self.events.last_key_value().map_or(1, |(newest, _)| newest + 1)
    }
}

impl Revisions for Inner {
    fn revision(&self, tenant: &TenantKey) -> u64 {
        self.tenants.get(tenant).map_or(0, |known| known.revision)
    }
}

impl Store for Memory {
    fn load(&self, sink: &mut dyn Sink) -> Result<Loaded, StoreError> {
        let inner = self.inner();
        let mut sink = Counted::new(sink);
        for (key, tenant) in &inner.tenants {
            sink.tenant(key, tenant.revision)?;
            for (row, value) in &tenant.rows {
                sink.row(row, value)?;
            }
        }
        Ok(sink.finish())
    }

    fn commit_with(&self, batch: &[TenantWrite], events: &[Event]) -> Outcome {
        let mut inner = self.inner();
        if let Err(outcome) = check::batch(batch, events, self.limits(), &*inner) {
            return outcome;
        }
        let next = inner.next_event();
        inner.events.extend((next..).zip(events.iter().cloned()));
        for write in batch {
            let tenant = inner.tenants.entry(write.tenant.clone()).or_default();
            tenant.revision = write.next;
            for row in &write.rows {
                match &row.value {
                    Some(value) => tenant.rows.insert(row.key.clone(), value.clone()),
                    None => tenant.rows.remove(&row.key),
                };
            }
        }
        Outcome::Committed
    }

    fn log(&self) -> Result<Log, StoreError> {
        let inner = self.inner();
        let next = inner.next_event();
        let first = inner.events.first_key_value().map_or(next, |(first, _)| *first);
        let bytes = inner.events.values().map(|event| event.len() as u64).sum();
        Ok(Log { first, next, bytes })
    }

    fn read_events(
        &self,
        numbers: Range<u64>,
        order: Order,
        take: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let inner = self.inner();
        if numbers.is_empty() {
            return Ok(());
        }
        let mut events = inner.events.range(numbers);
        let mut next = || match order {
            Order::Ascending => events.next(),
            Order::Descending => events.next_back(),
        };
        while next().is_some_and(|(number, event)| take(*number, event)) {}
        Ok(())
    }

    fn trim_events(&self, before: u64) -> Result<(), StoreError> {
        let mut inner = self.inner();
        let newest = inner.next_event() - 1;
        inner.events = inner.events.split_off(&before.min(newest));
        Ok(())
    }

    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.inner().settings.get(name).cloned())
    }

    fn put_setting(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        check::setting(name, value, self.limits())?;
        self.inner().settings.insert(name.to_owned(), value.to_vec());
        Ok(())
    }
}
