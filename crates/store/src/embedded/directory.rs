//! The data directory: what may be in it, who holds it, which format it is in.
//!
//! ```text
//! causeway.events   there once the log of events was made
//! causeway.format   "causeway-store 1 ready"; "creating" until the rows were first made
//! causeway.journal  how far the journal reached once; see `floor`
//! causeway.lock     locked while a server runs; holds its process id
//! rows/             the key-value store
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::open_error::OpenError;

/// The format this release writes.
pub(crate) const FORMAT: u32 = 1;
const FORMAT_FILE: &str = "causeway.format";
const FORMAT_DRAFT: &str = "causeway.format.new";
const LOCK_FILE: &str = "causeway.lock";
const LOG_FILE: &str = "causeway.events";
const ROWS: &str = "rows";

/// A directory that is Causeway's, held by this process until dropped.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    _lock: File,
    /// Whether the rows were made before; if not, nothing was ever committed here.
    pub(crate) ready: bool,
}

impl Directory {
    /// Makes or takes the directory. Touches nothing that is not Causeway's.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        match fs::metadata(path) {
            Ok(found) if !found.is_dir() => {
                return Err(OpenError::NotADirectory { path: path.into() });
            }
            Ok(_) => {}
            Err(fault) if fault.kind() == ErrorKind::NotFound => {
                create(path).map_err(|fault| disk(path, &fault))?;
            }
            Err(fault) => return Err(disk(path, &fault)),
        }
        if read_format(path)?.is_none() {
            refuse_foreign(path)?;
        }
        let lock = lock(path)?;
        // Read again: only now nobody else can be creating it.
        let ready = read_format(path)?.unwrap_or(false);
        Ok(Self { path: path.into(), _lock: lock, ready })
    }

    /// Where the key-value store lives.
    pub(crate) fn rows(&self) -> PathBuf {
        self.path.join(ROWS)
    }

    /// Whether the log of events was made. It was not by releases that had none.
    pub(crate) fn has_log(&self) -> bool {
        self.path.join(LOG_FILE).exists()
    }

    /// Writes down that the log was made: from now on, its files have to be there.
    pub(crate) fn log_is_made(&self) -> Result<(), OpenError> {
        if self.has_log() {
            return Ok(());
        }
        let made = File::create(self.path.join(LOG_FILE)).and_then(|file| file.sync_all());
        made.and_then(|()| sync(&self.path)).map_err(|fault| disk(&self.path, &fault))
    }

    /// Writes down that the rows are about to be made, and clears what an interrupted first start
    /// left behind: before `finish_creating` nothing can have been committed.
    pub(crate) fn start_creating(&self) -> Result<(), OpenError> {
        self.write_format("creating")?;
        match fs::remove_dir_all(self.rows()) {
            Err(fault) if fault.kind() != ErrorKind::NotFound => Err(disk(&self.path, &fault)),
            _ => Ok(()),
        }
    }

    /// Writes down that the rows are there.
    pub(crate) fn finish_creating(&self) -> Result<(), OpenError> {
        self.write_format("ready")
    }

    fn write_format(&self, state: &str) -> Result<(), OpenError> {
        let write = || -> io::Result<()> {
            let draft = self.path.join(FORMAT_DRAFT);
            let mut file = File::create(&draft)?;
            writeln!(file, "causeway-store {FORMAT} {state}")?;
            file.sync_all()?;
            fs::rename(&draft, self.path.join(FORMAT_FILE))?;
            sync(&self.path)
        };
        write().map_err(|fault| disk(&self.path, &fault))
    }
}

/// Makes a directory and its parents, durably.
fn create(path: &Path) -> io::Result<()> {
    let absolute = std::path::absolute(path)?;
    let there = |ancestor: &&Path| ancestor.is_dir();
    let parent = absolute.ancestors().find(there).map(Path::to_owned);
    fs::create_dir_all(&absolute)?;
    let made = absolute.ancestors().skip(1);
    for ancestor in made {
        sync(ancestor)?;
        if Some(ancestor) == parent.as_deref() {
            break;
        }
    }
    Ok(())
}

fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Whether the rows are ready, or `None` without a format file.
fn read_format(path: &Path) -> Result<Option<bool>, OpenError> {
    let text = match fs::read(path.join(FORMAT_FILE)) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(disk(path, &fault)),
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let format = words.get(1).and_then(|word| word.parse::<u32>().ok());
    match (words.as_slice(), format) {
        (["causeway-store", ..], Some(found)) if found > FORMAT => {
            Err(OpenError::Newer { path: path.into(), found, known: FORMAT })
        }
        (["causeway-store", _, "ready"], Some(FORMAT)) => Ok(Some(true)),
        (["causeway-store", _, "creating"], Some(FORMAT)) => Ok(Some(false)),
        _ => Err(OpenError::Damaged {
            path: path.into(),
            what: format!("{FORMAT_FILE} is unreadable"),
        }),
    }
}

fn refuse_foreign(path: &Path) -> Result<(), OpenError> {
    for entry in fs::read_dir(path).map_err(|fault| disk(path, &fault))? {
        let name = entry.map_err(|fault| disk(path, &fault))?.file_name();
        // `lost+found` is on every fresh ext4 volume.
        if ![FORMAT_DRAFT, LOCK_FILE, "lost+found"].contains(&&*name.to_string_lossy()) {
            return Err(OpenError::Foreign {
                path: path.into(),
                found: name.to_string_lossy().into_owned(),
            });
        }
    }
    Ok(())
}

fn lock(path: &Path) -> Result<File, OpenError> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path.join(LOCK_FILE))
        .map_err(|fault| disk(path, &fault))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => {
            let mut text = String::new();
            let pid = file.read_to_string(&mut text).ok();
            return Err(OpenError::Locked {
                path: path.into(),
                pid: pid.and_then(|_| text.trim().parse().ok()),
            });
        }
        Err(fault) => return Err(disk(path, &fault.into())),
    }
    // Only a courtesy to whoever comes next: on a full disk the lock holds without it.
    let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(file)
}

/// The system's fault in words for the operator.
pub(crate) fn disk(path: &Path, fault: &io::Error) -> OpenError {
    let (path, reason) = (path.to_path_buf(), fault.to_string());
    match fault.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            OpenError::NotWritable { path, reason }
        }
        ErrorKind::NotADirectory => OpenError::NotADirectory { path },
        _ => OpenError::Disk { path, reason },
    }
}
