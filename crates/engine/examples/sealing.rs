//! What sealing costs on this machine's disk, beside the same store without it:
//! `cargo run --release -p causeway-engine --example sealing -- [directory] [rows]`

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use causeway_engine::Sealed;
use causeway_model::Row;
use causeway_model::ram_user::AccessKey;
use causeway_model::route_entry::RouteEntry;
use causeway_store::{
    Embedded, Options, Outcome, RowWrite, Sink, SinkError, Store, TenantKey, TenantWrite,
};

/// Bytes of a row: about as much as an access key or a route takes.
const ROW_BYTES: usize = 80;
const COMMITS: u64 = 2000;
const BATCH_ROWS: u64 = 2000;

struct Count(u64);

impl Sink for Count {
    fn tenant(&mut self, _: &TenantKey, _: u64) -> Result<(), SinkError> {
        Ok(())
    }
    fn row(&mut self, _: &[u8], value: &[u8]) -> Result<(), SinkError> {
        self.0 += u64::from(value[0]);
        Ok(())
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let rows = arguments.next().map_or(1_000_000, |count| count.parse().expect("a number"));
    for (kind, tag) in [("secrets", AccessKey::TAG), ("routes", RouteEntry::TAG)] {
        for seal in [false, true] {
            let scratch = tempfile::tempdir_in(&directory).expect("a directory");
            let how = if seal { "sealed" } else { "plain" };
            let commits = commits(&*open(&scratch.path().join("commits"), seal), tag);
            let load = load(&scratch.path().join("load"), seal, tag, rows);
            println!("{kind:8} {how:7} {commits:6.0} commits/s, loads {load:8.0} rows/s");
        }
    }
}

fn open(path: &Path, seal: bool) -> Box<dyn Store> {
    let store = Box::new(Embedded::open(path, Options::default()).expect("opens"));
    match seal {
        true => Box::new(Sealed::open(store, &path.with_extension("key")).expect("opens")),
        false => store,
    }
}

fn commit(store: &dyn Store, tag: u8, revision: u64, rows: u64) {
    let row = |number: u64| {
        let key = [&[tag][..], &(revision * rows + number).to_be_bytes()].concat();
        RowWrite::put(key, vec![1; ROW_BYTES])
    };
    let tenant = TenantKey::new("1234567890123456", "cn-hangzhou");
    let rows = (0..rows).map(row).collect();
    let write = TenantWrite { tenant, expected: revision, next: revision + 1, rows };
    assert_eq!(store.commit(&[write]), Outcome::Committed);
}

/// Commits of one row, a second.
fn commits(store: &dyn Store, tag: u8) -> f64 {
    let start = Instant::now();
    (0..COMMITS).for_each(|revision| commit(store, tag, revision, 1));
    per_second(COMMITS, start.elapsed())
}

/// Rows loaded a second, by a store opened anew.
fn load(path: &Path, seal: bool, tag: u8, rows: u64) -> f64 {
    let store = open(path, seal);
    let batches = rows / BATCH_ROWS;
    (0..batches).for_each(|batch| commit(&*store, tag, batch, BATCH_ROWS));
    drop(store);
    let store = open(path, seal);
    let (start, mut sink) = (Instant::now(), Count(0));
    let loaded = store.load(&mut sink).expect("loads");
    assert_eq!((loaded.rows, sink.0), (batches * BATCH_ROWS, batches * BATCH_ROWS));
    per_second(loaded.rows, start.elapsed())
}

fn per_second(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}
