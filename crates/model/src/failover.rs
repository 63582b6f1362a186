//! The log of failovers: which traffic moved to another link, when and why.

use crate::rows::Keyed;
use crate::tenant::Read;
use crate::txn::Txn;
use causeway_types::{Id, Timestamp};
use serde::{Deserialize, Serialize};

/// Entries a tenant keeps; the oldest go first.
pub const KEPT: usize = 1000;

/// What made traffic move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// The link was set so, and no health check has to notice.
    Set,
    /// As many probes in a row were lost as the health check tolerates.
    ProbesLost,
    /// A probe was answered again.
    ProbeAnswered,
}

impl Cause {
    /// The word on the wire.
    pub fn text(self) -> &'static str {
        match self {
            Cause::Set => "Set",
            Cause::ProbesLost => "ProbesLost",
            Cause::ProbeAnswered => "ProbeAnswered",
        }
    }
}

/// Tells entries apart, and orders them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FailoverKey {
    /// The revision the traffic moved at.
    pub revision: u64,
    /// Its place among those of one change.
    pub number: u32,
}

/// Traffic that moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failover {
    /// When, in the order of changes.
    pub key: FailoverKey,
    /// When.
    pub at: Timestamp,
    /// The link whose state changed.
    pub link: Id,
    /// Whether it counts as up now.
    pub up: bool,
    /// The gateway or connection that chose anew.
    pub by: Id,
    /// The traffic, as its route names it; empty for all of a connection's.
    pub traffic: Box<str>,
    /// The connection or tunnel it took before; `None` when it was lost.
    pub from: Option<Id>,
    /// The connection or tunnel it takes now; `None` when it is lost.
    pub to: Option<Id>,
    /// Why.
    pub cause: Cause,
    /// How long the traffic was lost before it moved, in milliseconds.
    pub lost_ms: i64,
}

impl Keyed for Failover {
    type Key = FailoverKey;
    fn key(&self) -> FailoverKey {
        self.key
    }
}

/// Adds an entry, in place of the oldest when there are too many.
pub fn record(txn: &mut Txn, entry: Failover) {
    let there = txn.all::<Failover>().count();
    let oldest = txn.all::<Failover>().next().map(|entry| entry.key);
    if let Some(oldest) = oldest.filter(|_| there >= KEPT) {
        txn.remove::<Failover>(&oldest);
    }
    txn.put(entry);
}
