//! Replay protection: nonces of verified requests (wire.md section 3).

use crate::call::WINDOW_MS;
use crate::{ProtocolError, gateway};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, VecDeque};

/// Half a SHA-256 of key and nonce: a fixed size however long the nonce is.
type Mark = [u8; 16];

/// Nonces seen within the window, in bounded memory (some 60 bytes each, as trees are filled on average).
///
/// A nonce is remembered for 15 minutes, and at least until the request's own timestamp has left
/// the window, so that a request dated into the future cannot be replayed either. When full, the
/// nonce that would expire first is forgotten: only verified callers get this far, and refusing
/// them all would be worse. [`Nonces::forgotten`] counts how often that happened.
#[derive(Debug)]
pub struct Nonces {
    capacity: usize,
    expiry_ms: BTreeMap<Mark, i64>,
    /// By the second in which they expire, in the order in which they came.
    by_second: BTreeMap<i64, VecDeque<Mark>>,
    forgotten: u64,
}

impl Nonces {
    /// Remembers at most `capacity` nonces, at least one.
    pub fn new(capacity: usize) -> Nonces {
        Nonces {
            capacity: capacity.max(1),
            expiry_ms: BTreeMap::new(),
            by_second: BTreeMap::new(),
            forgotten: 0,
        }
    }

    /// Records the nonce of a request whose signature has been verified, or refuses one that was
    /// used already. `timestamp_ms` is [`crate::Call::timestamp_ms`].
    pub fn record(
        &mut self,
        access_key_id: &str,
        nonce: &str,
        timestamp_ms: i64,
        now_ms: i64,
    ) -> Result<(), ProtocolError> {
        self.expire(now_ms);
        let mark = mark(access_key_id, nonce);
        if self.expiry_ms.get(&mark).is_some_and(|expiry_ms| *expiry_ms >= now_ms) {
            return Err(gateway::nonce_used());
        }
        while self.expiry_ms.len() >= self.capacity && self.forget() {}
        let expiry_ms = now_ms.max(timestamp_ms).saturating_add(WINDOW_MS);
        self.expiry_ms.insert(mark, expiry_ms);
        self.by_second.entry(second(expiry_ms)).or_default().push_back(mark);
        Ok(())
    }

    /// Nonces remembered now.
    pub fn len(&self) -> usize {
        self.expiry_ms.len()
    }

    /// True when none is remembered.
    pub fn is_empty(&self) -> bool {
        self.expiry_ms.is_empty()
    }

    /// Nonces forgotten too early because the capacity was reached.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Forgets the nonce that would expire first, before its time; false when none is left.
    fn forget(&mut self) -> bool {
        let Some(mut first) = self.by_second.first_entry() else { return false };
        let (due, mark) = (*first.key(), first.get_mut().pop_front());
        if first.get().is_empty() {
            first.remove();
        }
        if let Some(mark) = mark
            && self.drop_due(mark, due)
        {
            self.forgotten += 1;
        }
        true
    }

    fn expire(&mut self, now_ms: i64) {
        while let Some(first) = self.by_second.first_entry()
            && *first.key() < second(now_ms)
        {
            let (due, marks) = first.remove_entry();
            marks.into_iter().for_each(|mark| {
                self.drop_due(mark, due);
            });
        }
    }

    /// Drops a mark unless it was recorded anew since, to expire in another second.
    fn drop_due(&mut self, mark: Mark, due: i64) -> bool {
        let is_due = self.expiry_ms.get(&mark).is_some_and(|expiry_ms| second(*expiry_ms) == due);
        if is_due {
            self.expiry_ms.remove(&mark);
        }
        is_due
    }
}

fn second(at_ms: i64) -> i64 {
    at_ms.div_euclid(1000)
}

/// The length goes first, so that no two pairs are hashed alike.
fn mark(access_key_id: &str, nonce: &str) -> Mark {
    let mut hash = Sha256::new();
    hash.update(access_key_id.len().to_be_bytes());
    hash.update(access_key_id);
    hash.update(nonce);
    let mut mark = Mark::default();
    mark.copy_from_slice(&hash.finalize()[..16]);
    mark
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60 * 1000;

    #[test]
    fn a_nonce_is_unique_for_fifteen_minutes_per_key() {
        let mut nonces = Nonces::new(10);
        assert_eq!(nonces.record("A", "n", 0, 0), Ok(()));
        assert_eq!(nonces.record("A", "n", 0, 15 * MINUTE_MS), Err(gateway::nonce_used()));
        assert_eq!(nonces.record("B", "n", 0, 0), Ok(()));
        assert_eq!(nonces.record("A", "n", 16 * MINUTE_MS, 16 * MINUTE_MS), Ok(()));
        assert_eq!(nonces.len(), 1);
    }

    #[test]
    fn a_request_dated_ahead_is_remembered_while_it_could_be_replayed() {
        let mut nonces = Nonces::new(10);
        let ahead_ms = 15 * MINUTE_MS;
        nonces.record("A", "n", ahead_ms, 0).unwrap();
        assert_eq!(nonces.record("A", "n", ahead_ms, 30 * MINUTE_MS), Err(gateway::nonce_used()));
        // One millisecond later its timestamp has expired (Call::check_time).
        assert_eq!(nonces.record("A", "n", ahead_ms, 30 * MINUTE_MS + 1), Ok(()));
    }

    #[test]
    fn a_late_request_still_blocks_its_nonce() {
        let mut nonces = Nonces::new(10);
        nonces.record("A", "n", -14 * MINUTE_MS, 0).unwrap();
        assert_eq!(nonces.record("A", "n", 0, 14 * MINUTE_MS), Err(gateway::nonce_used()));
    }

    #[test]
    fn memory_is_bounded_and_forgetting_is_counted() {
        let mut nonces = Nonces::new(2);
        for (at_ms, nonce) in ["a", "b", "c"].iter().enumerate() {
            nonces.record("A", nonce, 0, at_ms as i64).unwrap();
        }
        assert_eq!((nonces.len(), nonces.forgotten()), (2, 1));
        assert_eq!(nonces.record("A", "c", 0, 3), Err(gateway::nonce_used()));
        assert_eq!(nonces.record("A", "a", 0, 3), Ok(()));
    }

    #[test]
    fn what_is_recorded_anew_stays_when_its_first_second_goes() {
        let mut nonces = Nonces::new(10);
        nonces.record("A", "n", 0, 0).unwrap();
        // Expired in the millisecond before, and its second is not over.
        nonces.record("A", "n", 0, 15 * MINUTE_MS + 1).unwrap();
        nonces.record("A", "m", 0, 15 * MINUTE_MS + 1000).unwrap();
        assert_eq!(nonces.record("A", "n", 0, 30 * MINUTE_MS), Err(gateway::nonce_used()));
        assert_eq!((nonces.len(), nonces.by_second.len()), (2, 2));
        nonces.record("A", "o", 0, 31 * MINUTE_MS).unwrap();
        assert_eq!((nonces.len(), nonces.by_second.len()), (1, 1));
    }

    #[test]
    fn pairs_are_not_confused() {
        assert_ne!(mark("AB", "c"), mark("A", "Bc"));
    }
}
