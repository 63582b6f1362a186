//! Reading tenants back from a store.

use causeway_model::{Changes, Tenant};
use causeway_store::{Loaded, Sink, SinkError, TenantKey};
use std::collections::BTreeMap;

/// Rows gathered before they are applied: few enough to stay near the processor.
const CHUNK_ROWS: usize = 256;

/// Builds tenants from stored rows.
#[derive(Default)]
pub(crate) struct Loader {
    tenants: BTreeMap<TenantKey, Tenant>,
    current: Option<(TenantKey, u64, Tenant)>,
    chunk: Changes,
    chunk_rows: usize,
}

impl Loader {
    /// The tenants, once the store has handed out everything.
    pub fn finish(mut self) -> BTreeMap<TenantKey, Tenant> {
        self.close();
        self.tenants
    }

    fn flush(&mut self) {
        if let Some((_, revision, tenant)) = &mut self.current {
            tenant.apply(std::mem::take(&mut self.chunk), *revision);
        }
        self.chunk_rows = 0;
    }

    fn close(&mut self) {
        self.flush();
        if let Some((key, _, tenant)) = self.current.take() {
            self.tenants.insert(key, tenant);
        }
    }
}

impl Sink for Loader {
    fn tenant(&mut self, tenant: &TenantKey, revision: u64) -> Result<(), SinkError> {
        self.close();
        self.current = Some((tenant.clone(), revision, Tenant::default()));
        Ok(())
    }

    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), SinkError> {
        self.chunk.decode_row(key, value)?;
        self.chunk_rows += 1;
        if self.chunk_rows >= CHUNK_ROWS {
            self.flush();
        }
        Ok(())
    }

    fn progress(&mut self, so_far: Loaded) {
        if so_far.rows > 0 {
            tracing::info!(rows = so_far.rows, bytes = so_far.bytes, "loading");
        }
    }
}
