//! What every bench needs: the programs, built for release, and room on the disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;
use tempfile::TempDir;

use super::Arguments;
use crate::clients;
use crate::program::{capture, cargo, run};
use crate::repository::Repository;

/// Programs and room.
pub struct Bed<'a> {
    repository: &'a Repository,
    /// What the command line says.
    pub arguments: &'a Arguments,
    /// The server.
    pub causeway: PathBuf,
    load: PathBuf,
    /// Data directories; on the disk that build products are on, since a temporary file system forgets to sync.
    pub scratch: TempDir,
}

impl<'a> Bed<'a> {
    /// Builds what is measured.
    pub fn prepare(
        repository: &'a Repository,
        arguments: &'a Arguments,
    ) -> anyhow::Result<Bed<'a>> {
        let packages = ["-p", "causeway-cli", "-p", "causeway-load"];
        let build = [&["build", "--quiet", "--release"], &packages[..]].concat();
        run(&mut cargo(repository, &build))?;
        let release = repository.target().join("release");
        let room = repository.target().join("bench");
        fs::create_dir_all(&room)?;
        let scratch = tempfile::tempdir_in(room).context("cannot make a directory for data")?;
        let (causeway, load) = (release.join("causeway"), release.join("causeway-load"));
        Ok(Bed { repository, arguments, causeway, load, scratch })
    }

    /// A new directory.
    pub fn directory(&self, name: &str) -> anyhow::Result<PathBuf> {
        let directory = self.scratch.path().join(name);
        fs::create_dir_all(&directory)?;
        Ok(directory)
    }

    /// The load generator, not yet started.
    pub fn load(&self) -> Command {
        Command::new(&self.load)
    }

    /// Runs the load generator, on a core of its own if one is named, and reads what it prints.
    pub fn measure(&self, core: Option<usize>, arguments: &[&str]) -> anyhow::Result<Value> {
        result(on_core(core, &self.load).args(arguments))
    }

    /// A Python with what is compared with, installed by name.
    pub fn python(&self) -> anyhow::Result<PathBuf> {
        clients::environment(self.repository, "bench/requirements.txt", "bench-python")
    }

    /// Runs one of our Python programs and reads what it prints.
    pub fn python_measure(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let mut python = Command::new(self.python()?);
        python.env("PYTHONDONTWRITEBYTECODE", "1").current_dir(&self.repository.root);
        result(python.args(arguments))
    }
}

/// A program that keeps to one core if one is named.
pub fn on_core(core: Option<usize>, program: &Path) -> Command {
    let Some(core) = core else { return Command::new(program) };
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    command
}

fn result(command: &mut Command) -> anyhow::Result<Value> {
    let output = capture(command.env("RUST_BACKTRACE", "0"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let faults = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {faults}");
    serde_json::from_str(text.trim()).with_context(|| format!("{command:?} printed {text}"))
}

/// A number in what a program printed.
pub fn number(value: &Value, path: &str) -> anyhow::Result<f64> {
    let found = value.pointer(path).and_then(Value::as_f64);
    found.with_context(|| format!("no number {path} in {value}"))
}
