//! Why a data directory cannot be opened, and what to do about it.

use std::path::PathBuf;

/// Why [`Embedded::open`](super::Embedded::open) failed. The data is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server works on this directory.
    #[error("{} is in use by {}. Stop that server, or choose another data directory", path.display(), holder(*pid))]
    Locked {
        /// The data directory.
        path: PathBuf,
        /// The process that holds it, if it said so.
        pid: Option<u32>,
    },
    /// The directory holds something else.
    #[error(
        "{} holds files that are not Causeway's (such as {found:?}). Choose an empty or a new directory; nothing was touched", path.display()
    )]
    Foreign {
        /// The data directory.
        path: PathBuf,
        /// One of the files found.
        found: String,
    },
    /// A later release wrote the data.
    #[error(
        "{} was written in format {found}, this release reads up to format {known}. Start the release that wrote it, or a later one; nothing was touched", path.display()
    )]
    Newer {
        /// The data directory.
        path: PathBuf,
        /// The format the data is in.
        found: u32,
        /// The latest format this release knows.
        known: u32,
    },
    /// What is on disk is not what was written.
    #[error(
        "the data in {} is damaged: {what}. Keep a copy of the directory, then restore a backup, or start on an empty directory", path.display()
    )]
    Damaged {
        /// The data directory.
        path: PathBuf,
        /// What was found, for a bug report.
        what: String,
    },
    /// The path names a file.
    #[error("{} is not a directory. Choose another data directory", path.display())]
    NotADirectory {
        /// The path given.
        path: PathBuf,
    },
    /// Files cannot be made there.
    #[error(
        "{} cannot be written to: {reason}. Give this user write access to it, or choose another data directory", path.display()
    )]
    NotWritable {
        /// The data directory.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The disk would not read or write.
    #[error("the disk failed while opening {}: {reason}. Check its health and its free space", path.display())]
    Disk {
        /// The data directory.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("another server, process {pid}"))
}
