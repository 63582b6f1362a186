//! Mixed load at a steady rate for a while: memory, latency and the data directory stay as they are, and no answer is
//! lost (the generator fails when one is, and looks in the end at what is left).
//!
//! Nonces are kept for fifteen minutes, as many as the server has room for, and events up to `--audit-max`: a run much shorter sees
//! both still grow.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::scope;
use std::time::Duration;

use anyhow::anyhow;

use super::bed::{Bed, number};
use super::figures::{Figures, Wanted, mean};
use super::server::Server;

/// Parts of the run, and those whose means are compared: by the middle, what is bounded should have filled.
const WINDOWS: usize = 10;
const MIDDLE: Range<usize> = 3..6;
const END: Range<usize> = 7..10;
/// Requests a second: enough for the directory to go down again every few minutes.
const RATE: f64 = 2000.0;
/// Between two looks at memory and directory, which go up and down as journals fill and tables are merged.
const LOOK: Duration = Duration::from_secs(5);

pub fn run(bed: &Bed) -> anyhow::Result<Figures> {
    let data = bed.directory("longevity")?;
    // A bound that the run comes to.
    let server = Server::causeway_with(bed, &data, None, &["--audit-max", "16MiB"])?;
    let (to, pid, rate) = (server.address.to_string(), server.pid(), RATE.to_string());
    let requests = RATE * bed.arguments.minutes * 60.0 / WINDOWS as f64;
    let requests = format!("{requests:.0}");
    let amount = ["--clients", "16", "--requests", &requests, "--rate", &rate];
    let drive = [&["drive", "mixed", "--to", &to, "--pid", &pid], &amount[..]].concat();
    let look = || Ok([server.resident_bytes()? / MIB, size(&data)? / MIB]);
    let mut windows = Vec::new();
    let mut figures = Figures::default();
    for _ in 0..WINDOWS {
        let (report, looks) = watched(look, || bed.measure(None, &drive))?;
        let seen = |which: usize| mean(looks.iter().map(|it| it[which]));
        let window = [
            ("resident memory", "MiB", seen(0)),
            ("mixed load, p50", "µs", number(&report, "/latency/p50_us")?),
            ("mixed load, p99", "µs", number(&report, "/latency/p99_us")?),
            ("data directory", "MiB", seen(1)),
        ];
        window.iter().for_each(|(name, unit, value)| figures.note(name, unit, *value));
        windows.push(window);
    }
    for (index, (name, unit, _)) in windows[0].iter().enumerate() {
        let of = |part: Range<usize>| mean(windows[part].iter().map(|window| window[index].2));
        let (middle, end) = (format!("{name}, in the middle"), format!("{name}, in the end"));
        figures.note(&middle, unit, of(MIDDLE));
        figures.note(&end, unit, of(END));
        let wanted = if name.ends_with("p99") { Wanted::Told } else { Wanted::AtMost(1.2) };
        figures.ratio(&format!("{name}, end to middle"), &end, &middle, wanted);
    }
    Ok(figures)
}

/// Works, and looks meanwhile.
fn watched<L: Send, T>(
    look: impl Fn() -> anyhow::Result<L> + Send,
    work: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<(T, Vec<L>)> {
    let (done, ended) = channel::<()>();
    scope(|scope| {
        let looking = scope.spawn(move || -> anyhow::Result<Vec<L>> {
            let mut seen = vec![look()?];
            while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                seen.push(look()?);
            }
            Ok(seen)
        });
        let result = work();
        drop(done);
        let seen = looking.join().map_err(|_| anyhow!("looking panicked"))?;
        Ok((result?, seen?))
    })
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
