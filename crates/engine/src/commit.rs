//! The commit loop: one thread through which every change passes.
//!
//! While one batch is being made durable the next one gathers in the queue: group commit without a
//! knob. Answers leave only when the store has said that their changes are durable.

use crate::audit::{Kind, Waiting};
use crate::batch::{Answered, Batch};
use crate::config::StoreOpener;
use crate::engine::Shared;
use crate::load::load;
use crate::metrics::count;
use crate::pipeline::{WriteRequest, refusal};
use crate::wakes::{Wake, Wakes};
use causeway_operations::audit::{Tail, elements};
use causeway_spec::Refusal;
use causeway_store::{Event, Outcome, Store, TenantKey, TenantWrite};
use causeway_types::Timestamp;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How often a store that failed is opened anew, in milliseconds.
const REOPEN_MS: u64 = 1000;
/// How long what is due waits after a commit that failed, in milliseconds.
const RETRY_MS: u64 = 1000;

/// A change waiting for its turn.
pub(crate) struct Submission {
    pub request: WriteRequest,
    pub reply: oneshot::Sender<Result<Answered, Refusal>>,
}

/// A message to the loop.
pub(crate) enum Message {
    Change(Submission),
    /// This access key was used then.
    KeyUsed(TenantKey, Box<str>, Timestamp),
    /// Events wait to be recorded.
    Nudge,
    /// Finish what was queued before, then end.
    Stop,
}

pub(crate) struct CommitLoop {
    pub shared: Arc<Shared>,
    pub queue: Receiver<Message>,
    pub store: Option<Arc<dyn Store>>,
    pub opener: StoreOpener,
    pub wakes: Wakes,
    pub paused_until: Option<Instant>,
}

/// One thing done in a batch, with its result while the batch is not durable.
enum Item {
    Wake(TenantKey, Wake),
    /// With whether its event is in the batch.
    Request(Submission, Result<Answered, Refusal>, bool),
}

/// How a batch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Durable,
    /// Nothing of it was written, or nobody knows.
    NotDurable,
    /// Nothing of it was written, and never will be as one batch.
    TooLarge,
}

/// Says that changes cannot be taken when the loop ends, however it ends.
struct Unready(Arc<Shared>);

impl Drop for Unready {
    fn drop(&mut self) {
        self.0.ready.store(false, Ordering::Release);
        *self.0.store.write() = None;
        if std::thread::panicking() {
            tracing::error!("the commit loop has died; restart the server");
        }
    }
}

impl CommitLoop {
    /// Runs until told to stop.
    pub fn run(mut self) {
        let _unready = Unready(Arc::clone(&self.shared));
        let mut stopping = false;
        while !stopping {
            if self.store.is_none() {
                stopping = self.recover();
                continue;
            }
            let Some(first) = self.wait() else { break };
            stopping = self.turn(first);
        }
        while self.store.is_some() && self.record(true) == Some(Ended::Durable) {}
    }

