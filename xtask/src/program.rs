//! Running other programs.

use anyhow::{anyhow, bail};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::repository::Repository;

/// A cargo command in the repository, by the cargo that runs this task.
pub fn cargo(repository: &Repository, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(&repository.root);
    forget_package(&mut command);
    command
}

/// Keeps from a command what `cargo run` says of this package: to build scripts that read the same names it would look
/// like a change, and half of everything would be built anew.
pub fn forget_package(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
}

/// Runs a program to its end with our own input and output; a failure is an error.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    announce(command);
    let status = command.status().map_err(|error| absent(command, &error))?;
    if !status.success() {
        bail!("{} failed: {status}", name(command));
    }
    Ok(())
}

/// Runs a program to its end and keeps what it prints.
pub fn capture(command: &mut Command) -> anyhow::Result<Output> {
    command.output().map_err(|error| absent(command, &error))
}

/// Says what is run, so that it can be run again by hand.
pub fn announce(command: &Command) {
    let arguments: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
    println!("$ {} {}", name(command), arguments.join(" "));
}

/// Why a program did not even start, with what to install when it is not there.
pub fn absent(command: &Command, error: &std::io::Error) -> anyhow::Error {
    let program = name(command);
    let install = match program.as_str() {
        "python3" => "install Python 3 with its venv module (python3 and python3-venv)",
        "node" | "npm" => "install Node.js 20 or newer, which brings node and npm",
        "bash" => "install bash",
        _ => "install it, or put it into PATH",
    };
    match error.kind() {
        ErrorKind::NotFound => anyhow!("{program} is missing: {install}"),
        _ => anyhow!("cannot run {program}: {error}"),
    }
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()
}

/// The `causeway` binary with release settings, built when it is not up to date.
pub fn release_binary(repository: &Repository) -> anyhow::Result<PathBuf> {
    run(&mut cargo(repository, &["build", "--quiet", "--release", "--bin", "causeway"]))?;
    Ok(repository.target().join("release").join("causeway"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_what_to_install() {
        let mut command = Command::new("/nowhere/python3");
        let error = run(&mut command).unwrap_err().to_string();
        assert!(error.starts_with("python3 is missing: install Python 3"), "{error}");
    }

    #[test]
    fn a_failing_program_is_named() {
        let error = run(&mut Command::new("false")).unwrap_err().to_string();
        assert!(error.starts_with("false failed"), "{error}");
    }
}
