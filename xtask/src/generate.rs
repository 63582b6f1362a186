//! `cargo xtask generate`: the pages under `docs/` that follow from the code.

mod coverage;
mod errors;
mod index;
mod markdown;
mod operation;

use anyhow::{Context, bail, ensure};
use causeway_operations::FAMILIES;
use std::collections::BTreeMap;
use std::fs;

use crate::citations;
use crate::repository::Repository;

/// Where the operations' pages are; nothing else may be there.
const OPERATIONS: &str = "docs/operations";

/// Generated pages by file.
type Pages = BTreeMap<String, String>;

/// Writes the pages that differ, and removes those of operations that are gone.
pub fn write(repository: &Repository) -> anyhow::Result<String> {
    let (pages, problems) = render(repository)?;
    let stale = stale(repository, &pages)?;
    for file in &stale {
        let place = repository.path(file);
        match pages.get(file) {
            Some(page) => {
                let directory = place.parent().context("pages are in directories")?;
                fs::create_dir_all(directory).and_then(|()| fs::write(&place, page))
            }
            None => fs::remove_file(&place),
        }
        .with_context(|| format!("cannot write {file}"))?;
        println!("{file}");
    }
    problems.iter().for_each(|problem| println!("note: {problem}"));
    Ok(format!("{} of {} pages written", stale.len(), pages.len()))
}

/// Checks that the pages are as they would be written, and that each row is proven or open.
pub fn check(repository: &Repository) -> anyhow::Result<String> {
    let (pages, mut problems) = render(repository)?;
    let stale = stale(repository, &pages)?;
    problems
        .extend(stale.iter().map(|file| format!("{file}: out of date; `cargo xtask generate`")));
    if !problems.is_empty() {
        problems.iter().for_each(|problem| println!("{problem}"));
        bail!("{} problems with generated pages", problems.len());
    }
    Ok(format!("{} generated pages up to date", pages.len()))
}

/// All pages, and what is wrong with the coverage they show.
fn render(repository: &Repository) -> anyhow::Result<(Pages, Vec<String>)> {
    let mut pages = Pages::new();
    for entry in FAMILIES.iter().flat_map(|family| family.operations) {
        let declaration = &entry.declaration;
        let file = format!("{OPERATIONS}/{}.md", declaration.name);
        let before = pages.insert(file, operation::page(entry));
        ensure!(before.is_none(), "two operations are called {}", declaration.name);
    }
    pages.insert(format!("{OPERATIONS}/README.md"), index::page());
    pages.insert("docs/errors/gateway.md".into(), errors::page());
    let cited = citations::in_tests(&repository.texts()?);
    let coverage = coverage::Coverage::new(&cited)?;
    pages.insert("docs/coverage.md".into(), coverage.page());
    Ok((pages, coverage.problems()))
}

/// The pages that are missing, differ, or should not be there.
fn stale(repository: &Repository, pages: &Pages) -> anyhow::Result<Vec<String>> {
    let differs = |(file, page): &(&String, &String)| {
        fs::read_to_string(repository.path(file)).ok().as_ref() != Some(*page)
    };
    let mut stale: Vec<String> =
        pages.iter().filter(differs).map(|(file, _)| file.clone()).collect();
    if let Ok(directory) = fs::read_dir(repository.path(OPERATIONS)) {
        for entry in directory {
            let file = format!("{OPERATIONS}/{}", entry?.file_name().to_string_lossy());
            if !pages.contains_key(&file) {
                stale.push(file);
            }
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_written_once_and_leftovers_removed() {
        let directory = tempfile::tempdir().unwrap();
        let repository = Repository { root: directory.path().to_owned() };
        let pages = Pages::from([(format!("{OPERATIONS}/A.md"), "a\n".to_owned())]);
        assert_eq!(stale(&repository, &pages).unwrap(), ["docs/operations/A.md"]);
        fs::create_dir_all(repository.path(OPERATIONS)).unwrap();
        fs::write(repository.path("docs/operations/A.md"), "a\n").unwrap();
        assert!(stale(&repository, &pages).unwrap().is_empty());
        fs::write(repository.path("docs/operations/B.md"), "b\n").unwrap();
        assert_eq!(stale(&repository, &pages).unwrap(), ["docs/operations/B.md"]);
    }
}
