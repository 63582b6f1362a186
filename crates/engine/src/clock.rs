//! The clock resources see.

use causeway_types::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where `now` comes from: creation times, tasks and tokens follow it. Signatures are always
/// checked against the host's clock, because that is the clock clients sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The host's clock.
    Real,
    /// An instant that does not pass; timed tasks then wait for `CompleteTasks`.
    Frozen(Timestamp),
}

impl Clock {
    /// The instant.
    pub fn now(self) -> Timestamp {
        match self {
            Clock::Real => host_now(),
            Clock::Frozen(instant) => instant,
        }
    }
}

/// The host's clock.
pub(crate) fn host_now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
