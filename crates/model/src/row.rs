//! What a row is, and how it becomes bytes.
//!
//! A stored row is `tag, key` and `version, value`, both in postcard. Every version ever released
//! stays readable: a row that changes shape keeps its old struct and converts from it.

use crate::changes::Changes;
use crate::table::Table;
use crate::tenant::Tenant;
use causeway_types::Id;
use postcard::experimental::serialized_size;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// One kind of row of a tenant.
pub trait Row: Clone + PartialEq + Serialize + DeserializeOwned + 'static {
    /// What tells rows of this kind apart, and orders them.
    type Key: Ord + Clone + Serialize + DeserializeOwned;

    /// The first byte of the stored key; never reused for another kind.
    const TAG: u8;

    /// The version of the shape that this release writes.
    const VERSION: u8;

    /// Reads the value of an older version; none when it is no such value.
    fn older(version: u8, body: &[u8]) -> Option<Self>;

    /// This row's key.
    fn key(&self) -> Self::Key;

    /// Who lists this row among its members, and under which id; see [`crate::Read::members`].
    fn memberships(&self) -> Vec<(Id, Id)> {
        Vec::new()
    }

    /// How this row's key compares with `key`, without making one.
    fn cmp_key(&self, key: &Self::Key) -> Ordering;

    #[doc(hidden)]
    fn table(tenant: &Tenant) -> &Table<Self>;
    #[doc(hidden)]
    fn changed(changes: &Changes) -> &BTreeMap<Self::Key, Option<Self>>;
    #[doc(hidden)]
    fn changed_mut(changes: &mut Changes) -> &mut BTreeMap<Self::Key, Option<Self>>;
}

/// A stored row could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// The row's kind is not known to this version.
    #[error("row kind {0} is unknown: the data was written by a newer version")]
    Kind(u8),
    /// The row's version is not known to this version.
    #[error("row kind {tag} has version {version}: the data was written by a newer version")]
    Version {
        /// The kind.
        tag: u8,
        /// The version found.
        version: u8,
    },
    /// The bytes are not such a row.
    #[error("row of kind {0} is damaged")]
    Damaged(u8),
}

pub(crate) fn encode_key<R: Row>(key: &R::Key) -> Vec<u8> {
    encode(R::TAG, key, 64)
}

pub(crate) fn encode_value<R: Row>(row: &R) -> Vec<u8> {
    encode(R::VERSION, row, 128)
}

/// Most values fit into `room` bytes.
fn encode(first: u8, value: &impl Serialize, room: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(room);
    bytes.push(first);
    postcard::to_extend(value, bytes).expect("keys and rows are plain values")
}

/// How many bytes a row takes in a store, its key included.
pub(crate) fn encoded_len<R: Row>(row: &R) -> usize {
    let size = |written: Result<usize, _>| 1 + written.expect("rows are plain values");
    size(serialized_size(&row.key())) + size(serialized_size(row))
}

pub(crate) fn decode_value<R: Row>(value: &[u8]) -> Result<R, RowError> {
    let (&version, body) = value.split_first().ok_or(RowError::Damaged(R::TAG))?;
    let row = match version.cmp(&R::VERSION) {
        Ordering::Equal => postcard::from_bytes(body).ok(),
        Ordering::Less => R::older(version, body),
        Ordering::Greater => return Err(RowError::Version { tag: R::TAG, version }),
    };
    row.ok_or(RowError::Damaged(R::TAG))
}
