//! A store whose secrets are sealed.

use super::key_file::{KeyFile, KeyFileError};
use super::keyring::{Keyring, SealError};
use causeway_model::holds_secrets;
use causeway_store::{
    Event, Loaded, Log, Order, Outcome, Refused, RowWrite, Sink, SinkError, Store, StoreError,
    TenantKey, TenantWrite,
};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The setting that tells that a store is sealed, and with which key: something sealed with it.
const SETTING: &str = "sealing";
/// Settings that are secret: identifiers and secrets are drawn from the seed.
const SECRET_SETTINGS: [&str; 1] = ["seed"];
/// Rows sealed anew in one write.
const CHUNK_ROWS: usize = 256;

/// Seals what holds secrets on its way into another store, and opens it on its way out.
pub struct Sealed {
    inner: Box<dyn Store>,
    keyring: Keyring,
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    /// The key file cannot be used.
    #[error("{0}")]
    KeyFile(#[from] KeyFileError),
    /// There is no key file, and there was one.
    #[error(
        "the data is sealed, and its key file {} is not there: restore it from a copy, or say with --key-file where it is", .0.display()
    )]
    Missing(PathBuf),
    /// The key file is that of other data.
    #[error("the key file {} does not fit the data ({cause}): restore the right one from a copy", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: SealError,
    },
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// What was to be sealed was not written.
    #[error("secrets could not be sealed: {0}")]
    NotWritten(String),
}

impl Sealed {
    /// Seals a store with the keys of a file, which is made for a store that was never sealed. Rows
    /// from before, or sealed with an older key, are sealed with the newest; a crash meanwhile leaves a
    /// store that opens, and is sealed at the next try.
    pub fn open(inner: Box<dyn Store>, path: &Path) -> Result<Sealed, SealedError> {
        let kept = inner.setting(SETTING)?;
        let file = match (KeyFile::read(path)?, &kept) {
            (Some(file), _) => file,
            (None, None) => KeyFile::create(path)?,
            (None, Some(_)) => return Err(SealedError::Missing(path.into())),
        };
        let sealed = Sealed { inner, keyring: file.keyring() };
        let sealed_with = kept.as_deref().and_then(Keyring::key_of);
        if let Some(kept) = &kept {
            let opened = sealed.keyring.open(SETTING.as_bytes(), kept);
            opened.map_err(|cause| SealedError::Foreign { path: path.into(), cause })?;
        }
        if sealed_with != Some(sealed.keyring.newest()) {
            sealed.seal_anew()?;
        }
        Ok(sealed)
    }

    /// Seals everything secret with the newest key; says so last.
    fn seal_anew(&self) -> Result<(), SealedError> {
        let mut outdated = Outdated { newest: self.keyring.newest(), found: Vec::new() };
        self.inner.load(&mut outdated)?;
        for (tenant, revision, rows) in outdated.found {
            let mut expected = revision;
            for rows in rows.chunks(CHUNK_ROWS) {
                let open = |(key, value): &(Vec<u8>, Vec<u8>)| {
                    let value = self.opened(&tenant, key, value)?.unwrap_or_else(|| value.clone());
                    Ok::<_, SinkError>(RowWrite::put(key.clone(), value))
                };
                let rows = rows.iter().map(open).collect::<Result<_, _>>();
                let rows = rows.map_err(StoreError::Stopped)?;
                let next = expected + 1;
                let write = TenantWrite { tenant: tenant.clone(), expected, next, rows };
                match self.commit(&[write]) {
                    Outcome::Committed => expected = next,
                    other => return Err(SealedError::NotWritten(format!("{other:?}"))),
                }
            }
        }
        for name in SECRET_SETTINGS {
            if let Some(value) = self.setting(name)? {
                self.put_setting(name, &value)?;
            }
        }
        let mark = self.sealed(SETTING.as_bytes(), b"sealed").map_err(SealedError::NotWritten)?;
        Ok(self.inner.put_setting(SETTING, &mark)?)
    }

    fn sealed(&self, place: &[u8], secret: &[u8]) -> Result<Vec<u8>, String> {
        self.keyring.seal(place, secret).map_err(|fault| fault.to_string())
    }

    /// The value of a row that is sealed.
    fn opened(
        &self,
        tenant: &TenantKey,
        key: &[u8],
        value: &[u8],
    ) -> Result<Option<Vec<u8>>, SealError> {
        if !holds_secrets(key) || Keyring::key_of(value).is_none() {
            return Ok(None);
        }
        self.keyring.open(&place(tenant, key), value).map(Some)
    }

