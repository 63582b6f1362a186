//! What durability costs: one client's create against a bare append with `fdatasync`; bytes written for a route; how
//! many changes share a commit.

use super::bed::{Bed, number};
use super::figures::{Figures, Wanted};
use super::server::Server;

/// About what a create writes: its route and its event.
const APPEND_BYTES: &str = "600";

pub fn run(bed: &Bed) -> anyhow::Result<Figures> {
    let server = Server::causeway(bed, &bed.directory("disk")?, None)?;
    let bare = bed.directory("bare")?;
    let (to, pid) = (server.address.to_string(), server.pid());
    let drive = |clients: &str, requests: &str| {
        let amount = ["--clients", clients, "--requests", requests, "--warm-up", "200"];
        let server = ["--to", &to, "--pid", &pid];
        bed.measure(None, &[&["drive", "create"], &amount[..], &server[..]].concat())
    };
    let mut figures = Figures::default();
    for round in 0..=bed.arguments.rounds {
        let append =
            ["append", &bare.to_string_lossy(), "--bytes", APPEND_BYTES, "--count", "1000"];
        let append = bed.measure(None, &append)?;
        let single = drive("1", "2000")?;
        let before = (server.counter(CHANGES)?, server.counter(COMMITS)?);
        let many = drive("64", "20000")?;
        let changes = server.counter(CHANGES)? - before.0;
        let commits = server.counter(COMMITS)? - before.1;
        if round == 0 {
            continue;
        }
        figures.note("append and fdatasync, p50", "µs", number(&append, "/latency/p50_us")?);
        figures.note("durable create, one client, p50", "µs", number(&single, "/latency/p50_us")?);
        figures.note("append and fdatasync, p99", "µs", number(&append, "/latency/p99_us")?);
        figures.note("durable create, one client, p99", "µs", number(&single, "/latency/p99_us")?);
        figures.note("durable creates, 64 clients", "requests/s", number(&many, "/per_second")?);
        let written = number(&many, "/server_written_bytes")?;
        figures.note("written to disk for a route, 64 clients", "bytes", written);
        let written = number(&single, "/server_written_bytes")?;
        figures.note("written to disk for a route, one client", "bytes", written);
        figures.note("changes in a commit, 64 clients and their setting up", "", changes / commits);
    }
    let (create, append) = ("durable create, one client, p50", "append and fdatasync, p50");
    figures.ratio("durable create to append, p50", create, append, Wanted::AtMost(2.5));
    let (create, append) = ("durable create, one client, p99", "append and fdatasync, p99");
    figures.ratio("durable create to append, p99", create, append, Wanted::Told);
    Ok(figures)
}

const CHANGES: &str = "causeway_committed_changes_total";
const COMMITS: &str = "causeway_commits_total";
