//! The rows of one kind, in key order, close together.
//!
//! Rows lie in sorted leaves of at most [`LEAF_MAX`], and a map leads from the least key of each leaf
//! to it. A key is kept once per leaf and not once per row, and leaves that fill in key order, as
//! when a store is loaded, are full: with millions of routes that halves what a plain map needs.

use crate::row::Row;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound::{self, Excluded, Included, Unbounded};
use std::ops::RangeBounds;

/// Rows in one leaf: enough to make keys and allocations few, few enough to move at each insertion.
const LEAF_MAX: usize = 32;

/// Rows by key.
#[derive(Clone)]
pub struct Table<R: Row> {
    /// By a key that none of a leaf's rows is below, and all rows of the leaf before are.
    leaves: BTreeMap<R::Key, Vec<R>>,
    len: usize,
}

impl<R: Row> Default for Table<R> {
    fn default() -> Table<R> {
        Table { leaves: BTreeMap::new(), len: 0 }
    }
}

impl<R: Row> PartialEq for Table<R> {
    fn eq(&self, other: &Table<R>) -> bool {
        self.len == other.len && self.rows().eq(other.rows())
    }
}

impl<R: Row + fmt::Debug> fmt::Debug for Table<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.rows()).finish()
    }
}

impl<R: Row> Table<R> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The row with this key.
    pub fn get(&self, key: &R::Key) -> Option<&R> {
        let (_, leaf) = self.leaves.range(..=key).next_back()?;
        find(leaf, key).ok().map(|at| &leaf[at])
    }

    /// How many rows' keys lie in a range. Rows are looked at in its first and last leaf only.
    pub fn count(&self, range: impl RangeBounds<R::Key>) -> usize {
        let first = match range.start_bound() {
            Included(key) | Excluded(key) => self.leaves.range(..=key).next_back(),
            Unbounded => None,
        };
        let skipped = first.map_or(0, |(_, leaf)| match range.start_bound() {
            Included(key) => leaf.partition_point(|row| row.cmp_key(key).is_lt()),
            Excluded(key) => leaf.partition_point(|row| row.cmp_key(key).is_le()),
            Unbounded => 0,
        });
        let leaves = match first {
            Some((least, _)) => self.leaves.range((Included(least), Unbounded)),
            None => self.leaves.range(..),
        };
        let ends_behind = |least: &R::Key| match range.end_bound() {
            Included(key) | Excluded(key) => least <= key,
            Unbounded => true,
        };
        let (mut count, mut last) = (0, None);
        for (_, leaf) in leaves.take_while(|(least, _)| ends_behind(least)) {
            count += last.replace(leaf).map_or(0, Vec::len);
        }
        let in_last = last.map_or(0, |leaf| match range.end_bound() {
            Included(key) => leaf.partition_point(|row| row.cmp_key(key).is_le()),
            Excluded(key) => leaf.partition_point(|row| row.cmp_key(key).is_lt()),
            Unbounded => leaf.len(),
        });
        (count + in_last).saturating_sub(skipped)
    }

    /// Rows whose keys lie in a range, in key order.
    pub fn range(&self, range: impl RangeBounds<R::Key>) -> impl Iterator<Item = &R> {
        let end = range.end_bound().cloned();
        let first = match range.start_bound() {
            Included(key) | Excluded(key) => self.leaves.range(..=key).next_back(),
            Unbounded => None,
        };
        let begun = first.map_or(&[][..], |(_, leaf)| {
            let skipped = match range.start_bound() {
                Included(key) => leaf.partition_point(|row| row.cmp_key(key).is_lt()),
                Excluded(key) => leaf.partition_point(|row| row.cmp_key(key).is_le()),
                Unbounded => 0,
            };
            &leaf[skipped..]
        });
        // Most ranges end in the leaf they begin in: the others are sought only when it is used up.
        let others = move || match first {
            Some((least, _)) => self.leaves.range((Excluded(least), Unbounded)),
            None => self.leaves.range(..),
        };
        let others = std::iter::once_with(others).flatten().flat_map(|(_, leaf)| leaf);
        let rows = begun.iter().chain(others);
        rows.take_while(move |row| match &end {
            Included(key) => row.cmp_key(key).is_le(),
            Excluded(key) => row.cmp_key(key).is_lt(),
            Unbounded => true,
        })
    }

    /// The row with the greatest key of a range that `beyond` does not pass over: of a row that is not
    /// wanted it tells before which bound further ones can be.
    pub fn last(
        &self,
        range: impl RangeBounds<R::Key>,
        beyond: impl Fn(&R) -> Option<Bound<R::Key>>,
    ) -> Option<&R> {
        let mut end = range.end_bound().cloned();
        let mut leaf: Option<(&R::Key, &Vec<R>)> = None;
        loop {
            // Most steps stay in the leaf.
            let (least, rows) = match (&end, leaf) {
                (Included(key) | Excluded(key), Some(leaf)) if leaf.0 <= key => leaf,
                (Included(key) | Excluded(key), _) => self.leaves.range(..=key).next_back()?,
                (Unbounded, _) => self.leaves.last_key_value()?,
            };
            let before = match &end {
                Included(key) => rows.partition_point(|row| row.cmp_key(key).is_le()),
                Excluded(key) => rows.partition_point(|row| row.cmp_key(key).is_lt()),
                Unbounded => rows.len(),
            };
            let (found, row) = match before {
                0 => {
                    let lower = self.leaves.range(..least).next_back()?;
                    (lower, lower.1.last()?)
                }
                _ => ((least, rows), &rows[before - 1]),
            };
            let begun = match range.start_bound() {
                Included(key) => row.cmp_key(key).is_ge(),
                Excluded(key) => row.cmp_key(key).is_gt(),
                Unbounded => true,
            };
            match beyond(row).filter(|_| begun) {
                Some(bound) => end = bound,
                None => return begun.then_some(row),
            }
            leaf = Some(found);
        }
    }

    /// Puts a row, in place of one with the same key.
    pub(crate) fn insert(&mut self, row: R) {
        let key = row.key();
        if let Some(mut last) = self.leaves.last_entry()
            && last.get().last().is_some_and(|before| before.cmp_key(&key).is_lt())
        {
            // Behind all: as rows come when a store is loaded. Full leaves are left behind.
            self.len += 1;
            let leaf = last.get_mut();
            match leaf.len() {
                LEAF_MAX => drop(self.leaves.insert(key, vec![row])),
                at => place(leaf, at, row),
            }
            return;
        }
        if self.leaves.range(..=&key).next_back().is_none() {
            // Below all: the first leaf begins here from now on.
            let first = self.leaves.pop_first().map(|(_, leaf)| leaf);
            self.leaves.insert(key.clone(), first.unwrap_or_default());
        }
        let Some((_, leaf)) = self.leaves.range_mut(..=&key).next_back() else { return };
        let at = match find(leaf, &key) {
            Ok(at) => return leaf[at] = row,
            Err(at) => at,
        };
        self.len += 1;
        if leaf.len() < LEAF_MAX {
            return place(leaf, at, row);
        }
        let mut upper = leaf.split_off(LEAF_MAX / 2);
        match at.checked_sub(leaf.len()) {
            Some(at) => place(&mut upper, at, row),
            None => place(leaf, at, row),
        }
        leaf.shrink_to_fit();
        self.leaves.insert(upper[0].key(), upper);
    }

    /// Removes the row with this key, if it is there.
    pub(crate) fn remove(&mut self, key: &R::Key) {
        let Some((least, leaf)) = self.leaves.range_mut(..=key).next_back() else { return };
        let Ok(at) = find(leaf, key) else { return };
        leaf.remove(at);
        self.len -= 1;
        if leaf.is_empty() {
            let least = least.clone();
            self.leaves.remove(&least);
        } else if leaf.len() < leaf.capacity() / 4 {
            leaf.shrink_to(leaf.len() * 2);
        }
    }

    fn rows(&self) -> impl Iterator<Item = &R> {
        self.leaves.values().flatten()
    }
}

fn find<R: Row>(leaf: &[R], key: &R::Key) -> Result<usize, usize> {
    leaf.binary_search_by(|row| row.cmp_key(key))
}

/// Puts a row into a leaf that grows by a quarter at a time, not by the double.
fn place<R: Row>(leaf: &mut Vec<R>, at: usize, row: R) {
    if leaf.len() == leaf.capacity() {
        leaf.reserve_exact((leaf.len() / 4 + 1).min(LEAF_MAX - leaf.len()));
    }
    leaf.insert(at, row);
}

#[cfg(test)]
mod tests;
