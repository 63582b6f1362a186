//! The server against the limit of its HTTP stack: the same listener, answering as many bytes that cost nothing.
//!
//! The server has one core and the generator another, so that the server is what is full. Its state is durable, and
//! every request's signature is checked.

use std::collections::BTreeMap;

use super::bed::{Bed, number};
use super::figures::{Figures, Wanted};
use super::server::Server;

const SERVER_CORE: Option<usize> = Some(0);
const LOAD_CORE: Option<usize> = Some(1);

/// A call, how often it is made in a round, and the least part of the limit it must reach.
const CALLS: &[(&str, &str, &str, f64)] = &[
    ("create", "CreateRouteEntry", "20000", 0.5),
    ("create-vpn", "CreateVpnRouteEntry", "10000", 0.5),
    ("describe", "DescribeRouteEntryList, page of 50", "20000", 0.7),
];

pub fn run(bed: &Bed) -> anyhow::Result<Figures> {
    let server = Server::causeway(bed, &bed.directory("limit")?, SERVER_CORE)?;
    let mut limits = BTreeMap::new();
    let mut figures = Figures::default();
    for round in 0..=bed.arguments.rounds {
        for (call, title, requests, _) in CALLS {
            let ours = drive(bed, &["drive", call], requests, &server)?;
            if !limits.contains_key(call) {
                let bytes = number(&ours, "/answer_bytes")?;
                limits.insert(call, Server::constant(bed, bytes, SERVER_CORE)?);
            }
            let limit = drive(bed, &["drive-constant"], requests, &limits[call])?;
            if round == 0 {
                continue;
            }
            for (name, report) in [((*title).to_owned(), &ours), (limit_of(title), &limit)] {
                figures.note(&name, "requests/s", number(report, "/per_second")?);
                figures.note(&cpu_of(&name), "µs", number(report, "/server_cpu_us")?);
            }
        }
    }
    for (_, title, _, least) in CALLS {
        let name = format!("{title}: throughput, of the limit's");
        figures.ratio(&name, title, &limit_of(title), Wanted::AtLeast(*least));
        // Where the generator is slower than the limit, the throughput flatters us. This does not.
        let (ours, limit) = (cpu_of(title), cpu_of(&limit_of(title)));
        let name = format!("{title}: requests for the same processor time, of the limit's");
        figures.ratio(&name, &limit, &ours, Wanted::AtLeast(*least));
    }
    Ok(figures)
}

fn limit_of(title: &str) -> String {
    format!("{title}: limit")
}

fn cpu_of(name: &str) -> String {
    format!("{name}, processor time of the server a request")
}

fn drive(
    bed: &Bed,
    what: &[&str],
    requests: &str,
    server: &Server,
) -> anyhow::Result<serde_json::Value> {
    let (to, pid) = (server.address.to_string(), server.pid());
    let amount = ["--clients", "64", "--warm-up", "2000", "--requests", requests];
    let server = ["--to", &to, "--pid", &pid];
    bed.measure(LOAD_CORE, &[what, &amount[..], &server[..]].concat())
}
