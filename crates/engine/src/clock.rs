//! The clock resources see.

use causeway_model::virtual_clock::VirtualClock;
use causeway_model::{Changes, Read, Tenant};
use causeway_types::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where `now` comes from: creation times, tasks and tokens follow it. Signatures are always
/// checked against the host's clock, because that is the clock clients sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The host's clock.
    Real,
    /// An instant that does not pass until `AdvanceClock` moves it.
    Frozen(Timestamp),
}

/// A clock at work.
#[derive(Debug)]
pub(crate) struct RunningClock(Option<AtomicI64>);

impl RunningClock {
    /// A clock as it is set at start.
    pub fn new(clock: Clock) -> RunningClock {
        RunningClock(match clock {
            Clock::Real => None,
            Clock::Frozen(instant) => Some(AtomicI64::new(instant.millis())),
        })
    }

    /// The instant.
    pub fn now(&self) -> Timestamp {
        let frozen = self.0.as_ref().map(|now| Timestamp(now.load(Ordering::Acquire)));
        frozen.unwrap_or_else(host_now)
    }

    /// Whether time passes by itself.
    pub fn is_real(&self) -> bool {
        self.0.is_none()
    }

    /// Goes on from where an earlier server was.
    pub fn resume(&self, tenant: &Tenant) {
        tenant.all::<VirtualClock>().for_each(|row| self.advance(row.now));
    }

    /// Follows changes that have become durable.
    pub fn follow(&self, changes: &Changes) {
        changes.put_rows::<VirtualClock>().for_each(|row| self.advance(row.now));
    }

    fn advance(&self, to: Timestamp) {
        if let Some(now) = &self.0 {
            now.fetch_max(to.millis(), Ordering::AcqRel);
        }
    }
}

/// The host's clock.
pub(crate) fn host_now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
