//! Which access keys were used lately: a use is noted in the store once in a while, not each time.

use causeway_model::ram_last_use::NOTED_EVERY_MS;
use causeway_types::Timestamp;
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// Keys remembered; beyond that all are forgotten, and each is noted once more when it is used.
const KEYS_MAX: usize = 100_000;

/// When the use of each key was last noted.
#[derive(Default)]
pub(crate) struct LastUses(Mutex<BTreeMap<Box<str>, Timestamp>>);

impl LastUses {
    /// Whether this use is to be noted; it then stands for those that follow soon.
    pub fn is_due(&self, key_id: &str, now: Timestamp) -> bool {
        let mut noted = self.0.lock();
        if noted.get(key_id).is_some_and(|at| now < at.plus_ms(NOTED_EVERY_MS)) {
            return false;
        }
        if noted.len() >= KEYS_MAX {
            noted.clear();
        }
        noted.insert(key_id.into(), now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_use_stands_for_ten_minutes() {
        let uses = LastUses::default();
        let due = |key, ms| uses.is_due(key, Timestamp(ms));
        assert!(due("a", 0) && due("b", 0));
        assert!(!due("a", 1) && !due("a", 599_999));
        assert!(due("a", 600_000) && !due("a", 600_001));
    }
}
