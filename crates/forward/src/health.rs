//! The health check of one link, as a state machine without I/O and without a clock.
//!
//! ```text
//!                 probe lost, fewer than `retries` in a row
//!                    +---------+
//!                    v         |
//!   (start) ----->  Up  -------+ --- `retries` lost in a row --->  Down
//!                    ^                                              |
//!                    +------------- a probe is answered ------------+
//! ```
//!
//! Time comes in with each call, in milliseconds of any clock that does not go backwards. A probe is
//! sent every `interval`; it is lost when no answer has come `timeout` after it was sent. From the
//! first lost probe being sent to `Down` pass at most `(retries - 1) * interval + timeout`
//! (semantics.md 8.4; the numbers are those of `HealthCheckConfig`).

use std::collections::VecDeque;

/// How a link is probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probing {
    /// Time between probes in milliseconds, 1 or more.
    pub interval_ms: u64,
    /// Probes lost in a row until the link counts as down, 1 or more.
    pub retries: u32,
    /// How long an answer may take in milliseconds, 1 or more.
    pub timeout_ms: u64,
}

/// What a check thinks of its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// It works: the check has begun, or a probe was answered.
    Up,
    /// As many probes in a row were lost as the check tolerates, and none was answered since.
    Down,
}

/// What the caller is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send the probe with this number.
    Probe(u64),
    /// The link has changed.
    Changed(Health),
}

/// A running check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    probing: Probing,
    health: Health,
    /// Probes lost in a row.
    lost: u32,
    /// The number of the next probe.
    next: u64,
    /// When it is sent.
    next_at_ms: u64,
    /// Probes without an answer yet, oldest first: number, and when it counts as lost.
    open: VecDeque<(u64, u64)>,
}

impl Check {
    /// A check whose first probe is due at once.
    pub fn start(probing: Probing, now_ms: u64) -> Check {
        Check {
            probing,
            health: Health::Up,
            lost: 0,
            next: 0,
            next_at_ms: now_ms,
            open: VecDeque::new(),
        }
    }

    /// What it thinks of the link.
    pub fn health(&self) -> Health {
        self.health
    }

    /// When [`Check::tick`] is to be called next, in milliseconds.
    pub fn deadline_ms(&self) -> u64 {
        let lost_at = self.open.front().map_or(u64::MAX, |(_, lost_at_ms)| *lost_at_ms);
        self.next_at_ms.min(lost_at)
    }

    /// Time has passed. Late calls catch up: what was due meanwhile is lost or sent now, one probe
    /// at most, so that a caller that slept does not send a burst.
    pub fn tick(&mut self, now_ms: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some((_, lost_at_ms)) = self.open.front() {
            if *lost_at_ms > now_ms {
                break;
            }
            self.open.pop_front();
            self.lost = self.lost.saturating_add(1);
            if self.health == Health::Up && self.lost >= self.probing.retries {
                self.health = Health::Down;
                effects.push(Effect::Changed(Health::Down));
            }
        }
        if self.next_at_ms <= now_ms {
            effects.push(Effect::Probe(self.next));
            self.open.push_back((self.next, now_ms.saturating_add(self.probing.timeout_ms)));
            self.next += 1;
            self.next_at_ms = now_ms.saturating_add(self.probing.interval_ms);
        }
        effects
    }

