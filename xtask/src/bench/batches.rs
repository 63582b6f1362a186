//! Durable routes a second: batches of fifty against single creates.

use super::bed::{Bed, number};
use super::figures::{Figures, Wanted};
use super::server::Server;

const BATCH: f64 = 50.0;

pub fn run(bed: &Bed) -> anyhow::Result<Figures> {
    let server = Server::causeway(bed, &bed.directory("batches")?, None)?;
    let to = server.address.to_string();
    let mut figures = Figures::default();
    for round in 0..=bed.arguments.rounds {
        for clients in ["1", "8"] {
            for (call, requests, warm_up, routes) in
                [("create", "4000", "400", 1.0), ("batch", "800", "80", BATCH)]
            {
                let amount = ["--clients", clients, "--requests", requests, "--warm-up", warm_up];
                let report =
                    bed.measure(None, &[&["drive", call, "--to", &to], &amount[..]].concat())?;
                if round > 0 {
                    let per_second = number(&report, "/per_second")? * routes;
                    figures.note(&name(call, clients), "routes/s", per_second);
                }
            }
        }
    }
    for clients in ["1", "8"] {
        let title = format!("batches to single creates, clients: {clients}");
        let (batch, create) = (name("batch", clients), name("create", clients));
        figures.ratio(&title, &batch, &create, Wanted::AtLeast(20.0));
    }
    Ok(figures)
}

fn name(call: &str, clients: &str) -> String {
    let what = if call == "batch" { "CreateRouteEntries of 50" } else { "CreateRouteEntry" };
    format!("{what}, clients: {clients}")
}
