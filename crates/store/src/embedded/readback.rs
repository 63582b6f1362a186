//! Reads a large batch back before it is acknowledged.
//!
//! The key-value store drops errors that come up while it copies a batch to the journal, and only
//! reports those of the final flush and sync. A batch below its buffer's size is written by that
//! flush as a whole; a larger one is written in pieces, and when one of them fails for a moment
//! only, a torn batch would be acknowledged.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use super::floor::{self, Floor};
use super::journal::{self, Tail};
use super::scan;

/// Bytes the key-value store buffers before it writes to the journal.
const BUFFER_BYTES: usize = 8 * 1024;

/// Room that is kept for reading; few batches are larger.
const BUFFER_KEPT_BYTES: usize = 256 * 1024;

/// Remembers how far the journal has been read.
#[derive(Debug)]
pub(super) struct Readback {
    rows: PathBuf,
    read: Floor,
    /// Whether `read` was found in a journal, and not only begun with.
    found: bool,
    /// Bytes of the batches since, which were small.
    unread: u64,
    /// Room for a batch, kept because new room costs more than reading does.
    buffer: Vec<u8>,
}

impl Readback {
    pub(super) fn new(rows: PathBuf) -> Self {
        let read = Floor { journal: 0, end: 0 };
        Self { rows, read, found: false, unread: 0, buffer: Vec::new() }
    }

    /// Writes down how far the journal reaches now.
    pub(super) fn write_floor(&self) {
        if let Err(fault) = floor::write(&self.rows, self.read) {
            tracing::warn!(%fault, "cannot write down how far the journal reaches");
        }
    }

    /// Where the newest journal ends if it is the one named here; none before a batch was read back.
    pub(super) fn end(&self) -> Option<Floor> {
        let Floor { journal, end } = self.read;
        self.found.then_some(Floor { journal, end: end + self.unread })
    }

    /// Checks that the batch just written, of `bytes` bytes, is the last one in the journal.
    pub(super) fn check(&mut self, bytes: usize) -> Result<(), String> {
        if bytes <= BUFFER_BYTES {
            self.unread += bytes as u64;
            return Ok(());
        }
        match self.find(bytes) {
            Ok(true) => {
                self.found = true;
                self.unread = 0;
                Ok(())
            }
            Ok(false) => Err("the journal does not hold what was written to it".into()),
            Err(fault) => Err(format!("the journal cannot be read back: {fault}")),
        }
    }

    fn find(&mut self, bytes: usize) -> io::Result<bool> {
        let expected = self.read.end + self.unread;
        if self.is_at(expected, bytes)? {
            self.read.end = expected + bytes as u64;
            return Ok(true);
        }
        self.search(bytes)
    }

    /// Whether the batch is at `start` of the journal that was read last, and nothing right behind it.
    fn is_at(&mut self, start: u64, bytes: usize) -> io::Result<bool> {
        let mut file = match File::open(scan::journal_path(&self.rows, self.read.journal)) {
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(false),
            opened => opened?,
        };
        file.seek(SeekFrom::Start(start))?;
        let found = &mut self.buffer;
        found.clear();
        found.reserve(bytes + 1);
        file.take(bytes as u64 + 1).read_to_end(found)?;
        let is_whole = journal::batch(found).is_ok_and(|batch| batch.bytes == bytes);
        let is_last = is_whole && found[bytes..].iter().all(|&byte| byte == 0);
        found.shrink_to(BUFFER_KEPT_BYTES);
        Ok(is_last)
    }

    /// Looks for the batch at the end of the newest journals, wherever that is.
    fn search(&mut self, bytes: usize) -> io::Result<bool> {
        let journals = scan::journals(&self.rows)?;
        // Background work may just have begun a new journal, so the one before counts too.
        for (number, path) in journals.iter().rev().take(2) {
            let start = if *number == self.read.journal { self.read.end } else { 0 };
            let scanned = match scan::scan(path, start, None) {
                Ok(scanned) => scanned,
                // Flushed and removed meanwhile, which takes a whole batch.
                Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(true),
                Err(fault) => return Err(fault),
            };
            if scanned.tail != Tail::Clean {
                return Ok(false);
            }
            self.read = Floor { journal: *number, end: scanned.end };
            if scanned.end > 0 {
                return Ok(scanned.last_batch_bytes == bytes);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjall::{Database, PersistMode};

    /// Writes batches of one row with a value of so many bytes, and lets `harm` change the journal behind
    /// the last one's back; what the check of the last one says.
    fn check(
        sizes: &[usize],
        harm: impl FnOnce(&mut Vec<u8>, std::ops::Range<usize>),
    ) -> Result<(), String> {
        let rows = tempfile::tempdir().unwrap();
        let database = Database::builder(rows.path())
            .journal_compression(fjall::CompressionType::None)
            .open()
            .unwrap();
        let keyspace = database.keyspace("rows", Default::default).unwrap();
        let mut readback = Readback::new(rows.path().into());
        let mut harm = Some(harm);
        let (mut end, mut outcome) = (0, Ok(()));
        for (index, size) in sizes.iter().enumerate() {
            let mut batch = database.batch().durability(Some(PersistMode::SyncData));
            batch.insert(&keyspace, "key", vec![7; *size]);
            batch.commit().unwrap();
            let start = end;
            let bytes = journal::batch_bytes(1, "key".len() + size);
            end += bytes;
            if index + 1 == sizes.len() {
                let (_, path) = scan::journals(rows.path()).unwrap().pop().unwrap();
                let mut content = std::fs::read(&path).unwrap();
                harm.take().unwrap()(&mut content, start..end);
                std::fs::write(&path, content).unwrap();
            }
            outcome = readback.check(bytes);
        }
        outcome
    }

    #[test]
    fn large_batches_are_found_where_they_have_to_be() {
        for sizes in [&[100, 20_000, 100, 9_000, 300_000, 100, 20_000][..], &[20_000], &[100]] {
            assert_eq!(check(sizes, |_, _| {}), Ok(()), "{sizes:?}");
        }
    }

    #[test]
    fn a_torn_batch_is_an_error_and_so_is_anything_behind_it() {
        let sizes = [100, 20_000, 100, 30_000];
        let lost = Err("the journal does not hold what was written to it".to_owned());
        let torn = check(&sizes, |journal, batch| journal[batch.end - 9_000..batch.end].fill(0));
        assert_eq!(torn, lost);
        assert_eq!(check(&sizes, |journal, batch| journal[batch.start + 500] ^= 1), lost);
        assert_eq!(check(&sizes, |journal, batch| journal[batch].fill(0)), lost);
        assert_eq!(check(&sizes, |journal, batch| journal[batch.end] = 1), lost);
        assert_eq!(check(&sizes, |journal, batch| journal.truncate(batch.end - 1)), lost);
        // A whole batch, and another one.
        let (first, large) = (journal::batch_bytes(1, 103), journal::batch_bytes(1, 20_003));
        let other = |journal: &mut Vec<u8>, batch: std::ops::Range<usize>| {
            journal[batch.clone()].fill(0);
            journal.copy_within(first..first + large, batch.start);
        };
        assert_eq!(check(&sizes, other), lost);
        assert_eq!(check(&sizes, |journal, batch| journal.truncate(batch.end)), Ok(()));
    }
}
