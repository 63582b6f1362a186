//! One suite, every engine.

mod common;

use std::path::PathBuf;

use causeway_store::{
    CommitLimits, Loaded, Log, Memory, Order, Outcome, PROGRESS_ROWS, Refused, RowWrite, Sink,
    SinkError, Store, StoreError, TenantKey,
};
use common::{World, apply, load, tenant, write};
use proptest::prelude::*;

type Reopen = dyn FnMut(Box<dyn Store>) -> Box<dyn Store>;

/// One store, and how to open it anew.
struct Engine {
    store: Option<Box<dyn Store>>,
    reopen: Box<Reopen>,
}

impl Engine {
    fn store(&self) -> &dyn Store {
        &**self.store.as_ref().expect("open")
    }

    fn reopen(&mut self) {
        let store = self.store.take().expect("open");
        self.store = Some((self.reopen)(store));
    }
}

/// Memory has nothing to reopen from: it stays.
fn memory() -> Engine {
    Engine { store: Some(Box::new(Memory::new())), reopen: Box::new(|store| store) }
}

fn embedded() -> Engine {
    let directory = tempfile::tempdir().expect("a directory");
    let path: PathBuf = directory.path().into();
    Engine {
        store: Some(Box::new(common::open(&path))),
        reopen: Box::new(move |store| {
            let path = directory.path();
            drop(store);
            Box::new(common::open(path))
        }),
    }
}

