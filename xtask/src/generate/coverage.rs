//! Which test proves which row of the specification.

use std::collections::{BTreeMap, BTreeSet};

use super::markdown::{HEADER, cell, head, row};
use crate::citations::Place;
use crate::rows::{self, PAGES, Row, RowId};

/// Rows with the tests that cite them, and the rows known to be open.
pub struct Coverage<'a> {
    rows: Vec<Row>,
    open: BTreeMap<RowId, &'static str>,
    cited: &'a BTreeMap<RowId, BTreeSet<Place>>,
}

impl<'a> Coverage<'a> {
    /// The checked-in lists, with these citations.
    pub fn new(cited: &'a BTreeMap<RowId, BTreeSet<Place>>) -> anyhow::Result<Coverage<'a>> {
        Ok(Coverage { rows: rows::all()?, open: rows::open()?, cited })
    }

    /// Rows that are neither proven nor open, or both.
    pub fn problems(&self) -> Vec<String> {
        let of_row = |row: &Row| match (self.cited.get(&row.id), self.open.get(&row.id)) {
            (None, None) => Some(format!("{}: no test cites it, nor is it listed as open", row.id)),
            (Some(places), Some(_)) => {
                let file = places.first().map_or("", |place| &place.file);
                Some(format!("{}: listed as open, yet cited in {file}", row.id))
            }
            _ => None,
        };
        let unknown = self.open.keys().filter(|id| self.rows.iter().all(|row| row.id != **id));
        let unknown = unknown.map(|id| format!("{id}: listed as open, but there is no such row"));
        self.rows.iter().filter_map(of_row).chain(unknown).collect()
    }

    /// `docs/coverage.md`.
    pub fn page(&self) -> String {
        let mut page = format!(
            "{HEADER}# Coverage of the specification\n\n\
             The specification says {} things about four operations, one row each. A row is proven \
             by the tests that cite its id, or open with a reason.\n\n",
            self.rows.len()
        );
        page += &head(["Operation", "Rows", "Proven", "Open"]);
        for (letters, operation) in PAGES {
            let rows: Vec<&Row> = self.of_page(operation).collect();
            let proven = rows.iter().filter(|row| self.cited.contains_key(&row.id)).count();
            page += &row([
                format!(
                    "[{operation}](#{}-s-{})",
                    operation.to_lowercase(),
                    letters.to_lowercase()
                ),
                rows.len().to_string(),
                proven.to_string(),
                (rows.len() - proven).to_string(),
            ]);
        }
        for (letters, operation) in PAGES {
            page += &format!("\n## {operation} (S-{letters})\n\n");
            page += &head(["Row", "Kind", "What it says", "Proven by"]);
            for it in self.of_page(operation) {
                page +=
                    &row([it.id.to_string(), it.kind.into(), cell(it.label), self.proof(it.id)]);
            }
        }
        page
    }

    fn of_page(&self, operation: &str) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.id.operation() == operation)
    }

    fn proof(&self, id: RowId) -> String {
        match (self.cited.get(&id), self.open.get(&id)) {
            (Some(places), _) => proof(places),
            (None, Some(reason)) => format!("open: {reason}"),
            (None, None) => "**nothing yet**".into(),
        }
    }
}

/// Each file once, with its tests.
fn proof(places: &BTreeSet<Place>) -> String {
    let mut files: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for place in places {
        let tests = files.entry(&place.file).or_default();
        tests.extend(place.test.iter().map(|test| format!("`{}`", cell(test))));
    }
    let of_file = |(file, tests): (&str, Vec<String>)| {
        // The last two parts tell most files apart: `vpn_route/create.rs`.
        let short = file.rmatch_indices('/').nth(1).map_or(file, |(at, _)| &file[at + 1..]);
        let colon = if tests.is_empty() { "" } else { ": " };
        format!("[{short}](../{file}){colon}{}", tests.join(", "))
    };
    files.into_iter().map(of_file).collect::<Vec<_>>().join("<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage(cited: &BTreeMap<RowId, BTreeSet<Place>>) -> Coverage<'_> {
        let row = |id: &str| Row { id: id_of(id), kind: "limit", label: "a|b" };
        Coverage {
            rows: vec![row("S-VR-04"), row("S-VR-05"), row("S-VR-06")],
            open: BTreeMap::from([(id_of("S-VR-05"), "later")]),
            cited,
        }
    }

    fn id_of(text: &str) -> RowId {
        RowId::parse(text).unwrap()
    }

    fn place(file: &str, test: Option<&str>) -> Place {
        Place { file: file.into(), test: test.map(String::from) }
    }

    #[test]
    fn a_row_is_either_proven_or_open() {
        let places = || BTreeSet::from([place("crates/x/src/a/b.rs", Some("holds"))]);
        let one = BTreeMap::from([(id_of("S-VR-04"), places())]);
        assert_eq!(
            coverage(&one).problems(),
            ["S-VR-06: no test cites it, nor is it listed as open"]
        );
        let ids = ["S-VR-04", "S-VR-05", "S-VR-06"];
        let all = ids.iter().map(|id| (id_of(id), places())).collect();
        assert_eq!(
            coverage(&all).problems(),
            ["S-VR-05: listed as open, yet cited in crates/x/src/a/b.rs"]
        );
    }

    #[test]
    fn an_open_row_that_does_not_exist_is_reported() {
        let none = BTreeMap::new();
        let mut coverage = coverage(&none);
        coverage.open.insert(id_of("S-VR-99"), "later");
        assert!(coverage.problems().iter().any(|problem| problem.starts_with("S-VR-99")));
    }

    #[test]
    fn the_page_names_tests_and_reasons() {
        let places = [("t/x.py", Some("b")), ("t/x.py", Some("a")), ("s/y.rs", None)];
        let places = places.map(|(file, test)| place(file, test));
        let cited = BTreeMap::from([(id_of("S-VR-04"), BTreeSet::from(places))]);
        let page = coverage(&cited).page();
        for line in [
            "| S-VR-04 | limit | a\\|b | [s/y.rs](../s/y.rs)<br>[t/x.py](../t/x.py): `a`, `b` |\n",
            "| S-VR-05 | limit | a\\|b | open: later |\n",
            "| S-VR-06 | limit | a\\|b | **nothing yet** |\n",
            "| [CreateVpnRouteEntry](#createvpnrouteentry-s-vr) | 3 | 1 | 2 |\n",
        ] {
            assert!(page.contains(line), "{line} is not in\n{page}");
        }
    }
}
