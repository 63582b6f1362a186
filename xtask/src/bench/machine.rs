//! Where figures were measured.

use std::fs;

use serde::Serialize;

use crate::program::capture;
use crate::repository::Repository;

/// The machine and the code.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// The processor's name.
    pub processor: String,
    /// How many of them there are.
    pub processors: usize,
    /// The kernel's version.
    pub kernel: String,
    /// How busy the machine was in the minute before.
    pub load_average: String,
    /// The commit measured; with a plus sign when files differ from it.
    pub commit: String,
}

impl Machine {
    /// This one.
    pub fn here(repository: &Repository) -> Machine {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let information = read("/proc/cpuinfo");
        let name = information.lines().find_map(|line| line.strip_prefix("model name"));
        let processor = name.map_or("unknown", |name| name.trim_start_matches([' ', '\t', ':']));
        let load = read("/proc/loadavg");
        Machine {
            processor: processor.to_owned(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load_average: load.split(' ').next().unwrap_or_default().to_owned(),
            commit: commit(repository),
        }
    }
}

fn commit(repository: &Repository) -> String {
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        let output = capture(git.args(arguments).current_dir(&repository.root));
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let hash = git(&["rev-parse", "--short", "HEAD"]).unwrap_or_default();
    // Results of earlier benches are no difference.
    let status = git(&["status", "--porcelain", "--", ":!bench/results"]);
    format!("{hash}{}", if status.is_ok_and(|status| status.is_empty()) { "" } else { "+" })
}
