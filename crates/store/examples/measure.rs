//! Figures for the embedded engine on this machine's disk:
//! `cargo run --release -p causeway-store --example measure -- [directory] [rows]`

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use causeway_store::{
    Embedded, Options, Outcome, RowWrite, Sink, SinkError, Store, TenantKey, TenantWrite,
};

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
    let scratch = tempfile::tempdir_in(directory).expect("a directory");
    open_empty(&scratch.path().join("empty"));
    bare_appends(&scratch.path().join("bare"));
    single_commits(&scratch.path().join("commits"));
    load(&scratch.path().join("load"), rows);
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = run();
    (result, start.elapsed())
}

fn open(path: &Path) -> Embedded {
    Embedded::open(path, Options::default()).expect("opens")
}

fn open_empty(path: &Path) {
    let (store, took) = timed(|| open(path));
    println!("open a new directory        {took:.2?}");
    drop(store);
    let (_store, took) = timed(|| open(path));
    println!("open it again               {took:.2?}");
}

const COMMITS: u64 = 2000;

fn bare_appends(path: &Path) {
    let mut file = File::create(path).expect("creates");
    let ((), took) = timed(|| {
        for _ in 0..COMMITS {
            file.write_all(&[7; 200]).expect("writes");
            file.sync_data().expect("syncs");
        }
    });
    println!("bare append and fdatasync   {:.0}/s", per_second(COMMITS, took));
}

fn single_commits(path: &Path) {
    let store = open(path);
    let ((), took) = timed(|| (0..COMMITS).for_each(|revision| commit(&store, revision, 1)));
    println!("commits of one row          {:.0}/s", per_second(COMMITS, took));
}

fn commit(store: &Embedded, revision: u64, rows: u64) {
    let row = |number: u64| {
        let id = (revision * rows + number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let key = [b"route".as_slice(), &id.to_be_bytes(), &[0; 7]].concat();
        let mut value = format!("{id:x}").repeat(6).into_bytes();
        value.truncate(80);
        RowWrite::put(key, value)
    };
    let batch = [TenantWrite {
        tenant: TenantKey::new("1234567890123456", "cn-hangzhou"),
        expected: revision,
        next: revision + 1,
        rows: (0..rows).map(row).collect(),
    }];
    assert_eq!(store.commit(&batch), Outcome::Committed);
}

fn load(path: &Path, rows: u64) {
    const BATCH_ROWS: u64 = 2000;
    let store = open(path);
    let batches = rows / BATCH_ROWS;
    let ((), took) = timed(|| (0..batches).for_each(|batch| commit(&store, batch, BATCH_ROWS)));
    println!("commit of {BATCH_ROWS} rows         {:.0} rows/s", per_second(rows, took));
    drop(store);
    println!("bytes on disk               {:.1} MiB", on_disk(path) as f64 / f64::from(1 << 20));
    let (store, took) = timed(|| open(path));
    println!("open with {rows} rows     {took:.2?}");
    let mut sink = Count(0);
    let (loaded, took) = timed(|| store.load(&mut sink).expect("loads"));
    assert_eq!(loaded.rows, batches * BATCH_ROWS);
    println!(
        "load                        {:.0} rows/s, {:.1} MiB of rows in {took:.2?}",
        per_second(loaded.rows, took),
        loaded.bytes as f64 / f64::from(1 << 20)
    );
}

fn per_second(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// Blocks in use, holes left out.
fn on_disk(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let entries = fs::read_dir(path).expect("lists");
    let bytes = |entry: fs::DirEntry| {
        let metadata = entry.metadata().expect("there");
        if metadata.is_dir() { on_disk(&entry.path()) } else { metadata.blocks() * 512 }
    };
    entries.map(|entry| bytes(entry.expect("lists"))).sum()
}
