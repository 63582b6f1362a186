//! Rows ordered by destination: those inside a block, and the one nearest above it.

use crate::row::Row;
use crate::tenant::Read;
use causeway_types::Cidr;
use std::ops::{Bound, RangeInclusive};

/// A kind of row that some owner has by destination.
pub(crate) struct Order<K, F, L> {
    /// The first key the owner can have for a destination.
    pub first: F,
    /// The last one.
    pub last: L,
    /// The destination of a key.
    pub destination: fn(&K) -> Cidr,
}

impl<K: Clone, F: Fn(Cidr) -> K, L: Fn(Cidr) -> K> Order<K, F, L> {
    /// The bounds of the owner's rows whose destination is `block` or inside it.
    pub fn inside(&self, block: Cidr) -> RangeInclusive<K> {
        (self.first)(block)..=(self.last)(block.last_inside())
    }

    /// The owner's rows whose destination is `block` or inside it.
    pub fn within<R: Row<Key = K>>(
        self,
        world: &impl Read,
        block: Cidr,
    ) -> impl Iterator<Item = &R> {
        world.range::<R>(self.inside(block))
    }

    /// The last of the owner's rows for the longest destination that is shorter than `block` and holds it.
    ///
    /// What holds a block precedes it. A row that precedes it without holding it rules out everything
    /// longer than what the two have in common, so there are few steps.
    pub fn cover<R: Row<Key = K>>(self, world: &impl Read, block: Cidr) -> Option<&R> {
        let start = (self.first)(Cidr::DEFAULT_V4);
        let beyond = |row: &R| {
            let found = (self.destination)(&row.key());
            match found.common(&block) {
                Some(common) if common == found => None,
                Some(common) => Some(Bound::Included((self.last)(common))),
                None => Some(Bound::Excluded(start.clone())),
            }
        };
        world.last::<R>(start.clone()..(self.first)(block), beyond)
    }
}
