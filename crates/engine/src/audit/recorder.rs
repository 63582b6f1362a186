//! Events that are no part of a change wait here: of refused calls, and of reads if asked for.
//!
//! Bounded in three ways, so that a flood of calls neither fills the disk nor slows changes: the
//! queue has an end, each account has a rate of refused calls, and they are written in small pieces
//! at intervals. What is kept out is counted, and the count is an event of its own.

use super::AuditSettings;
use crate::clock::host_now;
use causeway_operations::audit::{Head, SUPPRESSED, Tail, event};
use causeway_store::Event;
use causeway_types::Timestamp;
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// What the queue holds at most.
const QUEUE_EVENTS: usize = 4096;
const QUEUE_BYTES: usize = 2 << 20;
/// Refused calls recorded at once and then per second, for each account.
const BURST: f64 = 500.0;
const PER_SECOND: f64 = 5.0;
/// What one commit takes along at most.
const PIECE_EVENTS: usize = 512;
const PIECE_BYTES: usize = 128 * 1024;
/// How long events wait for a commit to ride in.
const WAIT: Duration = Duration::from_millis(200);
/// How often what was kept out is told.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// Why a call is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It was answered and changed nothing.
    Read,
    /// It was refused.
    Refused,
}

/// An event without its time.
pub(crate) struct Waiting {
    pub head: Vec<u8>,
    pub tail: Tail,
}

impl Waiting {
    fn bytes(&self) -> usize {
        let error = self.tail.error.as_ref().map_or(0, |(code, text)| code.len() + text.len());
        self.head.len() + error + self.tail.elements.as_ref().map_or(0, String::len)
    }
}

#[derive(Default)]
struct Inner {
    queue: VecDeque<Waiting>,
    bytes: usize,
    /// When the oldest of them came.
    since: Option<Instant>,
    rates: BTreeMap<String, Rate>,
    /// What was kept out, by account, and when that was last told.
    suppressed: BTreeMap<String, u64>,
    told: Option<Instant>,
}

struct Rate {
    left: f64,
    at: Instant,
}

/// The queue, and the clock of events.
pub(crate) struct Recorder {
    inner: Mutex<Inner>,
    pub settings: AuditSettings,
    last_ms: AtomicI64,
}

impl Recorder {
    /// `newest` is the time of the newest event there is.
    pub fn new(settings: AuditSettings, newest: Timestamp) -> Recorder {
        let last_ms = AtomicI64::new(newest.millis());
        Recorder { inner: Mutex::default(), settings, last_ms }
    }

    /// The time of the next event: the host's, but never earlier than that of the one before, so
    /// that the order of numbers is the order of times.
    pub fn stamp(&self) -> Timestamp {
        let now = host_now().millis();
        Timestamp(self.last_ms.fetch_max(now, Ordering::Relaxed).max(now))
    }

    /// Takes an event of an account, unless there is too much of its kind; true when it is the first
    /// that waits. `rate` names whose rate counts.
    pub fn offer(
        &self,
        kind: Kind,
        rate: &str,
        account: &str,
        make: impl FnOnce() -> Waiting,
    ) -> bool {
        let now = Instant::now();
        let mut inner = self.inner.lock();
        let idle = inner.since.is_none() && inner.suppressed.is_empty();
        let full = inner.queue.len() >= QUEUE_EVENTS || inner.bytes >= QUEUE_BYTES;
        if full || (kind == Kind::Refused && !inner.has_rate(rate, now)) {
            *inner.suppressed.entry(account.to_owned()).or_default() += 1;
            inner.told.get_or_insert(now);
            return idle;
        }
        let waiting = make();
        inner.bytes += waiting.bytes();
        inner.queue.push_back(waiting);
        inner.since.get_or_insert(now);
        idle
    }

    /// How long until something has to be written; none when nothing waits.
    pub fn until_due(&self) -> Option<Duration> {
        let inner = self.inner.lock();
        let events = inner.since.map(|since| WAIT.saturating_sub(since.elapsed()));
        let told = inner.told.filter(|_| !inner.suppressed.is_empty());
        let telling = told.map(|told| TELL_EVERY.saturating_sub(told.elapsed()));
        events.into_iter().chain(telling).min()
    }

    /// Some of what waits, the oldest first. `all` tells also what was kept out just now.
    pub fn take(&self, all: bool) -> Vec<Waiting> {
        let mut inner = self.inner.lock();
        inner.tell(all);
        let (mut taken, mut bytes) = (Vec::new(), 0);
        while taken.len() < PIECE_EVENTS
            && bytes < PIECE_BYTES
            && let Some(waiting) = inner.queue.pop_front()
        {
            bytes += waiting.bytes();
            taken.push(waiting);
        }
        inner.bytes -= bytes;
        inner.since = (!inner.queue.is_empty()).then(Instant::now);
        taken
    }

