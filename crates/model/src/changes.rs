//! What a change does to a tenant: rows put, rows removed. The only thing a tenant takes.

use crate::row::{Row, RowError};
use crate::rows::{self, ChangedRows};
use causeway_types::Id;
use std::collections::BTreeMap;

/// Rows put or removed, and the memberships that follow from them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub(crate) rows: ChangedRows,
    /// `(owner, member)`: whether it holds after the change. Derived from the rows, never stored.
    pub(crate) members: BTreeMap<(Id, Id), bool>,
}

/// One row as bytes: what a store keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Kind and key.
    pub key: Vec<u8>,
    /// Version and value; `None` removes the row.
    pub value: Option<Vec<u8>>,
}

impl Changes {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows as bytes, in a fixed order.
    pub fn encode(&self) -> Vec<Change> {
        self.rows.encode()
    }

    /// Adds one stored row, as read back from a store.
    pub fn decode_row(&mut self, key: &[u8], value: &[u8]) -> Result<(), RowError> {
        rows::decode(key, value, self)
    }

    /// Adds what happened after; later rows win.
    pub fn absorb(&mut self, later: Changes) {
        self.rows.absorb(later.rows);
        self.members.extend(later.members);
    }

    /// The rows of a kind that are put, or removed (`None`), by key.
    pub fn changed<R: Row>(&self) -> impl Iterator<Item = (&R::Key, Option<&R>)> {
        R::changed(self).iter().map(|(key, row)| (key, row.as_ref()))
    }

    /// The rows of a kind that are put, in key order.
    pub fn put_rows<R: Row>(&self) -> impl Iterator<Item = &R> {
        R::changed(self).values().flatten()
    }

    pub(crate) fn put<R: Row>(&mut self, before: Option<&R>, row: R) {
        self.leave(before);
        self.put_loaded(row);
    }

    /// Puts a row that had no predecessor.
    pub(crate) fn put_loaded<R: Row>(&mut self, row: R) {
        for membership in row.memberships() {
            self.members.insert(membership, true);
        }
        R::changed_mut(self).insert(row.key(), Some(row));
    }

    pub(crate) fn remove<R: Row>(&mut self, before: &R) {
        self.leave(Some(before));
        R::changed_mut(self).insert(before.key(), None);
    }

    fn leave<R: Row>(&mut self, before: Option<&R>) {
        for membership in before.map(Row::memberships).unwrap_or_default() {
            self.members.insert(membership, false);
        }
    }
}
