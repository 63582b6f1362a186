//! Every row that is cited exists.

use std::collections::BTreeSet;

use crate::citations::in_line;
use crate::repository::Text;
use crate::rows;

/// Unit tests here cite rows that do not exist on purpose.
const OWN_TESTS: &[&str] =
    &["xtask/src/tidy/citations.rs", "xtask/src/citations.rs", "xtask/src/rows.rs"];
const COVERAGE_TESTS: &str = "xtask/src/generate/coverage.rs";

/// Objects to ids of rows that there are not.
pub fn check(texts: &[Text]) -> anyhow::Result<Vec<String>> {
    let known: BTreeSet<String> = rows::all()?.iter().map(|row| row.id.to_string()).collect();
    let read =
        |text: &&Text| !OWN_TESTS.contains(&text.file.as_str()) && text.file != COVERAGE_TESTS;
    let mut found = Vec::new();
    for text in texts.iter().filter(read) {
        for (number, line) in text.lines() {
            for id in in_line(line).filter(|id| !known.contains(*id)) {
                found.push(format!("{}:{number}: there is no row {id}", text.file));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_rows_are_found() {
        let text = Text { file: "a.rs".into(), text: "// S-VR-04\n// S-VR-75, S-AB-01\n".into() };
        let expected = ["a.rs:2: there is no row S-VR-75", "a.rs:2: there is no row S-AB-01"];
        assert_eq!(check(&[text]).unwrap(), expected);
    }
}
