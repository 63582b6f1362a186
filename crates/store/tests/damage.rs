//! Damaged files: reported, or harmless, but never a panic and never silently less data.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use causeway_store::{Embedded, OpenError, Options, Outcome, RowWrite, Store, StoreError};
use common::{World, apply, files, try_load, write};

/// What a store holds: rows and events.
type Content = (World, Vec<(u64, Vec<u8>)>);

/// A store with tables, several manifests and a journal, and what it holds.
fn filled(path: &Path) -> Content {
    let mut world = World::new();
    let mut log = Vec::new();
    let mut commit = |store: &Embedded, revision: u64, bytes: usize| {
        let row = |number: u64| RowWrite::put(format!("{number:04}"), noise(number, bytes));
        let rows = (revision..revision + 40).map(row).collect();
        let batch = [write("a", revision, rows)];
        let events = [noise(revision + 1, 4 * bytes), noise(revision + 2, 4 * bytes)];
        assert_eq!(store.commit_with(&batch, &events), Outcome::Committed);
        apply(&mut world, &batch);
        log.extend((log.len() as u64 + 1..).zip(events));
    };
    {
        let store = common::open(path);
        // More than a memtable holds, so that tables are written.
        for revision in 0..34 {
            commit(&store, revision, 16_000);
        }
        for keyspace in ["1", "2"] {
            let tables = path.join("rows/keyspaces").join(keyspace).join("tables");
            common::until("tables", || fs::read_dir(&tables).expect("lists").count() > 0);
        }
    }
    let store = common::open(path);
    for revision in 34..37 {
        commit(&store, revision, 50);
    }
    (world, log)
}

/// Bytes without a pattern, and without zeros.
fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8 | 1
    };
    (0..bytes).map(|_| next()).collect()
}

fn copy(from: &Path, files: &BTreeMap<PathBuf, Vec<u8>>, to: &Path) {
    for (path, content) in files {
        let target = to.join(path.strip_prefix(from).expect("below"));
        fs::create_dir_all(target.parent().expect("a parent")).expect("makes");
        fs::write(target, content).expect("writes");
    }
}

/// What came of opening and loading.
fn outcome(path: &Path) -> Result<Content, String> {
    let store = match Embedded::open(path, Options { reserve_bytes: 0 }) {
        Ok(store) => store,
        Err(OpenError::Damaged { what, .. }) => return Err(what),
        Err(fault) => panic!("not called damage: {fault}"),
    };
    match try_load(&store).and_then(|world| Ok((world, common::try_events(&store)?))) {
        Ok(content) => Ok(content),
        Err(StoreError::Damaged(what)) => Err(what),
        Err(fault) => panic!("not called damage: {fault}"),
    }
}

/// A way to damage a file, and its name.
type Way<'a> = (&'a str, fn(&mut Vec<u8>));

/// Damages each file in turn, with every one of `ways`.
fn damage_each(ways: &[Way]) {
    let directory = tempfile::tempdir().expect("a directory");
    let world = filled(directory.path());
    let pristine = files(directory.path());
    let mut reported = 0;
    for path in pristine.keys() {
        let name = path.strip_prefix(directory.path()).expect("below");
        // Locks hold no data; the format file has tests of its own.
        if name.ends_with("lock") || name.starts_with("causeway.lock") {
            continue;
        }
        for (way, damage) in ways {
            let mut changed = pristine.clone();
            let content = changed.get_mut(path).expect("there");
            damage(content);
            if *content == pristine[path] {
                continue;
            }
            let copied = tempfile::tempdir().expect("a directory");
            copy(directory.path(), &changed, copied.path());
            match outcome(copied.path()) {
                Ok(found) => assert!(found == world, "{way} {}: data lost", name.display()),
                Err(_) => reported += 1,
            }
        }
    }
    assert!(reported >= 5, "only {reported} cases were reported");
}

fn flip(content: &mut [u8], at: usize) {
    if let Some(byte) = content.get_mut(at) {
        *byte ^= 0x10;
    }
}

#[test]
fn flipped_bits_are_noticed() {
    damage_each(&[
        ("first byte of", |content| flip(content, 0)),
        ("byte 8 of", |content| flip(content, 8)),
        ("byte 20 of", |content| flip(content, 20)),
        ("a third into", |content| {
            let at = content.len() / 3;
            flip(content, at)
        }),
        ("half into", |content| {
            let at = content.len() / 2;
            flip(content, at)
        }),
        ("last byte of", |content| {
            let last = content.len().saturating_sub(1);
            // The journal's last byte ends its last commit: that looks like a crash.
            if !content.ends_with(b"FJL\x03") || content.len() == 4 {
                flip(content, last);
            }
        }),
    ]);
}

