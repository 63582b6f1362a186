//! The inner nodes of the tree: six bits each, as two bitmaps.

use super::super::{Key, Prefix};
use super::TOP;
use std::num::NonZeroU8;

/// The bits a branch decides on.
const STRIDE: u8 = 6;

/// By the six bits at a branch: the prefixes ending there that hold the address. Longer prefixes have
/// higher bits, so that the highest common bit is the longest match.
const MATCHES: [u64; 64] = matches();

const fn matches() -> [u64; 64] {
    let mut table = [0; 64];
    let mut chunk = 0;
    while chunk < 64 {
        let mut length = 0;
        while length < STRIDE {
            table[chunk] |= 1 << position(chunk as u32, length);
            length += 1;
        }
        chunk += 1;
    }
    table
}

/// Which bit stands for the prefix of `length` more bits that begins like `chunk`.
const fn position(chunk: u32, length: u8) -> u32 {
    (1 << length) - 1 + (chunk >> (STRIDE - length))
}

/// How many bits below `bit` are set.
#[inline]
pub(super) fn rank(bits: u64, bit: u32) -> u32 {
    (bits & ((1 << bit) - 1)).count_ones()
}

/// A node that decides on six bits of an address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Branch<K> {
    /// Bits that lead here.
    pub path: K,
    /// Which prefixes end here.
    pub ends: u64,
    /// Which ways lead further.
    pub ways: u64,
    /// Where the values of `ends` begin.
    pub values: u32,
    /// Where the nodes of `ways` begin.
    pub children: u32,
    /// How many bits lead here.
    depth: NonZeroU8,
}

impl<K: Key> Branch<K> {
    /// A branch where a prefix of some length ends, on the way to an address.
    pub fn toward(address: K, length: u8) -> Branch<K> {
        let depth = TOP + (length - TOP) / STRIDE * STRIDE;
        Branch {
            path: address.network(depth),
            ends: 0,
            ways: 0,
            values: 0,
            children: 0,
            depth: NonZeroU8::new(depth).expect("at least 16"),
        }
    }

    /// How many bits lead here.
    #[inline]
    pub fn depth(&self) -> u8 {
        self.depth.get()
    }

    /// Whether an address begins with the bits that lead here.
    #[inline]
    pub fn leads_to(&self, address: K) -> bool {
        address.agrees(self.path, self.depth())
    }

    /// The bits of the ends that hold an address, the longest prefix as the highest.
    #[inline]
    pub fn matching(&self, address: K) -> u64 {
        self.ends & MATCHES[self.way(address) as usize]
    }

    /// Which of the ways leads to an address.
    #[inline]
    pub fn way(&self, address: K) -> u32 {
        address.chunk(self.depth())
    }

    /// Where the node of a way is, if it leads further.
    #[inline]
    pub fn child(&self, way: u32) -> Option<u32> {
        if self.ways >> way & 1 == 0 {
            return None;
        }
        let all = self.ways == u64::MAX;
        Some(self.children + if all { way } else { rank(self.ways, way) })
    }

    /// The bit of a prefix that ends here; nothing if it goes further.
    pub fn end(&self, prefix: Prefix<K>) -> Option<u32> {
        let length = prefix.length() - self.depth();
        (length < STRIDE).then(|| position(self.way(prefix.network()), length))
    }

    /// The prefixes that end here, and where their values are.
    pub fn rows(&self) -> impl Iterator<Item = (Prefix<K>, u32)> {
        let bits = (0..63).filter(|bit| self.ends >> bit & 1 == 1);
        bits.map(|bit: u32| {
            let length = (bit + 1).ilog2() as u8;
            let chunk = (bit + 1 - (1 << length)) << (STRIDE - length);
            let prefix =
                Prefix::new(self.path.with_chunk(self.depth(), chunk), self.depth() + length);
            (prefix, self.values + rank(self.ends, bit))
        })
    }
}
