//! A disk that is full, for real: a small tmpfs in a mount namespace of its own.
//!
//! Needs root, or user namespaces; fails without.

mod common;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use causeway_store::{Embedded, Options, Outcome, Refused, RowWrite, Store, TenantWrite};
use common::{World, apply, load, try_load, write};

const MOUNTED: &str = "CAUSEWAY_TEST_MOUNTED";

/// Runs the ignored test `name` on a tmpfs of `mebibytes`.
fn on_small_disk(name: &str, mebibytes: u32) {
    let directory = tempfile::tempdir().expect("a directory");
    let script = format!(
        "mount -t tmpfs -o size={mebibytes}m causeway-test \"$0\" && exec \"$1\" --exact {name} --ignored --nocapture"
    );
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-ec", &script])
        .arg(directory.path())
        .arg(std::env::current_exe().expect("this test"))
        .env(MOUNTED, directory.path())
        .output()
        .expect("unshare is installed");
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {out}\n{err}");
    assert!(out.contains("1 passed"), "{name} did not run: {out}");
}

#[test]
fn the_reserve_is_kept() {
    on_small_disk("inner_reserve", 64);
}

#[test]
fn a_write_that_fails_leaves_the_outcome_unknown() {
    on_small_disk("inner_write_fails", 48);
}

#[test]
fn failed_background_work_closes_the_store() {
    on_small_disk("inner_background_fails", 28);
}

fn mounted() -> PathBuf {
    let path = PathBuf::from(std::env::var_os(MOUNTED).expect("run by its outer test"));
    let mounts = fs::read_to_string("/proc/self/mounts").expect("reads");
    let here = mounts.lines().any(|line| {
        line.starts_with("causeway-test ") && line.contains(path.to_str().expect("utf-8"))
    });
    assert!(here, "no tmpfs at {}", path.display());
    path
}

fn open(path: &Path, reserve_bytes: u64) -> Embedded {
    Embedded::open(path.join("data"), Options { reserve_bytes }).expect("opens")
}

fn batch(revision: u64, bytes: usize) -> [TenantWrite; 1] {
    let value = vec![revision as u8 | 1; bytes];
    [write("a", revision, vec![RowWrite::put(revision.to_be_bytes(), value)])]
}

/// Commits until something else comes back; returns that.
fn commit_until_fault(store: &Embedded, world: &mut World, bytes: usize) -> Outcome {
    let mut revision = revision(world);
    loop {
        match store.commit(&batch(revision, bytes)) {
            Outcome::Committed => apply(world, &batch(revision, bytes)),
            other => return other,
        }
        revision += 1;
    }
}

/// Fills the disk up to `spare` bytes.
fn fill(path: &Path, spare: u64) -> PathBuf {
    let disk = rustix::fs::statvfs(path).expect("asks");
    let free = disk.f_bavail * disk.f_frsize;
    let filler = path.join("filler");
    let mut file = File::create(&filler).expect("creates");
    let count = free.saturating_sub(spare) as usize;
    file.write_all(&vec![1; count]).expect("fills");
    filler
}

#[test]
#[ignore = "run by `the_reserve_is_kept`"]
fn inner_reserve() {
    let path = mounted();
    let reserve = 16 << 20;
    let store = open(&path, reserve);
    let mut world = World::new();
    assert_eq!(store.commit(&batch(0, 10)), Outcome::Committed);
    apply(&mut world, &batch(0, 10));
    // So little is left that no table gets written meanwhile: background work is another test.
    let filler = fill(&path, reserve + (10 << 20));
    let fault = commit_until_fault(&store, &mut world, 200_000);
    let Outcome::Refused(Refused::NoSpace { free_bytes, reserve_bytes }) = fault else {
        panic!("{fault:?}");
    };
    assert_eq!(reserve_bytes, reserve);
    assert!(free_bytes > reserve / 2, "{free_bytes} left");
    assert!(world.values().next().expect("one").0 > 3);
    assert!(load(&store) == world);
    // Full to the last byte, reading goes on, also after opening anew.
    let mut last = File::create(path.join("last")).expect("creates");
    while last.write_all(&[1; 4096]).is_ok() {}
    drop(store);
    let store = open(&path, reserve);
    assert!(load(&store) == world);
    let refused = commit_until_fault(&store, &mut world, 10);
    assert!(matches!(refused, Outcome::Refused(Refused::NoSpace { .. })));
    // Space comes back, and commits go on by themselves.
    fs::remove_file(filler).expect("removes");
    fs::remove_file(path.join("last")).expect("removes");
    let revision = world.values().next().expect("one").0;
    assert_eq!(store.commit(&batch(revision, 10)), Outcome::Committed);
    apply(&mut world, &batch(revision, 10));
    drop(store);
    assert!(load(&open(&path, reserve)) == world);
}

