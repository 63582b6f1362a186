//! `clients/python`, by pytest.

use anyhow::{Context, ensure};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{is_stale, required, stamp, verdict};
use crate::program::{capture, release_binary, run as run_program};
use crate::repository::Repository;

/// Runs the suite against the release binary.
pub fn run(repository: &Repository) -> anyhow::Result<String> {
    let python = interpreter(repository)?;
    let binary = release_binary(repository)?;
    let report = repository.target().join("clients").join("python.xml");
    let mut pytest = Command::new(python);
    // Nothing is left in the tree: no caches, no bytecode.
    pytest
        .args(["-m", "pytest", "clients/python", "-rs", "-p", "no:cacheprovider"])
        .arg(format!("--junitxml={}", report.display()))
        .current_dir(&repository.root)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("CAUSEWAY_BIN", binary);
    run_program(&mut pytest)?;
    let report = required(&report)?;
    let count = |name| attribute(&report, name).context("pytest's report has no counts");
    verdict(count("tests")?, count("skipped")?)
}

/// The Python of the suite's virtual environment, set up when its requirements have changed.
pub fn interpreter(repository: &Repository) -> anyhow::Result<PathBuf> {
    environment(repository, "clients/python/requirements.txt", "clients/python-venv")
}

/// The Python of the virtual environment `name` under the build products, set up when `requirements` have changed.
pub fn environment(
    repository: &Repository,
    requirements: &str,
    name: &str,
) -> anyhow::Result<PathBuf> {
    let requirements = repository.path(requirements);
    let version = capture(Command::new("python3").arg("--version"))?;
    let version = String::from_utf8_lossy(&version.stdout);
    let inputs = format!("{version}{}", required(&requirements)?);
    let environment = repository.target().join(name);
    let python = environment.join("bin").join("python");
    if is_stale(&environment, &inputs) || !python.exists() {
        fs::create_dir_all(&environment)?;
        let mut create = Command::new("python3");
        create.args(["-m", "venv", "--clear"]).arg(&environment);
        run_program(&mut create).context("python3 needs its venv module (python3-venv)")?;
        let mut install = Command::new(&python);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        run_program(install.arg(&requirements))?;
        stamp(&environment, &inputs)?;
    }
    ensure!(python.exists(), "{} is missing", python.display());
    Ok(python)
}

/// A number in the report's first `testsuite` element.
fn attribute(report: &str, name: &str) -> Option<u64> {
    let suite = report.split_once("<testsuite ")?.1.split('>').next()?;
    let value = suite.split_once(&format!(" {name}=\""))?.1;
    value.split('"').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_the_report() {
        let report = "<?xml version=\"1.0\"?><testsuites name=\"x\"><testsuite name=\"pytest\" \
                      errors=\"0\" failures=\"0\" skipped=\"2\" tests=\"31\" time=\"1.0\"></testsuite>";
        assert_eq!(attribute(report, "tests"), Some(31));
        assert_eq!(attribute(report, "skipped"), Some(2));
        assert_eq!(attribute("<testsuites/>", "tests"), None);
    }
}
