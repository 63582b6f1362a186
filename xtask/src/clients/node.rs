//! `clients/node`, by Node's own test runner.

use anyhow::{Context, ensure};
use std::fs;
use std::path::Path;
use std::process::Command;

use super::{is_stale, required, stamp, verdict};
use crate::program::{release_binary, run as run_program};
use crate::repository::Repository;

/// Runs the suite against the release binary. It runs from a copy, because modules are found
/// beside the files that import them, and installed modules do not belong into the tree.
pub fn run(repository: &Repository) -> anyhow::Result<String> {
    let source = repository.path("clients/node");
    let copy = repository.target().join("clients").join("node");
    install(&source, &copy)?;
    let suite = copy.join("suite");
    if suite.exists() {
        fs::remove_dir_all(&suite)?;
    }
    mirror(&source, &suite)?;
    let binary = release_binary(repository)?;
    let report = copy.join("report.tap");
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec", "--test-reporter-destination=stdout"])
        .args(["--test-reporter=tap"])
        .arg(format!("--test-reporter-destination={}", report.display()))
        .current_dir(&suite)
        .env("NODE_PATH", copy.join("node_modules"))
        .env("CAUSEWAY_BIN", binary);
    run_program(&mut node)?;
    let report = required(&report)?;
    let count = |name| total(&report, name).context("node's report has no counts");
    verdict(count("tests")?, count("skipped")? + count("todo")?)
}

/// Installs the modules that the lock file names, when it has changed.
fn install(source: &Path, copy: &Path) -> anyhow::Result<()> {
    let package = required(&source.join("package.json"))?;
    let lock = required(&source.join("package-lock.json"))?;
    fs::create_dir_all(copy)?;
    let inputs = format!("{package}\n{lock}");
    if is_stale(copy, &inputs) {
        fs::write(copy.join("package.json"), package)?;
        fs::write(copy.join("package-lock.json"), lock)?;
        let mut npm = Command::new("npm");
        run_program(npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(copy))?;
        stamp(copy, &inputs)?;
    }
    ensure!(copy.join("node_modules").is_dir(), "npm installed nothing; remove {}", copy.display());
    Ok(())
}

/// Copies the suite's files.
fn mirror(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if !entry.file_type()?.is_dir() {
            fs::copy(entry.path(), target)?;
        } else if entry.file_name() != "node_modules" {
            mirror(&entry.path(), &target)?;
        }
    }
    Ok(())
}

/// A total at the end of a TAP report.
fn total(report: &str, name: &str) -> Option<u64> {
    let mark = format!("# {name} ");
    report.lines().rev().find_map(|line| line.strip_prefix(&mark)?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_read_from_the_report() {
        let report = "TAP version 13\nok 1 - a\n# tests 12\n# pass 11\n# skipped 1\n# todo 0\n";
        assert_eq!(total(report, "tests"), Some(12));
        assert_eq!(total(report, "skipped"), Some(1));
        assert_eq!(total(report, "cancelled"), None);
    }

    #[test]
    fn the_copy_has_all_but_the_modules() {
        let from = tempfile::tempdir().unwrap();
        let to = tempfile::tempdir().unwrap();
        fs::create_dir_all(from.path().join("lib")).unwrap();
        fs::create_dir_all(from.path().join("node_modules/x")).unwrap();
        fs::write(from.path().join("lib/a.mjs"), "a").unwrap();
        mirror(from.path(), &to.path().join("suite")).unwrap();
        let suite = to.path().join("suite");
        assert_eq!(fs::read_to_string(suite.join("lib/a.mjs")).unwrap(), "a");
        assert!(!suite.join("node_modules").exists());
    }
}