/// The journal lies on a disk of its own, so that the engine sees plenty of space and yet the
/// write fails.
#[test]
#[ignore = "run by `a_write_that_fails_leaves_the_outcome_unknown`"]
fn inner_write_fails() {
    let path = mounted();
    drop(open(&path, 0));
    drop(open(&path, 0)); // cuts the zeros a new journal ends with
    let small = path.join("small");
    let journal = path.join("data/rows/1.jnl");
    fs::create_dir(&small).expect("makes");
    run("mount", &["-t", "tmpfs", "-o", "size=16m", "causeway-journal"], &[&small]);
    fs::copy(&journal, small.join("1.jnl")).expect("copies");
    run("mount", &["--bind"], &[&small.join("1.jnl"), &journal]);
    // Below the key-value store's buffer, at its edge, and far above.
    for bytes in [100, 3000, 9000, 500_000] {
        let store = open(&path, 0);
        let mut world = load(&store);
        let filler = fill(&small, 1 << 20);
        let fault = commit_until_fault(&store, &mut world, bytes);
        assert!(matches!(fault, Outcome::Unknown(_)), "{bytes}: {fault:?}");
        // Also when there is space again, nothing more is taken, nor read.
        fs::remove_file(filler).expect("removes");
        let revision = revision(&world);
        let next = store.commit(&batch(revision, 1));
        assert!(matches!(next, Outcome::Refused(Refused::Closed(_))), "{next:?}");
        assert!(store.put_setting("name", b"value").is_err());
        assert!(try_load(&store).is_err());
        drop(store);
        check_reopened(&path, &world, bytes);
    }
}

fn run(program: &str, arguments: &[&str], paths: &[&Path]) {
    let status = Command::new(program).args(arguments).args(paths).status();
    assert!(status.expect("is installed").success(), "{program} {arguments:?}");
}

fn revision(world: &World) -> u64 {
    world.values().next().map_or(0, |known| known.0)
}

/// All that was acknowledged is there, what was unknown is there whole or not at all, and commits
/// go on.
fn check_reopened(path: &Path, world: &World, bytes: usize) {
    let store = open(path, 0);
    let mut found = load(&store);
    let mut with_unknown = world.clone();
    apply(&mut with_unknown, &batch(revision(world), bytes));
    assert!(found == *world || found == with_unknown);
    let next = batch(revision(&found), 10);
    assert_eq!(store.commit(&next), Outcome::Committed);
    apply(&mut found, &next);
    drop(store);
    assert!(load(&open(path, 0)) == found);
}

#[test]
#[ignore = "run by `failed_background_work_closes_the_store`"]
fn inner_background_fails() {
    let path = mounted();
    let mut world = World::new();
    let store = open(&path, 0);
    // The journal fits, the table that is to be written from it does not.
    let fault = commit_until_fault(&store, &mut world, 200_000);
    let closed = matches!(
        fault,
        Outcome::Refused(Refused::Closed(_) | Refused::NoSpace { .. }) | Outcome::Unknown(_)
    );
    assert!(closed, "{fault:?}");
    println!("{fault:?}");
    // What was acknowledged can still be read, unless something else may come with it.
    match fault {
        Outcome::Unknown(_) => assert!(try_load(&store).is_err()),
        _ => assert!(load(&store) == world),
    }
    let start = std::time::Instant::now();
    drop(store);
    assert!(start.elapsed().as_secs() < 5, "closing hangs");
    // A new process on a larger disk finds everything.
    let grown = Command::new("mount")
        .args(["-o", "remount,size=256m"])
        .arg(&path)
        .status()
        .expect("mount is installed");
    assert!(grown.success());
    let copy = path.join("copy");
    let copied = Command::new("cp").arg("-a").arg(path.join("data")).arg(&copy).status();
    assert!(copied.expect("cp is installed").success());
    let store = Embedded::open(&copy, Options { reserve_bytes: 0 }).expect("opens");
    let found = load(&store);
    let mut with_unknown = world.clone();
    let revision = world.values().next().map_or(0, |known| known.0);
    apply(&mut with_unknown, &batch(revision, 200_000));
    assert!(found == world || found == with_unknown);
}
