//! Pages of a list, by number and size.

use causeway_spec::Refusal;
use std::collections::BTreeSet;

/// A slice of a list. A page is filled while rows remain: a short page ends a client's loop
/// (clients.md 5.3).
#[derive(Debug)]
pub struct Page {
    /// The page's number, from 1.
    pub number: i64,
    /// Rows in a full page.
    pub size: i64,
}

impl Page {
    /// Reads `PageNumber` (from 1) and `PageSize` (1 to 50, 10 when absent).
    pub fn new(number: Option<i64>, size: Option<i64>) -> Result<Page, Refusal> {
        let (number, size) = (number.unwrap_or(1), size.unwrap_or(10));
        if number < 1 {
            return Err(Refusal::invalid_parameter("PageNumber"));
        }
        if !(1..=50).contains(&size) {
            return Err(Refusal::invalid_parameter("PageSize"));
        }
        Ok(Page { number, size })
    }

    /// The rows on this page, and how many rows there are in all.
    pub fn of<T>(&self, rows: impl Iterator<Item = T>) -> (Vec<T>, usize) {
        let first = (self.number - 1).saturating_mul(self.size);
        let mut total = 0;
        let mut page = Vec::new();
        for row in rows {
            let at = i64::try_from(total).unwrap_or(i64::MAX);
            if at >= first && at - first < self.size {
                page.push(row);
            }
            total += 1;
        }
        (page, total)
    }
}

/// Whether a text passes a filter; an absent or empty filter passes everything.
pub(crate) fn passes(filter: Option<&str>, text: Option<&str>) -> bool {
    filter.is_none_or(|wanted| wanted.is_empty() || Some(wanted) == text)
}

/// The ids a filter lists; `None` passes everything.
#[derive(Debug)]
pub(crate) struct Listed<'a>(Option<BTreeSet<&'a str>>);

impl<'a> Listed<'a> {
    /// Reads ids separated by commas, at most 100; `name` names the parameter.
    pub fn read(filter: Option<&'a str>, name: &str) -> Result<Listed<'a>, Refusal> {
        const IDS_MAX: usize = 100;
        let Some(filter) = filter.filter(|ids| !ids.is_empty()) else { return Ok(Listed(None)) };
        if filter.split(',').nth(IDS_MAX).is_some() {
            return Err(Refusal::invalid_parameter(name));
        }
        Ok(Listed(Some(filter.split(',').map(str::trim).collect())))
    }

    /// Whether an id is among them.
    pub fn has(&self, id: impl std::fmt::Display) -> bool {
        self.0.as_ref().is_none_or(|ids| ids.contains(id.to_string().as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_filter_passes_everything() {
        assert!(passes(None, None) && passes(Some(""), Some("a")) && passes(Some("a"), Some("a")));
        assert!(!passes(Some("a"), Some("b")) && !passes(Some("a"), None));
    }

    #[test]
    fn ids_are_separated_by_commas() {
        let is_listed = |filter, id: &str| Listed::read(filter, "Ids").unwrap().has(id);
        assert!(is_listed(None, "a") && is_listed(Some(""), "a") && is_listed(Some("b, a"), "a"));
        assert!(!is_listed(Some("ab"), "a") && !is_listed(Some("b,c"), "a"));
    }

    #[test]
    fn a_filter_lists_at_most_100_ids() {
        let list = |count| vec!["a"; count].join(",");
        assert!(Listed::read(Some(&list(100)), "Ids").unwrap().has("a"));
        let refusal = Listed::read(Some(&list(101)), "Ids").unwrap_err();
        assert_eq!(refusal, Refusal::invalid_parameter("Ids"));
    }

    #[test]
    fn pages_are_full_until_the_last() {
        let page = |number, size| Page::new(Some(number), Some(size)).unwrap().of(0..7);
        assert_eq!(page(1, 3), (vec![0, 1, 2], 7));
        assert_eq!(page(3, 3), (vec![6], 7));
        assert_eq!(page(4, 3), (vec![], 7));
        assert_eq!(page(i64::MAX, 50), (vec![], 7));
        assert_eq!(Page::new(None, None).unwrap().of(0..70).0.len(), 10);
        assert!(Page::new(Some(0), None).is_err());
        assert!(Page::new(None, Some(51)).is_err());
    }
}
