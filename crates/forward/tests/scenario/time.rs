//! Lines about links that get bad, health checks that notice, and the log of it.

use super::Scene;
use causeway_forward::observe;
use causeway_model::Read;
use causeway_model::failover::Failover;
use causeway_model::link::{self, Condition, LinkState};
use causeway_types::{Id, Timestamp};

impl Scene {
    /// `down`, `up`, `loss N` or `delay N`: what is so, and not what is believed.
    pub(super) fn set(&mut self, link: &str, condition: &[&str]) {
        let id = link.parse::<Id>().expect("a link");
        let number = |text: &str| text.parse().expect("a number");
        let condition = match condition[..] {
            ["down"] => Condition { down: true, ..Condition::default() },
            ["up"] => Condition::default(),
            ["loss", percent] => {
                Condition { loss_percent: number(percent) as u8, ..Condition::default() }
            }
            ["delay", delay_ms] => Condition { delay_ms: number(delay_ms), ..Condition::default() },
            _ => panic!("not a condition: {condition:?}"),
        };
        self.edit(|txn| {
            if let Some(turn) = link::set(txn, id, condition) {
                observe::turn(txn, id, turn);
            }
        });
    }

    /// Lets seconds pass; checks that come to another opinion meanwhile do so in their order.
    pub(super) fn wait(&mut self, seconds: &str) {
        let seconds: i64 = seconds.parse().expect("seconds");
        let until = self.now.plus_ms(seconds * 1000);
        let next = |scene: &Scene| {
            let states = scene.tenant.all::<LinkState>();
            let due = states.filter_map(|state| Some((state.next?, state.id)));
            due.min().filter(|(at, _)| *at <= until)
        };
        while let Some((at, id)) = next(self) {
            self.now = at;
            self.edit(|txn| {
                if let Some(turn) = link::step(txn, id) {
                    observe::turn(txn, id, turn);
                }
            });
        }
        self.now = until;
    }

    /// What is new in the log, the oldest first, with times in seconds from the beginning.
    pub(super) fn failovers(&mut self, began: Timestamp) -> String {
        let word = |id: Option<Id>| id.map_or("nothing".to_owned(), |id| id.to_string());
        let line = |it: &Failover| {
            let at = (it.at.millis() - began.millis()) as f64 / 1000.0;
            let state = if it.up { "up" } else { "down" };
            let (from, to, lost_s) = (word(it.from), word(it.to), it.lost_ms as f64 / 1000.0);
            let traffic = if it.traffic.is_empty() { "all" } else { &it.traffic };
            let cause = it.cause.text();
            format!(
                "{at:.1} s: {} is {state} ({cause}); {} moves {traffic} from {from} to {to}, lost for {lost_s:.1} s\n",
                it.link, it.by
            )
        };
        let lines = self.tenant.all::<Failover>().skip(self.told).map(line).collect();
        self.told = self.tenant.all::<Failover>().count();
        lines
    }
}
