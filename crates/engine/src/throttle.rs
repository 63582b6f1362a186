//! How often may be called: per account, per account and action, and by whom no key proves, per address.
//!
//! Each limit is a bucket that holds one second's calls and fills evenly. It is kept as one number, the instant at which
//! it is full again. `now` is always passed in.

use causeway_wire::{ProtocolError, gateway};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

const SECOND_NS: i64 = 1_000_000_000;

/// Buckets for addresses. Addresses share them by a hash nobody can predict, so that their number is bounded without
/// forgetting anyone who is being held back.
const SOURCES: usize = 4096;

/// Calls a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(i64);

impl Rate {
    /// From 1 to 1,000,000 calls a second; as many may come at once.
    pub fn per_second(calls: u32) -> Option<Rate> {
        (1..=1_000_000).contains(&calls).then(|| Rate(SECOND_NS / i64::from(calls)))
    }

    /// Takes one call out of a bucket, or tells in how many milliseconds there is one.
    fn take(self, full_at_ns: &mut i64, now_ms: i64) -> Result<(), u64> {
        let now_ns = now_ms.saturating_mul(1_000_000);
        // Never further away than an empty bucket needs, also when the clock was set back.
        let taken = (*full_at_ns).clamp(now_ns, now_ns.saturating_add(SECOND_NS)) + self.0;
        let wait_ns = taken - now_ns - SECOND_NS;
        if wait_ns > 0 {
            return Err(wait_ns.unsigned_abs().div_ceil(1_000_000));
        }
        *full_at_ns = taken;
        Ok(())
    }
}

/// What is limited; none is unlimited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Calls of one action by one account: `Throttling.Api`.
    pub per_action: Option<Rate>,
    /// Calls of one account: `Throttling.User`.
    pub per_account: Option<Rate>,
    /// Calls that no key proves, from one address: `Throttling`, before anything of the next one is looked at.
    pub failed: Option<Rate>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { per_action: None, per_account: None, failed: Rate::per_second(100) }
    }
}

#[derive(Default)]
struct Account {
    all_full_at_ns: i64,
    actions: BTreeMap<&'static str, i64>,
}

/// The buckets. As many as there are proved accounts and actions, and a fixed number for addresses.
pub(crate) struct Throttles {
    limits: Throttle,
    accounts: Mutex<BTreeMap<String, Account>>,
    sources: Mutex<Vec<i64>>,
    hasher: RandomState,
}

impl Throttles {
    pub fn new(limits: Throttle) -> Throttles {
        Throttles {
            limits,
            accounts: Mutex::default(),
            sources: Mutex::new(vec![0; SOURCES]),
            hasher: RandomState::new(),
        }
    }

    /// Whether a request of this address is looked at.
    pub fn admit_source(&self, source: IpAddr, now_ms: i64) -> Result<(), ProtocolError> {
        let Some(rate) = self.limits.failed else { return Ok(()) };
        let mut full_at_ns = self.sources.lock()[self.bucket(source)];
        let peeked = rate.take(&mut full_at_ns, now_ms);
        peeked.map_err(|wait_ms| gateway::throttling().retry_after_ms(wait_ms))
    }

    /// Notes that a request of this address proved no caller.
    pub fn note_failure(&self, source: IpAddr, now_ms: i64) {
        if let Some(rate) = self.limits.failed {
            // That it is empty is told to the next request.
            let _ = rate.take(&mut self.sources.lock()[self.bucket(source)], now_ms);
        }
    }

    /// Counts a call of a proved account, or refuses it. A refused call is not counted.
    pub fn admit(
        &self,
        account: &str,
        action: &'static str,
        now_ms: i64,
    ) -> Result<(), ProtocolError> {
        let Throttle { per_action, per_account, .. } = self.limits;
        if per_action.is_none() && per_account.is_none() {
            return Ok(());
        }
        let mut accounts = self.accounts.lock();
        if !accounts.contains_key(account) {
            accounts.insert(account.to_owned(), Account::default());
        }
        let Some(buckets) = accounts.get_mut(account) else { return Ok(()) };
        let of_action = buckets.actions.entry(action).or_default();
        let mut action_full_at_ns = *of_action;
        if let Some(rate) = per_action {
            let taken = rate.take(&mut action_full_at_ns, now_ms);
            taken.map_err(|wait_ms| gateway::throttling_api().retry_after_ms(wait_ms))?;
        }
        if let Some(rate) = per_account {
            let taken = rate.take(&mut buckets.all_full_at_ns, now_ms);
            taken.map_err(|wait_ms| gateway::throttling_user().retry_after_ms(wait_ms))?;
        }
        *of_action = action_full_at_ns;
        Ok(())
    }

    /// Whoever has one IPv6 address has its /64.
    fn bucket(&self, source: IpAddr) -> usize {
        let network = match source {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        };
        usize::try_from(self.hasher.hash_one(network) % SOURCES as u64).unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "throttle_tests.rs"]
mod tests;
