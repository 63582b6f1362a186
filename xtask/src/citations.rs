//! Where specification rows are cited.

mod function;
pub mod test_code;

use std::collections::{BTreeMap, BTreeSet};

use crate::repository::Text;
use crate::rows::RowId;

/// A test that cites a row.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, from the repository's top.
    pub file: String,
    /// The test function, where one encloses or follows the citation.
    pub test: Option<String>,
}

/// What in a line looks like the id of a row, right or wrong.
pub fn in_line(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("S-").filter_map(move |(start, _)| {
        let before = line[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '-') {
            return None;
        }
        let rest = &line[start + 2..];
        let letters = rest.bytes().take_while(u8::is_ascii_uppercase).count();
        let digits = rest[letters..].strip_prefix('-')?.bytes().take_while(u8::is_ascii_digit);
        let digits = digits.count();
        (letters > 0 && digits > 0).then(|| &line[start..start + 3 + letters + digits])
    })
}

/// Which tests cite which row. Only test code counts: a row named beside the code that follows it
/// is not proven by that.
pub fn in_tests(texts: &[Text]) -> BTreeMap<RowId, BTreeSet<Place>> {
    let mut cited: BTreeMap<RowId, BTreeSet<Place>> = BTreeMap::new();
    for (text, range) in test_code::ranges(texts) {
        let lines: Vec<&str> = text.text.lines().collect();
        for index in range {
            for id in rows_in(lines[index]) {
                let test = function::around(&lines, index, text);
                cited.entry(id).or_default().insert(Place { file: text.file.clone(), test });
            }
        }
    }
    cited
}

/// The rows a line cites: each id, and all between two that are joined by `to`.
fn rows_in(line: &str) -> BTreeSet<RowId> {
    let mut rows = BTreeSet::new();
    let mut before: Option<(&str, RowId)> = None;
    for text in in_line(line) {
        let Some(id) = RowId::parse(text) else { continue };
        match before {
            Some((first_text, first)) if line.contains(&format!("{first_text} to {text}")) => {
                rows.extend(first.through(id));
            }
            _ => drop(rows.insert(id)),
        }
        before = Some((text, id));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_wherever_they_stand() {
        let found: Vec<_> = in_line("// S-VR-04, (S-XX-1) and \"S-PBR-78\".").collect();
        assert_eq!(found, ["S-VR-04", "S-XX-1", "S-PBR-78"]);
        for line in ["AS-VR-04", "ACS-S-VR-04", "S-VR", "S--1", "S-vr-01", "é S-"] {
            assert_eq!(in_line(line).next(), None, "{line}");
        }
    }

    #[test]
    fn a_range_is_all_of_its_rows() {
        let rows = |line| rows_in(line).iter().map(RowId::to_string).collect::<Vec<_>>();
        assert_eq!(
            rows("S-VR-06 to S-VR-09, S-RE-01"),
            ["S-RE-01", "S-VR-06", "S-VR-07", "S-VR-08", "S-VR-09"]
        );
        assert_eq!(rows("S-VR-06, S-VR-09"), ["S-VR-06", "S-VR-09"]);
        assert_eq!(rows("S-VR-06 to S-RE-01"), ["S-VR-06"]);
    }

    #[test]
    fn citations_count_in_tests_only() {
        let text = "//! S-VR-01\nfn run() {} // S-VR-02\n\n#[cfg(test)]\nmod tests {\n    \
                    // S-VR-03\n    #[test]\n    fn holds() {\n        check(); // S-VR-04\n    }\n}\n";
        let file = "crates/x/src/a.rs".to_owned();
        let cited = in_tests(&[Text { file: file.clone(), text: text.into() }]);
        let ids: Vec<_> = cited.keys().map(RowId::to_string).collect();
        assert_eq!(ids, ["S-VR-03", "S-VR-04"]);
        let place = Place { file, test: Some("holds".into()) };
        assert!(cited.values().all(|places| places.contains(&place)));
    }
}
