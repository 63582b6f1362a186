//! `cargo xtask fuzz`: the parsers that face the network, under coverage guidance.

use anyhow::{Context, bail, ensure};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use crate::program::{absent, announce, cargo};
use crate::repository::Repository;

/// How much of a failing target's output is shown.
const TAIL_LINES: usize = 40;

/// Runs each target for this long; answers what they did. An input that fails is an error.
pub fn run(repository: &Repository, seconds: u64) -> anyhow::Result<String> {
    let mut notes = Vec::new();
    let mut failures = Vec::new();
    for target in targets(&repository.path("fuzz/targets"))? {
        match fuzz(repository, &target, seconds) {
            Ok(Stats { executions, new_inputs, coverage }) => {
                let note = format!(
                    "{target}: {executions} executions, {new_inputs} inputs with new coverage, \
                     {coverage} edges covered"
                );
                println!("{note}");
                notes.push(note);
            }
            Err(error) => failures.push(error.context(target)),
        }
    }
    match failures.pop() {
        None => Ok(notes.join("; ")),
        Some(last) => {
            failures.iter().for_each(|earlier| println!("{earlier:#}"));
            Err(last)
        }
    }
}

/// The targets: each is a file.
fn targets(directory: &Path) -> anyhow::Result<Vec<String>> {
    let files = fs::read_dir(directory).context("cannot read fuzz/targets")?;
    let mut targets = Vec::new();
    for file in files {
        let name = file?.file_name().to_string_lossy().into_owned();
        targets.extend(name.strip_suffix(".rs").map(str::to_owned));
    }
    ensure!(!targets.is_empty(), "there are no fuzz targets");
    targets.sort();
    Ok(targets)
}

fn fuzz(repository: &Repository, target: &str, seconds: u64) -> anyhow::Result<Stats> {
    let directory = repository.path("fuzz");
    let corpus = format!("corpus/{target}");
    let artifacts = format!("artifacts/{target}");
    let dictionary = format!("{target}.dict");
    for place in [&corpus, &artifacts] {
        let place = directory.join(place);
        fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    }
    // `fuzz` is a workspace of its own with its own settings, which cargo finds from there.
    let mut command = cargo(repository, &["run", "--quiet", "--release", "--bin", target, "--"]);
    command
        .current_dir(&directory)
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=5", "-rss_limit_mb=2048", "-max_len=4096", "-print_final_stats=1"])
        .args(directory.join(&dictionary).exists().then(|| format!("-dict={dictionary}")))
        .arg(format!("-artifact_prefix={artifacts}/"))
        .args([corpus, format!("seeds/{target}")])
        .stderr(Stdio::piped());
    announce(&command);
    let mut child = command.spawn().map_err(|error| absent(&command, &error))?;
    let output = BufReader::new(child.stderr.take().context("no output")?);
    // The output may quote an input, which is any bytes.
    let lines: Vec<String> = output
        .split(b'\n')
        .map(|line| line.map(|line| String::from_utf8_lossy(&line).into_owned()))
        .collect::<Result<_, _>>()?;
    if !child.wait()?.success() {
        lines.iter().skip(lines.len().saturating_sub(TAIL_LINES)).for_each(|l| println!("{l}"));
        match artifact(&lines) {
            Some(file) => bail!("an input fails, kept as fuzz/{file}"),
            None => bail!("stopped without naming an input; its last lines are above"),
        }
    }
    Stats::read(&lines).context("it ran, but printed no statistics")
}

/// What a run did.
#[derive(Debug, PartialEq)]
struct Stats {
    executions: u64,
    new_inputs: u64,
    coverage: u64,
}

impl Stats {
    fn read(lines: &[String]) -> Option<Stats> {
        let after = |line: &str, mark: &str| {
            let rest = line.split_once(mark)?.1.trim_start();
            rest.split_whitespace().next()?.parse().ok()
        };
        let last = |mark: &str| lines.iter().rev().find_map(|line| after(line, mark));
        Some(Stats {
            executions: last("stat::number_of_executed_units:")?,
            new_inputs: last("stat::new_units_added:")?,
            coverage: last(" cov: ")?,
        })
    }
}

/// The file with the input that failed.
fn artifact(lines: &[String]) -> Option<&str> {
    lines.iter().find_map(|line| Some(line.split_once("Test unit written to ")?.1.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn statistics_are_read_from_the_end() {
        let output = lines(
            "#2\tINITED cov: 12 ft: 13 corp: 1/1b\n#99\tDONE   cov: 345 ft: 99 corp: 9/1Kb\n\
             stat::number_of_executed_units: 99\nstat::new_units_added:          7",
        );
        let expected = Stats { executions: 99, new_inputs: 7, coverage: 345 };
        assert_eq!(Stats::read(&output), Some(expected));
        assert_eq!(Stats::read(&output[..2]), None);
    }

    #[test]
    fn each_file_is_a_target() {
        let directory = tempfile::tempdir().unwrap();
        assert!(targets(directory.path()).is_err());
        for file in ["b.rs", "a.rs", "README.md"] {
            fs::write(directory.path().join(file), "").unwrap();
        }
        assert_eq!(targets(directory.path()).unwrap(), ["a", "b"]);
    }

    #[test]
    fn a_failing_input_is_named() {
        let output =
            lines("==1==\nartifact_prefix='a/'; Test unit written to a/crash-0a1b\nBase64:");
        assert_eq!(artifact(&output), Some("a/crash-0a1b"));
        assert_eq!(artifact(&lines("#1 DONE")), None);
    }
}
