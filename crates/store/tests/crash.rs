//! A server killed at any moment keeps every acknowledged commit, and no half of another.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use causeway_store::{Outcome, RowWrite, Store, TenantWrite};
use common::{load, tenant, write};

const DIRECTORY: &str = "CAUSEWAY_TEST_CRASH";
const ROUNDS: u64 = 20;

/// Batch `number` writes the number to a few rows of two tenants. Some are large.
fn batch(number: u64) -> [TenantWrite; 2] {
    let value = || {
        let mut value = number.to_be_bytes().to_vec();
        value.resize(if number.is_multiple_of(7) { 9000 } else { 60 }, 1);
        value
    };
    let row = |index: u64| RowWrite::put(format!("row {index}"), value());
    let mut rows: Vec<_> = (0..number % 5 + 1).map(row).collect();
    rows.push(RowWrite::put("last", value()));
    rows.push(RowWrite::put(number.to_be_bytes(), ""));
    ["left", "right"].map(|name| write(name, number - 1, rows.clone()))
}

#[test]
#[ignore = "the process that `acknowledged_commits_survive_a_kill` kills"]
fn commit_until_killed() {
    let path = std::env::var_os(DIRECTORY).expect("where to commit");
    let store = common::open(Path::new(&path));
    let from = load(&store).get(&tenant("left")).map_or(0, |known| known.0);
    for number in from + 1.. {
        let events = [number.to_be_bytes().to_vec()];
        assert_eq!(store.commit_with(&batch(number), &events), Outcome::Committed);
        let mut out = std::io::stdout().lock();
        writeln!(out, "committed {number}").expect("a reader");
    }
}

#[test]
fn acknowledged_commits_survive_a_kill() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("data");
    let mut total = 0;
    for round in 0..ROUNDS {
        let acknowledged = kill_after(&path, round).max(total);
        // A kill so early that there is no directory yet is a case of its own.
        total = check(&path, acknowledged);
    }
    assert!(total > ROUNDS, "only {total} commits in {ROUNDS} rounds");
}

/// Runs the other process, kills it, and returns the last number it acknowledged.
fn kill_after(path: &Path, round: u64) -> u64 {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "commit_until_killed", "--ignored", "--nocapture"])
        .env(DIRECTORY, path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let out = BufReader::new(child.stdout.take().expect("piped"));
    let reader = std::thread::spawn(move || {
        let lines = out.lines().map_while(Result::ok);
        let number = |line: String| line.strip_prefix("committed ")?.parse::<u64>().ok();
        lines.filter_map(number).last().unwrap_or(0)
    });
    // Spread over opening, first commits and steady work, by the process's id as well as the round.
    let spread_us = (u64::from(child.id()) * 7919 + round * 104_729) % 20_000;
    std::thread::sleep(Duration::from_micros(2000 + round * 8000 + spread_us));
    child.kill().expect("kills");
    let status = child.wait().expect("waits");
    assert_eq!(status.code(), None, "ended by itself: {status}");
    reader.join().expect("reads")
}

/// Checks that the store holds all of `1..=acknowledged` and at most one batch more, whole.
fn check(path: &Path, acknowledged: u64) -> u64 {
    let store = common::open(path);
    let world = load(&store);
    let revision = world.get(&tenant("left")).map_or(0, |known| known.0);
    assert!(
        revision == acknowledged || revision == acknowledged + 1,
        "{acknowledged} acknowledged, {revision} found"
    );
    let mut expected = common::World::new();
    for number in 1..=revision {
        common::apply(&mut expected, &batch(number));
    }
    assert!(world == expected, "not what batches 1 to {revision} leave");
    let event = |number: u64| (number, number.to_be_bytes().to_vec());
    let expected: Vec<_> = (1..=revision).map(event).collect();
    assert!(common::events(&store) == expected, "not one event for each batch");
    revision
}