    /// The probe with this number was answered. Answers to probes that already count as lost, and
    /// answers that come twice or after those of later probes, say nothing.
    pub fn answered(&mut self, number: u64, now_ms: u64) -> Vec<Effect> {
        // An answer at the deadline itself is too late, whichever call comes first.
        let open =
            self.open.iter().position(|(n, lost_at_ms)| *n == number && *lost_at_ms > now_ms);
        let Some(at) = open else { return Vec::new() };
        // The link has worked since the older ones were sent: they are no longer asked about.
        self.open.drain(..=at);
        self.lost = 0;
        if self.health == Health::Up {
            return Vec::new();
        }
        self.health = Health::Up;
        vec![Effect::Changed(Health::Up)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROBING: Probing = Probing { interval_ms: 10, retries: 3, timeout_ms: 4 };

    /// What can happen to a check.
    #[derive(Clone, Copy, Debug)]
    enum Input {
        /// Time up to the next deadline.
        Deadline,
        /// An early call, which changes nothing.
        Early,
        /// The oldest open probe is answered.
        Answer,
        /// An answer to a probe that is lost or never was.
        Stale,
    }

    /// A check after some probes, which were all lost.
    fn after(lost: u32) -> (Check, u64) {
        let mut check = Check::start(PROBING, 0);
        let mut now = 0;
        while check.lost < lost {
            now = check.deadline_ms();
            check.tick(now);
        }
        (check, now)
    }

    #[test]
    fn every_state_takes_every_input() {
        // States: probes lost in a row, up to beyond the change. With and without a probe under way.
        for lost in 0..=4 {
            for probe_open in [false, true] {
                for input in [Input::Deadline, Input::Early, Input::Answer, Input::Stale] {
                    let (mut check, mut now) = after(lost);
                    if probe_open {
                        now = check.deadline_ms();
                        assert_eq!(check.tick(now), [Effect::Probe(lost.into())]);
                    }
                    let health = if lost >= 3 { Health::Down } else { Health::Up };
                    assert_eq!(check.health(), health);
                    let before = check.clone();
                    let (effects, expected, lost_after) = match input {
                        Input::Deadline => {
                            let effects = check.tick(check.deadline_ms());
                            let expected = match (probe_open, lost) {
                                (false, _) => vec![Effect::Probe(lost.into())],
                                (true, 2) => vec![Effect::Changed(Health::Down)],
                                (true, _) => vec![],
                            };
                            (effects, expected, lost + u32::from(probe_open))
                        }
                        // A check that has just begun is due at once: nothing is earlier.
                        Input::Early if check.deadline_ms() == 0 => continue,
                        Input::Early => (check.tick(check.deadline_ms() - 1), vec![], lost),
                        Input::Answer if probe_open => {
                            let changed = lost >= 3;
                            let expected = vec![Effect::Changed(Health::Up); usize::from(changed)];
                            (check.answered(lost.into(), now + 1), expected, 0)
                        }
                        Input::Answer => (check.answered(lost.into(), now + 1), vec![], lost),
                        Input::Stale if lost > 0 => (check.answered(0, now + 1), vec![], lost),
                        Input::Stale => (check.answered(99, now + 1), vec![], lost),
                    };
                    let at = format!("{lost} lost, open {probe_open}, {input:?}");
                    assert_eq!(effects, expected, "{at}");
                    assert_eq!(check.lost, lost_after, "{at}");
                    if matches!(input, Input::Early | Input::Stale) {
                        assert_eq!(check, before, "{at}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_answer_at_the_deadline_is_late() {
        let mut check = Check::start(PROBING, 0);
        check.tick(0);
        assert_eq!(check.answered(0, 4), []);
        assert_eq!(check.lost, 0);
        check.tick(4);
        assert_eq!(check.lost, 1);
    }

    #[test]
    fn a_caller_that_slept_sends_one_probe() {
        let mut check = Check::start(PROBING, 0);
        check.tick(0);
        assert_eq!(check.tick(1_000), [Effect::Probe(1)]);
        assert_eq!(check.deadline_ms(), 1_004);
    }

    #[test]
    fn slow_answers_may_overlap_the_next_probe() {
        // The timeout is longer than the interval.
        let probing = Probing { interval_ms: 10, retries: 2, timeout_ms: 25 };
        let mut check = Check::start(probing, 0);
        for now in [0, 10, 20] {
            assert_eq!(check.tick(now), [Effect::Probe(now / 10)]);
        }
        // The second is answered first, and speaks for the first.
        assert_eq!(check.answered(1, 21), []);
        assert_eq!(check.answered(0, 24), []);
        assert_eq!(check.tick(30), [Effect::Probe(3)]);
        assert_eq!(check.tick(45), [Effect::Probe(4)], "the third is lost");
        assert_eq!(check.tick(55), [Effect::Changed(Health::Down), Effect::Probe(5)]);
        assert_eq!(check.answered(5, 60), [Effect::Changed(Health::Up)]);
    }
}