    /// Takes back what could not be written.
    pub fn give_back(&self, waiting: Vec<Waiting>) {
        let mut inner = self.inner.lock();
        for waiting in waiting.into_iter().rev() {
            inner.bytes += waiting.bytes();
            inner.queue.push_front(waiting);
        }
        if !inner.queue.is_empty() {
            inner.since = Some(Instant::now());
        }
    }

    /// An event with its time.
    pub fn stamped(&self, waiting: &Waiting) -> Event {
        event(self.stamp(), &waiting.head, &waiting.tail)
    }

    /// Calls that were kept out and are not told of yet.
    #[cfg(test)]
    fn suppressed(&self) -> u64 {
        self.inner.lock().suppressed.values().sum()
    }
}

impl Inner {
    fn has_rate(&mut self, account: &str, now: Instant) -> bool {
        if !self.rates.contains_key(account) {
            self.rates.insert(account.to_owned(), Rate { left: BURST, at: now });
        }
        let Some(rate) = self.rates.get_mut(account) else { return false };
        let passed = now.saturating_duration_since(rate.at).as_secs_f64();
        rate.left = (rate.left + passed * PER_SECOND).min(BURST);
        rate.at = now;
        let has = rate.left >= 1.0;
        if has {
            rate.left -= 1.0;
        }
        has
    }

    /// Makes events of what was kept out, if it is time.
    fn tell(&mut self, now: bool) {
        if !self.told.is_some_and(|told| now || told.elapsed() >= TELL_EVERY) {
            return;
        }
        self.told = None;
        for (account, suppressed) in std::mem::take(&mut self.suppressed) {
            let head = Head { account, name: SUPPRESSED.into(), ..Head::default() }.encode();
            let waiting = Waiting { head, tail: Tail { suppressed, ..Tail::default() } };
            self.bytes += waiting.bytes();
            self.queue.push_back(waiting);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_operations::audit;

    fn waiting(bytes: usize) -> Waiting {
        Waiting { head: vec![0; bytes], tail: Tail::default() }
    }

    fn recorder() -> Recorder {
        Recorder::new(AuditSettings::default(), Timestamp(0))
    }

    #[test]
    fn a_flood_of_refused_calls_is_counted_and_bounded() {
        let recorder = recorder();
        assert!(recorder.offer(Kind::Refused, "a", "a", || waiting(100)), "the first one");
        for _ in 0..10_000 {
            assert!(!recorder.offer(Kind::Refused, "a", "a", || waiting(100)));
        }
        // Another account has its own rate.
        recorder.offer(Kind::Refused, "b", "b", || waiting(100));
        let kept_out = recorder.suppressed();
        assert!((9_000..=9_501).contains(&kept_out), "{kept_out}");
        let mut events = Vec::new();
        loop {
            let piece = recorder.take(true);
            assert!(piece.len() <= PIECE_EVENTS);
            if piece.is_empty() {
                break;
            }
            events.extend(piece);
        }
        let told: u64 = events.iter().map(|waiting| waiting.tail.suppressed).sum();
        assert_eq!((told, events.len() as u64), (kept_out, 10_002 - kept_out + 1));
        assert_eq!(recorder.until_due(), None);
        let bytes = recorder.stamped(events.last().unwrap());
        let event = audit::Event::read(&bytes).unwrap();
        assert_eq!((&*event.head.name, &*event.head.account), (SUPPRESSED, "a"));
    }

    #[test]
    fn reads_are_bounded_by_the_queue_alone() {
        let recorder = recorder();
        for _ in 0..2 * QUEUE_EVENTS {
            recorder.offer(Kind::Read, "a", "a", || waiting(10));
        }
        assert_eq!(recorder.suppressed(), QUEUE_EVENTS as u64);
        let large = self::recorder();
        for _ in 0..100 {
            large.offer(Kind::Read, "a", "a", || waiting(QUEUE_BYTES / 8));
        }
        assert_eq!(large.suppressed(), 92);
        assert_eq!(large.take(false).len(), 1, "a piece has an end in bytes");
    }

    #[test]
    fn what_could_not_be_written_waits_again_in_order() {
        let recorder = recorder();
        for bytes in 1..=3 {
            recorder.offer(Kind::Read, "a", "a", || waiting(bytes));
        }
        let taken = recorder.take(false);
        recorder.offer(Kind::Read, "a", "a", || waiting(4));
        recorder.give_back(taken);
        let lengths: Vec<_> = recorder.take(false).iter().map(|it| it.head.len()).collect();
        assert_eq!(lengths, [1, 2, 3, 4]);
    }

    #[test]
    fn time_never_goes_back() {
        let ahead = host_now().plus_ms(60_000);
        let recorder = Recorder::new(AuditSettings::default(), ahead);
        assert_eq!(recorder.stamp(), ahead);
        assert!(super::Recorder::new(AuditSettings::default(), Timestamp(0)).stamp() < ahead);
    }
}
