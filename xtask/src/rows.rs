//! The rows of the specification, and which of them are open.

use anyhow::{Context, bail, ensure};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

/// The pages of the specification: the letters of their rows, and what each describes.
pub const PAGES: &[(&str, &str)] = &[
    ("RE", "CreateRouteEntries"),
    ("VR", "CreateVpnRouteEntry"),
    ("PBR", "CreateVpnPbrRouteEntry"),
    ("VCO", "CreateVcoRouteEntry"),
];

/// The id of a row, such as `S-VR-04`; in the order of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowId {
    page: usize,
    number: u32,
}

/// One statement of the specification.
pub struct Row {
    /// Its id.
    pub id: RowId,
    /// What kind of statement it is.
    pub kind: &'static str,
    /// What it says, in short.
    pub label: &'static str,
}

impl RowId {
    /// Reads `S-VR-04`.
    pub fn parse(text: &str) -> Option<RowId> {
        let (letters, number) = text.strip_prefix("S-")?.split_once('-')?;
        let page = PAGES.iter().position(|(page, _)| *page == letters)?;
        let id = RowId { page, number: number.parse().ok()? };
        (id.to_string() == text).then_some(id)
    }

    /// This row and those after it up to another of the same page.
    pub fn through(self, last: RowId) -> impl Iterator<Item = RowId> {
        let end = if self.page == last.page { last.number } else { 0 };
        (self.number..=end).map(move |number| RowId { number, ..self })
    }

    /// The operation whose page has the row.
    pub fn operation(self) -> &'static str {
        PAGES[self.page].1
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-{}-{:02}", PAGES[self.page].0, self.number)
    }
}

/// All rows.
pub fn all() -> anyhow::Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for line in include_str!("rows.txt").lines() {
        let mut parts = line.splitn(3, " | ");
        let (Some(id), Some(kind), Some(label)) = (parts.next(), parts.next(), parts.next()) else {
            bail!("rows.txt: {line:?} is not `id | kind | label`");
        };
        let id = RowId::parse(id).with_context(|| format!("rows.txt: no row id: {id}"))?;
        ensure!(rows.last().is_none_or(|last| last.id < id), "rows.txt: {id} is out of order");
        rows.push(Row { id, kind, label });
    }
    Ok(rows)
}

/// The rows that no test can cite yet, with the reason.
pub fn open() -> anyhow::Result<BTreeMap<RowId, &'static str>> {
    parse_open(include_str!("open_rows.txt"))
}

fn parse_open(text: &str) -> anyhow::Result<BTreeMap<RowId, &str>> {
    let mut open = BTreeMap::new();
    for line in text.lines() {
        let parts = line.split_once(" | ").filter(|(_, reason)| !reason.trim().is_empty());
        let (rows, reason) =
            parts.with_context(|| format!("open_rows.txt: {line:?} is not `row | reason`"))?;
        let (first, numbers) =
            range(rows).with_context(|| format!("open_rows.txt: {rows:?} names no rows"))?;
        for number in numbers {
            let id = RowId { number, ..first };
            ensure!(open.insert(id, reason).is_none(), "open_rows.txt: {id} is listed twice");
        }
    }
    Ok(open)
}

/// Reads `S-VR-04` or `S-VR-04..09`.
fn range(text: &str) -> Option<(RowId, RangeInclusive<u32>)> {
    let (first, last) = text.split_once("..").unwrap_or((text, ""));
    let first = RowId::parse(first)?;
    let last = if last.is_empty() { first.number } else { last.parse().ok()? };
    (first.number <= last).then_some((first, first.number..=last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_complete() {
        let rows = all().unwrap();
        for (page, (letters, count)) in
            [("RE", 67), ("VR", 74), ("PBR", 78), ("VCO", 56)].into_iter().enumerate()
        {
            let of_page: Vec<_> = rows.iter().filter(|row| row.id.page == page).collect();
            assert_eq!(of_page.len(), count, "{letters}");
            assert_eq!(of_page.last().unwrap().id.number as usize, count, "{letters}");
        }
    }

    #[test]
    fn ids_are_written_one_way() {
        assert_eq!(RowId::parse("S-VR-04").unwrap().to_string(), "S-VR-04");
        for text in ["S-VR-4", "S-VR-004", "S-XX-04", "VR-04", "S-VR-"] {
            assert_eq!(RowId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn open_rows_are_read_with_ranges() {
        let open = parse_open("S-RE-14..16 | later\nS-VR-03 | a remark\n").unwrap();
        let ids: Vec<_> = open.keys().map(RowId::to_string).collect();
        assert_eq!(ids, ["S-RE-14", "S-RE-15", "S-RE-16", "S-VR-03"]);
        for bad in ["S-RE-14", "S-RE-14 | ", "S-RE-16..14 | x", "S-RE-14 | x\nS-RE-14 | y"] {
            assert!(parse_open(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_open_list_names_rows_that_exist() {
        let rows = all().unwrap();
        for id in open().unwrap().keys() {
            assert!(rows.iter().any(|row| row.id == *id), "{id}");
        }
    }
}
