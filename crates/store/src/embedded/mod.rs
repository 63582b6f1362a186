//! The default engine: rows in a log-structured key-value store in the server's own directory.
//!
//! One commit is one write to the journal and one `fdatasync`. What the key-value store does not
//! promise is added around it: who may open the directory (`directory`), whether the files are what
//! was written (`inspect`), zeros ahead of its journal so that syncs are quick (`zeros`), and a reserve
//! of disk space, since it does not survive a full disk.

mod directory;
mod events;
mod floor;
mod inspect;
mod journal;
mod keys;
mod open;
mod open_error;
mod rows;
mod scan;
mod seed;
mod zeros;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use open_error::OpenError;

use self::directory::Directory;
use self::events::Numbered;
use self::keys::TenantNumber;
use self::rows::{Failed, Rows};
use crate::check::{self, Revisions};
use crate::contract::{
    Event, Loaded, Log, Order, Outcome, Refused, Sink, Store, TenantKey, TenantWrite,
};
use crate::error::StoreError;
use crate::progress::Counted;

/// How an [`Embedded`] store is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Bytes of disk space to keep free: below, commits are refused. Tables and manifests are
    /// rewritten in the background, and that must not fail.
    pub reserve_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { reserve_bytes: 64 << 20 }
    }
}

/// Rows in a directory on the local disk.
#[derive(Debug)]
pub struct Embedded {
    // Dropped in this order: rows first, then the lock on the directory.
    state: Mutex<State>,
    options: Options,
    directory: Directory,
}

#[derive(Debug)]
struct State {
    rows: Rows,
    tenants: Tenants,
    /// The number of the next event.
    next_event: u64,
    /// Why no more commits are taken.
    closed: Option<Closed>,
}

#[derive(Clone, Debug)]
struct Closed {
    why: String,
    /// Whether the rows in memory may be ahead of those on disk.
    unknown: bool,
}

impl State {
    /// Reading is only right while nobody can see what may still be lost.
    fn readable(&self) -> Result<&Rows, Refused> {
        match &self.closed {
            Some(closed) if closed.unknown => Err(Refused::Closed(closed.why.clone())),
            _ => Ok(&self.rows),
        }
    }
}

/// Where each tenant stands, and the number it goes by on disk.
#[derive(Debug, Default)]
pub(crate) struct Tenants {
    known: BTreeMap<TenantKey, (TenantNumber, u64)>,
    next_number: TenantNumber,
}

impl Revisions for Tenants {
    fn revision(&self, tenant: &TenantKey) -> u64 {
        self.known.get(tenant).map_or(0, |(_, revision)| *revision)
    }
}

impl Embedded {
    /// Opens the store in `path`, making the directory if it is not there.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let directory = Directory::take(path.as_ref())?;
        let opened = open::open(path.as_ref(), &directory)?;
        let (rows, tenants, next_event) = (opened.rows, opened.tenants, opened.next_event);
        let state = State { rows, tenants, next_event, closed: None };
        Ok(Self { state: Mutex::new(state), options, directory })
    }

    /// A panic elsewhere leaves the state whole: it changes only after a commit went through.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses what would eat into the reserve.
    fn check_space(&self, bytes: usize) -> Result<(), Refused> {
        // Without an answer the write itself will tell.
        let Ok(disk) = rustix::fs::statvfs(self.directory.rows()) else {
            return Ok(());
        };
        let free_bytes = disk.f_bavail.saturating_mul(disk.f_frsize);
        let reserve_bytes = self.options.reserve_bytes;
        if free_bytes.saturating_sub(bytes as u64) < reserve_bytes {
            return Err(Refused::NoSpace { free_bytes, reserve_bytes });
        }
        Ok(())
    }

    /// Writes `items` durably, all or none.
    fn write(&self, state: &mut State, items: Items, events: &[Event]) -> Result<(), Outcome> {
        if let Some(closed) = &state.closed {
            return Err(Outcome::Refused(Refused::Closed(closed.why.clone())));
        }
        let payload = |(key, value): (&Vec<u8>, &Option<Vec<u8>>)| {
            key.len() + value.as_ref().map_or(0, Vec::len)
        };
        let event_bytes = |event: &Event| size_of::<u64>() + event.len();
        let payload_bytes = items.iter().map(payload).sum::<usize>()
            + events.iter().map(event_bytes).sum::<usize>();
        let bytes = journal::batch_bytes(items.len() + events.len(), payload_bytes);
        self.check_space(bytes).map_err(Outcome::Refused)?;
        let numbered = Numbered { first: state.next_event, events };
        let failed = match state.rows.write(items, numbered, bytes) {
            Ok(()) => {
                state.next_event += events.len() as u64;
                return Ok(());
            }
            Err(failed) => failed,
        };
        let (why, unknown) = match failed {
            Failed::NotWritten(why) => (why, false),
            Failed::Unknown(why) => (why, true),
        };
        state.closed = Some(Closed { why: why.clone(), unknown });
        Err(match unknown {
            true => Outcome::Unknown(why),
            false => Outcome::Refused(Refused::Closed(why)),
        })
    }
}

