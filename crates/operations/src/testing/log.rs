//! An audit log in memory.

use crate::audit::{EventLog, Unreadable};
use causeway_types::Timestamp;
use std::collections::BTreeMap;
use std::ops::Range;

/// Events by number, from 1.
#[derive(Default)]
pub(crate) struct Events {
    pub events: BTreeMap<u64, Vec<u8>>,
    pub kept_since: Option<Timestamp>,
}

impl Events {
    pub fn push(&mut self, event: Vec<u8>) {
        self.events.insert(self.ends().unwrap().end, event);
    }
}

impl EventLog for Events {
    fn ends(&self) -> Result<Range<u64>, Unreadable> {
        let first = self.events.first_key_value().map_or(1, |(first, _)| *first);
        Ok(first..self.events.last_key_value().map_or(1, |(last, _)| last + 1))
    }

    fn read(
        &self,
        numbers: Range<u64>,
        newest_first: bool,
        take: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), Unreadable> {
        if numbers.is_empty() {
            return Ok(());
        }
        let mut events = self.events.range(numbers);
        let mut next = || if newest_first { events.next_back() } else { events.next() };
        while next().is_some_and(|(number, event)| take(*number, event)) {}
        Ok(())
    }

    fn kept_since(&self) -> Option<Timestamp> {
        self.kept_since
    }

    fn now(&self) -> Timestamp {
        Timestamp(1_795_000_000_000)
    }
}
