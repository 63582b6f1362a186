//! What is forwarded.

use std::net::IpAddr;

/// A packet, as far as routing looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Where it comes from.
    pub source: IpAddr,
    /// Where it is to go.
    pub destination: IpAddr,
}

impl Packet {
    /// The answer to it.
    pub fn answer(self) -> Packet {
        Packet { source: self.destination, destination: self.source }
    }

    /// One of `count` equal ways: the same for all packets between two addresses. `count` is not 0.
    pub fn spread(&self, count: usize) -> usize {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(address) => u128::from(address.to_bits()),
            IpAddr::V6(address) => address.to_bits(),
        };
        let mixed = bits(self.source).rotate_left(64) ^ bits(self.destination);
        let folded = (mixed >> 64) as u64 ^ mixed as u64;
        // Fibonacci hashing: the upper bits depend on all of the lower ones.
        let hash = folded.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((u128::from(hash) * count as u128) >> 64) as usize
    }
}