/// Keys and values as they go to disk; each key once, since a batch has no order within.
pub(crate) type Items = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

impl Store for Embedded {
    fn load(&self, sink: &mut dyn Sink) -> Result<Loaded, StoreError> {
        let state = self.state();
        let mut sink = Counted::new(sink);
        let tenants: BTreeMap<_, _> = state
            .tenants
            .known
            .iter()
            .map(|(key, (number, revision))| (*number, (key.clone(), *revision)))
            .collect();
        let snapshot = state.readable()?.snapshot();
        drop(state); // commits may go on
        let mut rows = snapshot.under(keys::ROW).peekable();
        for (number, (key, revision)) in tenants {
            sink.tenant(&key, revision)?;
            while let Some(row) = rows.next_if(|row| match row {
                Ok((row_key, _)) => keys::split(row_key).is_some_and(|(of, _)| of == number),
                Err(_) => true,
            }) {
                let (row_key, value) = row?;
                sink.row(&row_key[keys::ROW_PREFIX_BYTES..], &value)?;
            }
        }
        match rows.next() {
            None => Ok(sink.finish()),
            Some(Err(fault)) => Err(fault),
            Some(Ok(_)) => Err(StoreError::Damaged("a row belongs to no tenant".into())),
        }
    }

    fn commit_with(&self, batch: &[TenantWrite], events: &[Event]) -> Outcome {
        let mut state = self.state();
        if let Err(outcome) = check::batch(batch, events, self.limits(), &state.tenants) {
            return outcome;
        }
        if batch.is_empty() && events.is_empty() {
            return Outcome::Committed;
        }
        let (items, ahead) = match stage(batch, &state.tenants) {
            Ok(staged) => staged,
            Err(refused) => return Outcome::Refused(refused),
        };
        if let Err(outcome) = self.write(&mut state, items, events) {
            return outcome;
        }
        for (key, (number, revision)) in ahead {
            let next = number.saturating_add(1).max(state.tenants.next_number);
            state.tenants.next_number = next;
            state.tenants.known.insert(key, (number, revision));
        }
        Outcome::Committed
    }

    fn log(&self) -> Result<Log, StoreError> {
        let state = self.state();
        let (events, next) = (state.readable()?.events(), state.next_event);
        drop(state); // commits may go on
        let first = events.ends()?.map_or(next, |(first, _)| first);
        Ok(Log { first, next, bytes: events.bytes() })
    }

    fn read_events(
        &self,
        numbers: Range<u64>,
        order: Order,
        take: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let events = self.state().readable()?.events();
        events.read(numbers, order, take)
    }

    fn trim_events(&self, before: u64) -> Result<(), StoreError> {
        let state = self.state();
        let (events, newest) = (state.readable()?.events(), state.next_event - 1);
        drop(state); // commits may go on
        events.trim(before.min(newest))
    }

    fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.state().readable()?.get(&keys::setting(name))
    }

    fn put_setting(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        check::setting(name, value, self.limits())?;
        let items = Items::from([(keys::setting(name), Some(value.to_vec()))]);
        match self.write(&mut self.state(), items, &[]) {
            Ok(()) => Ok(()),
            Err(Outcome::Refused(refused)) => Err(refused.into()),
            Err(outcome) => Err(StoreError::Disk(format!("{outcome:?}"))),
        }
    }
}

type Ahead = BTreeMap<TenantKey, (TenantNumber, u64)>;

/// The batch as it goes to disk, and where its tenants stand afterwards.
fn stage(batch: &[TenantWrite], tenants: &Tenants) -> Result<(Items, Ahead), Refused> {
    let mut items = Items::new();
    let mut ahead = Ahead::new();
    let mut fresh = BTreeSet::new();
    for write in batch {
        let known = ahead.get(&write.tenant).or(tenants.known.get(&write.tenant));
        let number = match known {
            Some((number, _)) => *number,
            None => {
                let number = tenants
                    .next_number
                    .checked_add(fresh.len() as u32)
                    .ok_or(Refused::Malformed("no more tenants fit"))?;
                fresh.insert(number);
                number
            }
        };
        ahead.insert(write.tenant.clone(), (number, write.next));
        for row in &write.rows {
            items.insert(keys::row(number, &row.key), row.value.clone());
        }
        let revision = keys::encode_tenant(&write.tenant, write.next);
        items.insert(keys::tenant(number), Some(revision));
    }
    Ok((items, ahead))
}
