//! The key-value store: a keyspace of rows and one of events, one durable batch at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fjall::config::FilterPolicy;
use fjall::{
    CompressionType, Database, Keyspace, KeyspaceCreateOptions, PersistMode, Readable, UserKey,
    UserValue,
};

use super::Items;
use super::events::{self, Events, Numbered};
use super::floor;
use super::zeros::Zeros;
use crate::error::StoreError;

/// Blocks are read once, by the load: a large cache would hold nothing of use.
const CACHE_BYTES: u64 = 8 << 20;
/// Rows kept in memory before they become a table.
const MEMTABLE_BYTES: u64 = 16 << 20;
/// Journals kept before tables are forced out.
const JOURNALS_BYTES: u64 = 128 << 20;

pub(super) struct Rows {
    database: Database,
    keyspace: Keyspace,
    events: Keyspace,
    path: PathBuf,
    zeros: Zeros,
    failed: bool,
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
        let zeros = Zeros::new(path.into());
        Ok(Self { database, keyspace, events, path: path.into(), zeros, failed: false })
    }

    /// Writes down how far the journal reaches, for the next opening to check.
    pub(super) fn write_floor(&self) {
        if let Err(fault) = floor::write(&self.path) {
            tracing::warn!(%fault, "cannot write down how far the journal reaches");
        }
    }

    /// Writes `items` with one `fdatasync`. `bytes` is what they take in the journal.
    pub(super) fn write(
        &mut self,
        items: Items,
        events: Numbered<'_>,
        bytes: usize,
    ) -> Result<(), Failed> {
        // Fails when background work has failed: nothing may be written after that.
        if let Err(fault) = self.database.persist(PersistMode::Buffer) {
            self.failed = true;
            return Err(Failed::NotWritten(format!("background work: {fault}")));
        }
        let written = catch_unwind(AssertUnwindSafe(|| self.write_batch(items, events)));
        let why = match written {
            Ok(Ok(())) => {
                self.zeros.follow(bytes);
                return Ok(());
            }
            Ok(Err(fault)) => fault.to_string(),
            Err(_) => "the key-value store panicked".into(),
        };
        self.failed = true;
        Err(Failed::Unknown(why))
    }

    fn write_batch(&self, items: Items, events: Numbered<'_>) -> Result<(), fjall::Error> {
        // Journal files are made durable with their length when they are created, so the data is
        // all there is to sync.
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncData));
        for (key, value) in items {
            match value {
                Some(value) => batch.insert(&self.keyspace, key, value),
                None => batch.remove(&self.keyspace, key),
            }
        }
        for (number, event) in (events.first..).zip(events.events) {
            batch.insert(&self.events, number.to_be_bytes(), event.as_slice());
        }
        batch.commit()
    }

    /// The log as it is now.
    pub(super) fn events(&self) -> Events {
        Events::new(self.database.snapshot(), self.events.clone())
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = guarded(|| self.keyspace.get(key))?;
        Ok(value.map(|value| value.to_vec()))
    }

    /// The rows as they are now.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot { snapshot: self.database.snapshot(), keyspace: self.keyspace.clone() }
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        if !self.failed && self.database.persist(PersistMode::Buffer).is_ok() {
            self.write_floor();
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
