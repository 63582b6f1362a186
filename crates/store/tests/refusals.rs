//! What is not opened, and that it stays as it was.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use causeway_store::{Embedded, OpenError, Options, Outcome, RowWrite, Store};
use common::{files, load, write};

fn refused(path: &Path) -> OpenError {
    match Embedded::open(path, Options::default()) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(fault) => fault,
    }
}

/// Makes a store with one row in it.
fn filled(path: &Path) {
    let store = common::open(path);
    let batch = [write("a", 0, vec![RowWrite::put("k", "v")])];
    assert_eq!(store.commit(&batch), Outcome::Committed);
}

#[test]
fn a_second_server_is_told_which_process_holds_the_directory() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = common::open(directory.path());
    let fault = refused(directory.path());
    assert!(matches!(fault, OpenError::Locked { pid: Some(pid), .. } if pid == std::process::id()));
    let text = fault.to_string();
    assert!(text.contains(&format!("process {}", std::process::id())));
    assert!(text.contains("Stop that server"), "{text}");
    // The first goes on, and once it is closed the directory is free.
    let batch = [write("a", 0, vec![])];
    assert_eq!(store.commit(&batch), Outcome::Committed);
    drop(store);
    assert_eq!(load(&common::open(directory.path())).len(), 1);
}

#[test]
#[ignore = "the other process of `a_directory_held_by_another_process_is_locked`"]
fn hold_a_directory() {
    let path = std::env::var_os("CAUSEWAY_TEST_HELD").expect("the directory to hold");
    let _store = common::open(Path::new(&path));
    fs::write(Path::new(&path).with_extension("held"), "").expect("says so");
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_directory_held_by_another_process_is_locked() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("data");
    let mut holder = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "hold_a_directory", "--ignored"])
        .env("CAUSEWAY_TEST_HELD", &path)
        .stdout(Stdio::null())
        .spawn()
        .expect("starts");
    while !path.with_extension("held").exists() {
        assert!(holder.try_wait().expect("waits").is_none(), "holder ended");
        std::thread::sleep(Duration::from_millis(5));
    }
    let fault = refused(&path);
    let pid = holder.id();
    holder.kill().expect("kills");
    holder.wait().expect("waits");
    assert!(matches!(fault, OpenError::Locked { pid: Some(held), .. } if held == pid));
    common::open(&path); // a killed server leaves no lock behind
}

#[test]
fn a_foreign_directory_is_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("thesis.txt"), "years of work").expect("writes");
    let before = files(directory.path());
    let fault = refused(directory.path());
    assert!(matches!(&fault, OpenError::Foreign { found, .. } if found == "thesis.txt"));
    assert!(fault.to_string().contains("Choose an empty"), "{fault}");
    assert_eq!(files(directory.path()), before);
}

#[test]
fn a_fresh_volume_is_not_foreign() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::create_dir(directory.path().join("lost+found")).expect("makes");
    filled(directory.path());
    assert_eq!(load(&common::open(directory.path())).len(), 1);
}

#[test]
fn a_newer_format_is_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    filled(directory.path());
    let format = directory.path().join("causeway.format");
    fs::write(&format, "causeway-store 2 ready and more\n").expect("writes");
    let before = files(directory.path());
    let fault = refused(directory.path());
    assert!(matches!(fault, OpenError::Newer { found: 2, known: 1, .. }));
    assert!(fault.to_string().contains("Start the release"), "{fault}");
    assert_eq!(files(directory.path()), before);
    // Nothing was lost: with the mark set back, the data is there.
    fs::write(&format, "causeway-store 1 ready\n").expect("writes");
    assert_eq!(load(&common::open(directory.path())).len(), 1);
}

#[test]
fn an_unreadable_format_is_damage() {
    for text in ["", "causeway-store", "causeway-store 1", "causeway-store x ready", "\u{0}"] {
        let directory = tempfile::tempdir().expect("a directory");
        filled(directory.path());
        let format = directory.path().join("causeway.format");
        fs::write(&format, text).expect("writes");
        let fault = refused(directory.path());
        assert!(matches!(fault, OpenError::Damaged { .. }), "{text:?}: {fault}");
    }
}

#[test]
fn a_store_whose_first_start_was_interrupted_starts_anew() {
    let directory = tempfile::tempdir().expect("a directory");
    filled(directory.path());
    let format = directory.path().join("causeway.format");
    fs::write(format, "causeway-store 1 creating\n").expect("writes");
    fs::remove_file(directory.path().join("rows/version")).expect("removes");
    assert_eq!(load(&common::open(directory.path())), common::World::new());
}

#[test]
fn a_file_is_no_directory() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    fs::write(&file, "content").expect("writes");
    assert!(matches!(refused(&file), OpenError::NotADirectory { .. }));
    let below = file.join("below");
    assert!(matches!(refused(&below), OpenError::NotADirectory { .. }));
    assert_eq!(fs::read(&file).expect("reads"), b"content");
}

/// Not even root may make files in sysfs.
#[test]
fn a_directory_that_cannot_be_written_says_so() {
    for path in ["/sys/kernel", "/sys/kernel/causeway-data"] {
        let fault = refused(Path::new(path));
        let named = matches!(fault, OpenError::NotWritable { .. } | OpenError::Foreign { .. });
        assert!(named, "{fault}");
    }
    let fault = refused(Path::new("/sys/causeway-data"));
    assert!(matches!(fault, OpenError::NotWritable { .. }), "{fault}");
    assert!(fault.to_string().contains("Give this user write access"));
}

#[test]
fn missing_parents_are_made() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a/b/c");
    filled(&path);
    assert_eq!(load(&common::open(&path)).len(), 1);
}
