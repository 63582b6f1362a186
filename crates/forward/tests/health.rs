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

/// A link that dies and comes back, and delays answers meanwhile as it likes.
struct Link {
    /// When it is dead, in order and apart.
    dead_ms: Vec<std::ops::Range<u64>>,
}

impl Link {
    fn is_dead(&self, at_ms: u64) -> bool {
        self.dead_ms.iter().any(|outage| outage.contains(&at_ms))
    }
}

/// When the switches came, and the first probe that was sent into the dead link.
#[derive(Default)]
struct Log {
    first_lost_ms: Option<u64>,
    changes: Vec<(u64, Health)>,
}

/// Plays one schedule up to `until_ms`.
fn play(probing: Probing, link: &Link, until_ms: u64, spread: &mut Spread) -> Log {
    let mut check = Check::start(probing, spread.below(probing.interval_ms));
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
                Effect::Probe(_) if link.is_dead(now) => {
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

fn probing(spread: &mut Spread) -> Probing {
    Probing {
        interval_ms: 1 + spread.below(60),
        retries: 1 + spread.below(4) as u32,
        timeout_ms: 1 + spread.below(40),
    }
}

fn bound_ms(probing: Probing) -> u64 {
    u64::from(probing.retries) * probing.interval_ms + probing.timeout_ms
}

#[test]
fn the_switch_comes_in_time_over_random_schedules() {
    let schedules = 2_000_000;
    let mut spread = Spread(11);
    let (mut switched, mut latest_ms, mut rode_out) = (0, 0, 0);
    for _ in 0..schedules {
        let probing = probing(&mut spread);
        let bound_ms = bound_ms(probing);
        // Nothing but the place between two probes matters, and what was sent right before.
        let dead_ms = spread.below(2 * probing.interval_ms);
        // Some outages are too short to be noticed, most are not.
        let length_ms = 1 + spread.below(2 * bound_ms);
        let outage = dead_ms..dead_ms + length_ms;
        let until_ms = outage.end + bound_ms + probing.interval_ms;
        let link = Link { dead_ms: vec![outage.clone()] };
        let log = play(probing, &link, until_ms, &mut spread);
        match log.changes[..] {
            [] => rode_out += 1,
            [(down_ms, Health::Down), ref rest @ ..] => {
                let first_lost_ms = log.first_lost_ms.expect("a probe was lost");
                assert!(down_ms - first_lost_ms <= bound_ms, "{probing:?} {outage:?}");
                // Within that bound it is one interval earlier: the first probe needs none.
                assert_eq!(down_ms - first_lost_ms, bound_ms - probing.interval_ms);
                latest_ms = latest_ms.max(down_ms - first_lost_ms);
                switched += 1;
                let [(up_ms, Health::Up)] = *rest else { panic!("{:?}", log.changes) };
                // The first probe after the outage, and its answer.
                let late_ms = up_ms.saturating_sub(outage.end.max(down_ms));
                assert!(late_ms <= probing.interval_ms + probing.timeout_ms);
            }
            _ => panic!("{:?}", log.changes),
        }
        // A link that stays dead for the whole bound is noticed.
        if log.first_lost_ms.is_some_and(|first| first + bound_ms < outage.end) {
            assert!(!log.changes.is_empty(), "{probing:?} {outage:?}");
        }
    }
    assert!(
        switched > schedules / 10 && rode_out > schedules / 10,
        "{switched} switched, {rode_out} rode out"
    );
    assert!(latest_ms > 200, "the bound was never near: {latest_ms}");
}

/// A check changes its opinion in turns, goes down at most once per outage and only for probes sent
/// into it, and comes up at most once after it: nothing flaps but the link.
#[test]
fn nothing_flaps_but_the_link() {
    let schedules = 100_000;
    let mut spread = Spread(12);
    let (mut quieter, mut as_often, mut several) = (0, 0, 0);
    for _ in 0..schedules {
        let probing = probing(&mut spread);
        let mut dead_ms: Vec<std::ops::Range<u64>> = Vec::new();
        for _ in 0..1 + spread.below(5) {
            let up_since = dead_ms.last().map_or(0, |outage| outage.end);
            let start = up_since + 1 + spread.below(3 * probing.interval_ms);
            dead_ms.push(start..start + 1 + spread.below(2 * bound_ms(probing)));
        }
        let until_ms = dead_ms.last().unwrap().end + bound_ms(probing) + probing.interval_ms;
        let link = Link { dead_ms };
        let log = play(probing, &link, until_ms, &mut spread);
        let seen = || format!("{probing:?} {:?} {:?}", link.dead_ms, log.changes);
        // The outages that are not yet spent on a change to down.
        let mut outages = link.dead_ms.iter();
        let mut health = Health::Up;
        for (at_ms, to) in &log.changes {
            assert_ne!(*to, health, "{}", seen());
            health = *to;
            match to {
                // The last probe that was lost had been sent one timeout before, the others before it.
                Health::Down => {
                    let sent_ms = at_ms - probing.timeout_ms;
                    let mut earlier =
                        (0..probing.retries.into()).map(|n| sent_ms - n * probing.interval_ms);
                    assert!(earlier.all(|sent_ms| link.is_dead(sent_ms)), "{}", seen());
                    let outage = outages.find(|outage| outage.contains(&sent_ms));
                    assert!(outage.is_some(), "{}", seen());
                }
                // An answer comes from a link that worked within the timeout.
                Health::Up => {
                    let mut ms = at_ms.saturating_sub(probing.timeout_ms)..=*at_ms;
                    assert!(ms.any(|ms| !link.is_dead(ms)), "{}", seen());
                }
            }
        }
        assert_eq!(health, Health::Up, "{}", seen());
        let downs = log.changes.len() / 2;
        several += usize::from(downs > 1);
        if downs < link.dead_ms.len() { quieter += 1 } else { as_often += 1 }
    }
    assert!(
        quieter > schedules / 10 && as_often > schedules / 10 && several > schedules / 10,
        "{quieter} {as_often} {several}"
    );
}
