//! What the disk and the storage engine can do without anything around them.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use causeway_store::{Embedded, Loaded, Options, Sink, SinkError, Store, TenantKey};
use serde::Serialize;

use crate::latency::{Latencies, Summary};

/// Appends to one file.
#[derive(Debug, Serialize)]
pub struct Appended {
    /// How long an append with its `fdatasync` took.
    pub latency: Summary,
}

/// Appends `bytes` bytes `count` times to a new file in `directory`, each made durable; the file is removed.
///
/// # Errors
/// If the disk fails.
pub fn append(directory: &Path, bytes: usize, count: usize) -> anyhow::Result<Appended> {
    let path = directory.join("append");
    let mut file = File::create(&path).with_context(|| format!("{}", path.display()))?;
    let (block, mut latencies) = (vec![7; bytes], Latencies::new());
    for _ in 0..count {
        let from = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        latencies.record(from.elapsed());
    }
    std::fs::remove_file(&path)?;
    Ok(Appended { latency: latencies.summary() })
}

/// A store read from end to end.
#[derive(Debug, Serialize)]
pub struct Scanned {
    /// Rows read.
    pub rows: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
    /// Opening the store, which checks its files.
    pub open_seconds: f64,
    /// Reading.
    pub read_seconds: f64,
}

/// Reads every row of the store in `directory` and builds nothing of it.
///
/// # Errors
/// If the store cannot be opened or read.
pub fn scan(directory: &Path) -> anyhow::Result<Scanned> {
    let from = Instant::now();
    let store = Embedded::open(directory, Options::default())?;
    let open_seconds = from.elapsed().as_secs_f64();
    let from = Instant::now();
    let Loaded { rows, bytes, .. } = store.load(&mut Nothing(0))?;
    Ok(Scanned { rows, bytes, open_seconds, read_seconds: from.elapsed().as_secs_f64() })
}

/// Looks at each row, so that reading it is not left out.
struct Nothing(u64);

impl Sink for Nothing {
    fn tenant(&mut self, _: &TenantKey, _: u64) -> Result<(), SinkError> {
        Ok(())
    }

    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), SinkError> {
        self.0 += u64::from(key[0]) + value.last().map_or(0, |&byte| u64::from(byte));
        Ok(())
    }
}
