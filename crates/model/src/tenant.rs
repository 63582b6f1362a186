//! One account in one region: the published state, and how to read it.

use crate::changes::Changes;
use crate::row::Row;
use crate::rows::Tables;
use causeway_types::{Id, Prefix, TypedId};
use std::collections::BTreeSet;
use std::ops::{Bound, RangeBounds};

/// The world of one account in one region. Changed by [`Tenant::apply`] and nothing else, so live
/// state, recovered state and copies cannot differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tenant {
    pub(crate) tables: Tables,
    pub(crate) members: BTreeSet<(Id, Id)>,
    revision: u64,
}

/// Reading a world: published ([`Tenant`]) or as a change sees it ([`crate::Txn`]).
pub trait Read {
    /// The row with this key.
    fn get<R: Row>(&self, key: &R::Key) -> Option<&R>;

    /// Rows whose keys lie in a range, in key order.
    fn range<R: Row>(&self, range: impl RangeBounds<R::Key> + Clone) -> impl Iterator<Item = &R>;

    /// How many rows' keys lie in a range, without looking at each.
    fn count<R: Row>(&self, range: impl RangeBounds<R::Key> + Clone) -> usize;

    /// The row with the greatest key in a range that `beyond` does not pass over: of a row that is not
    /// wanted it tells before which bound further ones can be.
    fn last<R: Row>(
        &self,
        range: impl RangeBounds<R::Key> + Clone,
        beyond: impl Fn(&R) -> Option<Bound<R::Key>>,
    ) -> Option<&R>;

    /// Ids of `owner`'s members with a prefix, in order.
    fn member_ids(&self, owner: impl Into<Id>, prefix: Prefix) -> impl Iterator<Item = Id>;

    /// Ids of `owner`'s members of one type, in order: the vSwitches of a VPC, the connections of
    /// a gateway.
    fn members<T: TypedId>(&self, owner: impl Into<Id>) -> impl Iterator<Item = T> {
        self.member_ids(owner, T::PREFIX).filter_map(T::from_id)
    }

    /// All rows of a kind, in key order.
    fn all<R: Row>(&self) -> impl Iterator<Item = &R> {
        self.range::<R>(..)
    }

    /// How many members of one type `owner` has.
    fn member_count<T: TypedId>(&self, owner: impl Into<Id>) -> usize {
        self.members::<T>(owner).count()
    }
}

/// The bounds of `owner`'s members with a prefix.
pub(crate) fn member_range(owner: Id, prefix: Prefix) -> std::ops::RangeInclusive<(Id, Id)> {
    (owner, Id::first(prefix))..=(owner, Id::last(prefix))
}

impl Tenant {
    /// How many changes this tenant has taken.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// How many rows the tenant holds, of all kinds.
    pub fn row_count(&self) -> usize {
        self.tables.row_count()
    }

    /// Takes a change and moves to `revision`.
    pub fn apply(&mut self, changes: Changes, revision: u64) {
        self.tables.apply(changes.rows);
        for (membership, holds) in changes.members {
            if holds {
                self.members.insert(membership);
            } else {
                self.members.remove(&membership);
            }
        }
        self.revision = revision;
    }
}

impl Read for Tenant {
    fn get<R: Row>(&self, key: &R::Key) -> Option<&R> {
        R::table(self).get(key)
    }

    fn range<R: Row>(&self, range: impl RangeBounds<R::Key> + Clone) -> impl Iterator<Item = &R> {
        R::table(self).range(range)
    }

    fn count<R: Row>(&self, range: impl RangeBounds<R::Key> + Clone) -> usize {
        R::table(self).count(range)
    }

    fn last<R: Row>(
        &self,
        range: impl RangeBounds<R::Key> + Clone,
        beyond: impl Fn(&R) -> Option<Bound<R::Key>>,
    ) -> Option<&R> {
        R::table(self).last(range, beyond)
    }

    fn member_ids(&self, owner: impl Into<Id>, prefix: Prefix) -> impl Iterator<Item = Id> {
        self.members.range(member_range(owner.into(), prefix)).map(|(_, member)| *member)
    }
}
