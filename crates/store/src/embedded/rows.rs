//! The key-value store: a keyspace of rows and one of events, one durable batch at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use fjall::config::FilterPolicy;
use fjall::{
    CompressionType, Database, Keyspace, KeyspaceCreateOptions, PersistMode, Readable, UserKey,
    UserValue,
};

use super::Items;
use super::events::{self, Events, Numbered};
use super::readback::Readback;
use super::zeros::Zeros;
use crate::error::StoreError;

/// Blocks are read once, by the load: a large cache would hold nothing of use.
const CACHE_BYTES: u64 = 8 << 20;
/// Rows kept in memory before they become a table.
const MEMTABLE_BYTES: u64 = 16 << 20;
/// Journals kept before tables are forced out.
const JOURNALS_BYTES: u64 = 128 << 20;
/// How long closing may take; see `Drop`.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);
/// The same, once the store is known to have failed.
const CLOSE_FAILED_TIMEOUT: Duration = Duration::from_secs(1);

pub(super) struct Rows {
    /// `None` only once dropped.
    open: Option<Open>,
    readback: Readback,
    zeros: Zeros,
    failed: bool,
}

struct Open {
    database: Database,
    keyspace: Keyspace,
    events: Keyspace,
}

/// How a write failed.
#[derive(Debug)]
pub(super) enum Failed {
    NotWritten(String),
    Unknown(String),
}

impl Rows {
    /// Opens or makes the rows in `path`.
    pub(super) fn open(path: &Path) -> Result<Self, fjall::Error> {
        let database = Database::builder(path)
            .cache_size(CACHE_BYTES)
            // The journal's checksums cover recompressed bytes: another compressor, another checksum.
            .journal_compression(CompressionType::None)
            .max_journaling_size(JOURNALS_BYTES)
            .manual_journal_persist(true)
            // A second worker would spin while the first one compacts.
            .worker_threads(1)
            .open()?;
        let options = || keyspace().max_memtable_size(MEMTABLE_BYTES);
        let keyspace = database.keyspace("rows", options)?;
        let events = database.keyspace("events", events::options)?;
        Ok(Self {
            open: Some(Open { database, keyspace, events }),
            readback: Readback::new(PathBuf::from(path)),
            zeros: Zeros::new(PathBuf::from(path)),
            failed: false,
        })
    }

    fn opened(&self) -> &Open {
        self.open.as_ref().expect("open until dropped")
    }

    /// Writes down how far the journal reaches, for the next opening to check.
    pub(super) fn write_floor(&self) {
        self.readback.write_floor();
    }

    /// Writes `items` with one `fdatasync`. `bytes` is what they take in the journal.
    pub(super) fn write(
        &mut self,
        items: Items,
        events: Numbered<'_>,
        bytes: usize,
    ) -> Result<(), Failed> {
        // Fails when background work has failed: nothing may be written after that.
        if let Err(fault) = self.opened().database.persist(PersistMode::Buffer) {
            self.failed = true;
            return Err(Failed::NotWritten(format!("background work: {fault}")));
        }
        let written = catch_unwind(AssertUnwindSafe(|| self.write_batch(items, events)));
        let outcome = match written {
            Ok(Ok(())) => self.readback.check(bytes),
            Ok(Err(fault)) => Err(fault.to_string()),
            Err(_) => Err("the key-value store panicked".into()),
        };
        outcome.map_err(|why| {
            self.failed = true;
            Failed::Unknown(why)
        })?;
        self.zeros.follow(bytes, self.readback.end());
        Ok(())
    }

    fn write_batch(&self, items: Items, events: Numbered<'_>) -> Result<(), fjall::Error> {
        let Open { database, keyspace, events: log } = self.opened();
        // Journal files are made durable with their length when they are created, so the data is
        // all there is to sync.
        let mut batch = database.batch().durability(Some(PersistMode::SyncData));
        for (key, value) in items {
            match value {
                Some(value) => batch.insert(keyspace, key, value),
                None => batch.remove(keyspace, key),
            }
        }
        for (number, event) in (events.first..).zip(events.events) {
            batch.insert(log, number.to_be_bytes(), event.as_slice());
        }
        batch.commit()
    }

    /// The log as it is now.
    pub(super) fn events(&self) -> Events {
        let Open { database, events, .. } = self.opened();
        Events::new(database.snapshot(), events.clone())
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let read = || self.opened().keyspace.get(key);
        let value = guarded(read)?;
        Ok(value.map(|value| value.to_vec()))
    }

    /// The rows as they are now.
    pub(super) fn snapshot(&self) -> Snapshot {
        let Open { database, keyspace, .. } = self.opened();
        Snapshot { snapshot: database.snapshot(), keyspace: keyspace.clone() }
    }
}

impl Drop for Rows {
    /// Closing waits for the background worker, and for one that died of a fault it waits without
    /// end. So the wait is bounded here; a store that does not close stays locked until the process
    /// ends.
    fn drop(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        let failed = self.failed || open.database.persist(PersistMode::Buffer).is_err();
        if !failed {
            self.readback.write_floor();
        }
        let timeout = if failed { CLOSE_FAILED_TIMEOUT } else { CLOSE_TIMEOUT };
        let (done, closed) = mpsc::channel();
        std::thread::spawn(move || {
            drop(open);
            let _ = done.send(());
        });
        if closed.recv_timeout(timeout).is_err() {
            tracing::warn!("the store failed and cannot be closed; restart the server");
        }
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").finish_non_exhaustive()
    }
}

/// How every keyspace is kept: hardly anybody looks for one key, so filters would only cost.
pub(super) fn keyspace() -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default().filter_policy(FilterPolicy::disabled())
}

/// The rows at one moment.
pub(super) struct Snapshot {
    snapshot: fjall::Snapshot,
    keyspace: Keyspace,
}

impl Snapshot {
    /// Rows whose key begins with `kind`, in key order. Ends after the first error.
    pub(super) fn under(
        &self,
        kind: u8,
    ) -> impl Iterator<Item = Result<(UserKey, UserValue), StoreError>> + use<> {
        let mut rows = self.snapshot.prefix(&self.keyspace, [kind]);
        let mut ended = false;
        std::iter::from_fn(move || {
            if ended {
                return None;
            }
            let row = guarded(|| rows.next().map(fjall::Guard::into_inner).transpose());
            ended = !matches!(row, Ok(Some(_)));
            row.transpose()
        })
    }
}

/// Reads, and turns errors and panics into words.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, fjall::Error>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(fjall::Error::Io(fault) | fjall::Error::Storage(fjall::LsmError::Io(fault))))
            if !is_damage(&fault) =>
        {
            Err(StoreError::Disk(fault.to_string()))
        }
        Ok(Err(fault)) => Err(StoreError::Damaged(fault.to_string())),
        Err(_) => Err(StoreError::Damaged("a table is unreadable".into())),
    }
}

/// Whether reading failed because the content is wrong (offsets that lead nowhere, files that end
/// early), not because the disk failed.
pub(super) fn is_damage(fault: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, InvalidInput, NotFound, Other, UnexpectedEof};
    matches!(fault.kind(), InvalidData | InvalidInput | NotFound | Other | UnexpectedEof)
}
