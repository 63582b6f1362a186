//! Instructions of a call, counted by callgrind: they do not depend on how busy the machine is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use super::bed::Bed;
use super::server::Server;
use crate::program::capture;

/// A run of few calls and one of many set up the same; their difference is the calls alone.
const FEW: u32 = 50;
const MANY: u32 = 200;
/// How often each is counted.
const RUNS: u32 = 3;

/// Whether callgrind is there.
pub fn can_be_counted() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|it| it.status.success())
}

/// A server whose instructions are counted.
pub struct Counted {
    server: Server,
    dumps: PathBuf,
    dumped: u32,
}

impl Counted {
    /// Starts one on a data directory; reading it is not counted.
    pub fn start(bed: &Bed, data: &Path) -> anyhow::Result<Counted> {
        let dumps = data.join("callgrind");
        let server = Server::under_callgrind(bed, data, &dumps)?;
        let mut counted = Counted { server, dumps, dumped: 0 };
        counted.control(&["-i", "on"])?;
        counted.dump()?;
        Ok(counted)
    }

    /// Instructions of one such call.
    pub fn of_call(&mut self, bed: &Bed, call: &str) -> anyhow::Result<f64> {
        let few = self.least_of_runs(bed, call, FEW)?;
        let many = self.least_of_runs(bed, call, MANY)?;
        ensure!(
            many > few,
            "work beside {call} hides what it takes: {few} and {many} instructions"
        );
        Ok((many - few) / f64::from(MANY - FEW))
    }

    /// What the server does beside, such as merging tables of its store, only adds.
    fn least_of_runs(&mut self, bed: &Bed, call: &str, requests: u32) -> anyhow::Result<f64> {
        let mut least = f64::INFINITY;
        for _ in 0..RUNS {
            least = least.min(self.of_run(bed, call, requests)?);
        }
        Ok(least)
    }

    fn of_run(&mut self, bed: &Bed, call: &str, requests: u32) -> anyhow::Result<f64> {
        let (to, requests) = (self.server.address.to_string(), requests.to_string());
        bed.measure(None, &["drive", call, "--to", &to, "--requests", &requests])?;
        self.dump()
    }

    /// The instructions since the last time.
    fn dump(&mut self) -> anyhow::Result<f64> {
        self.control(&["-d"])?;
        self.dumped += 1;
        let file = format!("{}.{}", self.dumps.display(), self.dumped);
        let dump = fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
        let total = dump.lines().rev().find_map(|line| line.strip_prefix("totals: "));
        total.and_then(|total| total.trim().parse().ok()).context("callgrind wrote no total")
    }

    fn control(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let mut control = Command::new("callgrind_control");
        let output = capture(control.args(arguments).arg(self.server.pid()))?;
        ensure!(output.status.success(), "callgrind_control failed");
        Ok(())
    }
}
