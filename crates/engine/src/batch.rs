//! A batch: requests of many callers run one after the other, made durable together.

use crate::audit::Recorder;
use crate::clock::RunningClock;
use crate::execute::execute;
use crate::impact::Told;
use crate::metrics::{Metrics, count};
use crate::pipeline::WriteRequest;
use crate::tenants::{Tenants, global};
use crate::wakes::Wake;
use causeway_model::{Changes, Txn, ram_last_use};
use causeway_operations::Answer;
use causeway_operations::audit::{Tail, elements, event};
use causeway_spec::Refusal;
use causeway_store::{CommitLimits, Event, RowWrite, TenantKey, TenantWrite};
use causeway_types::Timestamp;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a request came to.
#[derive(Debug)]
pub(crate) struct Answered {
    pub answer: Answer,
    /// What it did to forwarding, as JSON; none when forwarding stayed as it was.
    pub impact: Option<String>,
}

/// What one tenant gains by a batch.
struct Gain {
    changes: Changes,
    rows: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    expected: u64,
    next: u64,
}

/// Accepted changes that are not yet durable.
pub(crate) struct Batch<'a> {
    tenants: &'a Tenants,
    clock: &'a RunningClock,
    metrics: &'a Metrics,
    gains: BTreeMap<TenantKey, Gain>,
    bytes: usize,
    changes: u64,
    /// What the changes do to forwarding, in their order.
    told: Vec<Told>,
    audit: &'a Recorder,
    events: Vec<Event>,
}

