//! What every engine promises.

use std::fmt;
use std::ops::Range;

use crate::error::StoreError;

/// One account in one region: the unit of consistency.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantKey {
    /// The account (Alibaba Cloud UID).
    pub account: String,
    /// The region id, such as `cn-hangzhou`; the account's global tenant has a name of its own.
    pub region: String,
}

impl TenantKey {
    /// The tenant of `account` in `region`.
    pub fn new(account: impl Into<String>, region: impl Into<String>) -> Self {
        Self { account: account.into(), region: region.into() }
    }
}

impl fmt::Display for TenantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.region)
    }
}

/// One row put or removed. The store reads neither key nor value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowWrite {
    /// Unique within the tenant, 1 to [`CommitLimits::key_bytes`] bytes.
    pub key: Vec<u8>,
    /// The new value (may be empty), or `None` to remove the row. Removing a row that is not there
    /// is no error.
    pub value: Option<Vec<u8>>,
}

impl RowWrite {
    /// Puts a row.
    pub fn put(key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        Self { key: key.into(), value: Some(value.into()) }
    }

    /// Removes a row.
    pub fn remove(key: impl Into<Vec<u8>>) -> Self {
        Self { key: key.into(), value: None }
    }
}

/// What one tenant changes in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantWrite {
    /// Whose rows these are.
    pub tenant: TenantKey,
    /// The revision the writer saw; 0 for a tenant never written before.
    pub expected: u64,
    /// The revision after this write; greater than `expected`.
    pub next: u64,
    /// Applied in order: of two writes to one key the later wins.
    pub rows: Vec<RowWrite>,
}

/// How a commit ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// Every write of the batch is durable.
    Committed,
    /// Nothing was written: this tenant is at another revision than the writer saw.
    Conflict(TenantKey),
    /// Nothing was written, for sure: the caller may answer so and go on.
    Refused(Refused),
    /// The batch may or may not be durable (but never in part). The engine takes no further commits
    /// and answers no loads until it is opened anew. The text is for the operator's log, not for clients.
    Unknown(String),
}

/// Why a batch was certainly not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The disk is so full that writing on could damage the store's own housekeeping.
    #[error(
        "no space: {free_bytes} bytes free, {reserve_bytes} are kept in reserve; free some disk space, commits go on by themselves"
    )]
    NoSpace {
        /// Bytes free for this process when the commit was asked for.
        free_bytes: u64,
        /// Bytes the engine keeps free.
        reserve_bytes: u64,
    },
    /// The batch is over [`Store::limits`]; split it.
    #[error("too large: {rows} rows and {bytes} bytes in one batch")]
    TooLarge {
        /// Rows of the batch, as [`CommitLimits`] counts them.
        rows: usize,
        /// Bytes of the batch, as [`CommitLimits`] counts them.
        bytes: usize,
    },
    /// A defect of the caller: a batch no engine could take.
    #[error("malformed batch: {0}")]
    Malformed(&'static str),
    /// An earlier commit ended as [`Outcome::Unknown`]; the store has to be opened anew.
    #[error("closed for writing since an earlier fault: {0}")]
    Closed(String),
}

/// How large one batch may be. The same for all engines, so that what works on a laptop also works
/// on several replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitLimits {
    /// Most rows in a batch; each [`TenantWrite`] counts one more, for its revision.
    pub rows: usize,
    /// Most bytes in a batch: keys and values, and [`CommitLimits::ROW_OVERHEAD_BYTES`] per row.
    pub bytes: usize,
    /// Longest row key.
    pub key_bytes: usize,
}

impl CommitLimits {
    /// Counted for each row beside its key and value.
    pub const ROW_OVERHEAD_BYTES: usize = 32;

    /// The contract's limits: 1 MiB stays below the 1.5 MiB a distributed store takes in one
    /// request; 4,096 rows is what its operators are asked to allow in one transaction.
    pub const CONTRACT: Self = Self { rows: 4096, bytes: 1 << 20, key_bytes: 1024 };

