//! Lists that go on from a marker.

use causeway_spec::Refusal;

/// How much of a list is asked for, and from where.
pub(super) struct Listing<'a> {
    after: Option<&'a str>,
    items_max: usize,
}

/// A part of a list.
pub(super) struct Part<T> {
    pub rows: Vec<T>,
    /// What the next request begins after; none at the end.
    pub marker: Option<String>,
}

impl<'a> Listing<'a> {
    /// Reads `Marker` (the last name seen) and `MaxItems` (1 to 1000, 100 when absent).
    pub fn new(marker: &'a Option<String>, items_max: Option<i64>) -> Result<Self, Refusal> {
        let items_max = usize::try_from(items_max.unwrap_or(100)).unwrap_or_default();
        if !(1..=1000).contains(&items_max) {
            return Err(Refusal::invalid_parameter("MaxItems"));
        }
        Ok(Listing { after: crate::label::given(marker), items_max })
    }

    /// The part of `all`, which is in the order of its names.
    pub fn part<T>(&self, all: impl Iterator<Item = T>, name: fn(&T) -> &str) -> Part<T> {
        let later = |row: &T| self.after.is_none_or(|after| name(row) > after);
        let mut rows: Vec<T> = all.filter(later).take(self.items_max + 1).collect();
        let more = rows.len() > self.items_max;
        rows.truncate(self.items_max);
        let marker = rows.last().filter(|_| more).map(|last| name(last).to_owned());
        Part { rows, marker }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_after_its_marker() {
        let all = ["a", "b", "c"];
        let part = |marker: Option<&str>, items_max| {
            let marker = marker.map(str::to_owned);
            let listing = Listing::new(&marker, Some(items_max)).unwrap();
            let part = listing.part(all.into_iter(), |row| row);
            (part.rows, part.marker)
        };
        assert_eq!(part(None, 2), (vec!["a", "b"], Some("b".into())));
        assert_eq!(part(Some("b"), 2), (vec!["c"], None));
        assert_eq!(part(Some(""), 3), (vec!["a", "b", "c"], None));
        assert_eq!(part(Some("aa"), 1), (vec!["b"], Some("b".into())));
        for bad in [0, 1001, -1] {
            assert_eq!(Listing::new(&None, Some(bad)).err().unwrap().code, "InvalidParameter");
        }
    }
}
