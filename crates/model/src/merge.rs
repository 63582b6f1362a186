//! Reading a sorted map through a layer of changes on top of it.

use std::cmp::Ordering;
use std::iter::Peekable;

/// Entries of `base` as the changes in `layer` leave them, in key order.
pub(crate) struct Merge<B: Iterator, L: Iterator> {
    base: Peekable<B>,
    layer: Peekable<L>,
}

impl<B: Iterator, L: Iterator> Merge<B, L> {
    pub(crate) fn new(base: B, layer: L) -> Self {
        Merge { base: base.peekable(), layer: layer.peekable() }
    }
}

impl<'a, K, V, B, L> Iterator for Merge<B, L>
where
    K: Ord + 'a,
    V: 'a,
    B: Iterator<Item = (&'a K, &'a V)>,
    L: Iterator<Item = (&'a K, &'a Option<V>)>,
{
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let order = match (self.base.peek(), self.layer.peek()) {
                (None, None) => return None,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((a, _)), Some((b, _))) => a.cmp(b),
            };
            if order == Ordering::Less {
                return self.base.next();
            }
            if order == Ordering::Equal {
                self.base.next();
            }
            if let Some((key, Some(value))) = self.layer.next() {
                return Some((key, value));
            }
        }
    }
}
