//! Looks over the files of the key-value store before it opens them itself.
//!
//! On opening, it removes what it takes for left-overs: tables a manifest does not name, keyspaces
//! without a manifest. When a manifest is damaged or gone, that would be everything. So the
//! manifests are checked first, and the journals read (see `journal`).

use std::fs;
use std::io;
use std::path::Path;

use super::floor::{self, Floor};
use super::journal::Tail;
use super::scan;

/// What is wrong, in words, or why it could not be found out.
#[derive(Debug)]
pub(super) enum Fault {
    Damaged(String),
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(fault: io::Error) -> Self {
        Self::Io(fault)
    }
}

/// Checks everything under `rows` that the key-value store does not check, and cuts a torn end off
/// the journal. Changes nothing when something is damaged.
pub(super) fn inspect(rows: &Path, has_log: bool) -> Result<(), Fault> {
    let version = read(&rows.join("version"))?;
    if version != b"FJL\x03" {
        return Err(Fault::Damaged("rows/version is unreadable".into()));
    }
    // Keyspace 0 names the others, keyspace 1 holds the rows, keyspace 2 the events.
    let keyspaces = ["0", "1", "2"];
    for keyspace in &keyspaces[..if has_log { 3 } else { 2 }] {
        manifest(&rows.join("keyspaces").join(keyspace))?;
    }
    journals(rows)
}

fn manifest(keyspace: &Path) -> Result<(), Fault> {
    let current = read(&keyspace.join("current"))?;
    let unreadable = || Fault::Damaged(format!("{}/current is unreadable", keyspace.display()));
    let (number, rest) = current.split_first_chunk().ok_or_else(unreadable)?;
    let (checksum, kind) = rest.split_first_chunk().ok_or_else(unreadable)?;
    if kind != [0] {
        return Err(unreadable());
    }
    let name = format!("v{}", u64::from_le_bytes(*number));
    let content = read(&keyspace.join(&name))?;
    if xxhash_rust::xxh3::xxh3_128(&content) != u128::from_le_bytes(*checksum) {
        let path = keyspace.join(name);
        return Err(Fault::Damaged(format!("{} has another checksum", path.display())));
    }
    Ok(())
}

fn journals(rows: &Path) -> Result<(), Fault> {
    let journals = scan::journals(rows)?;
    let floor = floor::read(rows);
    let Some((oldest, _)) = journals.first() else {
        return match floor {
            // The first opening makes the first journal, and the floor after it.
            None => Ok(()),
            Some(_) => Err(Fault::Damaged("the journal is missing".into())),
        };
    };
    let newest = journals.last().map_or(0, |(number, _)| *number);
    if floor.is_some_and(|floor| floor.journal > newest) {
        return Err(Fault::Damaged("the newest journal is missing".into()));
    }
    let mut torn = Vec::new();
    let mut sequence = None;
    for ((number, path), expected) in journals.iter().zip(*oldest..) {
        if *number != expected {
            return Err(Fault::Damaged(format!("journal {expected} is missing")));
        }
        let scanned = scan::scan(path, sequence)?;
        sequence = scanned.sequence;
        let shorter = |floor: Floor| floor.journal == *number && floor.end > scanned.end;
        if floor.is_some_and(shorter) && scanned.tail != Tail::Damaged {
            let name = path.display();
            return Err(Fault::Damaged(format!("{name} is shorter than it was")));
        }
        match scanned.tail {
            Tail::Clean => {}
            Tail::Torn => torn.push((path, scanned.end)),
            Tail::Damaged => {
                let name = path.display();
                let end = scanned.end;
                return Err(Fault::Damaged(format!("{name} is unreadable from byte {end} on")));
            }
        }
    }
    for (path, end) in torn {
        tracing::info!(path = %path.display(), end, "cut off a commit that was never finished");
        scan::cut(path, end)?;
    }
    Ok(())
}

/// A file that has to be there.
fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(|fault| match fault.kind() {
        io::ErrorKind::NotFound => Fault::Damaged(format!("{} is missing", path.display())),
        _ => Fault::Io(fault),
    })
}
