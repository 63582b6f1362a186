//! Where a connection stands between two requests; shared by its socket and its exchanges.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// What the connection waits for.
///
/// ```text
/// Waiting --first byte--> Head --head complete--> Call --answer known--> Answered --answer flushed--> Waiting
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// Nothing of the next request has arrived.
    Waiting = 0,
    /// The request's head is arriving.
    Head = 1,
    /// The body is being read or the service is at work.
    Call = 2,
    /// The answer is on its way out.
    Answered = 3,
}

/// The phase of one connection, and whether it should linger when it closes.
#[derive(Debug, Default)]
pub struct Progress {
    phase: AtomicU8,
    lingers: AtomicBool,
}

impl Progress {
    /// The present phase.
    pub fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Waiting,
            1 => Phase::Head,
            2 => Phase::Call,
            _ => Phase::Answered,
        }
    }

    /// Moves to `phase`.
    pub fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Asks that the close be a lingering one: the peer may still be sending.
    pub fn linger(&self) {
        self.lingers.store(true, Ordering::Relaxed);
    }

    /// Whether the close is to linger.
    pub fn lingers(&self) -> bool {
        self.lingers.load(Ordering::Relaxed)
    }
}
