//! Reading sorted rows through a layer of changes on top of them.

use crate::row::Row;
use std::cmp::Ordering;
use std::iter::Peekable;

/// Rows of `base` as the changes in `layer` leave them, in key order.
pub(crate) struct Merge<B: Iterator, L: Iterator> {
    base: Peekable<B>,
    layer: Peekable<L>,
}

impl<B: Iterator, L: Iterator> Merge<B, L> {
    pub(crate) fn new(base: B, layer: L) -> Self {
        Merge { base: base.peekable(), layer: layer.peekable() }
    }
}

impl<'a, R, B, L> Iterator for Merge<B, L>
where
    R: Row,
    B: Iterator<Item = &'a R>,
    L: Iterator<Item = (&'a R::Key, &'a Option<R>)>,
{
    type Item = &'a R;

    fn next(&mut self) -> Option<&'a R> {
        loop {
            let order = match (self.base.peek(), self.layer.peek()) {
                (None, None) => return None,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(row), Some((key, _))) => row.cmp_key(key),
            };
            if order == Ordering::Less {
                return self.base.next();
            }
            if order == Ordering::Equal {
                self.base.next();
            }
            if let Some((_, Some(row))) = self.layer.next() {
                return Some(row);
            }
        }
    }
}
