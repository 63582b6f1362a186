//! Prefixes of one family.

use super::Key;

/// A prefix as its lowest address and its length, ordered by address and then by length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prefix<K> {
    network: K,
    length: u8,
}

impl<K: Key> Prefix<K> {
    /// The prefix of this length that holds an address.
    ///
    /// # Panics
    /// On a length beyond the family's.
    pub fn new(address: K, length: u8) -> Prefix<K> {
        assert!(u32::from(length) <= K::BITS, "a prefix of {length} bits");
        Prefix { network: address.network(length), length }
    }

    /// The lowest address.
    pub fn network(self) -> K {
        self.network
    }

    /// The number of leading bits that are fixed.
    pub fn length(self) -> u8 {
        self.length
    }

    /// The highest address.
    pub fn last(self) -> K {
        self.network.last(self.length)
    }

    /// Whether it holds an address.
    pub fn contains(self, address: K) -> bool {
        address.network(self.length) == self.network
    }
}
