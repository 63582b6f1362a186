//! The one place where a link comes to be believed up or down: what follows from it, and the log.

use crate::carriers;
use causeway_model::down_link;
use causeway_model::failover::{self, Failover, FailoverKey};
use causeway_model::link::Turn;
use causeway_model::{Read, Txn};
use causeway_types::{Id, Timestamp};

/// Lets a link count as up or down from now on, and logs what traffic moves.
pub fn turn(txn: &mut Txn, link: Id, turn: Turn) {
    let before = carriers::of_link(txn, link);
    down_link::set(txn, link, turn.up);
    let after = carriers::of_link(txn, link);
    let revision = txn.revision();
    let first = txn.range::<Failover>(key(revision, 0)..=key(revision, u32::MAX)).count();
    let mut number = u32::try_from(first).unwrap_or(u32::MAX);
    for ((by, traffic), to) in after {
        let from = before.get(&(by, traffic.clone())).copied().flatten();
        if from == to {
            continue;
        }
        let lost_since = match from {
            // A failback loses nothing: the traffic leaves a link that works.
            Some(_) if turn.up => turn.at,
            Some(_) => turn.since,
            None => lost_since(txn, by, &traffic).unwrap_or(turn.at),
        };
        failover::record(
            txn,
            Failover {
                key: key(revision, number),
                at: turn.at,
                link,
                up: turn.up,
                by,
                traffic: traffic.into(),
                from,
                to,
                cause: turn.cause,
                lost_ms: turn.at.millis() - lost_since.millis(),
            },
        );
        number = number.saturating_add(1);
    }
}

/// Since when traffic that nothing carries is lost, as the log tells.
fn lost_since(world: &impl Read, by: Id, traffic: &str) -> Option<Timestamp> {
    let of_it = |entry: &&Failover| entry.by == by && &*entry.traffic == traffic;
    let last = world.all::<Failover>().filter(of_it).last()?;
    last.to.is_none().then(|| last.at.plus_ms(-last.lost_ms))
}

fn key(revision: u64, number: u32) -> FailoverKey {
    FailoverKey { revision, number }
}
