//! Longest-prefix matching over flat arrays, for IPv4 and IPv6.
//!
//! A table maps prefixes to numbers, usually positions in a caller's array of rows. It begins as
//! [`Ranges`], sorted arrays that suit the 200 routes of a route table, and turns into a [`Trie`]
//! when it outgrows them.

mod key;
mod prefix;
mod ranges;
mod runs;
mod trie;

pub use key::Key;
pub use prefix::Prefix;
pub use ranges::Ranges;
pub use trie::Trie;

use causeway_types::Cidr;
use std::net::IpAddr;

/// Rows up to which sorted arrays serve better than a trie.
const RANGES_MAX: usize = 512;

/// A table for one address family.
#[derive(Clone, Debug)]
pub enum Table<K: Key> {
    /// A small one.
    Ranges(Ranges<K>),
    /// One that has outgrown the other form.
    Trie(Box<Trie<K>>),
}

impl<K: Key> Default for Table<K> {
    fn default() -> Table<K> {
        Table::Ranges(Ranges::default())
    }
}

/// Of several values for one prefix the last one stays. Rows that come at once are put in order once,
/// where a small table would do it again for each row.
impl<K: Key> FromIterator<(Prefix<K>, u32)> for Table<K> {
    fn from_iter<I: IntoIterator<Item = (Prefix<K>, u32)>>(rows: I) -> Table<K> {
        let mut rows = rows.into_iter();
        let first: Vec<_> = rows.by_ref().take(RANGES_MAX + 1).collect();
        if first.len() <= RANGES_MAX {
            Table::Ranges(first.into_iter().collect())
        } else {
            Table::Trie(Box::new(first.into_iter().chain(rows).collect()))
        }
    }
}

impl<K: Key> Table<K> {
    /// Puts a prefix; the value it had before.
    pub fn insert(&mut self, prefix: Prefix<K>, value: u32) -> Option<u32> {
        if let Table::Ranges(ranges) = self
            && ranges.len() >= RANGES_MAX
        {
            *self = Table::Trie(Box::new(ranges.rows().collect()));
        }
        match self {
            Table::Ranges(ranges) => ranges.insert(prefix, value),
            Table::Trie(trie) => trie.insert(prefix, value),
        }
    }

    /// Removes a prefix; the value it had.
    pub fn remove(&mut self, prefix: Prefix<K>) -> Option<u32> {
        match self {
            Table::Ranges(ranges) => ranges.remove(prefix),
            Table::Trie(trie) => trie.remove(prefix),
        }
    }

    /// The value of the longest prefix that holds an address.
    #[inline]
    pub fn lookup(&self, address: K) -> Option<u32> {
        match self {
            Table::Ranges(ranges) => ranges.lookup(address),
            Table::Trie(trie) => trie.lookup(address),
        }
    }

    /// All prefixes with their values, by address and then by length.
    pub fn rows(&self) -> Vec<(Prefix<K>, u32)> {
        match self {
            Table::Ranges(ranges) => ranges.rows().collect(),
            Table::Trie(trie) => trie.rows(),
        }
    }

    /// How many prefixes there are.
    pub fn len(&self) -> usize {
        match self {
            Table::Ranges(ranges) => ranges.len(),
            Table::Trie(trie) => trie.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The two families side by side; they never meet (semantics.md 8.1, rule 2).
#[derive(Clone, Debug, Default)]
pub struct Fib {
    v4: Table<u32>,
    v6: Table<u128>,
}

impl Fib {
    /// A table of destinations with the numbers they lead to; of several numbers the last one stays.
    pub fn of(rows: impl IntoIterator<Item = (Cidr, u32)>) -> Fib {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for (destination, value) in rows {
            let length = destination.length();
            match destination.network() {
                IpAddr::V4(address) => v4.push((Prefix::new(address.to_bits(), length), value)),
                IpAddr::V6(address) => v6.push((Prefix::new(address.to_bits(), length), value)),
            }
        }
        Fib { v4: v4.into_iter().collect(), v6: v6.into_iter().collect() }
    }

    /// Puts a destination; the value it had before.
    pub fn insert(&mut self, destination: Cidr, value: u32) -> Option<u32> {
        let length = destination.length();
        match destination.network() {
            IpAddr::V4(address) => self.v4.insert(Prefix::new(address.to_bits(), length), value),
            IpAddr::V6(address) => self.v6.insert(Prefix::new(address.to_bits(), length), value),
        }
    }

    /// Removes a destination; the value it had.
    pub fn remove(&mut self, destination: Cidr) -> Option<u32> {
        let length = destination.length();
        match destination.network() {
            IpAddr::V4(address) => self.v4.remove(Prefix::new(address.to_bits(), length)),
            IpAddr::V6(address) => self.v6.remove(Prefix::new(address.to_bits(), length)),
        }
    }

    /// The value of the longest prefix that holds an address.
    #[inline]
    pub fn lookup(&self, address: IpAddr) -> Option<u32> {
        match address {
            IpAddr::V4(address) => self.v4.lookup(address.to_bits()),
            IpAddr::V6(address) => self.v6.lookup(address.to_bits()),
        }
    }

    /// How many prefixes there are in both families.
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
