//! Reading tenants back from a store: one thread reads, another builds.

use causeway_model::{Changes, RowError, Tenant};
use causeway_store::{Loaded, Sink, SinkError, Store, StoreError, TenantKey};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::{panic, thread};

/// Rows handed over and applied at once: few enough to stay near the processor.
const PIECE_ROWS: usize = 256;

/// Pieces read ahead at most, so that memory stays bounded when the disk is faster.
const PIECES_AHEAD: usize = 64;

/// Everything in `store`, by tenant.
pub(crate) fn load(store: &dyn Store) -> Result<BTreeMap<TenantKey, Tenant>, StoreError> {
    let (sender, pieces) = sync_channel(PIECES_AHEAD);
    let (read, built) = thread::scope(|scope| {
        let builder = scope.spawn(|| build(pieces));
        let mut reader = Reader { sender, rows: Rows::default() };
        let read = store.load(&mut reader);
        let read = read.and_then(|_| reader.flush().map_err(StoreError::Stopped));
        drop(reader); // ends the builder
        (read, builder.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked)))
    });
    // A builder that gave up is why the reader could not go on.
    let tenants = built.map_err(|error| StoreError::Stopped(error.into()))?;
    read.map(|()| tenants)
}

/// What the reader hands to the builder.
enum Piece {
    /// The rows that follow belong to this tenant, at this revision.
    Tenant(TenantKey, u64),
    Rows(Rows),
}

/// Rows as the store has them, one behind the other.
#[derive(Default)]
struct Rows {
    bytes: Vec<u8>,
    /// Where the key and the value of each row end.
    ends: Vec<(usize, usize)>,
}

struct Reader {
    sender: SyncSender<Piece>,
    rows: Rows,
}

impl Reader {
    fn flush(&mut self) -> Result<(), SinkError> {
        let room = Rows {
            bytes: Vec::with_capacity(self.rows.bytes.len()),
            ends: Vec::with_capacity(PIECE_ROWS),
        };
        let rows = std::mem::replace(&mut self.rows, room);
        self.send(Piece::Rows(rows))
    }

    fn send(&self, piece: Piece) -> Result<(), SinkError> {
        self.sender.send(piece).map_err(|_| "the rows could not be read".into())
    }
}

impl Sink for Reader {
    fn tenant(&mut self, tenant: &TenantKey, revision: u64) -> Result<(), SinkError> {
        self.flush()?;
        self.send(Piece::Tenant(tenant.clone(), revision))
    }

    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), SinkError> {
        self.rows.bytes.extend_from_slice(key);
        let key_end = self.rows.bytes.len();
        self.rows.bytes.extend_from_slice(value);
        self.rows.ends.push((key_end, self.rows.bytes.len()));
        if self.rows.ends.len() < PIECE_ROWS {
            return Ok(());
        }
        self.flush()
    }

    fn progress(&mut self, so_far: Loaded) {
        if so_far.rows > 0 {
            tracing::info!(rows = so_far.rows, bytes = so_far.bytes, "loading");
        }
    }
}

fn build(pieces: Receiver<Piece>) -> Result<BTreeMap<TenantKey, Tenant>, RowError> {
    let mut tenants = BTreeMap::new();
    let mut current: Option<(TenantKey, u64, Tenant)> = None;
    for piece in pieces {
        match (piece, &mut current) {
            (Piece::Tenant(key, revision), _) => {
                let before = current.replace((key, revision, Tenant::default()));
                tenants.extend(before.map(|(key, _, tenant)| (key, tenant)));
            }
            (Piece::Rows(rows), Some((_, revision, tenant))) => {
                tenant.apply(changes(&rows)?, *revision);
            }
            // A store names a tenant before it hands out rows.
            (Piece::Rows(_), None) => {}
        }
    }
    tenants.extend(current.map(|(key, _, tenant)| (key, tenant)));
    Ok(tenants)
}

fn changes(rows: &Rows) -> Result<Changes, RowError> {
    let mut changes = Changes::default();
    let mut start = 0;
    for &(key_end, end) in &rows.ends {
        changes.decode_row(&rows.bytes[start..key_end], &rows.bytes[key_end..end])?;
        start = end;
    }
    Ok(changes)
}