#[test]
fn emptied_files_are_noticed() {
    damage_each(&[("emptied", Vec::clear)]);
}

#[test]
fn removed_files_are_noticed_and_nothing_else_is_lost() {
    let directory = tempfile::tempdir().expect("a directory");
    let world = filled(directory.path());
    let pristine = files(directory.path());
    for path in pristine.keys() {
        let name = path.strip_prefix(directory.path()).expect("below");
        if name.ends_with("lock") || name.starts_with("causeway.lock") {
            continue;
        }
        let copied = tempfile::tempdir().expect("a directory");
        copy(directory.path(), &pristine, copied.path());
        fs::remove_file(copied.path().join(name)).expect("removes");
        let opened = Embedded::open(copied.path(), Options { reserve_bytes: 0 });
        if let Ok(store) = opened {
            let found = try_load(&store).expect("loads");
            assert!(
                (found, common::events(&store)) == world,
                "{} removed: data lost",
                name.display()
            );
            continue;
        }
        // Manifests that newer ones replaced may be cleared away meanwhile, and nothing else.
        fs::write(copied.path().join(name), &pristine[path]).expect("writes");
        assert!(
            outcome(copied.path()).as_ref() == Ok(&world),
            "{} removed: more is gone",
            name.display()
        );
    }
}

/// The newest journal.
fn journal(path: &Path) -> PathBuf {
    let journals = files(&path.join("rows")).into_keys();
    journals
        .filter(|path| path.extension().is_some_and(|extension| extension == "jnl"))
        .max()
        .expect("a journal")
}

#[test]
fn a_torn_last_commit_is_dropped_silently_and_only_that() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    let mut worlds = vec![World::new()];
    let mut ends = Vec::new();
    for revision in 0..3 {
        let store = common::open(path);
        let batch = [write("a", revision, vec![RowWrite::put("k", noise(revision, 60))])];
        assert_eq!(store.commit(&batch), Outcome::Committed);
        let mut world = worlds.last().expect("one").clone();
        apply(&mut world, &batch);
        worlds.push(world);
        drop(store);
        drop(common::open(path)); // cuts the zeros a new journal ends with
        ends.push(fs::metadata(journal(path)).expect("there").len());
    }
    // As a killed server leaves it, which had no time to write down how far it got.
    fs::remove_file(path.join("causeway.journal")).expect("removes");
    let pristine = files(path);
    for cut in (1..ends[2]).step_by(3) {
        let whole = ends.iter().filter(|end| **end <= cut).count();
        let copied = tempfile::tempdir().expect("a directory");
        copy(path, &pristine, copied.path());
        let torn = fs::OpenOptions::new().write(true).open(journal(copied.path())).expect("opens");
        torn.set_len(cut).expect("cuts");
        let found = outcome(copied.path()).expect("a torn end is no damage");
        assert!(found.0 == worlds[whole], "cut at {cut}");
        // And commits go on behind it.
        let store = common::open(copied.path());
        let batch = [write("a", whole as u64, vec![RowWrite::put("on", "")])];
        assert_eq!(store.commit(&batch), Outcome::Committed);
        drop(store);
        let mut expected = worlds[whole].clone();
        apply(&mut expected, &batch);
        assert!(
            outcome(copied.path()).map(|found| found.0) == Ok(expected),
            "cut at {cut}, then on"
        );
    }
}

#[test]
fn a_flip_in_the_journal_is_damage_and_leaves_it_as_it_was() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path();
    let store = common::open(path);
    for revision in 0..3 {
        let batch = [write("a", revision, vec![RowWrite::put("k", noise(revision, 60))])];
        assert_eq!(store.commit(&batch), Outcome::Committed);
    }
    drop(store);
    drop(common::open(path));
    let pristine = fs::read(journal(path)).expect("reads");
    for at in 0..pristine.len() - 4 {
        let mut changed = pristine.clone();
        flip(&mut changed, at);
        fs::write(journal(path), &changed).expect("writes");
        match outcome(path) {
            Err(what) => assert!(
                what.contains("unreadable from byte") || what.contains("shorter than it was"),
                "{what}"
            ),
            // The last sequence number may only have grown, which changes nothing.
            Ok((world, _)) => assert_eq!(world[&common::tenant("a")].0, 3, "byte {at}"),
        }
        if outcome(path).is_err() {
            assert!(fs::read(journal(path)).expect("reads") == changed);
        }
    }
}
