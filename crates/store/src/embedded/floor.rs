//! How far the journal reached when the store was last opened or closed.
//!
//! A journal cut at the end of a batch looks like one that never was longer. The floor tells the
//! two apart, except for commits made since the last start when that server was killed. It is
//! written without a sync of its own: losing it loses the check, not data.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::scan;

/// A place in the journals that was durable once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Floor {
    pub(super) journal: u64,
    pub(super) end: u64,
}

fn path(rows: &Path) -> PathBuf {
    rows.with_file_name("causeway.journal")
}

/// The floor last written, unless it is unreadable.
pub(super) fn read(rows: &Path) -> Option<Floor> {
    let text = fs::read_to_string(path(rows)).ok()?;
    // A half-written line has no end.
    let (journal, end) = text.strip_suffix(" end\n")?.split_once(' ')?;
    Some(Floor { journal: journal.parse().ok()?, end: end.parse().ok()? })
}

/// Writes down where the newest journal ends.
pub(super) fn write(rows: &Path) -> io::Result<()> {
    let journals = scan::journals(rows)?;
    let Some((journal, newest)) = journals.last() else {
        return Ok(());
    };
    let end = scan::scan(newest, None)?.end;
    let draft = path(rows).with_extension("journal.new");
    fs::write(&draft, format!("{journal} {end} end\n"))?;
    fs::rename(draft, path(rows))
}
