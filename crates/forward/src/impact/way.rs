//! What becomes of the packets of a range.

use crate::trace::text::{named, outcome_text};
use crate::trace::{Cause, Outcome, Target};
use causeway_types::Id;
use serde::Serialize;

/// The way of all packets of a range from one table on: one branch, or several that share the load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Way {
    /// Ordered by what they pass.
    pub branches: Vec<Branch>,
}

/// One way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Branch {
    /// Next hops, gateways and connections it passes, in order; none is into the VPC, or nowhere.
    pub via: Vec<Id>,
    /// How it ends.
    pub outcome: Outcome,
}

impl Way {
    /// A way with one branch.
    pub(super) fn single(via: Vec<Id>, outcome: Outcome) -> Way {
        Way { branches: vec![Branch { via, outcome }] }
    }

    /// Packets are lost.
    pub(super) fn dropped(via: Vec<Id>, at: impl Into<Id>, cause: Cause) -> Way {
        Way::single(via, Outcome::Dropped { at: at.into(), cause })
    }

    /// Packets arrive.
    pub(super) fn delivered(via: Vec<Id>, to: Target) -> Way {
        Way::single(via, Outcome::Delivered { to })
    }

    /// Ways that share the load.
    pub(super) fn shared(ways: impl IntoIterator<Item = Way>) -> Way {
        let mut branches: Vec<_> = ways.into_iter().flat_map(|way| way.branches).collect();
        branches.sort_by(|a, b| a.via.cmp(&b.via));
        Way { branches }
    }

    /// Whether all packets arrive.
    pub fn is_delivered(&self) -> bool {
        self.branches.iter().all(|it| matches!(it.outcome, Outcome::Delivered { .. }))
    }

    /// Whether packets are lost before anything takes them.
    pub fn is_lost_at_once(&self) -> bool {
        let lost = |outcome: &Outcome| matches!(outcome, Outcome::Dropped { .. });
        self.branches.iter().all(|it| it.via.is_empty() && lost(&it.outcome))
    }

    /// The way in words.
    pub fn text(&self) -> String {
        let texts: Vec<_> = self.branches.iter().map(Branch::text).collect();
        texts.join(", or ")
    }
}

impl Branch {
    fn text(&self) -> String {
        // The last thing passed is named by the outcome.
        let ends_at = match &self.outcome {
            Outcome::Delivered { to: Target::NextHop { id } } => Some(*id),
            Outcome::Delivered { to: Target::FarEnd { connection, .. } } => Some(*connection),
            Outcome::Delivered { .. } => None,
            Outcome::Dropped { at, .. } => Some(*at),
        };
        let mut passed: Vec<_> = self.via.iter().filter(|id| Some(**id) != ends_at).collect();
        passed.dedup();
        let passed: String = passed.iter().map(|id| format!("{}, ", named(**id))).collect();
        format!("{passed}{}", outcome_text(&self.outcome))
    }
}

/// Ways that were met, each once, so that they compare as numbers.
#[derive(Debug, Default)]
pub(super) struct Ways {
    known: Vec<Way>,
}

/// The place of a way among those that were met.
pub(super) type WayNumber = usize;

impl Ways {
    pub fn number(&mut self, way: Way) -> WayNumber {
        match self.known.iter().position(|known| *known == way) {
            Some(at) => at,
            None => {
                self.known.push(way);
                self.known.len() - 1
            }
        }
    }

    pub fn get(&self, number: WayNumber) -> &Way {
        &self.known[number]
    }
}
