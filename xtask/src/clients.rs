//! The suites that drive the binary with the provider's own client libraries.

mod node;
mod python;

pub use node::run as node;
pub use python::{environment, interpreter, run as python};

use anyhow::{Context, ensure};
use std::fs;
use std::path::Path;

/// Whether a directory was set up from other inputs than these, or not at all.
fn is_stale(directory: &Path, inputs: &str) -> bool {
    fs::read_to_string(directory.join(STAMP)).ok().as_deref() != Some(inputs)
}

/// Notes what a directory was set up from.
fn stamp(directory: &Path, inputs: &str) -> anyhow::Result<()> {
    let file = directory.join(STAMP);
    fs::write(&file, inputs).with_context(|| format!("cannot write {}", file.display()))
}

const STAMP: &str = "set-up-from";

/// A suite passes when it has tests and each of them ran.
fn verdict(tests: u64, skipped: u64) -> anyhow::Result<String> {
    ensure!(tests > 0, "the suite has no tests");
    ensure!(skipped == 0, "{skipped} of {tests} tests were skipped");
    Ok(format!("{tests} tests"))
}

/// The file's text; that it is missing is said with what it is for.
fn required(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_set_up_again_when_its_inputs_change() {
        let directory = tempfile::tempdir().unwrap();
        assert!(is_stale(directory.path(), "a"));
        stamp(directory.path(), "a").unwrap();
        assert!(!is_stale(directory.path(), "a"));
        assert!(is_stale(directory.path(), "b"));
    }

    #[test]
    fn nothing_is_skipped_silently() {
        assert_eq!(verdict(3, 0).unwrap(), "3 tests");
        assert!(verdict(0, 0).is_err());
        assert_eq!(verdict(3, 1).unwrap_err().to_string(), "1 of 3 tests were skipped");
    }
}
