//! Counts what a load hands out.

use crate::contract::{Loaded, PROGRESS_ROWS, Sink, TenantKey};
use crate::error::StoreError;

/// A sink that counts, reports and turns the sink's error into the store's.
pub(crate) struct Counted<'a> {
    sink: &'a mut dyn Sink,
    so_far: Loaded,
}

impl<'a> Counted<'a> {
    pub(crate) fn new(sink: &'a mut dyn Sink) -> Self {
        Self { sink, so_far: Loaded::default() }
    }

    pub(crate) fn tenant(&mut self, tenant: &TenantKey, revision: u64) -> Result<(), StoreError> {
        self.so_far.tenants += 1;
        self.sink.tenant(tenant, revision).map_err(StoreError::Stopped)
    }

    pub(crate) fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.so_far.rows += 1;
        self.so_far.bytes += (key.len() + value.len()) as u64;
        self.sink.row(key, value).map_err(StoreError::Stopped)?;
        if self.so_far.rows.is_multiple_of(PROGRESS_ROWS) {
            self.sink.progress(self.so_far);
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Loaded {
        self.sink.progress(self.so_far);
        self.so_far
    }
}