    /// The write with its secrets sealed; none when it has none.
    fn sealed_write(&self, write: &TenantWrite) -> Result<Option<TenantWrite>, String> {
        if !write.rows.iter().any(|row| row.value.is_some() && holds_secrets(&row.key)) {
            return Ok(None);
        }
        let mut write = write.clone();
        for row in write.rows.iter_mut().filter(|row| holds_secrets(&row.key)) {
            if let Some(value) = &mut row.value {
                *value = self.sealed(&place(&write.tenant, &row.key), value)?;
            }
        }
        Ok(Some(write))
    }
}

/// Where a row belongs. Names of tenants hold no zero byte.
fn place(tenant: &TenantKey, key: &[u8]) -> Vec<u8> {
    [tenant.account.as_bytes(), &[0], tenant.region.as_bytes(), &[0], key].concat()
}

impl Store for Sealed {
    fn load(&self, sink: &mut dyn Sink) -> Result<Loaded, StoreError> {
        self.inner.load(&mut Opening { sealed: self, tenant: TenantKey::new("", ""), sink })
    }

    fn commit_with(&self, batch: &[TenantWrite], events: &[Event]) -> Outcome {
        let sealed: Result<Vec<_>, _> =
            batch.iter().map(|write| self.sealed_write(write)).collect();
        let sealed = match sealed {
            Ok(sealed) => sealed,
            Err(fault) => {
                tracing::error!(fault, "nothing can be sealed");
                return Outcome::Refused(Refused::Malformed("its secrets cannot be sealed"));
            }
        };
        if sealed.iter().all(Option::is_none) {
            return self.inner.commit_with(batch, events);
        }
        let writes = sealed.into_iter().zip(batch);
        let batch: Vec<_> =
            writes.map(|(own, plain)| own.unwrap_or_else(|| plain.clone())).collect();
        self.inner.commit_with(&batch, events)
    }

    fn log(&self) -> Result<Log, StoreError> {
        self.inner.log()
    }

    fn read_events(
        &self,
        numbers: Range<u64>,
        order: Order,
        take: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.inner.read_events(numbers, order, take)
    }

    fn trim_events(&self, before: u64) -> Result<(), StoreError> {
        self.inner.trim_events(before)
    }

    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.inner.setting(name)?;
        let is_sealed =
            |value: &[u8]| SECRET_SETTINGS.contains(&name) && Keyring::key_of(value).is_some();
        match value {
            Some(value) if is_sealed(&value) => {
                let opened = self.keyring.open(name.as_bytes(), &value);
                opened.map(Some).map_err(|fault| StoreError::Damaged(fault.to_string()))
            }
            other => Ok(other),
        }
    }

    fn put_setting(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        if !SECRET_SETTINGS.contains(&name) {
            return self.inner.put_setting(name, value);
        }
        let sealed = self.sealed(name.as_bytes(), value).map_err(StoreError::Disk)?;
        self.inner.put_setting(name, &sealed)
    }
}

/// Opens rows on their way to a sink.
struct Opening<'a> {
    sealed: &'a Sealed,
    tenant: TenantKey,
    sink: &'a mut dyn Sink,
}

impl Sink for Opening<'_> {
    fn tenant(&mut self, tenant: &TenantKey, revision: u64) -> Result<(), SinkError> {
        self.tenant = tenant.clone();
        self.sink.tenant(tenant, revision)
    }

    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), SinkError> {
        match self.sealed.opened(&self.tenant, key, value)? {
            Some(value) => self.sink.row(key, &value),
            None => self.sink.row(key, value),
        }
    }

    fn progress(&mut self, so_far: Loaded) {
        self.sink.progress(so_far);
    }
}

/// Rows of one tenant, with its revision.
type Found = (TenantKey, u64, Vec<(Vec<u8>, Vec<u8>)>);

/// Gathers the rows that hold secrets and are not sealed with the newest key.
struct Outdated {
    newest: u32,
    found: Vec<Found>,
}

impl Sink for Outdated {
    fn tenant(&mut self, tenant: &TenantKey, revision: u64) -> Result<(), SinkError> {
        self.found.retain(|(_, _, rows)| !rows.is_empty());
        self.found.push((tenant.clone(), revision, Vec::new()));
        Ok(())
    }

    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), SinkError> {
        if holds_secrets(key) && Keyring::key_of(value) != Some(self.newest) {
            let rows = self.found.last_mut().map(|(_, _, rows)| rows);
            rows.expect("a tenant comes first").push((key.to_owned(), value.to_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
