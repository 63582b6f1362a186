//! From files to an open store.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::directory::{Directory, disk};
use super::inspect::{Fault, inspect};
use super::open_error::OpenError;
use super::rows::{Rows, is_damage};
use super::{Tenants, keys, seed};
use crate::error::StoreError;

/// An open store, and where it stands.
pub(super) struct Opened {
    pub(super) rows: Rows,
    pub(super) tenants: Tenants,
    pub(super) next_event: u64,
}

/// Opens the rows in `directory`, making them when nothing was ever committed there.
pub(super) fn open(path: &Path, directory: &Directory) -> Result<Opened, OpenError> {
    if directory.ready {
        inspect(&directory.rows(), directory.has_log()).map_err(|fault| match fault {
            Fault::Damaged(what) => damaged(path, what),
            Fault::Io(fault) => disk(path, &fault),
        })?;
    } else {
        directory.start_creating()?;
        guarded(path, || seed::sow(&directory.rows()))?;
        directory.finish_creating()?;
    }
    let rows = guarded(path, || Rows::open(&directory.rows()))?;
    rows.write_floor();
    directory.log_is_made()?;
    let unreadable = |fault| match fault {
        StoreError::Damaged(what) => damaged(path, what),
        fault => OpenError::Disk { path: path.into(), reason: fault.to_string() },
    };
    let tenants = tenants(&rows).map_err(unreadable)?;
    let ends = rows.events().ends().map_err(unreadable)?;
    let next_event = ends.map_or(1, |(_, newest)| newest.saturating_add(1));
    Ok(Opened { rows, tenants, next_event })
}

/// Turns every way in which the key-value store gives up into words.
fn guarded<T>(path: &Path, open: impl FnOnce() -> Result<T, fjall::Error>) -> Result<T, OpenError> {
    match catch_unwind(AssertUnwindSafe(open)) {
        Ok(Ok(opened)) => Ok(opened),
        Ok(Err(fjall::Error::Locked)) => Err(OpenError::Locked { path: path.into(), pid: None }),
        Ok(Err(fjall::Error::Io(fault) | fjall::Error::Storage(fjall::LsmError::Io(fault))))
            if !is_damage(&fault) =>
        {
            Err(disk(path, &fault))
        }
        Ok(Err(fault)) => Err(damaged(path, fault.to_string())),
        Err(_) => Err(damaged(path, "the rows cannot be opened".into())),
    }
}

fn tenants(rows: &Rows) -> Result<Tenants, StoreError> {
    let mut tenants = Tenants::default();
    for row in rows.snapshot().under(keys::TENANT) {
        let (key, value) = row?;
        let decoded = keys::split(&key).zip(keys::decode_tenant(&value));
        let Some(((number, _), (tenant, revision))) = decoded else {
            return Err(StoreError::Damaged("a tenant is unreadable".into()));
        };
        if tenants.known.insert(tenant, (number, revision)).is_some() {
            return Err(StoreError::Damaged("a tenant is there twice".into()));
        }
        tenants.next_number = number.saturating_add(1);
    }
    Ok(tenants)
}

fn damaged(path: &Path, what: String) -> OpenError {
    OpenError::Damaged { path: path.into(), what }
}
