//! What can go wrong when reading, in words for the operator.

use crate::contract::{Refused, SinkError};

/// Why a load or a setting failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What is on disk is not what was written.
    #[error(
        "the data is damaged: {0}. Stop the server, keep a copy of the data directory and restore a backup"
    )]
    Damaged(String),
    /// The disk would not read or write.
    #[error("the disk failed: {0}. Check the disk, then start the server again")]
    Disk(String),
    /// The sink wanted no more.
    #[error("the load was stopped: {0}")]
    Stopped(#[source] SinkError),
    /// Certainly not written.
    #[error("{0}")]
    Refused(#[from] Refused),
}