impl<'a> Batch<'a> {
    pub fn new(
        tenants: &'a Tenants,
        clock: &'a RunningClock,
        metrics: &'a Metrics,
        audit: &'a Recorder,
    ) -> Batch<'a> {
        Batch {
            tenants,
            clock,
            metrics,
            gains: BTreeMap::new(),
            bytes: 0,
            changes: 0,
            told: Vec::new(),
            audit,
            events: Vec::new(),
        }
    }

    /// Whether another request could make the batch larger than a store takes. One request's own
    /// changes are far below half of the limits.
    pub fn is_full(&self, limits: &CommitLimits) -> bool {
        let rows: usize = self.gains.values().map(|gain| gain.rows.len()).sum();
        rows + self.events.len() > limits.rows / 2 || self.bytes > limits.bytes / 2
    }

    /// Runs a request; a refusal leaves the batch as it was.
    pub fn request(&mut self, request: &WriteRequest) -> Result<Answered, Refusal> {
        let mut caller = request.caller.clone();
        if let Some(slot) = self.tenants.get(&global(&request.account)) {
            caller.refresh(&slot.tenant.read());
        }
        let before = self.changes;
        let cause = request.entry.declaration.name;
        let ran = self.change(&request.tenant, cause, |txn| execute(txn, request, &caller));
        let Some((result, impact)) = ran else {
            count(&self.metrics.defects);
            return Err(request.defect());
        };
        let answer = result?;
        if self.changes > before {
            self.record(request, &answer, impact.clone());
        }
        Ok(Answered { answer, impact })
    }

    /// Adds the event of a change to the batch, with its `impact` on forwarding as JSON.
    fn record(&mut self, request: &WriteRequest, answer: &Answer, impact: Option<String>) {
        const IMPACT_BYTES: usize = 16 * 1024;
        let impact = impact.map(|json| match json.len() {
            0..=IMPACT_BYTES => json,
            _ => r#"{"Truncated":true}"#.to_owned(),
        });
        let tail = Tail { elements: elements(answer), impact, ..Tail::default() };
        let event = event(self.audit.stamp(), &request.head, &tail);
        self.bytes += CommitLimits::event_cost(&event).1;
        self.events.push(event);
    }

    /// The events of the changes accepted.
    pub fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Notes that an access key was used.
    pub fn key_used(&mut self, tenant: &TenantKey, key_id: &str, at: Timestamp) {
        let noted = self.change(tenant, "a key is used", |txn| {
            ram_last_use::note(txn, key_id, at);
            Ok::<_, std::convert::Infallible>(())
        });
        if noted.is_none() {
            count(&self.metrics.defects);
        }
    }

    /// Does what is due.
    pub fn wake(&mut self, tenant: &TenantKey, wake: &Wake) {
        let ran = self.change(tenant, wake.cause(), |txn| {
            wake.run(txn);
            Ok::<_, std::convert::Infallible>(())
        });
        match (ran, wake) {
            (None, _) => count(&self.metrics.defects),
            (Some(_), Wake::Task(_)) => count(&self.metrics.tasks_completed),
            (Some(_), Wake::Token(..) | Wake::Link(_) | Wake::Session(_)) => {}
        }
    }

    /// Runs a change over published state and the batch so far; also what it does to forwarding.
    /// `None` when it panicked.
    fn change<T, E>(
        &mut self,
        key: &TenantKey,
        cause: &str,
        run: impl FnOnce(&mut Txn) -> Result<T, E>,
    ) -> Option<(Result<T, E>, Option<String>)> {
        let slot = self.tenants.get(key)?;
        let context = slot.context_at(self.clock.now());
        let published = slot.tenant.read();
        let nothing = Changes::default();
        let (in_flight, revision) = match self.gains.get(key) {
            Some(gain) => (&gain.changes, gain.next),
            None => (&nothing, published.revision()),
        };
        let mut txn = Txn::new(&published, in_flight, &context, revision + 1);
        let result = catch_unwind(AssertUnwindSafe(|| run(&mut txn))).ok()?;
        if result.is_err() {
            return Some((result, None));
        }
        // A defect in telling what the change does is no reason to refuse it.
        let before = Txn::new(&published, in_flight, &context, revision + 1);
        let told = catch_unwind(AssertUnwindSafe(|| Told::of(&before, &txn, key, cause)));
        let told = told.unwrap_or_else(|_| {
            count(&self.metrics.defects);
            None
        });
        let changes = txn.into_changes();
        if !changes.is_empty() {
            self.accept(key, published.revision(), changes);
        }
        let json = told.as_ref().map(|told| told.json.clone());
        self.told.extend(told);
        Some((result, json))
    }

    fn accept(&mut self, key: &TenantKey, published: u64, changes: Changes) {
        let gain = self.gains.entry(key.clone()).or_insert_with(|| Gain {
            changes: Changes::default(),
            rows: BTreeMap::new(),
            expected: published,
            next: published,
        });
        for change in changes.encode() {
            self.bytes += change.key.len() + change.value.as_ref().map_or(0, Vec::len);
            self.bytes += CommitLimits::ROW_OVERHEAD_BYTES;
            gain.rows.insert(change.key, change.value);
        }
        gain.changes.absorb(changes);
        gain.next += 1;
        self.changes += 1;
    }

    /// Changes accepted.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// What the store is to write.
    pub fn writes(&mut self) -> Vec<TenantWrite> {
        let write = |(key, gain): (&TenantKey, &mut Gain)| TenantWrite {
            tenant: key.clone(),
            expected: gain.expected,
            next: gain.next,
            rows: std::mem::take(&mut gain.rows)
                .into_iter()
                .map(|(key, value)| RowWrite { key, value })
                .collect(),
        };
        self.gains.iter_mut().map(write).collect()
    }

    /// Publishes what has become durable.
    pub fn publish(self, mut note: impl FnMut(&TenantKey, &Changes)) {
        self.told.iter().for_each(Told::log);
        for (key, gain) in self.gains {
            note(&key, &gain.changes);
            self.clock.follow(&gain.changes);
            if let Some(slot) = self.tenants.get(&key) {
                slot.tenant.write().apply(gain.changes, gain.next);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::AuditSettings;
    use crate::clock::Clock;
    use crate::tenants::Slot;
    use causeway_model::vco_route::{VcoRoute, VcoRouteKey};
    use causeway_model::{Context, Options, Quotas, Read, Region, TaskLength, Tenant};
    use causeway_operations::{Caller, Prepared, Run, find};
    use causeway_types::{Cidr, Timestamp};
    use std::borrow::Cow;
    use std::sync::atomic::Ordering;

    /// A defect: it writes, and then panics.
    struct Broken;

    impl Prepared for Broken {
        fn resources(&self, _txn: &Txn<'_>) -> Cow<'_, [String]> {
            Cow::Borrowed(&[])
        }

        fn run(&self, on: Run<'_, '_>, _caller: &Caller) -> Result<Answer, Refusal> {
            let Run::Change(txn) = on else { unreachable!("a write") };
            let (connection, created) = (txn.new_id(), txn.now());
            let key = VcoRouteKey { connection, destination: Cidr::v4(10, 0, 0, 0, 8) };
            txn.put(VcoRoute { key, weight: 0, description: None, created, sequence: 0 });
            panic!("a defect, on purpose")
        }
    }

    fn tenants(key: &TenantKey) -> Tenants {
        let context = Context {
            now: Timestamp(0),
            seed: 1,
            account: key.account.clone(),
            region: Region::new(&key.region),
            regions: [Region::new(&key.region)].into(),
            tasks: TaskLength::Immediate,
            virtual_time: false,
            quotas: Quotas::default(),
            options: Options::default(),
        };
        let tenant = parking_lot::RwLock::new(Tenant::default());
        [(key.clone(), Slot { tenant, context })].into()
    }

    /// S-VR-67, S-PBR-61: a defect is `InternalError` with the status the operation documents, and
    /// 500 elsewhere (decision A21, quirk Q3). It is caught, counted, and leaves nothing behind.
    #[test]
    fn a_panic_is_one_requests_internal_error() {
        let key = TenantKey::new("1", "cn-hangzhou");
        let (tenants, metrics) = (tenants(&key), Metrics::default());
        let audit = Recorder::new(AuditSettings::default(), Timestamp(0));
        let clock = RunningClock::new(Clock::Real);
        let mut batch = Batch::new(&tenants, &clock, &metrics, &audit);
        for (action, status) in
            [("CreateVpnRouteEntry", 400), ("CreateVpnPbrRouteEntry", 400), ("CreateVpc", 500)]
        {
            let request = WriteRequest {
                entry: find("2016-04-28", action).expect("served"),
                prepared: Box::new(Broken),
                tenant: key.clone(),
                caller: Caller::Root,
                token: None,
                fingerprint: [0; 32],
                dry_run: false,
                account: key.account.clone(),
                head: Vec::new(),
            };
            let refusal = batch.request(&request).expect_err("a defect");
            assert_eq!((refusal.status, &*refusal.code), (status, "InternalError"));
            assert_eq!(
                refusal.message,
                "The request processing has failed due to some unknown error, exception or failure."
            );
        }
        assert_eq!(metrics.defects.load(Ordering::Relaxed), 3);
        assert_eq!(batch.changes(), 0);
        assert!(batch.events().is_empty());
        batch.publish(|_, _| {});
        let tenant = tenants[&key].tenant.read();
        assert_eq!(tenant.all::<VcoRoute>().count(), 0);
    }
}
