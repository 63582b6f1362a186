//! The commit loop: one thread through which every change passes.
//!
//! While one batch is being made durable the next one gathers in the queue: group commit without a
//! knob. Answers leave only when the store has said that their changes are durable.

use crate::batch::Batch;
use crate::clock::Clock;
use crate::config::StoreOpener;
use crate::engine::Shared;
use crate::load::Loader;
use crate::metrics::count;
use crate::pipeline::WriteRequest;
use crate::wakes::Wakes;
use causeway_operations::Answer;
use causeway_spec::Refusal;
use causeway_store::{Outcome, Store, TenantWrite};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How often a store that failed is opened anew, in milliseconds.
const REOPEN_MS: u64 = 1000;

/// A change waiting for its turn.
pub(crate) struct Submission {
    pub request: WriteRequest,
    pub reply: oneshot::Sender<Result<Answer, Refusal>>,
}

/// A message to the loop.
pub(crate) enum Message {
    Change(Submission),
    /// Finish what was queued before, then end.
    Stop,
}

pub(crate) struct CommitLoop {
    pub shared: Arc<Shared>,
    pub queue: Receiver<Message>,
    pub store: Option<Box<dyn Store>>,
    pub opener: StoreOpener,
    pub wakes: Wakes,
}

type Answered = (oneshot::Sender<Result<Answer, Refusal>>, Result<Answer, Refusal>);

impl CommitLoop {
    /// Runs until told to stop.
    pub fn run(mut self) {
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
        let clock = self.shared.config.clock;
        let received = match (clock, self.wakes.next()) {
            (Clock::Real, Some(due)) => {
                let wait_ms = due.millis().saturating_sub(clock.now().millis()).max(0);
                self.queue.recv_timeout(Duration::from_millis(wait_ms.unsigned_abs()))
            }
            _ => self.queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match received {
            Ok(message) => Some(Some(message)),
            Err(RecvTimeoutError::Timeout) => Some(None),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Runs one batch; true when told to stop.
    fn turn(&mut self, first: Option<Message>) -> bool {
        let shared = Arc::clone(&self.shared);
        let Some(store) = self.store.as_deref() else { return false };
        let limits = store.limits();
        let clock = shared.config.clock;
        let mut batch = Batch::new(&shared.tenants, clock, &shared.metrics);
        let mut due = Vec::new();
        while !batch.is_full(&limits)
            && let Some((tenant, wake)) = self.wakes.take_due(clock.now())
        {
            batch.wake(&tenant, &wake);
            due.push((tenant, wake));
        }

        let mut answered: Vec<Answered> = Vec::new();
        let mut stopping = false;
        let mut next = first;
        while let Some(message) = next {
            match message {
                Message::Stop => stopping = true,
                Message::Change(submission) => {
                    let result = batch.request(&submission.request);
                    answered.push((submission.reply, result));
                }
            }
            if stopping || batch.is_full(&limits) {
                break;
            }
            next = self.queue.try_recv().ok();
        }

        let durable = self.commit(batch);
        if !durable {
            let retry_at = clock.now().plus_ms(1000);
            due.into_iter()
                .for_each(|(tenant, wake)| self.wakes.note_again(retry_at, tenant, wake));
        }
        for (reply, result) in answered {
            let result = if durable { result } else { result.and(Err(unavailable())) };
            // A client that went away still finds its change done: that is what tokens are for.
            let _ = reply.send(result);
        }
        stopping
    }

    /// Makes a batch durable and publishes it; false when it is not, or when nobody knows.
    fn commit(&mut self, mut batch: Batch) -> bool {
        if batch.changes() == 0 {
            return true;
        }
        let metrics = &self.shared.metrics;
        let changes = batch.changes();
        let writes: Vec<TenantWrite> = batch.writes();
        let outcome = match self.store.as_deref() {
            Some(store) => store.commit(&writes),
            None => return false,
        };
        match outcome {
            Outcome::Committed => {
                count(&metrics.commits);
                metrics.committed_changes.fetch_add(changes, Ordering::Relaxed);
                let wakes = &mut self.wakes;
                batch.publish(|tenant, changes| wakes.note_changes(tenant, changes));
                true
            }
            Outcome::Refused(causeway_store::Refused::Closed(cause)) => {
                self.fault(&cause);
                false
            }
            Outcome::Refused(refused) => {
                count(&metrics.commit_faults);
                tracing::error!(%refused, "the store took no change");
                false
            }
            Outcome::Conflict(tenant) => {
                self.fault(&format!("somebody else wrote tenant {tenant:?}"));
                false
            }
            Outcome::Unknown(cause) => {
                self.fault(&cause);
                false
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
                self.wakes = Wakes::default();
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
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
            }
        }
    }
}

/// Nothing is known to have changed; the same token makes a repetition safe.
pub(crate) fn unavailable() -> Refusal {
    let error = causeway_wire::gateway::service_unavailable();
    Refusal::new(error.status, error.code, error.message)
}
