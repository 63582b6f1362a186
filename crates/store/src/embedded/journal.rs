//! Reads the key-value store's journal before the key-value store does.
//!
//! Left alone, it cuts a journal at the first byte it cannot read, be that the torn end a crash
//! leaves or a flipped bit with hours of acknowledged commits behind it. So every journal is read
//! here first: a torn end is cut, anything else is reported.
//!
//! A journal is a row of batches: a start marker, items, an end marker with a checksum of the items.
//! Zeros follow, since the file is made larger than its content.

use xxhash_rust::xxh3::Xxh3;

const START: u8 = 1;
const ITEM: u8 = 2;
const END: u8 = 3;
const TRAILER: &[u8] = b"FJL\x03";
/// Bytes of a start or an end marker.
const MARKER_BYTES: usize = 13;
/// Bytes of an item before its key and value.
const ITEM_HEAD_BYTES: usize = 21;
/// What a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;

/// Bytes that a batch of items takes in the journal, given the bytes of keys and values.
pub(super) fn batch_bytes(items: usize, payload_bytes: usize) -> usize {
    2 * MARKER_BYTES + items * ITEM_HEAD_BYTES + payload_bytes
}

/// Why bytes are no batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// A batch begins here and the bytes end before it does.
    Short,
    /// No batch looks like this.
    Wrong,
}

/// One whole batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// Bytes it takes.
    pub(super) bytes: usize,
    /// Grows from batch to batch. Outside the checksum, hence worth a check of its own.
    pub(super) sequence: u64,
}

/// The batch that `bytes` begins with.
pub(super) fn batch(bytes: &[u8]) -> Result<Batch, Broken> {
    let mut at = Cursor { bytes, at: 0 };
    at.tag(START)?;
    let items = at.u32()?;
    let sequence = at.u64()?;
    let mut checksum = Xxh3::new();
    for _ in 0..items {
        let from = at.at;
        at.tag(ITEM)?;
        at.one_of(&[0, 1, 2])?; // value, tombstone, weak tombstone
        at.one_of(&[0])?; // compression is off in journals
        at.take(8)?; // keyspace
        let key_bytes = usize::from(at.u16()?);
        let value_bytes = at.u32()?;
        if at.u32()? != value_bytes {
            return Err(Broken::Wrong);
        }
        at.take(key_bytes + value_bytes as usize)?;
        checksum.update(&bytes[from..at.at]);
    }
    at.tag(END)?;
    let expected = at.u64()?;
    if at.take(TRAILER.len())? != TRAILER || expected != checksum.digest() {
        return Err(Broken::Wrong);
    }
    Ok(Batch { bytes: at.at, sequence })
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Broken> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..count).ok_or(Broken::Short)?;
        self.at += count;
        Ok(taken)
    }

    fn one_of(&mut self, allowed: &[u8]) -> Result<(), Broken> {
        let found = self.take(1)?[0];
        allowed.contains(&found).then_some(()).ok_or(Broken::Wrong)
    }

    fn tag(&mut self, tag: u8) -> Result<(), Broken> {
        self.one_of(&[tag])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        self.take(N)?.try_into().map_err(|_| Broken::Short)
    }

    fn u16(&mut self) -> Result<u16, Broken> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, Broken> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, Broken> {
        self.array().map(u64::from_le_bytes)
    }
}

/// What follows the last whole batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Nothing but zeros.
    Clean,
    /// A batch that a crash cut short, so never acknowledged.
    Torn,
    /// Something no crash leaves.
    Damaged,
}

/// Judges the bytes after the last whole batch, which begin `offset` bytes into the file.
pub(super) fn tail(bytes: &[u8], offset: u64) -> Tail {
    let Some(last) = bytes.iter().rposition(|&byte| byte != 0) else {
        return Tail::Clean;
    };
    let bytes = &bytes[..=last];
    // Commits are made durable one by one: behind a torn one there can be none.
    let starts = (1..bytes.len()).filter(|&at| bytes[at] == START);
    if starts.into_iter().any(|at| batch(&bytes[at..]).is_ok()) {
        return Tail::Damaged;
    }
    let cut_short = batch(bytes) == Err(Broken::Short) && !bytes.ends_with(TRAILER);
    if cut_short || has_unwritten_sector(bytes, offset) { Tail::Torn } else { Tail::Damaged }
}

/// When power fails, sectors of one write reach the disk in any order; the others stay zero.
fn has_unwritten_sector(bytes: &[u8], offset: u64) -> bool {
    let into_sector = (offset % SECTOR_BYTES as u64) as usize;
    let first = (SECTOR_BYTES - into_sector).min(bytes.len());
    let (head, rest) = bytes.split_at(first);
    std::iter::once(head)
        .chain(rest.chunks(SECTOR_BYTES))
        .any(|sector| sector.iter().all(|&byte| byte == 0))
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
