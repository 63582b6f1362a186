//! The condition of simulated links, and what their health checks make of it.
//!
//! A link's condition is what is so; [`crate::down_link::DownLink`] is what is believed, and forwarding
//! goes by that. Where a connection has a health check, belief follows the condition as its probes are
//! lost or answered; elsewhere it follows at once.

use crate::down_link::{self, DownLink};
use crate::failover::Cause;
use crate::probing::{Opinion, Probing, Settled};
use crate::rows::Keyed;
use crate::tenant::Read;
use crate::txn::Txn;
use causeway_types::{Id, Timestamp};
use serde::{Deserialize, Serialize};

/// What a link does to packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// It carries nothing.
    pub down: bool,
    /// How many of a hundred packets it loses.
    pub loss_percent: u8,
    /// How much later an answer comes, in milliseconds.
    pub delay_ms: u32,
}

/// A link whose condition is not the usual one, or whose check has not noticed yet that it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkState {
    /// The connection, tunnel or router interface.
    pub id: Id,
    /// Its condition.
    pub condition: Condition,
    /// Since when.
    pub since: Timestamp,
    /// Probes lost in a row at `from`.
    pub lost: u32,
    /// From when on `next` is worked out.
    pub from: Timestamp,
    /// When the check may come to another opinion.
    pub next: Option<Timestamp>,
}

impl Keyed for LinkState {
    type Key = Id;
    fn key(&self) -> Id {
        self.id
    }
}

/// A belief about a link that has to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Whether the link counts as up from now on.
    pub up: bool,
    /// Since when the link has done to packets what was noticed.
    pub since: Timestamp,
    /// When it was noticed: now, or earlier when the check is asked late.
    pub at: Timestamp,
    /// By whom.
    pub cause: Cause,
}

/// The condition of a link.
pub fn condition(world: &impl Read, id: Id) -> Condition {
    world.get::<LinkState>(&id).map_or_else(
        // A link that was set down before there were conditions.
        || Condition { down: world.get::<DownLink>(&id).is_some(), ..Condition::default() },
        |state| state.condition,
    )
}

/// Whether a link carries nothing, whatever is believed of it.
pub fn is_dead(world: &impl Read, id: Id) -> bool {
    let condition = condition(world, id);
    condition.down || condition.loss_percent >= 100
}

/// How a link is probed; `None` when its state is noticed at once.
pub fn probing(txn: &Txn, id: Id) -> Option<Probing> {
    let check = &down_link::connection(txn, id)?.health_check;
    check.enabled.then(|| Probing {
        link: id,
        seed: txn.context().seed,
        interval_ms: i64::from(check.interval_s.max(1)) * 1000,
        retries: check.retries.max(1),
    })
}

/// Sets the condition of a link; what is to be believed of it now, if that changes.
pub fn set(txn: &mut Txn, id: Id, condition: Condition) -> Option<Turn> {
    let (now, up) = (txn.now(), txn.get::<DownLink>(&id).is_none());
    let Some(probing) = probing(txn, id) else {
        keep(txn, LinkState { id, condition, since: now, lost: 0, from: now, next: None });
        let turn = Turn { up: !up, since: now, at: now, cause: Cause::Set };
        return (up == condition.down).then_some(turn);
    };
    // The check may be about to notice what the link did before.
    let turn = step(txn, id);
    let up = turn.map_or(up, |turn| turn.up);
    let before = txn.get::<LinkState>(&id).map(|state| (state.condition, opinion(state, up)));
    let known = Opinion { at: now, up, lost: 0 };
    let known = before.map_or(known, |(was, from)| probing.until(was, from, now));
    let next = probing.next(condition, known).map(|next| next.at);
    keep(txn, LinkState { id, condition, since: now, lost: known.lost, from: now, next });
    turn
}

/// The check of a link is asked; what is to be believed from now on, if that changes.
pub fn step(txn: &mut Txn, id: Id) -> Option<Turn> {
    let now = txn.now();
    let state = txn.get::<LinkState>(&id).filter(|it| it.next.is_some_and(|at| at <= now));
    let state = state?.clone();
    let up = txn.get::<DownLink>(&id).is_none();
    let probing = probing(txn, id)?;
    let Settled { opinion, turned_at, next } =
        probing.settle(state.condition, opinion(&state, up), now);
    let turn = turned_at.map(|at| match opinion.up {
        true => Turn { up: true, since: state.since, at, cause: Cause::ProbeAnswered },
        false => {
            let since = probing.lost_since(state.condition, state.since, at);
            Turn { up: false, since, at, cause: Cause::ProbesLost }
        }
    });
    keep(txn, LinkState { lost: opinion.lost, from: opinion.at, next, ..state });
    turn
}

fn opinion(state: &LinkState, up: bool) -> Opinion {
    Opinion { at: state.from, up, lost: state.lost }
}

/// Writes a state, or forgets it when there is nothing to tell.
fn keep(txn: &mut Txn, state: LinkState) {
    if state.condition == Condition::default() && state.next.is_none() {
        txn.remove::<LinkState>(&state.id);
    } else {
        txn.put(state);
    }
}
