//! Rows kept in memory: for `--memory` and for tests. Gone when dropped.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::check::{self, Revisions};
use crate::contract::{Loaded, Outcome, Sink, Store, TenantKey, TenantWrite};
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

    fn commit(&self, batch: &[TenantWrite]) -> Outcome {
        let mut inner = self.inner();
        if let Err(outcome) = check::batch(batch, self.limits(), &*inner) {
            return outcome;
        }
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

    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.inner().settings.get(name).cloned())
    }

    fn put_setting(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        check::setting(name, value, self.limits())?;
        self.inner().settings.insert(name.to_owned(), value.to_vec());
        Ok(())
    }
}
