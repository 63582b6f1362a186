//! Reads whole journals, batch by batch, through a window of bounded size.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::journal::{self, Broken, Tail};
use crate::contract::CommitLimits;

/// More than any batch can take: the contract's bytes, with what the journal adds to each row.
const MOST_BATCH_BYTES: usize = 2 * CommitLimits::CONTRACT.bytes;
const CHUNK_BYTES: usize = 64 * 1024;

/// How far a journal could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scanned {
    /// Where the last whole batch ends.
    pub(super) end: u64,
    /// The last batch's sequence number, or the one given when there was no batch.
    pub(super) sequence: Option<u64>,
    /// What follows.
    pub(super) tail: Tail,
}

/// Scans the journal at `path`. `sequence` is that of the batch before, if there is one.
pub(super) fn scan(path: &Path, sequence: Option<u64>) -> io::Result<Scanned> {
    let mut window = Window::open(path, 0)?;
    let mut scanned = Scanned { end: 0, sequence, tail: Tail::Clean };
    loop {
        match journal::batch(window.rest()) {
            Ok(batch) if scanned.sequence.is_none_or(|last| batch.sequence > last) => {
                window.at += batch.bytes;
                scanned.end += batch.bytes as u64;
                scanned.sequence = Some(batch.sequence);
            }
            Ok(_) => {
                scanned.tail = Tail::Damaged;
                return Ok(scanned);
            }
            Err(Broken::Short) if window.grow()? => {}
            Err(Broken::Short | Broken::Wrong) => break,
        }
    }
    if has_data_from(&mut window.file, scanned.end)? {
        let mut rest = Window::open(path, scanned.end)?;
        while rest.grow()? {}
        let behind = scanned.end + rest.rest().len() as u64;
        scanned.tail = match has_data_from(&mut rest.file, behind)? {
            true => Tail::Damaged,
            false => journal::tail(rest.rest(), scanned.end),
        };
    }
    Ok(scanned)
}

/// A part of a file, from `at` on.
struct Window {
    file: File,
    bytes: Vec<u8>,
    at: usize,
}

impl Window {
    fn open(path: &Path, start: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(start))?;
        Ok(Self { file, bytes: Vec::new(), at: 0 })
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// Reads on, at least as much as is there already; false when the file has nothing more but a hole,
    /// or when the window holds more than a batch can take.
    fn grow(&mut self) -> io::Result<bool> {
        self.bytes.drain(..self.at);
        self.at = 0;
        let at = self.file.stream_position()?;
        // Reading a hole would fill the page cache ahead with large units, which commits then write whole.
        if self.bytes.len() >= MOST_BATCH_BYTES || data_from(&self.file, at)?.is_none() {
            return Ok(false);
        }
        self.file.seek(SeekFrom::Start(at))?;
        let room = self.bytes.len().max(CHUNK_BYTES) as u64;
        let count = self.file.by_ref().take(room).read_to_end(&mut self.bytes)?;
        Ok(count > 0)
    }
}

/// Whether anything but zeros is at `from` or behind it. Skips holes, of which a fresh journal is
/// made, without reading them.
fn has_data_from(file: &mut File, from: u64) -> io::Result<bool> {
    let mut at = from;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let Some(data) = data_from(file, at)? else { return Ok(false) };
        at = file.seek(SeekFrom::Start(data))?;
        let count = file.read(&mut chunk)?;
        if count == 0 {
            return Ok(false);
        }
        if chunk[..count].iter().any(|&byte| byte != 0) {
            return Ok(true);
        }
        at += count as u64;
    }
}

/// Where at `from` or behind it a file has something else than a hole.
fn data_from(file: &File, from: u64) -> io::Result<Option<u64>> {
    match rustix::fs::seek(file, rustix::fs::SeekFrom::Data(from)) {
        Ok(data) => Ok(Some(data)),
        Err(rustix::io::Errno::NXIO) => Ok(None),
        // A file system without holes: everything is data, to the end.
        Err(_) => Ok((from < file.metadata()?.len()).then_some(from)),
    }
}

/// The journals in `rows`, oldest first, with their numbers.
pub(super) fn journals(rows: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(rows)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jnl") {
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let number = stem.and_then(|stem| stem.parse().ok());
            let name = || io::Error::other(format!("{} has no number", path.display()));
            found.push((number.ok_or_else(name)?, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Cuts a torn end off, durably.
pub(super) fn cut(path: &Path, end: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    file.set_len(end)?;
    file.sync_all()
}
