//! Causeway, durable, against moto's server, which keeps everything in memory: what people would pick instead.
//!
//! Raw requests, signed as each protocol wants, and the clients' own SDKs. moto knows other names for the same things
//! (CreateRoute, DescribeRouteTables), so the calls are alike and not the same.

use std::thread::sleep;
use std::time::Duration;

use super::bed::{Bed, number};
use super::figures::{Figures, Wanted};
use super::server::Server;

const CAUSEWAY: &str = "Causeway";
const MOTO: &str = "moto";

pub fn run(bed: &Bed) -> anyhow::Result<Figures> {
    let mut figures = Figures::default();
    for round in 0..=bed.arguments.rounds {
        let data = bed.directory(&format!("moto-{round}"))?;
        // New ones each round: what they hold slows moto down.
        let causeway = Server::causeway(bed, &data, None)?;
        let moto = Server::moto(bed)?;
        let mut note = |who: &str, what: &str, unit: &str, value: f64| {
            if round > 0 {
                figures.note(&format!("{who}: {what}"), unit, value);
            }
        };
        for (who, server) in [(CAUSEWAY, &causeway), (MOTO, &moto)] {
            let first = server.first_answer.as_secs_f64() * 1e3;
            note(who, "first answer after start", "ms", first);
        }
        sleep(Duration::from_millis(500));
        for (who, server) in [(CAUSEWAY, &causeway), (MOTO, &moto)] {
            note(who, "memory at rest", "MiB", server.resident_bytes()? / MIB);
        }
        for clients in ["1", "8"] {
            for (who, server) in [(CAUSEWAY, &causeway), (MOTO, &moto)] {
                let report = drive(bed, who, server, "create", clients)?;
                let what = format!("creates, raw, clients: {clients}");
                note(who, &what, "requests/s", number(&report, "/per_second")?);
                note(who, &format!("{what}, failed"), "of 100", {
                    let failed = number(&report, "/failed")?;
                    100.0 * failed / (failed + number(&report, "/requests")?)
                });
            }
            for (who, server) in [(CAUSEWAY, &causeway), (MOTO, &moto)] {
                let report = sdk(bed, who, server, clients)?;
                let what = format!("creates, SDK, clients: {clients}");
                note(who, &what, "requests/s", number(&report, "/per_second")?);
            }
        }
        for stage in ["few", "many"] {
            for (who, server) in [(CAUSEWAY, &causeway), (MOTO, &moto)] {
                if stage == "many" {
                    grow(bed, who, server)?;
                }
                for call in ["create", "describe"] {
                    let report = drive(bed, who, server, call, "1")?;
                    let what = format!("{call}, p50, {stage} routes");
                    note(who, &what, "µs", number(&report, "/latency/p50_us")?);
                }
            }
        }
    }
    compare(&mut figures);
    Ok(figures)
}

const MIB: f64 = 1024.0 * 1024.0;

fn compare(figures: &mut Figures) {
    let mut ratio = |name: &str, of: (&str, &str), to: (&str, &str), wanted| {
        figures.ratio(name, &format!("{}: {}", of.0, of.1), &format!("{}: {}", to.0, to.1), wanted);
    };
    for (what, wanted) in [
        ("creates, raw, clients: 1", Wanted::Told),
        ("creates, raw, clients: 8", Wanted::AtLeast(50.0)),
        ("creates, SDK, clients: 1", Wanted::Told),
        ("creates, SDK, clients: 8", Wanted::Told),
    ] {
        ratio(&format!("Causeway to moto: {what}"), (CAUSEWAY, what), (MOTO, what), wanted);
    }
    for (what, wanted) in
        [("first answer after start", Wanted::AtLeast(20.0)), ("memory at rest", Wanted::Told)]
    {
        ratio(&format!("moto to Causeway: {what}"), (MOTO, what), (CAUSEWAY, what), wanted);
    }
    for who in [CAUSEWAY, MOTO] {
        for call in ["create", "describe"] {
            let (many, few) =
                (format!("{call}, p50, many routes"), format!("{call}, p50, few routes"));
            let name = format!("{who}: {call} with 5,000 more routes, to before");
            ratio(&name, (who, &many), (who, &few), Wanted::Told);
        }
    }
}

fn drive(
    bed: &Bed,
    who: &str,
    server: &Server,
    call: &str,
    clients: &str,
) -> anyhow::Result<serde_json::Value> {
    let (command, requests) = if who == MOTO { ("drive-moto", "400") } else { ("drive", "4000") };
    let to = server.address.to_string();
    let amount = ["--clients", clients, "--warm-up", "100", "--requests", requests];
    bed.measure(None, &[&[command, call, "--to", &to], &amount[..]].concat())
}

/// Adds five thousand routes.
fn grow(bed: &Bed, who: &str, server: &Server) -> anyhow::Result<()> {
    let command = if who == MOTO { "drive-moto" } else { "drive" };
    let to = server.address.to_string();
    let amount = ["--clients", "8", "--requests", "5000"];
    bed.measure(None, &[&[command, "create", "--to", &to], &amount[..]].concat())?;
    Ok(())
}

fn sdk(bed: &Bed, who: &str, server: &Server, clients: &str) -> anyhow::Result<serde_json::Value> {
    let script = if who == MOTO { "bench/sdk_moto.py" } else { "bench/sdk_causeway.py" };
    bed.python_measure(&[script, &server.address.to_string(), clients, "150"])
}
