//! A small table: the prefixes as disjoint ranges of addresses, sorted.

use super::{Key, Prefix};
use std::collections::BTreeMap;

/// The value of addresses that no prefix holds.
const NOTHING: u32 = u32::MAX;
/// Ranges in a block; a block is searched at once.
const BLOCK: usize = 16;

/// Prefixes sorted by address, and what follows from them: where the answer changes along the
/// addresses, and to what. A lookup counts the changes up to the address, block by block, without
/// branches that could be guessed wrongly. A change rebuilds the ranges, in one pass.
#[derive(Clone, Debug)]
pub struct Ranges<K: Key> {
    rows: Vec<(Prefix<K>, u32)>,
    /// The first address of each block's first range, in blocks; beyond the last the highest.
    pivots: Vec<[K; BLOCK]>,
    /// The first address of each range, in blocks; beyond the last the highest.
    starts: Vec<[K; BLOCK]>,
    /// The value of each range; beyond the last that of the last.
    values: Vec<[u32; BLOCK]>,
}

impl<K: Key> Default for Ranges<K> {
    fn default() -> Ranges<K> {
        Ranges::of(Vec::new())
    }
}

/// Of several values for one prefix the last one stays.
impl<K: Key> FromIterator<(Prefix<K>, u32)> for Ranges<K> {
    fn from_iter<I: IntoIterator<Item = (Prefix<K>, u32)>>(rows: I) -> Ranges<K> {
        Ranges::of(BTreeMap::from_iter(rows).into_iter().collect())
    }
}

impl<K: Key> Ranges<K> {
    /// A table of sorted rows.
    fn of(rows: Vec<(Prefix<K>, u32)>) -> Ranges<K> {
        let mut ranges =
            Ranges { rows, pivots: Vec::new(), starts: Vec::new(), values: Vec::new() };
        ranges.rebuild();
        ranges
    }

    /// Puts a prefix; the value it had before.
    pub fn insert(&mut self, prefix: Prefix<K>, value: u32) -> Option<u32> {
        let before = match self.rows.binary_search_by_key(&prefix, |row| row.0) {
            Ok(at) => Some(std::mem::replace(&mut self.rows[at].1, value)),
            Err(at) => {
                self.rows.insert(at, (prefix, value));
                None
            }
        };
        self.rebuild();
        before
    }

    /// Removes a prefix; the value it had.
    pub fn remove(&mut self, prefix: Prefix<K>) -> Option<u32> {
        let at = self.rows.binary_search_by_key(&prefix, |row| row.0).ok()?;
        let (_, value) = self.rows.remove(at);
        self.rebuild();
        Some(value)
    }

    /// The value of the longest prefix that holds an address.
    #[inline]
    pub fn lookup(&self, address: K) -> Option<u32> {
        let blocks: usize = self.pivots.iter().map(|pivots| address.rank(pivots)).sum();
        // The highest address also counts what fills up the last blocks.
        let block = (blocks - 1).min(self.starts.len() - 1);
        let range = address.rank(&self.starts[block]) - 1;
        let value = self.values[block][range & (BLOCK - 1)];
        (value != NOTHING).then_some(value)
    }

    /// All prefixes with their values, by address and then by length.
    pub fn rows(&self) -> impl Iterator<Item = (Prefix<K>, u32)> {
        self.rows.iter().copied()
    }

    /// How many prefixes there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn rebuild(&mut self) {
        let ranges = disjoint(&self.rows);
        self.starts.clear();
        self.values.clear();
        self.pivots.clear();
        for block in ranges.chunks(BLOCK) {
            let (_, last) = block[block.len() - 1];
            let mut starts = [K::MAX; BLOCK];
            let mut values = [last; BLOCK];
            for (at, (start, value)) in block.iter().enumerate() {
                (starts[at], values[at]) = (*start, *value);
            }
            self.starts.push(starts);
            self.values.push(values);
        }
        for block in self.starts.chunks(BLOCK) {
            let mut pivots = [K::MAX; BLOCK];
            for (pivot, starts) in pivots.iter_mut().zip(block) {
                *pivot = starts[0];
            }
            self.pivots.push(pivots);
        }
    }
}

/// Where the answer changes along the addresses, from the lowest on, and to what.
fn disjoint<K: Key>(rows: &[(Prefix<K>, u32)]) -> Vec<(K, u32)> {
    let mut ranges = vec![(K::default(), NOTHING)];
    // The prefixes around the current address, outermost first.
    let mut open: Vec<(Prefix<K>, u32)> = Vec::new();
    for &(prefix, value) in rows {
        close(&mut open, &mut ranges, |outer| !outer.contains(prefix.network()));
        begin(&mut ranges, prefix.network(), value);
        open.push((prefix, value));
    }
    close(&mut open, &mut ranges, |_| true);
    ranges
}

/// Ends the innermost open prefixes that have ended; after each the one around it answers again.
fn close<K: Key>(
    open: &mut Vec<(Prefix<K>, u32)>,
    ranges: &mut Vec<(K, u32)>,
    ended: impl Fn(Prefix<K>) -> bool,
) {
    while let Some((inner, _)) = open.pop_if(|(inner, _)| ended(*inner)) {
        let around = open.last().map_or(NOTHING, |(_, value)| *value);
        if let Some(after) = inner.last().next() {
            begin(ranges, after, around);
        }
    }
}

fn begin<K: Key>(ranges: &mut Vec<(K, u32)>, start: K, value: u32) {
    match ranges.last_mut() {
        Some(last) if last.0 == start => last.1 = value,
        Some(last) if last.1 == value => {}
        _ => ranges.push((start, value)),
    }
}
