//! A change in the making: the published state, what waits to be made durable, and an overlay.

use crate::changes::Changes;
use crate::context::Context;
use crate::merge::Merge;
use crate::row::{self, Row};
use crate::tenant::{Read, Tenant, member_range};
use causeway_types::{Id, Prefix, Timestamp, TypedId};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};

/// A change in the making. Reads see it at once; nobody else does until it is committed.
/// Dropping it leaves no trace.
pub struct Txn<'a> {
    base: &'a Tenant,
    in_flight: &'a Changes,
    own: Changes,
    context: &'a Context,
    revision: u64,
    drawn: u64,
    written_bytes: usize,
}

impl<'a> Txn<'a> {
    /// Begins a change that will become `revision`, over `base` and the changes of the same batch
    /// that are accepted but not yet durable.
    pub fn new(
        base: &'a Tenant,
        in_flight: &'a Changes,
        context: &'a Context,
        revision: u64,
    ) -> Txn<'a> {
        Txn {
            base,
            in_flight,
            own: Changes::default(),
            context,
            revision,
            drawn: 0,
            written_bytes: 0,
        }
    }

    /// What came in with the request: time, quotas, options.
    pub fn context(&self) -> &'a Context {
        self.context
    }

    /// The instant of this change.
    pub fn now(&self) -> Timestamp {
        self.context.now
    }

    /// The revision this change becomes; later changes have greater ones.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// A new identifier. The same seed and the same history give the same one.
    pub fn new_id<T: TypedId>(&mut self) -> T {
        let id = Id::generate(T::PREFIX, self.context.region.code(), self.entropy());
        T::from_id(id).expect("generated with this prefix")
    }

    /// Bits no other draw of this tenant's history has.
    pub fn entropy(&mut self) -> u128 {
        self.drawn += 1;
        let mut hash = Sha256::new();
        hash.update(self.context.seed.to_be_bytes());
        hash.update(self.revision.to_be_bytes());
        hash.update(self.drawn.to_be_bytes());
        hash.update(self.context.account.as_bytes());
        hash.update(self.context.region.id.as_bytes());
        let digest = hash.finalize();
        u128::from_be_bytes(digest[..16].try_into().expect("a digest has 32 bytes"))
    }

    /// Whether another request, accepted but not yet answered, holds this row.
    pub fn held_by_another<R: Row>(&self, key: &R::Key) -> bool {
        matches!(R::changed(self.in_flight).get(key), Some(Some(_)))
    }

    /// How many bytes the rows written so far take in a store, at most: a row that was written
    /// twice counts twice.
    pub fn written_bytes(&self) -> usize {
        self.written_bytes
    }

    /// Writes a row, new or changed.
    pub fn put<R: Row>(&mut self, row: R) {
        self.written_bytes += row::encoded_len(&row);
        let before = self.get::<R>(&row.key()).cloned();
        self.own.put(before.as_ref(), row);
    }

    /// Removes a row, if it is there.
    pub fn remove<R: Row>(&mut self, key: &R::Key) {
        if let Some(before) = self.get::<R>(key).cloned() {
            self.written_bytes += row::encode_key::<R>(key).len();
            self.own.remove(&before);
        }
    }

    /// Changes the row with this key in place; `false` when there is none.
    pub fn update<R: Row>(&mut self, key: &R::Key, change: impl FnOnce(&mut R)) -> bool {
        let Some(mut row) = self.get::<R>(key).cloned() else { return false };
        change(&mut row);
        self.put(row);
        true
    }

    /// What the change does so far.
    pub fn changes(&self) -> &Changes {
        &self.own
    }

    /// What the change does.
    pub fn into_changes(self) -> Changes {
        self.own
    }
}

impl Read for Txn<'_> {
    fn get<R: Row>(&self, key: &R::Key) -> Option<&R> {
        for layer in [&self.own, self.in_flight] {
            if let Some(changed) = R::changed(layer).get(key) {
                return changed.as_ref();
            }
        }
        self.base.get(key)
    }

    fn range<R: Row>(&self, range: impl RangeBounds<R::Key> + Clone) -> impl Iterator<Item = &R> {
        let base = R::table(self.base).range(range.clone());
        let in_flight = R::changed(self.in_flight).range(range.clone());
        let own = R::changed(&self.own).range(range);
        Merge::new(Merge::new(base, in_flight), own)
    }

    fn count<R: Row>(&self, range: impl RangeBounds<R::Key> + Clone) -> usize {
        let (mut come, mut gone) = (0, 0);
        let own = R::changed(&self.own);
        let in_flight = R::changed(self.in_flight).range(range.clone());
        let in_flight = in_flight.filter(|(key, _)| !own.contains_key(key));
        for (key, row) in in_flight.chain(own.range(range.clone())) {
            let was = self.base.get::<R>(key).is_some();
            come += usize::from(row.is_some() && !was);
            gone += usize::from(row.is_none() && was);
        }
        R::table(self.base).count(range) + come - gone
    }

    fn last<R: Row>(
        &self,
        range: impl RangeBounds<R::Key> + Clone,
        beyond: impl Fn(&R) -> Option<Bound<R::Key>>,
    ) -> Option<&R> {
        let (own, in_flight) = (R::changed(&self.own), R::changed(self.in_flight));
        // Each layer is searched for itself; a row that an upper one knows, too, is passed over.
        let below = |row: &R, is_known: bool| {
            beyond(row).or_else(|| is_known.then(|| Bound::Excluded(row.key())))
        };
        let found = [
            last_put(own, range.clone(), &beyond),
            last_put(in_flight, range.clone(), |row| below(row, own.contains_key(&row.key()))),
            R::table(self.base).last(range, |row| {
                let key = row.key();
                below(row, own.contains_key(&key) || in_flight.contains_key(&key))
            }),
        ];
        found.into_iter().flatten().max_by(|a, b| a.cmp_key(&b.key()))
    }

    fn member_ids(&self, owner: impl Into<Id>, prefix: Prefix) -> impl Iterator<Item = Id> {
        let range = member_range(owner.into(), prefix);
        let mut found: Vec<Id> =
            self.base.members.range(range.clone()).map(|(_, id)| *id).collect();
        for layer in [self.in_flight, &self.own] {
            for ((_, id), holds) in layer.members.range(range.clone()) {
                match found.binary_search(id) {
                    Ok(at) if !holds => drop(found.remove(at)),
                    Err(at) if *holds => found.insert(at, *id),
                    _ => {}
                }
            }
        }
        found.into_iter()
    }
}

/// As [`Read::last`], of the rows that a layer puts.
fn last_put<R: Row>(
    layer: &BTreeMap<R::Key, Option<R>>,
    range: impl RangeBounds<R::Key>,
    beyond: impl Fn(&R) -> Option<Bound<R::Key>>,
) -> Option<&R> {
    let mut end = range.end_bound().cloned();
    loop {
        let (key, row) = layer.range((range.start_bound(), end.as_ref())).next_back()?;
        end = match row {
            Some(row) => match beyond(row) {
                Some(bound) => bound,
                None => return Some(row),
            },
            None => Bound::Excluded(key.clone()),
        };
    }
}
