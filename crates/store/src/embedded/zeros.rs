//! Zeros ahead of the journal's end.
//!
//! A new journal is one large hole. A sync of what is written into a hole also has to make durable where
//! the file system has put it, which takes longer than the data; into blocks that were written before,
//! the data is all there is. Zeros are what a hole reads as, so nobody who reads the journal can tell.
//!
//! A journal that was opened again has no hole and ends where its data does: it stays as it is until
//! the next one begins.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use rustix::fs::{Advice, SeekFrom, fadvise, seek};

use super::scan;

/// How far ahead zeros are written.
const AHEAD_BYTES: u64 = 256 * 1024;
/// Zeros are written again when fewer are left. Batches are rarely larger.
const LEAST_BYTES: u64 = 64 * 1024;
/// Read and written singly: of more the page cache makes one unit, and would write all of it whenever a
/// part changes.
const PAGE_BYTES: usize = 4096;

/// Keeps zeros ahead of the end of the newest journal.
#[derive(Debug)]
pub(super) struct Zeros {
    rows: PathBuf,
    /// Zeros that are left, about.
    left: u64,
    /// The number of the journal that has them, and where they end.
    filled: Option<(u64, u64)>,
}

impl Zeros {
    pub(super) fn new(rows: PathBuf) -> Self {
        Self { rows, left: 0, filled: None }
    }

    /// A batch of `bytes` went to the journal, and nothing is being written to it now.
    pub(super) fn follow(&mut self, bytes: usize) {
        let bytes = bytes as u64;
        if bytes > self.left {
            self.filled = None; // it may reach beyond them
        }
        self.left = self.left.saturating_sub(bytes);
        if self.left > LEAST_BYTES {
            return;
        }
        // Whole pages, so that what is left does not grow with every time.
        let count = (AHEAD_BYTES - self.left) / PAGE_BYTES as u64 * PAGE_BYTES as u64;
        self.left += count;
        let filled = self.fill(count);
        self.filled = filled.unwrap_or_else(|fault| {
            tracing::debug!(%fault, "no zeros could be written ahead of the journal; syncs take longer");
            None
        });
    }

    /// Fills `count` bytes at the beginning of the newest journal's hole, where nothing can have been
    /// written.
    fn fill(&self, count: u64) -> io::Result<Option<(u64, u64)>> {
        let journals = scan::journals(&self.rows)?;
        let Some((number, path)) = journals.last() else { return Ok(None) };
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        // Reading ahead would make larger units.
        fadvise(&file, 0, None, Advice::Random)?;
        let hole = seek(&file, SeekFrom::Hole(0))?;
        // File systems have been wrong about holes; where the last zeros ended, or what they read, is right.
        let is_behind = self.filled == Some((*number, hole));
        let until = file.metadata()?.len().min(hole + count);
        for page in (hole..until).step_by(PAGE_BYTES) {
            let mut found = [0; PAGE_BYTES];
            let found = &mut found[..(until - page).min(PAGE_BYTES as u64) as usize];
            if !is_behind {
                file.read_exact_at(found, page)?;
            }
            if found.iter().any(|&byte| byte != 0) {
                return Err(io::Error::other(format!("{} has no hole at {page}", path.display())));
            }
            file.write_all_at(found, page)?;
        }
        Ok(Some((*number, until)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    const LENGTH: u64 = 4 << 20;

    fn hole(file: &File) -> u64 {
        seek(file, SeekFrom::Hole(0)).unwrap()
    }

    /// Writes batches of `bytes` to the newer of two journals.
    fn follow(bytes: usize) {
        let rows = tempfile::tempdir().unwrap();
        let old = File::create_new(rows.path().join("8.jnl")).unwrap();
        let new = File::create_new(rows.path().join("9.jnl")).unwrap();
        old.set_len(LENGTH).unwrap();
        new.set_len(LENGTH).unwrap();
        let mut zeros = Zeros::new(rows.path().into());
        let mut written = 0;
        while written < LENGTH / 2 {
            new.write_all_at(&vec![7; bytes], written).unwrap();
            written += bytes as u64;
            zeros.follow(bytes);
            let ahead = hole(&new) - written;
            assert!(ahead >= LEAST_BYTES, "only {ahead} zeros behind {written}");
            assert!(ahead <= AHEAD_BYTES + PAGE_BYTES as u64, "{ahead} zeros behind {written}");
        }
        let content = std::fs::read(rows.path().join("9.jnl")).unwrap();
        assert_eq!(content.len() as u64, LENGTH);
        let (data, rest) = content.split_at(written as usize);
        assert!(data.iter().all(|&byte| byte == 7));
        assert!(rest.iter().all(|&byte| byte == 0));
        assert_eq!(hole(&old), 0, "only the newest journal is written to");
    }

    #[test]
    fn zeros_follow_what_is_written_and_change_nothing() {
        for bytes in [3000, 55_000, 300_000] {
            follow(bytes);
        }
    }

    #[test]
    fn a_journal_that_ends_with_its_data_stays_as_it_is() {
        let rows = tempfile::tempdir().unwrap();
        let path = rows.path().join("1.jnl");
        std::fs::write(&path, [7; 5000]).unwrap();
        let mut zeros = Zeros::new(rows.path().into());
        (0..100).for_each(|_| zeros.follow(5000));
        assert_eq!(std::fs::read(&path).unwrap(), [7; 5000]);
    }

    /// Data behind the first hole, as if a file system had said there is one where the journal goes on:
    /// to begin with, and when a batch went beyond the zeros that were left.
    #[test]
    fn what_is_written_is_never_overwritten() {
        let rows = tempfile::tempdir().unwrap();
        let path = rows.path().join("9.jnl");
        let file = File::create_new(&path).unwrap();
        file.set_len(LENGTH).unwrap();
        file.write_all_at(&[7; 3000], 0).unwrap();
        let mut zeros = Zeros::new(rows.path().into());
        // More than there can be zeros left, both times.
        for bytes in [103_000, 500_000] {
            let begin = hole(&file);
            let data = begin + 100_000;
            file.write_all_at(&[7; 3000], data).unwrap();
            let before = std::fs::read(&path).unwrap();
            assert_eq!(hole(&file), begin);
            zeros.follow(bytes);
            assert_eq!(std::fs::read(&path).unwrap(), before);
            assert!(hole(&file) >= data + 3000, "it filled the hole before");
        }
    }
}
