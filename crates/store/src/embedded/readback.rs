//! Reads a large batch back before it is acknowledged.
//!
//! The key-value store drops errors that come up while it copies a batch to the journal, and only
//! reports those of the final flush and sync. A batch below its buffer's size is written by that
//! flush as a whole; a larger one is written in pieces, and when one of them fails for a moment
//! only, a torn batch would be acknowledged.

use std::io;
use std::path::PathBuf;

use super::floor::{self, Floor};
use super::journal::Tail;
use super::scan;

/// Bytes the key-value store buffers before it writes to the journal.
const BUFFER_BYTES: usize = 8 * 1024;

/// Remembers how far the journal has been read.
#[derive(Debug)]
pub(super) struct Readback {
    rows: PathBuf,
    read: Floor,
}

impl Readback {
    pub(super) fn new(rows: PathBuf) -> Self {
        let read = Floor { journal: 0, end: 0 };
        Self { rows, read }
    }

    /// Writes down how far the journal reaches now.
    pub(super) fn write_floor(&self) {
        if let Err(fault) = floor::write(&self.rows, self.read) {
            tracing::warn!(%fault, "cannot write down how far the journal reaches");
        }
    }

    /// Checks that the batch just written, of `bytes` bytes, is the last one in the journal.
    pub(super) fn check(&mut self, bytes: usize) -> Result<(), String> {
        if bytes <= BUFFER_BYTES {
            return Ok(());
        }
        match self.find(bytes) {
            Ok(true) => Ok(()),
            Ok(false) => Err("the journal does not hold what was written to it".into()),
            Err(fault) => Err(format!("the journal cannot be read back: {fault}")),
        }
    }

    fn find(&mut self, bytes: usize) -> io::Result<bool> {
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