    /// Waits for a change or for something due; `None` when every sender is gone.
    fn wait(&mut self) -> Option<Option<Message>> {
        let waits = [self.until_due(), self.until_recording()];
        let received = match waits.into_iter().flatten().min() {
            Some(wait) => self.queue.recv_timeout(wait),
            None => self.queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match received {
            Ok(message) => Some(Some(message)),
            Err(RecvTimeoutError::Timeout) => Some(None),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// How long until something is due; `None` when nothing ever is by itself.
    fn until_due(&self) -> Option<Duration> {
        let clock = &self.shared.clock;
        let left_ms = self.wakes.next()?.millis().saturating_sub(clock.now().millis());
        if !clock.is_real() && left_ms > 0 {
            return None;
        }
        let wait = Duration::from_millis(u64::try_from(left_ms).unwrap_or(0));
        Some(wait.max(self.pause()))
    }

    /// How long until events are to be written that no commit has taken along.
    fn until_recording(&self) -> Option<Duration> {
        self.shared.audit.until_due().map(|wait| wait.max(self.pause()))
    }

    /// How long what is due has to wait after a commit that failed.
    fn pause(&self) -> Duration {
        let until = self.paused_until.map(|until| until.saturating_duration_since(Instant::now()));
        until.unwrap_or_default()
    }

    /// Runs one batch; true when told to stop.
    fn turn(&mut self, first: Option<Message>) -> bool {
        let shared = Arc::clone(&self.shared);
        let Some(limits) = self.store.as_deref().map(|store| store.limits()) else { return false };
        let clock = &shared.clock;
        let mut batch = Batch::new(&shared.tenants, clock, &shared.metrics, &shared.audit);
        let mut items = Vec::new();
        while self.pause().is_zero()
            && !batch.is_full(&limits)
            && let Some((tenant, wake)) = self.wakes.take_due(clock.now())
        {
            batch.wake(&tenant, &wake);
            items.push(Item::Wake(tenant, wake));
        }
        let mut stopping = false;
        let mut next = first;
        while let Some(message) = next {
            match message {
                Message::Stop => stopping = true,
                // Should the batch fail, this use is not known; the next in ten minutes is.
                Message::KeyUsed(tenant, key_id, at) => batch.key_used(&tenant, &key_id, at),
                Message::Nudge => {}
                Message::Change(submission) => {
                    let before = batch.changes();
                    let result = batch.request(&submission.request);
                    let recorded = batch.changes() > before;
                    items.push(Item::Request(submission, result, recorded));
                }
            }
            if stopping || batch.is_full(&limits) {
                break;
            }
            next = self.queue.try_recv().ok();
        }
        let takes_along = !batch.is_full(&limits);
        let was = clock.now();
        let ended = self.commit(batch, takes_along);
        if !clock.is_real() && clock.now() > was {
            self.catch_up();
        }
        self.finish(items, ended);
        if self.store.is_some() && self.until_recording().is_some_and(|wait| wait.is_zero()) {
            self.record(false);
        }
        stopping
    }

    /// Does what fell due because the clock was advanced; whoever advanced it is answered afterwards.
    fn catch_up(&mut self) {
        let is_due =
            |it: &CommitLoop| it.wakes.next().is_some_and(|due| due <= it.shared.clock.now());
        while self.store.is_some() && self.pause().is_zero() && is_due(self) {
            self.turn(None);
        }
    }

    /// Writes some of the events that wait; none when none does.
    fn record(&mut self, all: bool) -> Option<Ended> {
        let shared = Arc::clone(&self.shared);
        let waiting = shared.audit.take(all);
        if waiting.is_empty() {
            return None;
        }
        let events: Vec<Event> = waiting.iter().map(|it| shared.audit.stamped(it)).collect();
        let ended = self.write(&[], &events);
        if ended == Ended::NotDurable {
            shared.audit.give_back(waiting);
            self.paused_until = Some(Instant::now() + Duration::from_millis(RETRY_MS));
        }
        Some(ended)
    }

    /// Answers, or does what has to be done again.
    fn finish(&mut self, mut items: Vec<Item>, ended: Ended) {
        if ended == Ended::TooLarge && items.len() > 1 {
            return items.into_iter().for_each(|item| self.alone(item));
        }
        if ended == Ended::NotDurable {
            self.paused_until = Some(Instant::now() + Duration::from_millis(RETRY_MS));
        }
        for item in items.drain(..) {
            match (item, ended) {
                // A client that went away still finds its change done: that is what tokens are for.
                (Item::Request(submission, result, recorded), Ended::Durable) => {
                    if !recorded {
                        self.note(&submission.request, &result);
                    }
                    let _ = submission.reply.send(result);
                }
                // Refusals too: they may rest on changes of the batch that never happened.
                (Item::Request(submission, ..), Ended::NotDurable) => {
                    let result = Err(unavailable());
                    self.note(&submission.request, &result);
                    let _ = submission.reply.send(result);
                }
                (Item::Request(submission, ..), Ended::TooLarge) => {
                    count(&self.shared.metrics.defects);
                    let result = Err(submission.request.defect());
                    self.note(&submission.request, &result);
                    let _ = submission.reply.send(result);
                }
                (Item::Wake(..), Ended::Durable) => {}
                (Item::Wake(tenant, wake), Ended::NotDurable) => {
                    self.wakes.note_again(tenant, wake)
                }
                (Item::Wake(tenant, wake), Ended::TooLarge) => {
                    count(&self.shared.metrics.defects);
                    tracing::error!(%tenant, ?wake, "what is due is larger than a store takes");
                }
            }
        }
    }

    /// Notes down what a request was answered that changed nothing.
    fn note(&self, request: &WriteRequest, result: &Result<Answered, Refusal>) {
        let kind = if result.is_ok() { Kind::Read } else { Kind::Refused };
        let account = &request.account;
        self.shared.audit.offer(kind, account, account, || Waiting {
            head: request.head.clone(),
            tail: match result {
                Ok(answered) => Tail { elements: elements(&answered.answer), ..Tail::default() },
                Err(refusal) => refused(&refusal.code, &refusal.message),
            },
        });
    }

    /// Runs one thing in a batch of its own.
    fn alone(&mut self, item: Item) {
        let shared = Arc::clone(&self.shared);
        let clock = &shared.clock;
        let mut batch = Batch::new(&shared.tenants, clock, &shared.metrics, &shared.audit);
        let item = match item {
            Item::Wake(tenant, wake) => {
                batch.wake(&tenant, &wake);
                Item::Wake(tenant, wake)
            }
            Item::Request(submission, ..) => {
                let result = batch.request(&submission.request);
                let recorded = batch.changes() > 0;
                Item::Request(submission, result, recorded)
            }
        };
        let ended = self.commit(batch, false);
        self.finish(vec![item], ended);
    }

    /// Makes a batch durable and publishes it, and writes events that wait if it takes them along.
    fn commit(&mut self, mut batch: Batch, takes_along: bool) -> Ended {
        if batch.changes() == 0 {
            return Ended::Durable;
        }
        let shared = Arc::clone(&self.shared);
        let (changes, writes, mut events) = (batch.changes(), batch.writes(), batch.events());
        let along = if takes_along { shared.audit.take(false) } else { Vec::new() };
        events.extend(along.iter().map(|waiting| shared.audit.stamped(waiting)));
        let ended = self.write(&writes, &events);
        if ended == Ended::Durable {
            count(&shared.metrics.commits);
            shared.metrics.committed_changes.fetch_add(changes, Ordering::Relaxed);
            let wakes = &mut self.wakes;
            batch.publish(|tenant, changes| {
                shared.owners.follow(tenant, changes);
                wakes.note_changes(tenant, changes);
            });
        } else {
            shared.audit.give_back(along);
        }
        ended
    }

    /// One write of the store.
    fn write(&mut self, writes: &[TenantWrite], events: &[Event]) -> Ended {
        let metrics = &self.shared.metrics;
        let outcome = match self.store.as_deref() {
            Some(store) => store.commit_with(writes, events),
            None => return Ended::NotDurable,
        };
        match outcome {
            Outcome::Committed => {
                metrics.audit_events.fetch_add(events.len() as u64, Ordering::Relaxed);
                Ended::Durable
            }
            Outcome::Refused(causeway_store::Refused::Closed(cause)) => {
                self.fault(&cause);
                Ended::NotDurable
            }
            Outcome::Refused(causeway_store::Refused::TooLarge { rows, bytes }) => {
                tracing::warn!(rows, bytes, "a batch is larger than the store takes");
                Ended::TooLarge
            }
            Outcome::Refused(refused) => {
                count(&metrics.commit_faults);
                tracing::error!(%refused, "the store took no change");
                Ended::NotDurable
            }
            Outcome::Conflict(tenant) => {
                self.fault(&format!("somebody else wrote tenant {tenant:?}"));
                Ended::NotDurable
            }
            Outcome::Unknown(cause) => {
                self.fault(&cause);
                Ended::NotDurable
            }
        }
    }

    /// Nobody knows what the store holds: answer nothing more until it has been read anew.
    fn fault(&mut self, cause: &str) {
        count(&self.shared.metrics.commit_faults);
        tracing::error!(cause, "the outcome of a write is unknown; opening the store anew");
        self.shared.ready.store(false, Ordering::Release);
        *self.shared.store.write() = None;
        self.store = None;
    }

    /// Opens the store anew and reads it back, refusing changes meanwhile; true when told to stop.
    fn recover(&mut self) -> bool {
        let reopened = (self.opener)().and_then(|store| {
            let loaded = load(store.as_ref()).map_err(|error| error.to_string())?;
            Ok((store, loaded))
        });
        match reopened {
            Ok((store, mut loaded)) => {
                self.wakes = Wakes::new(self.shared.config.tasks);
                for (key, slot) in &self.shared.tenants {
                    let tenant = loaded.remove(key).unwrap_or_default();
                    self.wakes.note_tenant(key, &tenant);
                    self.shared.owners.note_tenant(key, &tenant);
                    *slot.tenant.write() = tenant;
                }
                let store: Arc<dyn Store> = Arc::from(store);
                *self.shared.store.write() = Some(Arc::clone(&store));
                self.store = Some(store);
                self.shared.ready.store(true, Ordering::Release);
                tracing::info!("the store is open again");
                false
            }
            Err(cause) => {
                tracing::error!(cause, "the store cannot be opened; trying again");
                self.refuse_for(Duration::from_millis(REOPEN_MS))
            }
        }
    }

    fn refuse_for(&mut self, period: Duration) -> bool {
        let until = std::time::Instant::now() + period;
        loop {
            let left = until.saturating_duration_since(std::time::Instant::now());
            match self.queue.recv_timeout(left) {
                Ok(Message::KeyUsed(..)) => {}
                Ok(Message::Change(submission)) => {
                    let result = Err(unavailable());
                    self.note(&submission.request, &result);
                    let _ = submission.reply.send(result);
                }
                Ok(Message::Nudge) => {}
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
            }
        }
    }
}

/// Nothing is known to have changed; the same token makes a repetition safe.
pub(crate) fn unavailable() -> Refusal {
    refusal(causeway_wire::gateway::service_unavailable())
}

/// What came of a refused call; messages repeat what strangers chose.
pub(crate) fn refused(code: &str, message: &str) -> Tail {
    const MESSAGE_BYTES: usize = 300;
    let message = &message[..message.floor_char_boundary(MESSAGE_BYTES)];
    Tail { error: Some((code.to_owned(), message.to_owned())), ..Tail::default() }
}
