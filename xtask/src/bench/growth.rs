//! Whether a call costs the same however much the store holds. The tenant that is called has a VPC for every tenth
//! table, up to 10,000; the others are of many sizes.

use std::path::PathBuf;

use super::bed::{Bed, number};
use super::figures::{Figures, Wanted};
use super::instructions;
use super::server::Server;

const CALLS: &[&str] = &["create", "describe", "delete"];
const SMALL: u64 = 1_000;
const MIDDLE: u64 = 100_000;

pub fn run(bed: &Bed) -> anyhow::Result<Figures> {
    let mut sizes = vec![SMALL, MIDDLE, bed.arguments.routes];
    sizes.sort_unstable();
    sizes.dedup();
    let mut servers = Vec::new();
    for routes in &sizes {
        servers.push(Server::causeway(bed, &seeded(bed, *routes, "growth")?, None)?);
    }
    let mut figures = Figures::default();
    for round in 0..=bed.arguments.rounds {
        for call in CALLS {
            for (routes, server) in sizes.iter().zip(&servers) {
                let (to, pid) = (server.address.to_string(), server.pid());
                let amount = ["--requests", "2000", "--warm-up", "200", "--pid", &pid];
                let report =
                    bed.measure(None, &[&["drive", call, "--to", &to], &amount[..]].concat())?;
                if round > 0 {
                    let p50 = number(&report, "/latency/p50_us")?;
                    figures.note(&name(call, "p50", *routes), "µs", p50);
                    let p99 = number(&report, "/latency/p99_us")?;
                    figures.note(&name(call, "p99", *routes), "µs", p99);
                    let cpu = number(&report, "/server_cpu_us")?;
                    figures.note(&name(call, "processor time", *routes), "µs", cpu);
                }
            }
        }
    }
    for call in CALLS {
        for routes in sizes.iter().skip(1) {
            for (what, wanted) in [
                ("p50", Wanted::AtMost(1.2)),
                ("p99", Wanted::Told),
                ("processor time", Wanted::Told),
            ] {
                let title = format!("{call}, {what}: {routes} routes to {SMALL}");
                let (large, small) = (name(call, what, *routes), name(call, what, sizes[0]));
                figures.ratio(&title, &large, &small, wanted);
            }
        }
    }
    drop(servers);
    count(bed, &mut figures)?;
    Ok(figures)
}

/// A data directory with so many routes.
fn seeded(bed: &Bed, routes: u64, name: &str) -> anyhow::Result<PathBuf> {
    let data = bed.directory(&format!("{name}-{routes}"))?;
    let store = data.join("store").to_string_lossy().into_owned();
    println!("{}", bed.measure(None, &["seed", &store, "--routes", &routes.to_string()])?);
    Ok(data)
}

/// Instructions, in stores that are read under callgrind in reasonable time.
fn count(bed: &Bed, figures: &mut Figures) -> anyhow::Result<()> {
    if !instructions::can_be_counted() {
        println!("no instructions are counted: valgrind is not installed");
        return Ok(());
    }
    const CALLS: &[&str] = &["create", "describe"];
    for routes in [SMALL, MIDDLE] {
        let data = seeded(bed, routes, "counted")?;
        let mut counted = instructions::Counted::start(bed, &data)?;
        for call in CALLS {
            let instructions = counted.of_call(bed, call)?;
            figures.note(&name(call, "instructions", routes), "", instructions);
        }
    }
    for call in CALLS {
        let title = format!("{call}, instructions: {MIDDLE} routes to {SMALL}");
        let (large, small) =
            (name(call, "instructions", MIDDLE), name(call, "instructions", SMALL));
        figures.ratio(&title, &large, &small, Wanted::AtMost(1.2));
    }
    Ok(())
}

fn name(call: &str, what: &str, routes: u64) -> String {
    format!("{call}, {what}, {routes} routes")
}
