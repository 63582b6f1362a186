//! `cargo xtask tidy`: what the project holds itself to, beyond its tests.

mod arrows;
mod citations;
mod core;
mod dependencies;
mod licence;
mod links;
mod locks;
mod sizes;
mod words;

use anyhow::bail;

use crate::generate;
use crate::program::{self, cargo};
use crate::repository::{Repository, Text};

/// A check of the repository's text; it answers what it objects to.
type TextCheck = fn(&[Text]) -> anyhow::Result<Vec<String>>;

/// The checks of the repository's text, by name.
const TEXT_CHECKS: &[(&str, TextCheck)] = &[
    ("file sizes", sizes::check),
    ("words", words::check),
    ("core crates", core::check),
    ("lock files", locks::check),
    ("row ids", citations::check),
    ("links", links::check),
];

/// Runs all checks, also after one has failed.
pub fn run(repository: &Repository) -> anyhow::Result<String> {
    let mut failed = Vec::new();
    let mut report = |name: &'static str, result: anyhow::Result<()>| match &result {
        Ok(()) => println!("{name}: fine"),
        Err(error) => {
            println!("{name}: {error:#}");
            failed.push(name);
        }
    };
    let format = ["fmt", "--all", "--check"];
    report("format", program::run(&mut cargo(repository, &format)));
    let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
    report("lints", program::run(&mut cargo(repository, &clippy)));
    report("dependencies", dependencies::check(repository).and_then(objections));
    report("crate arrows", arrows::check(repository).and_then(objections));
    let texts = repository.texts()?;
    for (name, check) in TEXT_CHECKS {
        report(name, check(&texts).and_then(objections));
    }
    report("generated pages", generate::check(repository).map(|_| ()));
    if failed.is_empty() {
        Ok(format!("{} checks", TEXT_CHECKS.len() + 5))
    } else {
        bail!("{}", failed.join(", "))
    }
}

fn objections(found: Vec<String>) -> anyhow::Result<()> {
    found.iter().for_each(|objection| println!("{objection}"));
    if found.is_empty() { Ok(()) } else { bail!("{} objections", found.len()) }
}
