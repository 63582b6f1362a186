//! Addresses as numbers.

use std::fmt::Debug;
use std::hint::select_unpredictable;

/// An address of one family as a number: `u32` for IPv4, `u128` for IPv6.
pub trait Key: Copy + Ord + Debug + Default {
    /// What a node of a trie is aligned like, so that it does not begin in one cache line and end in
    /// the next.
    type Line: Copy + Debug;
    /// Bits of an address.
    const BITS: u32;
    /// The highest address.
    const MAX: Self;

    /// The first `length` bits, the rest zero.
    fn network(self, length: u8) -> Self;
    /// The first `length` bits, the rest one.
    fn last(self, length: u8) -> Self;
    /// The address after this one, if there is one.
    fn next(self) -> Option<Self>;
    /// How many leading bits two addresses share.
    fn common(self, other: Self) -> u32;
    /// Whether the first `length` bits agree; `length` is 1 or more.
    fn agrees(self, other: Self, length: u8) -> bool;
    /// The first 16 bits.
    fn top(self) -> usize;
    /// The six bits after the first `depth`; bits beyond the end are zero.
    fn chunk(self, depth: u8) -> u32;
    /// The address with other six bits after the first `depth`; the rest stays.
    fn with_chunk(self, depth: u8, chunk: u32) -> Self;
    /// How many of sorted addresses are not greater.
    fn rank(self, sorted: &[Self; 16]) -> usize;
}

/// Half a cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub struct HalfLine;

/// A cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub struct Line;

macro_rules! key {
    ($type:ty, $line:ty, $rank:expr) => {
        impl Key for $type {
            type Line = $line;
            const BITS: u32 = <$type>::BITS;
            const MAX: $type = <$type>::MAX;

            fn network(self, length: u8) -> $type {
                self & !Self::MAX.checked_shr(length.into()).unwrap_or(0)
            }
            fn last(self, length: u8) -> $type {
                self | Self::MAX.checked_shr(length.into()).unwrap_or(0)
            }
            fn next(self) -> Option<$type> {
                self.checked_add(1)
            }
            fn common(self, other: $type) -> u32 {
                (self ^ other).leading_zeros()
            }
            #[inline]
            fn agrees(self, other: $type, length: u8) -> bool {
                (self ^ other) >> (Self::BITS - u32::from(length)) == 0
            }
            #[inline]
            fn top(self) -> usize {
                (self >> (Self::BITS - 16)) as usize
            }
            #[inline]
            fn chunk(self, depth: u8) -> u32 {
                ((self << depth) >> (Self::BITS - 6)) as u32
            }
            fn with_chunk(self, depth: u8, chunk: u32) -> $type {
                let bits = (chunk as $type) << (Self::BITS - 6);
                let mask = (0x3f as $type) << (Self::BITS - 6);
                self & !(mask >> depth) | bits >> depth
            }
            #[inline]
            fn rank(self, sorted: &[$type; 16]) -> usize {
                $rank(self, sorted)
            }
        }
    };
}

// Four at a time, as vectors.
key!(u32, HalfLine, |key: u32, sorted: &[u32; 16]| {
    sorted.iter().map(|bound| u32::from(*bound <= key)).sum::<u32>() as usize
});
// Too wide for vectors: four halvings, without branches that could be guessed wrongly.
key!(u128, Line, |key: u128, sorted: &[u128; 16]| {
    let rank = [8, 4, 2, 1].iter().fold(0, |rank, half| {
        select_unpredictable(sorted[rank + half - 1] <= key, rank + half, rank)
    });
    rank + usize::from(sorted[rank] <= key)
});
