//! `cargo xtask test`: every test of the project, step by step.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::program::{cargo, release_binary};
use crate::repository::Repository;
use crate::{clients, fuzz, program, readme, tidy};

/// How long each fuzz target runs within the tests.
const FUZZ_SECONDS: u64 = 10;

/// What `test` can be told.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only the steps that need neither a release build nor the network: tidy and rust.
    #[arg(long, conflicts_with = "only")]
    quick: bool,
    /// Only this step; may be repeated.
    #[arg(long, value_name = "STEP", value_parser = names())]
    only: Vec<String>,
}

/// A part of the tests. What `run` answers is a note for the summary.
struct Step {
    name: &'static str,
    what: &'static str,
    quick: bool,
    run: fn(&Repository) -> anyhow::Result<String>,
}

/// All steps, in order.
const STEPS: &[Step] = &[
    Step {
        name: "tidy",
        what: "format, lints, structure, wording, links, generated pages",
        quick: true,
        run: tidy::run,
    },
    Step {
        name: "rust",
        what: "unit, property, contract and crash tests of all crates",
        quick: true,
        run: rust,
    },
    Step { name: "release", what: "the causeway binary", quick: false, run: release },
    Step {
        name: "python",
        what: "the Python client suite against the binary",
        quick: false,
        run: clients::python,
    },
    Step {
        name: "node",
        what: "the Node.js client suite against the binary",
        quick: false,
        run: clients::node,
    },
    Step {
        name: "readme",
        what: "the commands of README.md against the binary",
        quick: false,
        run: readme::run,
    },
    Step {
        name: "fuzz",
        what: "ten seconds of fuzzing for each target",
        quick: false,
        run: |repository| fuzz::run(repository, FUZZ_SECONDS),
    },
];

struct Outcome {
    step: &'static Step,
    took: Duration,
    result: anyhow::Result<String>,
}

/// Runs the steps and closes with how many passed and failed.
pub fn run(repository: &Repository, arguments: &Arguments) -> ExitCode {
    let (chosen, left_out) = choose(arguments);
    let mut outcomes = Vec::new();
    for (index, step) in chosen.iter().enumerate() {
        println!("\n=== {}/{} {}: {}", index + 1, chosen.len(), step.name, step.what);
        let start = Instant::now();
        let result = (step.run)(repository);
        let took = start.elapsed();
        match &result {
            Ok(note) => println!("--- {} passed in {}: {note}", step.name, seconds(took)),
            Err(error) => println!("--- {} FAILED in {}: {error:#}", step.name, seconds(took)),
        }
        outcomes.push(Outcome { step, took, result });
    }
    print!("{}", summary(&outcomes, &left_out));
    if outcomes.iter().all(|outcome| outcome.result.is_ok()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The steps to run, and those that the arguments leave out.
fn choose(arguments: &Arguments) -> (Vec<&'static Step>, Vec<&'static Step>) {
    STEPS.iter().partition(|step| {
        let named = || arguments.only.iter().any(|name| name == step.name);
        if arguments.only.is_empty() { step.quick || !arguments.quick } else { named() }
    })
}

fn summary(outcomes: &[Outcome], left_out: &[&Step]) -> String {
    let mut text = String::from("\n");
    for Outcome { step, took, result } in outcomes {
        let (word, note) = match result {
            Ok(note) => ("passed", note.clone()),
            Err(error) => ("FAILED", error.to_string()),
        };
        let note = note.lines().next().unwrap_or_default();
        text += &format!("{:<8} {word:<7} {:>8}  {note}\n", step.name, seconds(*took));
    }
    for step in left_out {
        text += &format!("{:<8} not run, as asked\n", step.name);
    }
    let passed = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
    text + &format!("\n{passed} passed, {} failed\n", outcomes.len() - passed)
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

fn names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

fn rust(repository: &Repository) -> anyhow::Result<String> {
    program::run(&mut cargo(repository, &["test", "--workspace"]))?;
    Ok("all crates".into())
}

fn release(repository: &Repository) -> anyhow::Result<String> {
    Ok(release_binary(repository)?.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(quick: bool, only: &[&str]) -> (Vec<&'static str>, Vec<&'static str>) {
        let only = only.iter().map(|name| name.to_string()).collect();
        let (chosen, left_out) = choose(&Arguments { quick, only });
        let names = |steps: Vec<&Step>| steps.iter().map(|step| step.name).collect();
        (names(chosen), names(left_out))
    }

    #[test]
    fn everything_runs_unless_asked_otherwise() {
        assert_eq!(chosen(false, &[]), (names(), vec![]));
        assert_eq!(chosen(true, &[]).0, ["tidy", "rust"]);
        let (only, left_out) = chosen(false, &["fuzz", "tidy"]);
        assert_eq!((only, left_out.len()), (vec!["tidy", "fuzz"], STEPS.len() - 2));
    }

    #[test]
    fn the_summary_closes_with_the_counts() {
        let outcome = |index: usize, result| Outcome {
            step: &STEPS[index],
            took: Duration::from_millis(1250),
            result,
        };
        let failed = Err(anyhow::anyhow!("one\ntwo"));
        let text = summary(
            &[outcome(0, Ok("fine".into())), outcome(1, failed)],
            &STEPS.iter().skip(6).collect::<Vec<_>>(),
        );
        assert_eq!(
            text,
            "\ntidy     passed     1.2 s  fine\nrust     FAILED     1.2 s  one\n\
             fuzz     not run, as asked\n\n1 passed, 1 failed\n"
        );
    }
}
