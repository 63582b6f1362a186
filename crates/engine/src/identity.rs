//! Request ids.

use data_encoding::HEXUPPER;
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};

/// Makes request ids: upper-case UUIDs, the same sequence for the same seed.
pub(crate) struct RequestIds {
    seed: u128,
    start: u64,
    drawn: AtomicU64,
}

impl RequestIds {
    /// `start` tells runs of a server apart that share a seed.
    pub fn new(seed: u128, start: u64) -> RequestIds {
        RequestIds { seed, start, drawn: AtomicU64::new(0) }
    }

    /// The next id.
    pub fn next(&self) -> String {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let mut hash = Sha256::new();
        hash.update(b"request");
        hash.update(self.seed.to_be_bytes());
        for part in [self.start, drawn] {
            hash.update(part.to_be_bytes());
        }
        let digest = hash.finalize();
        let digits = HEXUPPER.encode(&digest[..16]);
        let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
        parts.join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::RequestIds;

    #[test]
    fn ids_are_upper_case_uuids_and_repeat_with_the_seed() {
        let (a, b) = (RequestIds::new(7, 0), RequestIds::new(7, 0));
        let first = a.next();
        assert_eq!(first, b.next());
        assert_ne!(first, a.next());
        assert_ne!(first, RequestIds::new(7, 1).next());
        let lengths: Vec<usize> = first.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(first.chars().all(|c| c == '-' || c.is_ascii_digit() || c.is_ascii_uppercase()));
    }
}
