//! The log of events: a keyspace of its own, whose keys only grow.
//!
//! Its tables do not overlap, so they are never merged, and trimming removes whole tables instead of
//! marking each event as removed: that would rewrite what stays.

use std::ops::{Bound, Range};

use fjall::{AbstractTree, Keyspace, KeyspaceCreateOptions, Readable, Snapshot};

use super::rows::{guarded, keyspace};
use crate::contract::{Event, Order};
use crate::error::StoreError;

/// Events kept in memory before they become a table: the grain of trimming.
const MEMTABLE_BYTES: u64 = 4 << 20;

pub(super) fn options() -> KeyspaceCreateOptions {
    keyspace().max_memtable_size(MEMTABLE_BYTES)
}

/// Events with the number of the first of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbered<'a> {
    pub(super) first: u64,
    pub(super) events: &'a [Event],
}

/// The log at one moment.
pub(super) struct Events {
    snapshot: Snapshot,
    keyspace: Keyspace,
}

impl Events {
    pub(super) fn new(snapshot: Snapshot, keyspace: Keyspace) -> Self {
        Self { snapshot, keyspace }
    }

    /// The numbers of the oldest and of the newest event.
    pub(super) fn ends(&self) -> Result<Option<(u64, u64)>, StoreError> {
        let first = guarded(|| self.end(self.snapshot.first_key_value(&self.keyspace)))?;
        let last = guarded(|| self.end(self.snapshot.last_key_value(&self.keyspace)))?;
        first.zip(last).map(|(first, last)| Ok((number(&first)?, number(&last)?))).transpose()
    }

    fn end(&self, end: Option<fjall::Guard>) -> Result<Option<fjall::UserKey>, fjall::Error> {
        end.map(fjall::Guard::key).transpose()
    }

    /// Bytes of its tables.
    pub(super) fn bytes(&self) -> u64 {
        self.keyspace.disk_space()
    }

    pub(super) fn read(
        &self,
        numbers: Range<u64>,
        order: Order,
        take: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        if numbers.is_empty() {
            return Ok(());
        }
        let keys = numbers.start.to_be_bytes()..numbers.end.to_be_bytes();
        let mut events = self.snapshot.range(&self.keyspace, keys);
        loop {
            let next = guarded(|| {
                let next = match order {
                    Order::Ascending => events.next(),
                    Order::Descending => events.next_back(),
                };
                next.map(fjall::Guard::into_inner).transpose()
            })?;
            let Some((key, event)) = next else { return Ok(()) };
            if !take(number(&key)?, &event) {
                return Ok(());
            }
        }
    }

    /// Removes the tables that hold nothing but events below `before`.
    pub(super) fn trim(&self, before: u64) -> Result<(), StoreError> {
        let end = Bound::Excluded(before.to_be_bytes());
        guarded(|| Ok(self.keyspace.tree.drop_range((Bound::Unbounded, end))?))
    }
}

fn number(key: &[u8]) -> Result<u64, StoreError> {
    let bytes = key.try_into().map_err(|_| StoreError::Damaged("an event has no number".into()))?;
    Ok(u64::from_be_bytes(bytes))
}
