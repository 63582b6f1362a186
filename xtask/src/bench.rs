//! `cargo xtask bench`: speed and size, measured side by side with what there is to compare with.
//!
//! The contenders take turns in one run, after a round that does not count. Machines differ and are never quiet, so
//! what counts is the ratio of two figures of the same round; the report gives its median and its spread.

mod batches;
mod bed;
mod disk;
mod figures;
mod growth;
mod instructions;
mod limit;
mod longevity;
mod machine;
mod moto;
mod report;
mod scale;
mod server;

use std::process::ExitCode;

use anyhow::Context;

use crate::repository::Repository;
use bed::Bed;
use figures::Figures;
use machine::Machine;

/// What `bench` can be told.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only this one; may be repeated. All of them when absent.
    #[arg(value_name = "NAME", value_parser = names())]
    only: Vec<String>,
    /// Rounds that count
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub rounds: usize,
    /// Routes of the large store, of `scale` and `growth`
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub routes: u64,
    /// How long `longevity` takes
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub minutes: f64,
    /// Say that a figure was not reached by failing
    #[arg(long)]
    strict: bool,
}

/// One bench.
struct Bench {
    name: &'static str,
    what: &'static str,
    run: fn(&Bed) -> anyhow::Result<Figures>,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "limit",
        what: "the server against its own listener with a constant answer, one core for the server",
        run: limit::run,
    },
    Bench {
        name: "batches",
        what: "batches of fifty routes against single creates",
        run: batches::run,
    },
    Bench {
        name: "disk",
        what: "a durable create against a bare append with fdatasync; bytes written, group commit",
        run: disk::run,
    },
    Bench { name: "moto", what: "Causeway, durable, against moto, in memory", run: moto::run },
    Bench {
        name: "scale",
        what: "memory and restart with many routes, against reading the same rows",
        run: scale::run,
    },
    Bench {
        name: "growth",
        what: "create, describe and delete in small and large stores",
        run: growth::run,
    },
    Bench {
        name: "longevity",
        what: "mixed load for a while: memory, latency and disk stay as they are",
        run: longevity::run,
    },
];

fn names() -> clap::builder::PossibleValuesParser {
    BENCHES.iter().map(|bench| bench.name).collect::<Vec<_>>().into()
}

/// Runs the benches, prints what came of each, and writes it to `bench/results/`.
pub fn run(repository: &Repository, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let bed = Bed::prepare(repository, arguments)?;
    let mut missed = 0;
    let chosen = |bench: &&Bench| {
        arguments.only.is_empty() || arguments.only.iter().any(|it| it == bench.name)
    };
    for bench in BENCHES.iter().filter(chosen) {
        println!("\n== {}: {}", bench.name, bench.what);
        // Now: the code may move on while it is measured.
        let machine = Machine::here(repository);
        let figures = (bench.run)(&bed).with_context(|| format!("bench {}", bench.name))?;
        let report = report::Report::of(bench.name, bench.what, arguments, machine, figures)?;
        print!("{}", report.markdown());
        report.write(&repository.path("bench/results"))?;
        missed += report.missed();
    }
    println!("{missed} figures not reached");
    Ok(if arguments.strict && missed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
