//! A clock that stands still until it is advanced by hand.

use crate::rows::Keyed;
use causeway_types::Timestamp;
use serde::{Deserialize, Serialize};

/// How far the clock was advanced from here. It is a row so that a restart does not turn time back;
/// of several tenants' the latest counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VirtualClock {
    /// The instant it shows.
    pub now: Timestamp,
}

impl Keyed for VirtualClock {
    /// A tenant has one at most.
    type Key = ();
    fn key(&self) {}
}
