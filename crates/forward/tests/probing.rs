//! What is worked out in advance about a health check is what the check itself says, probe by probe.

use causeway_forward::health::{self, Check, Effect, Health};
use causeway_model::link::Condition;
use causeway_model::probing::{Opinion, Probing, TIMEOUT_MS};
use causeway_types::{Id, Timestamp};

struct Spread(u64);

impl Spread {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn condition(&mut self) -> Condition {
        let loss_percent = [0, 0, 20, 60, 90][self.below(5) as usize];
        let delay_ms = [0, 1, 300, 999, 1000][self.below(5) as usize];
        Condition { down: self.below(3) == 0, loss_percent, delay_ms }
    }
}

/// A link's conditions and from when on each holds, in milliseconds; the first from the beginning.
type History = Vec<(i64, Condition)>;

/// The changes of opinion until an instant, by stepping the check through every probe.
fn by_stepping(probing: Probing, history: &History, until: i64) -> Vec<(i64, bool)> {
    let own = health::Probing {
        interval_ms: probing.interval_ms as u64,
        retries: probing.retries,
        timeout_ms: TIMEOUT_MS as u64,
    };
    let at =
        |now: i64| history.iter().rev().find(|(from, _)| *from <= now).expect("from the start");
    let mut check = Check::start(own, 0);
    let (mut coming, mut changes) = (Vec::<(i64, u64, i64)>::new(), Vec::new());
    loop {
        // An answer that is under way when the link changes does not count.
        coming.retain(|(answer, _, sent)| at((*answer - 1).max(*sent)).0 == at(*sent).0);
        let due = check.deadline_ms() as i64;
        let answer = coming.iter().copied().min();
        let now = answer.map_or(due, |(answer, _, _)| answer.min(due));
        if now > until {
            return changes;
        }
        let effects = match answer {
            Some((answer, number, _)) if answer <= due => {
                coming.retain(|(_, other, _)| *other != number);
                check.answered(number, answer as u64)
            }
            _ => check.tick(due as u64),
        };
        for effect in effects {
            match effect {
                Effect::Probe(number) => {
                    let condition = at(now).1;
                    if !probing.is_lost(condition, now / probing.interval_ms) {
                        coming.push((now + i64::from(condition.delay_ms), number, now));
                    }
                }
                Effect::Changed(health) => changes.push((now, health == Health::Up)),
            }
        }
    }
}

/// The same, worked out in advance.
fn in_advance(probing: Probing, history: &History, until: i64) -> Vec<(i64, bool)> {
    let mut opinion = Opinion { at: Timestamp(0), up: true, lost: 0 };
    let mut changes = Vec::new();
    for (n, (_, condition)) in history.iter().enumerate() {
        let end = history.get(n + 1).map_or(until + 1, |(from, _)| *from);
        while let Some(next) = probing.next(*condition, opinion).filter(|it| it.at.millis() < end) {
            if next.up != opinion.up {
                changes.push((next.at.millis(), next.up));
            }
            opinion = next;
        }
        opinion = probing.until(*condition, opinion, Timestamp(end));
    }
    changes
}

#[test]
fn opinions_are_told_in_advance() {
    let cases = if cfg!(debug_assertions) { 1_000 } else { 20_000 };
    let mut spread = Spread(23);
    let mut seen = 0;
    for case in 0..cases {
        let probing = Probing {
            link: "vco-1".parse::<Id>().unwrap(),
            seed: case,
            interval_ms: 1000 * (1 + spread.below(4) as i64),
            retries: 1 + spread.below(4) as u32,
        };
        let mut history = vec![(0, spread.condition())];
        for _ in 0..spread.below(6) {
            let from = history.last().unwrap().0 + 1 + spread.below(20_000) as i64;
            history.push((from, spread.condition()));
        }
        let until = history.last().unwrap().0 + 60_000;
        let expected = by_stepping(probing, &history, until);
        seen += expected.len();
        assert_eq!(in_advance(probing, &history, until), expected, "{probing:?} {history:?}");
    }
    assert!(seen > cases as usize, "only {seen} changes");
}
