//! The commit loop: one thread through which every change passes.
//!
//! While one batch is being made durable the next one gathers in the queue: group commit without a
//! knob. Answers leave only when the store has said that their changes are durable.

use crate::batch::{Answered, Batch};
use crate::clock::Clock;
use crate::config::StoreOpener;
use crate::engine::Shared;
use crate::load::Loader;
use crate::metrics::count;
use crate::pipeline::{WriteRequest, refusal};
use crate::wakes::{Wake, Wakes};
use causeway_spec::Refusal;
use causeway_store::{Outcome, Store, TenantKey, TenantWrite};
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
    /// Finish what was queued before, then end.
    Stop,
}

pub(crate) struct CommitLoop {
    pub shared: Arc<Shared>,
    pub queue: Receiver<Message>,
    pub store: Option<Box<dyn Store>>,
    pub opener: StoreOpener,
    pub wakes: Wakes,
    pub paused_until: Option<Instant>,
}

/// One thing done in a batch, with its result while the batch is not durable.
enum Item {
    Wake(TenantKey, Wake),
    Request(Submission, Result<Answered, Refusal>),
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
            let Some(first) = self.wait() else { return };
            stopping = self.turn(first);
        }
    }

    /// Waits for a change or for something due; `None` when every sender is gone.
    fn wait(&mut self) -> Option<Option<Message>> {
        let received = match self.until_due() {
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
        let clock = self.shared.config.clock;
        let left_ms = self.wakes.next()?.millis().saturating_sub(clock.now().millis());
        if clock != Clock::Real && left_ms > 0 {
            return None;
        }
        let wait = Duration::from_millis(u64::try_from(left_ms).unwrap_or(0));
        Some(wait.max(self.pause()))
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
        let clock = shared.config.clock;
        let mut batch = Batch::new(&shared.tenants, clock, &shared.metrics);
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
                Message::Change(submission) => {
                    let result = batch.request(&submission.request);
                    items.push(Item::Request(submission, result));
                }
            }
            if stopping || batch.is_full(&limits) {
                break;
            }
            next = self.queue.try_recv().ok();
        }
        let ended = self.commit(batch);
        self.finish(items, ended);
        stopping
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
                (Item::Request(submission, result), Ended::Durable) => {
                    let _ = submission.reply.send(result);
                }
                // Refusals too: they may rest on changes of the batch that never happened.
                (Item::Request(submission, _), Ended::NotDurable) => {
                    let _ = submission.reply.send(Err(unavailable()));
                }
                (Item::Request(submission, _), Ended::TooLarge) => {
                    count(&self.shared.metrics.defects);
                    let defect = submission.request.defect();
                    let _ = submission.reply.send(Err(defect));
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

    /// Runs one thing in a batch of its own.
    fn alone(&mut self, item: Item) {
        let shared = Arc::clone(&self.shared);
        let mut batch = Batch::new(&shared.tenants, shared.config.clock, &shared.metrics);
        let item = match item {
            Item::Wake(tenant, wake) => {
                batch.wake(&tenant, &wake);
                Item::Wake(tenant, wake)
            }
            Item::Request(submission, _) => {
                let result = batch.request(&submission.request);
                Item::Request(submission, result)
            }
        };
        let ended = self.commit(batch);
        self.finish(vec![item], ended);
    }

    /// Makes a batch durable and publishes it.
    fn commit(&mut self, mut batch: Batch) -> Ended {
        if batch.changes() == 0 {
            return Ended::Durable;
        }
        let metrics = &self.shared.metrics;
        let changes = batch.changes();
        let writes: Vec<TenantWrite> = batch.writes();
        let outcome = match self.store.as_deref() {
            Some(store) => store.commit(&writes),
            None => return Ended::NotDurable,
        };
        match outcome {
            Outcome::Committed => {
                count(&metrics.commits);
                metrics.committed_changes.fetch_add(changes, Ordering::Relaxed);
                let wakes = &mut self.wakes;
                batch.publish(|tenant, changes| wakes.note_changes(tenant, changes));
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
        self.store = None;
    }

    /// Opens the store anew and reads it back, refusing changes meanwhile; true when told to stop.
    fn recover(&mut self) -> bool {
        let reopened = (self.opener)().and_then(|store| {
            let mut loader = Loader::default();
            store.load(&mut loader).map_err(|error| error.to_string())?;
            Ok((store, loader.finish()))
        });
        match reopened {
            Ok((store, mut loaded)) => {
                self.wakes = Wakes::new(self.shared.config.tasks);
                for (key, slot) in &self.shared.tenants {
                    let tenant = loaded.remove(key).unwrap_or_default();
                    self.wakes.note_tenant(key, &tenant);
                    *slot.tenant.write() = tenant;
                }
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
                Ok(Message::Change(submission)) => drop(submission.reply.send(Err(unavailable()))),
                Ok(Message::KeyUsed(..)) => {}
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
