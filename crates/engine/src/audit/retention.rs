//! Gives the space of old events back, a step at a time, on a thread of its own.

use super::StoredLog;
use crate::clock::host_now;
use crate::engine::Shared;
use causeway_operations::audit::first_since;
use causeway_store::{Log, StoreError};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often it is looked whether something is too much.
const EVERY: Duration = Duration::from_secs(15);
/// A store gives space back in pieces: how much more than needed is asked for at most.
const PIECE_BYTES: u64 = 8 << 20;

/// The thread; ends when dropped.
pub(crate) struct Retention {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Retention {
    pub fn start(shared: Arc<Shared>) -> std::io::Result<Retention> {
        let (stop, stopped) = channel();
        let run = move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(EVERY) {
                let Some(log) = shared.log() else { continue };
                if let Err(fault) = step(&log, shared.audit.settings.max_bytes) {
                    tracing::warn!(%fault, "old audit events cannot be trimmed");
                }
            }
        };
        let thread = std::thread::Builder::new().name("retention".into()).spawn(run)?;
        Ok(Retention { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Retention {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Trims what is too old or too much.
fn step(log: &StoredLog, max_bytes: u64) -> Result<(), StoreError> {
    let at = log.store.log()?;
    let cutoff = host_now().plus_ms(-log.keep_ms);
    let old = first_since(log, cutoff).unwrap_or(at.first);
    let before = old.max(beyond(&at, max_bytes));
    if before > at.first {
        log.store.trim_events(before)?;
    }
    Ok(())
}

/// Where a log would begin that is small enough, if its events are alike.
fn beyond(log: &Log, max_bytes: u64) -> u64 {
    let Some(excess) = log.bytes.checked_sub(max_bytes).filter(|excess| *excess > 0) else {
        return log.first;
    };
    let excess = (excess + PIECE_BYTES.min(max_bytes / 8)).min(log.bytes);
    let events = u128::from(log.next - log.first) * u128::from(excess) / u128::from(log.bytes);
    log.first + u64::try_from(events).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_operations::audit::{Head, Tail, event};
    use causeway_store::{Memory, Outcome, Store};

    fn log(keep_ms: i64, count: u64) -> StoredLog {
        let store = Memory::new();
        let head = Head::default().encode();
        for number in 1..=count {
            let at = host_now().plus_ms(-1000 * (count - number) as i64);
            let events = [event(at, &head, &Tail::default())];
            assert_eq!(store.commit_with(&[], &events), Outcome::Committed);
        }
        StoredLog { store: Arc::new(store), keep_ms }
    }

    #[test]
    fn what_is_too_old_goes() {
        let log = log(30_500, 100);
        step(&log, u64::MAX).unwrap();
        let at = log.store.log().unwrap();
        assert!((69..=71).contains(&at.first), "{at:?}");
        assert_eq!(at.next, 101);
    }

    #[test]
    fn what_is_too_much_goes_until_the_rest_is_small_enough() {
        let log = log(i64::MAX / 2, 1000);
        let whole = log.store.log().unwrap().bytes;
        for _ in 0..3 {
            step(&log, whole / 2).unwrap();
        }
        let at = log.store.log().unwrap();
        assert!(at.bytes <= whole / 2 && at.bytes > whole / 3, "{at:?} of {whole}");
        step(&log, 0).unwrap();
        let at = log.store.log().unwrap();
        assert_eq!((at.first, at.next), (1000, 1001), "the newest stays");
    }
}
