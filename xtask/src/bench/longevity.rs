//! Mixed load at a steady rate for a while: memory, latency and the data directory stay as they are, and no answer is
//! lost (the generator fails when one is, and looks in the end at what is left).
//!
//! Nonces are kept for fifteen minutes and events up to `--audit-max`, so a run much shorter sees both still grow.

use std::fs;
use std::path::Path;

use super::bed::{Bed, number};
use super::figures::{Figures, Wanted};
use super::server::Server;

/// Parts of the run that are compared with each other.
const WINDOWS: usize = 10;
const RATE: f64 = 600.0;

pub fn run(bed: &Bed) -> anyhow::Result<Figures> {
    let data = bed.directory("longevity")?;
    // A bound that the run comes to.
    let server = Server::causeway_with(bed, &data, None, &["--audit-max", "16MiB"])?;
    let (to, pid, rate) = (server.address.to_string(), server.pid(), RATE.to_string());
    let requests = RATE * bed.arguments.minutes * 60.0 / WINDOWS as f64;
    let requests = format!("{requests:.0}");
    let amount = ["--clients", "16", "--requests", &requests, "--rate", &rate, "--pid", &pid];
    let mut windows = Vec::new();
    let mut figures = Figures::default();
    for _ in 0..WINDOWS {
        let report =
            bed.measure(None, &[&["drive", "mixed", "--to", &to], &amount[..]].concat())?;
        let window = [
            ("resident memory", "MiB", number(&report, "/server_resident_bytes")? / MIB),
            ("mixed load, p50", "µs", number(&report, "/latency/p50_us")?),
            ("mixed load, p99", "µs", number(&report, "/latency/p99_us")?),
            ("data directory", "MiB", size(&data)? / MIB),
        ];
        window.iter().for_each(|(name, unit, value)| figures.note(name, unit, *value));
        windows.push(window);
    }
    // The first half is for filling what is bounded.
    let (middle, last) = (windows[WINDOWS / 2 - 1], windows[WINDOWS - 1]);
    for (index, (name, unit, at_last)) in last.into_iter().enumerate() {
        let (half, end) = (format!("{name}, half way"), format!("{name}, in the end"));
        figures.note(&half, unit, middle[index].2);
        figures.note(&end, unit, at_last);
        let wanted = if name.ends_with("p99") { Wanted::Told } else { Wanted::AtMost(1.2) };
        figures.ratio(&format!("{name}, end to half way"), &end, &half, wanted);
    }
    Ok(figures)
}

const MIB: f64 = 1024.0 * 1024.0;

/// Bytes of a directory's files, as far as they take room.
fn size(directory: &Path) -> anyhow::Result<f64> {
    use std::os::unix::fs::MetadataExt;
    let mut bytes = 0.0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        // A file may go while it is looked at: tables are merged meanwhile.
        let Ok(metadata) = entry.metadata() else { continue };
        bytes += match metadata.is_dir() {
            true => size(&entry.path())?,
            false => (metadata.blocks() * 512) as f64,
        };
    }
    Ok(bytes)
}
