//! What an engine is started with.

use crate::audit::AuditSettings;
use crate::clock::Clock;
use crate::keys::RootKey;
use crate::throttle::Throttle;
use causeway_model::{Options, Quotas, TaskLength};
use causeway_operations::Enforcement;
use causeway_store::Store;
use std::net::IpAddr;

/// Opens the store, at start and again after a fault that left a commit's outcome unknown.
pub type StoreOpener = Box<dyn FnMut() -> Result<Box<dyn Store>, String> + Send>;

/// Who sent a request, as the listener tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The client's address.
    pub address: IpAddr,
    /// Whether the request came over TLS.
    pub secure: bool,
}

/// Settings of an engine.
#[derive(Clone, Debug)]
pub struct Config {
    /// The first account, sixteen digits. What nobody proved to be somebody's is recorded with it.
    pub account: String,
    /// The regions served; the first is used when a request may leave `RegionId` out and does.
    pub regions: Vec<String>,
    /// The account's own key.
    pub root_key: RootKey,
    /// Further accounts, with their own keys: each is alone in its world.
    pub other_accounts: Vec<(String, RootKey)>,
    /// Decides identifiers; drawn at first start and kept with the data when absent.
    pub seed: Option<u64>,
    /// How long asynchronous work takes.
    pub tasks: TaskLength,
    /// The clock resources see.
    pub clock: Clock,
    /// Limits of the account.
    pub quotas: Quotas,
    /// Readings of the specification.
    pub options: Options,
    /// How often may be called.
    pub throttle: Throttle,
    /// What becomes of calls that policies deny.
    pub ram_enforce: Enforcement,
    /// What is recorded of calls, and for how long.
    pub audit: AuditSettings,
}

impl Config {
    /// All accounts, the first one first.
    pub fn accounts(&self) -> impl Iterator<Item = (&str, &RootKey)> {
        let others = self.other_accounts.iter().map(|(id, key)| (id.as_str(), key));
        std::iter::once((self.account.as_str(), &self.root_key)).chain(others)
    }
}
