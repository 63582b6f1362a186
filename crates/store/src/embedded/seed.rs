//! Makes an empty key-value store quickly.
//!
//! Made in place it costs dozens of syncs, one after the other. So it is made where a sync costs
//! nothing, copied, and synced once, all files side by side.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::rows::Rows;

/// Memory-backed on every Linux.
const SHARED_MEMORY: &str = "/dev/shm";

/// Makes an empty store in `rows`, which is not there yet. Durable afterwards, but for the name of
/// `rows` itself.
pub(super) fn sow(rows: &Path) -> Result<(), fjall::Error> {
    let scratch = tempfile::tempdir_in(SHARED_MEMORY).or_else(|_| tempfile::tempdir());
    let Ok(scratch) = scratch else {
        // Nowhere to make it but in place.
        drop(Rows::open(rows)?);
        return Ok(sync(&[rows.join("keyspaces"), rows.into()])?);
    };
    let made = scratch.path().join("rows");
    drop(Rows::open(&made)?);
    let mut copied = Vec::new();
    copy(&made, rows, &mut copied)?;
    sync(&copied)?;
    Ok(())
}

/// Copies a directory; `copied` takes all that is to be synced.
fn copy(from: &Path, to: &Path, copied: &mut Vec<PathBuf>) -> io::Result<()> {
    fs::create_dir_all(to)?;
    copied.push(to.into());
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&from, &to, copied)?;
            continue;
        }
        // The journal is left out: one that is there already when the store opens is written at its end,
        // whose place every sync has to make durable as well. A new one is made with its length.
        if from.extension().is_some_and(|extension| extension == "jnl") {
            continue;
        }
        fs::write(&to, fs::read(&from)?)?;
        copied.push(to);
    }
    Ok(())
}

/// Syncs files and directories. Side by side, since a file system makes many syncs durable in one go.
fn sync(paths: &[PathBuf]) -> io::Result<()> {
    std::thread::scope(|scope| {
        let syncs: Vec<_> =
            paths.iter().map(|path| scope.spawn(move || File::open(path)?.sync_all())).collect();
        syncs.into_iter().try_for_each(|sync| {
            let panicked = |_| Err(io::Error::other("a sync panicked"));
            sync.join().unwrap_or_else(panicked)
        })
    })
}
