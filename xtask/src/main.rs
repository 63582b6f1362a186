//! Project tasks: `cargo xtask <command>`.

mod bench;
mod citations;
mod clients;
mod fuzz;
mod generate;
mod program;
mod readme;
mod repository;
mod rows;
mod test;
mod tidy;

use clap::{Parser, Subcommand};
use repository::Repository;
use std::process::ExitCode;

/// Tasks of the Causeway project. Start with `cargo xtask test`.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs every test of the project and closes with `N passed, N failed`.
    Test(test::Arguments),
    /// Checks format, lints, structure, wording, links and generated pages, without running tests.
    Tidy,
    /// Writes the pages under docs/ that follow from the code.
    Generate {
        /// Only say what is out of date, and fail when anything is.
        #[arg(long)]
        check: bool,
    },
    /// Fuzzes the parsers that face the network.
    Fuzz {
        /// Time for each target.
        #[arg(long, value_name = "N", default_value_t = 60)]
        seconds: u64,
    },
    /// Runs the commands that README.md shows.
    Readme,
    /// Measures speed and size side by side with what there is to compare with.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<ExitCode> {
    let repository = Repository::find()?;
    let note = match task {
        Task::Test(arguments) => return Ok(test::run(&repository, arguments)),
        Task::Bench(arguments) => return bench::run(&repository, arguments),
        Task::Tidy => tidy::run(&repository)?,
        Task::Generate { check: true } => generate::check(&repository)?,
        Task::Generate { check: false } => generate::write(&repository)?,
        Task::Fuzz { seconds } => fuzz::run(&repository, *seconds)?,
        Task::Readme => readme::run(&repository)?,
    };
    println!("{note}");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