macro_rules! suite {
    ($($name:ident),+ $(,)?) => {
        mod memory_engine { $(#[test] fn $name() { super::$name(super::memory); })+ }
        mod embedded_engine { $(#[test] fn $name() { super::$name(super::embedded); })+ }
    };
}

suite!(
    a_new_store_is_empty,
    what_was_committed_is_loaded,
    removed_rows_are_gone,
    the_later_write_to_a_key_wins,
    a_stale_revision_writes_nothing_for_any_tenant,
    a_tenant_may_be_twice_in_a_batch,
    limits_are_enforced,
    malformed_batches_are_refused,
    settings_are_kept,
    events_are_numbered_and_kept,
    events_share_the_fate_of_their_batch,
    events_count_against_the_limits,
    trimming_takes_old_events_and_never_the_newest,
    a_sink_may_stop_the_load,
    progress_is_reported,
    random_batches_match_a_map,
);

fn commit(engine: &Engine, world: &mut World, batch: &[causeway_store::TenantWrite]) {
    assert_eq!(engine.store().commit(batch), Outcome::Committed);
    apply(world, batch);
}

fn assert_holds(engine: &mut Engine, world: &World) {
    assert_eq!(&load(engine.store()), world);
    engine.reopen();
    assert_eq!(&load(engine.store()), world, "after reopening");
}

fn a_new_store_is_empty(engine: fn() -> Engine) {
    let mut engine = engine();
    assert_holds(&mut engine, &World::new());
    assert_eq!(engine.store().commit(&[]), Outcome::Committed);
    assert_holds(&mut engine, &World::new());
}

fn what_was_committed_is_loaded(engine: fn() -> Engine) {
    let (mut engine, mut world) = (engine(), World::new());
    let batch = [
        write("b", 0, vec![RowWrite::put("k2", "v2"), RowWrite::put("k1", "")]),
        write("a", 0, vec![RowWrite::put([0xff; 9], vec![0; 70_000])]),
        write("empty", 0, vec![]),
    ];
    commit(&engine, &mut world, &batch);
    let region = TenantKey::new("a", "eu-central-1");
    let mut elsewhere = write("a", 0, vec![RowWrite::put("k1", "other region")]);
    elsewhere.tenant = region.clone();
    elsewhere.next = 7; // revisions may skip
    commit(&engine, &mut world, &[elsewhere]);
    assert_eq!(world[&region].0, 7);
    assert_holds(&mut engine, &world);
    // And goes on after reopening, with a new tenant that must not take over another's rows.
    commit(&engine, &mut world, &[write("c", 0, vec![RowWrite::put("k1", "c")])]);
    commit(&engine, &mut world, &[write("b", 1, vec![RowWrite::put("k1", "b")])]);
    assert_holds(&mut engine, &world);
}

fn removed_rows_are_gone(engine: fn() -> Engine) {
    let (mut engine, mut world) = (engine(), World::new());
    let put = vec![RowWrite::put("stays", "1"), RowWrite::put("goes", "2")];
    commit(&engine, &mut world, &[write("a", 0, put)]);
    let remove = vec![RowWrite::remove("goes"), RowWrite::remove("never there")];
    commit(&engine, &mut world, &[write("a", 1, remove)]);
    assert_eq!(world[&tenant("a")].1.len(), 1);
    assert_holds(&mut engine, &world);
}

fn the_later_write_to_a_key_wins(engine: fn() -> Engine) {
    let (mut engine, mut world) = (engine(), World::new());
    let rows = vec![
        RowWrite::put("x", "1"),
        RowWrite::remove("x"),
        RowWrite::put("x", "3"),
        RowWrite::put("y", "1"),
        RowWrite::remove("y"),
    ];
    commit(&engine, &mut world, &[write("a", 0, rows)]);
    assert_eq!(load(engine.store())[&tenant("a")].1[b"x".as_slice()], b"3");
    assert_holds(&mut engine, &world);
}

fn a_stale_revision_writes_nothing_for_any_tenant(engine: fn() -> Engine) {
    let (mut engine, mut world) = (engine(), World::new());
    let first = [write("a", 0, vec![RowWrite::put("k", "1")])];
    commit(&engine, &mut world, &first);
    for stale in [0, 2, 9] {
        let row = || vec![RowWrite::put("k", "2")];
        let batch = [write("new", 0, row()), write("a", stale, row())];
        let conflict = Outcome::Conflict(tenant("a"));
        assert_eq!(engine.store().commit(&batch), conflict);
    }
    let batch = [write("new", 3, vec![])];
    assert_eq!(engine.store().commit(&batch), Outcome::Conflict(tenant("new")));
    assert_holds(&mut engine, &world);
}

fn a_tenant_may_be_twice_in_a_batch(engine: fn() -> Engine) {
    let (mut engine, mut world) = (engine(), World::new());
    let row = |value: &str| vec![RowWrite::put("k", value)];
    let batch = [write("a", 0, row("1")), write("b", 0, row("1")), write("a", 1, row("2"))];
    commit(&engine, &mut world, &batch);
    assert_eq!(world[&tenant("a")].0, 2);
    let stale = [write("a", 2, row("3")), write("a", 2, row("4"))];
    assert_eq!(engine.store().commit(&stale), Outcome::Conflict(tenant("a")));
    assert_holds(&mut engine, &world);
}

fn limits_are_enforced(engine: fn() -> Engine) {
    let (mut engine, mut world) = (engine(), World::new());
    let limits = engine.store().limits();
    assert_eq!(limits, CommitLimits::CONTRACT);
    let rows = |count: usize| {
        let row = |number: usize| RowWrite::put(number.to_be_bytes(), "");
        (0..count).map(row).collect::<Vec<_>>()
    };
    let over = [write("a", 0, rows(limits.rows))];
    assert!(matches!(
        engine.store().commit(&over),
        Outcome::Refused(Refused::TooLarge { rows, .. }) if rows == limits.rows + 1
    ));
    let mut large = write("a", 0, vec![RowWrite::put("k", "")]);
    let spare = limits.bytes - CommitLimits::cost(&large).1;
    large.rows[0].value = Some(vec![7; spare + 1]);
    assert!(matches!(
        engine.store().commit(&[large.clone()]),
        Outcome::Refused(Refused::TooLarge { bytes, .. }) if bytes == limits.bytes + 1
    ));
    assert_holds(&mut engine, &world);
    // At the limit, both go through.
    large.rows[0].value = Some(vec![7; spare]);
    commit(&engine, &mut world, &[large]);
    commit(&engine, &mut world, &[write("a", 1, rows(limits.rows - 1))]);
    assert_holds(&mut engine, &world);
}

fn malformed_batches_are_refused(engine: fn() -> Engine) {
    let mut engine = engine();
    let long = vec![1; engine.store().limits().key_bytes + 1];
    let mut standing = write("a", 0, vec![]);
    standing.next = 0;
    let batches = [
        write("a", 0, vec![RowWrite::put("", "v")]),
        write("a", 0, vec![RowWrite::remove(long.clone())]),
        write(&"n".repeat(long.len()), 0, vec![]),
        standing,
    ];
    for batch in batches {
        let outcome = engine.store().commit(&[batch]);
        assert!(matches!(outcome, Outcome::Refused(Refused::Malformed(_))));
    }
    assert_holds(&mut engine, &World::new());
}

fn settings_are_kept(engine: fn() -> Engine) {
    let mut engine = engine();
    let store = engine.store();
    assert_eq!(store.setting("seed").expect("reads"), None);
    store.put_setting("seed", b"one").expect("puts");
    store.put_setting("seed", b"two").expect("puts");
    store.put_setting("root", &[0; 9000]).expect("puts");
    assert!(store.put_setting("", b"").is_err());
    let large = vec![0; store.limits().bytes + 1];
    assert!(store.put_setting("large", &large).is_err());
    assert_holds(&mut engine, &World::new()); // no tenant's row
    let store = engine.store();
    assert_eq!(store.setting("seed").expect("reads"), Some(b"two".into()));
    assert_eq!(store.setting("root").expect("reads"), Some(vec![0; 9000]));
    assert_eq!(store.setting("large").expect("reads"), None);
}

fn events_are_numbered_and_kept(engine: fn() -> Engine) {
    let (mut engine, mut world) = (engine(), World::new());
    assert_eq!(engine.store().log().expect("reads"), Log { first: 1, next: 1, bytes: 0 });
    assert_eq!(common::events(engine.store()), vec![]);
    let event = |text: &str| text.as_bytes().to_vec();
    let batch = [write("a", 0, vec![RowWrite::put("k", "v")])];
    let outcome = engine.store().commit_with(&batch, &[event("one"), event("")]);
    assert_eq!(outcome, Outcome::Committed);
    apply(&mut world, &batch);
    // Events need no rows.
    assert_eq!(engine.store().commit_with(&[], &[event("three")]), Outcome::Committed);
    engine.reopen();
    let large = vec![7; 70_000];
    assert_eq!(engine.store().commit_with(&[], std::slice::from_ref(&large)), Outcome::Committed);
    let expected = vec![(1, event("one")), (2, event("")), (3, event("three")), (4, large)];
    assert_eq!(common::events(engine.store()), expected);
    assert_holds(&mut engine, &world); // no tenant's row
    assert_eq!(common::events(engine.store()), expected);
    let log = engine.store().log().expect("reads");
    assert_eq!((log.first, log.next), (1, 5));
    let read = |numbers, order, most| {
        let mut found = Vec::new();
        let mut take = |number, _: &[u8]| {
            found.push(number);
            found.len() < most
        };
        engine.store().read_events(numbers, order, &mut take).expect("reads");
        found
    };
    assert_eq!(read(2..4, Order::Ascending, 9), [2, 3]);
    assert_eq!(read(0..u64::MAX, Order::Descending, 3), [4, 3, 2]);
    assert_eq!(read(3..3, Order::Ascending, 9), []);
    #[expect(clippy::reversed_empty_ranges, reason = "what a caller may compute")]
    let backwards = read(4..2, Order::Descending, 9);
    assert_eq!(backwards, []);
}

fn events_share_the_fate_of_their_batch(engine: fn() -> Engine) {
    let mut engine = engine();
    let stale = [write("a", 3, vec![])];
    let outcome = engine.store().commit_with(&stale, &[b"never".to_vec()]);
    assert_eq!(outcome, Outcome::Conflict(tenant("a")));
    assert_eq!(common::events(engine.store()), vec![]);
    assert_eq!(engine.store().commit_with(&[], &[b"first".to_vec()]), Outcome::Committed);
    engine.reopen();
    assert_eq!(common::events(engine.store()), vec![(1, b"first".to_vec())]);
}

fn events_count_against_the_limits(engine: fn() -> Engine) {
    let engine = engine();
    let limits = engine.store().limits();
    let many = vec![Vec::new(); limits.rows + 1];
    let outcome = engine.store().commit_with(&[], &many);
    assert!(matches!(
        outcome,
        Outcome::Refused(Refused::TooLarge { rows, .. }) if rows == limits.rows + 1
    ));
    let spare = limits.bytes - CommitLimits::event_cost(&Vec::new()).1;
    let outcome = engine.store().commit_with(&[], &[vec![7; spare + 1]]);
    assert!(matches!(
        outcome,
        Outcome::Refused(Refused::TooLarge { bytes, .. }) if bytes == limits.bytes + 1
    ));
    assert_eq!(engine.store().commit_with(&[], &[vec![7; spare]]), Outcome::Committed);
    assert_eq!(engine.store().commit_with(&[], &many[1..]), Outcome::Committed);
    assert_eq!(engine.store().log().expect("reads").next, limits.rows as u64 + 2);
}

/// An engine gives back what it can; at least half of what is large enough.
fn trimming_takes_old_events_and_never_the_newest(engine: fn() -> Engine) {
    let (mut engine, mut world) = (engine(), World::new());
    let mut noise = common::Noise(1);
    let events = 40 * 50_u64;
    for number in 0..40 {
        let batch: Vec<_> = (0..50).map(|_| noise.bytes(16_000)).collect();
        let rows = [write("a", number, vec![RowWrite::put("k", number.to_be_bytes())])];
        assert_eq!(engine.store().commit_with(&rows, &batch), Outcome::Committed);
        apply(&mut world, &rows);
    }
    common::until("tables are written", || engine.store().log().unwrap().bytes > 20_000_000);
    let before = engine.store().log().expect("reads");
    assert_eq!((before.first, before.next), (1, events + 1));
    engine.store().trim_events(1501).expect("trims");
    let after = engine.store().log().expect("reads");
    assert!(after.first > 1000 && after.first <= 1501, "{after:?}");
    assert!(after.bytes < before.bytes - 10_000_000, "{before:?}, {after:?}");
    let numbers = |store: &dyn Store| {
        let found = common::events(store);
        found.into_iter().map(|(number, _)| number).collect::<Vec<_>>()
    };
    let expected: Vec<_> = (after.first..=events).collect();
    assert_eq!(numbers(engine.store()), expected);
    engine.reopen();
    let found = numbers(engine.store());
    let kept: Vec<_> = (1501..=events).collect();
    assert!(found.ends_with(&kept) && found.is_sorted(), "too much is gone");
    engine.store().trim_events(u64::MAX).expect("trims");
    assert_eq!(numbers(engine.store()).last(), Some(&events));
    engine.reopen();
    assert_eq!(engine.store().commit_with(&[], &[b"next".to_vec()]), Outcome::Committed);
    assert_eq!(common::events(engine.store()).last(), Some(&(events + 1, b"next".to_vec())));
    assert_holds(&mut engine, &world);
}

fn a_sink_may_stop_the_load(engine: fn() -> Engine) {
    struct Stops(u32);
    impl Sink for Stops {
        fn tenant(&mut self, _: &TenantKey, _: u64) -> Result<(), SinkError> {
            Ok(())
        }
        fn row(&mut self, _: &[u8], _: &[u8]) -> Result<(), SinkError> {
            self.0 += 1;
            Err("enough".into())
        }
    }
    let (mut engine, mut world) = (engine(), World::new());
    let rows = vec![RowWrite::put("1", ""), RowWrite::put("2", "")];
    commit(&engine, &mut world, &[write("a", 0, rows)]);
    let mut sink = Stops(0);
    let stopped = engine.store().load(&mut sink);
    assert!(matches!(stopped, Err(StoreError::Stopped(why)) if why.to_string() == "enough"));
    assert_eq!(sink.0, 1);
    assert_holds(&mut engine, &world);
}

fn progress_is_reported(engine: fn() -> Engine) {
    let (engine, mut world) = (engine(), World::new());
    let batch_rows = 4000_u64;
    let batches = PROGRESS_ROWS / batch_rows + 1;
    for batch in 0..batches {
        let row = |number: u64| RowWrite::put((batch * batch_rows + number).to_be_bytes(), "v");
        let rows = (0..batch_rows).map(row).collect();
        commit(&engine, &mut world, &[write("a", batch, rows)]);
    }
    let mut collect = common::Collect::default();
    let loaded = engine.store().load(&mut collect).expect("loads");
    let rows = batches * batch_rows;
    let total = Loaded { tenants: 1, rows, bytes: rows * 9 };
    assert_eq!(loaded, total);
    assert_eq!(collect.progress.len(), 2);
    assert_eq!(collect.progress[0].rows, PROGRESS_ROWS);
    assert_eq!(collect.progress[1], total);
    assert_eq!(collect.world, world);
}

/// A tenant's part in a random batch: which tenant, whether the revision is stale, rows.
type Part = (u8, bool, Vec<(u8, Option<u16>)>);

fn random_batches_match_a_map(engine: fn() -> Engine) {
    let rows = prop::collection::vec((0..12_u8, prop::option::of(0..6000_u16)), 0..8);
    let part = (0..5_u8, prop::bool::weighted(0.1), rows);
    let batch = prop::collection::vec(part, 1..4);
    let steps = prop::collection::vec(
        prop_oneof![9 => batch.prop_map(Some), 1 => Just(None::<Vec<Part>>)],
        1..40,
    );
    let config =
        ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in steps)| {
        let (mut engine, mut world) = (engine(), World::new());
        for step in steps {
            match step {
                Some(parts) => random_step(&engine, &mut world, parts),
                None => engine.reopen(),
            }
        }
        assert_holds(&mut engine, &world);
    });
}

fn random_step(engine: &Engine, world: &mut World, parts: Vec<Part>) {
    let mut ahead = world.clone();
    let mut batch = Vec::new();
    let mut conflict = None;
    for (name, stale, rows) in parts {
        let rows = rows.into_iter().map(|(key, value)| RowWrite {
            key: vec![key + 1],
            value: value.map(|length| vec![key; usize::from(length)]),
        });
        let name = name.to_string();
        let at = ahead.get(&tenant(&name)).map_or(0, |known| known.0);
        let part = write(&name, at + u64::from(stale), rows.collect());
        if stale && conflict.is_none() {
            conflict = Some(part.tenant.clone());
        }
        apply(&mut ahead, std::slice::from_ref(&part));
        batch.push(part);
    }
    let outcome = engine.store().commit(&batch);
    match conflict {
        Some(tenant) => assert_eq!(outcome, Outcome::Conflict(tenant)),
        None => {
            assert_eq!(outcome, Outcome::Committed);
            *world = ahead;
        }
    }
}
