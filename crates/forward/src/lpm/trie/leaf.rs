//! The ends of the tree: a few prefixes each, looked at all at once.

use super::super::{Key, Prefix};
use super::NONE;
use std::hint::select_unpredictable;
use std::num::NonZeroU8;

/// Prefixes in a leaf. Three of IPv6 fill a cache line.
pub(super) const ROOM: usize = 3;

/// One to three prefixes, shorter ones first. Unused places repeat the last one, so that a lookup
/// need not know how many there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaf<K> {
    networks: [K; ROOM],
    values: [u32; ROOM],
    lengths: [NonZeroU8; ROOM],
    count: u8,
}

impl<K: Key> Leaf<K> {
    /// A leaf with one prefix, which is not the default route.
    pub fn single(prefix: Prefix<K>, value: u32) -> Leaf<K> {
        Leaf::of(&[(prefix, value)])
    }

    /// A leaf of prefixes, shorter ones first.
    fn of(rows: &[(Prefix<K>, u32)]) -> Leaf<K> {
        let row = |at: usize| rows[at.min(rows.len() - 1)];
        let length = |at| NonZeroU8::new(row(at).0.length()).expect("not a default route");
        Leaf {
            networks: std::array::from_fn(|at| row(at).0.network()),
            values: std::array::from_fn(|at| row(at).1),
            lengths: std::array::from_fn(length),
            count: rows.len() as u8,
        }
    }

    /// The value of the longest prefix that holds an address, or [`NONE`]. All are compared, without a
    /// jump: which one matches is anybody's guess.
    #[inline]
    pub fn lookup(&self, address: K) -> u32 {
        let mut found = NONE;
        for at in 0..ROOM {
            let holds = address.agrees(self.networks[at], self.lengths[at].get());
            found = select_unpredictable(holds, self.values[at], found);
        }
        found
    }

    /// The prefixes with their values, shorter ones first.
    pub fn rows(&self) -> impl Iterator<Item = (Prefix<K>, u32)> {
        (0..usize::from(self.count))
            .map(|at| (Prefix::new(self.networks[at], self.lengths[at].get()), self.values[at]))
    }

    /// Puts a prefix; the value it had before.
    pub fn insert(&mut self, prefix: Prefix<K>, value: u32) -> Result<Option<u32>, Full> {
        let (mut rows, count) = self.copied();
        let same = rows[..count].iter_mut().find(|row| row.0 == prefix);
        let before = same.map(|row| std::mem::replace(&mut row.1, value));
        if before.is_some() {
            *self = Leaf::of(&rows[..count]);
        } else if count == ROOM {
            return Err(Full);
        } else {
            rows[count] = (prefix, value);
            rows[..=count].sort_by_key(|row| row.0.length());
            *self = Leaf::of(&rows[..=count]);
        }
        Ok(before)
    }

    /// Removes a prefix; the value it had, and what is left of the leaf.
    pub fn remove(&self, prefix: Prefix<K>) -> Option<(u32, Option<Leaf<K>>)> {
        let (mut rows, count) = self.copied();
        let at = rows[..count].iter().position(|row| row.0 == prefix)?;
        let (_, value) = rows[at];
        rows[at..count].rotate_left(1);
        Some((value, (count > 1).then(|| Leaf::of(&rows[..count - 1]))))
    }

    fn copied(&self) -> ([(Prefix<K>, u32); ROOM], usize) {
        let mut rows = [(Prefix::new(K::default(), 0), 0); ROOM];
        for (copy, row) in rows.iter_mut().zip(self.rows()) {
            *copy = row;
        }
        (rows, self.count.into())
    }
}

/// A leaf has no room for another prefix.
#[derive(Debug)]
pub(super) struct Full;