    /// What `write` costs against these limits: rows and bytes.
    pub fn cost(write: &TenantWrite) -> (usize, usize) {
        let revision_row =
            Self::ROW_OVERHEAD_BYTES + write.tenant.account.len() + write.tenant.region.len();
        let bytes = write.rows.iter().fold(revision_row, |sum, row| {
            let value = row.value.as_ref().map_or(0, Vec::len);
            sum + Self::ROW_OVERHEAD_BYTES + row.key.len() + value
        });
        (write.rows.len() + 1, bytes)
    }

    /// What `event` costs: it is a row like any other.
    pub fn event_cost(event: &Event) -> (usize, usize) {
        (1, Self::ROW_OVERHEAD_BYTES + size_of::<u64>() + event.len())
    }
}

/// An event of the log; the store does not read it.
pub type Event = Vec<u8>;

/// The log of events: one for the whole server, in the order of commits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The number of the oldest event that is left, or `next` when there is none.
    pub first: u64,
    /// The number that the next event will get. The first event ever has number 1.
    pub next: u64,
    /// Bytes that trimming could give back, about.
    pub bytes: u64,
}

/// In which order events are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The oldest first.
    Ascending,
    /// The newest first.
    Descending,
}

/// How much has been loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Tenants handed out.
    pub tenants: u64,
    /// Rows handed out.
    pub rows: u64,
    /// Bytes of keys and values handed out.
    pub bytes: u64,
}

/// Why a [`Sink`] wants no more rows.
pub type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// Takes what [`Store::load`] reads.
///
/// For each tenant: one call of `tenant`, then one call of `row` per row in ascending key order.
/// The order of tenants is the engine's own. An error stops the load.
pub trait Sink {
    /// The rows that follow belong to `tenant`, which is at `revision`.
    fn tenant(&mut self, tenant: &TenantKey, revision: u64) -> Result<(), SinkError>;
    /// One row of the tenant named last.
    fn row(&mut self, key: &[u8], value: &[u8]) -> Result<(), SinkError>;
    /// Called every [`PROGRESS_ROWS`] rows and once at the end, with the totals so far.
    fn progress(&mut self, _so_far: Loaded) {}
}

/// Rows between two calls of [`Sink::progress`].
pub const PROGRESS_ROWS: u64 = 65_536;

/// A place where tenants' rows are kept. Bytes only: no queries, no filters, no indexes.
pub trait Store: Send + Sync {
    /// Hands every row to `sink` once, grouped by tenant, and returns the totals.
    fn load(&self, sink: &mut dyn Sink) -> Result<Loaded, StoreError>;

    /// [`Store::commit_with`], without events.
    fn commit(&self, batch: &[TenantWrite]) -> Outcome {
        self.commit_with(batch, &[])
    }

    /// Makes the whole batch and the events durable in one write, or nothing of it.
    ///
    /// The batch is checked in order; a tenant may be in it more than once, when each of its writes
    /// expects the revision the one before leaves. The events get the next numbers of the log, in
    /// the order given. Blocks for as long as the disk takes.
    fn commit_with(&self, batch: &[TenantWrite], events: &[Event]) -> Outcome;

    /// How far the log of events reaches. Loading reads none of it.
    fn log(&self) -> Result<Log, StoreError>;

    /// Hands the events whose numbers are in `numbers` to `take`, in ascending or descending order,
    /// until it returns false. What was trimmed is passed over.
    fn read_events(
        &self,
        numbers: Range<u64>,
        order: Order,
        take: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), StoreError>;

    /// Gives the space of events with numbers below `before` back, in the pieces that the engine
    /// keeps: it may leave some of them, and some may be back when the store is opened anew, to be
    /// trimmed again. It takes none from `before` on, and never the newest, so that numbers do not
    /// repeat. Commits go on meanwhile.
    fn trim_events(&self, before: u64) -> Result<(), StoreError>;

    /// The largest batch `commit` takes.
    fn limits(&self) -> CommitLimits {
        CommitLimits::CONTRACT
    }

    /// A server-wide setting that is no tenant's row (format, seed, root key), if it was ever put.
    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Puts a setting, durably. `name` has 1 to [`CommitLimits::key_bytes`] bytes, `value` at most
    /// [`CommitLimits::bytes`].
    fn put_setting(&self, name: &str, value: &[u8]) -> Result<(), StoreError>;
}
