//! Failover is bounded: over many random schedules in virtual time.

use causeway_forward::health::{Check, Effect, Health, Probing};

struct Spread(u64);

impl Spread {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

/// A link that dies at an instant, comes back at another, and delays answers in between as it likes.
struct Link {
    dead_ms: std::ops::Range<u64>,
}

/// When the switches came, and the first probe that was sent into the dead link.
#[derive(Default)]
struct Log {
    first_lost_ms: Option<u64>,
    changes: Vec<(u64, Health)>,
}

/// Plays one schedule up to `until_ms`.
fn play(probing: Probing, link: &Link, until_ms: u64, spread: &mut Spread) -> Log {
    let mut check = Check::start(probing, spread.below(50));
    let mut log = Log::default();
    // Answers on their way: when they come, and to which probe.
    let mut coming: Vec<(u64, u64)> = Vec::new();
    loop {
        let answer = coming.iter().copied().min();
        let due = check.deadline_ms();
        let now = answer.map_or(due, |(at, _)| at.min(due));
        if now > until_ms {
            return log;
        }
        let effects = match answer {
            Some((at, number)) if at <= due => {
                coming.retain(|coming| *coming != (at, number));
                check.answered(number, at)
            }
            _ => check.tick(due),
        };
        for effect in effects {
            match effect {
                Effect::Probe(_) if link.dead_ms.contains(&now) => {
                    log.first_lost_ms.get_or_insert(now);
                }
                Effect::Probe(number) => {
                    coming.push((now + spread.below(probing.timeout_ms), number));
                }
                Effect::Changed(health) => log.changes.push((now, health)),
            }
        }
    }
}

#[test]
fn the_switch_comes_in_time_over_random_schedules() {
    let schedules = if cfg!(debug_assertions) { 150_000 } else { 2_000_000 };
    let mut spread = Spread(11);
    let (mut switched, mut latest_ms, mut rode_out) = (0, 0, 0);
    for _ in 0..schedules {
        let probing = Probing {
            interval_ms: 1 + spread.below(60),
            retries: 1 + spread.below(4) as u32,
            timeout_ms: 1 + spread.below(40),
        };
        let bound_ms = u64::from(probing.retries) * probing.interval_ms + probing.timeout_ms;
        let dead_ms = 60 + spread.below(200);
        // Some outages are too short to be noticed, most are not.
        let length_ms = 1 + spread.below(2 * bound_ms);
        let link = Link { dead_ms: dead_ms..dead_ms + length_ms };
        let until_ms = link.dead_ms.end + bound_ms + probing.interval_ms;
        let log = play(probing, &link, until_ms, &mut spread);
        // No flapping beyond what the link does: down once at most, up once after it.
        match log.changes[..] {
            [] => rode_out += 1,
            [(down_ms, Health::Down), ref rest @ ..] => {
                let first_lost_ms = log.first_lost_ms.expect("a probe was lost");
                assert!(down_ms - first_lost_ms <= bound_ms, "{probing:?} {:?}", link.dead_ms);
                latest_ms = latest_ms.max(down_ms - first_lost_ms);
                switched += 1;
                let [(up_ms, Health::Up)] = *rest else { panic!("{:?}", log.changes) };
                // The first probe after the outage, and its answer.
                let late_ms = up_ms.saturating_sub(link.dead_ms.end.max(down_ms));
                assert!(late_ms <= probing.interval_ms + probing.timeout_ms);
            }
            _ => panic!("{:?}", log.changes),
        }
        // A link that stays dead for the whole bound is noticed.
        if log.first_lost_ms.is_some_and(|first| first + bound_ms < link.dead_ms.end) {
            assert!(!log.changes.is_empty(), "{probing:?} {:?}", link.dead_ms);
        }
    }
    assert!(
        switched > schedules / 10 && rode_out > schedules / 10,
        "{switched} switched, {rode_out} rode out"
    );
    assert!(latest_ms > 100, "the bound was never near: {latest_ms}");
}
