//! What a process has used, as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::Context;

/// Clock ticks a second in `/proc`, the same on every Linux the project runs on.
const TICKS: u64 = 100;

/// What a process has used since it started, and holds now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// Processor time of all its threads, user and system.
    pub cpu: Duration,
    /// Bytes it caused to be written to disks.
    pub written_bytes: u64,
    /// Resident memory.
    pub resident_bytes: u64,
}

/// Looks at a process.
///
/// # Errors
/// If there is no such process, or it is another user's.
pub fn used(pid: u32) -> anyhow::Result<Used> {
    let read = |file: &str| {
        let path = format!("/proc/{pid}/{file}");
        fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))
    };
    let ticks = ticks(&read("stat")?).context("the process's times are unreadable")?;
    let written = field(&read("io")?, "write_bytes:").context("no bytes written")?;
    let resident_kib = field(&read("status")?, "VmRSS:").context("no resident memory")?;
    let cpu = Duration::from_millis(ticks * 1000 / TICKS);
    Ok(Used { cpu, written_bytes: written, resident_bytes: resident_kib * 1024 })
}

/// User and system time. The program's name comes before, in brackets, and may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_any_name() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 1 0 99";
        assert_eq!(ticks(stat), Some(300));
    }

    #[test]
    fn this_process_has_memory() {
        assert!(used(std::process::id()).unwrap().resident_bytes > 100_000);
    }
}
