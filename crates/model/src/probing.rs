//! When a health check comes to another opinion of a simulated link, worked out and not waited for.
//!
//! Probes are sent at whole multiples of the interval. Whether one is lost follows from the condition
//! of the link and, for a lossy one, from the seed and the probe's number; so the next change can be
//! told in advance, and a link that does not change costs nothing. The rules are those of
//! `causeway_forward::health`, and are tested against it.

use crate::link::Condition;
use causeway_types::{Id, Timestamp};
use sha2::{Digest, Sha256};

/// How long the answer to a probe may take, in milliseconds (chosen).
pub const TIMEOUT_MS: i64 = 1000;

/// Probes looked at in advance; the check is asked again after these.
const AHEAD: i64 = 4096;

/// A health check of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probing {
    /// The link.
    pub link: Id,
    /// Decides which probes a lossy link loses.
    pub seed: u128,
    /// Time between probes in milliseconds, 1000 or more.
    pub interval_ms: i64,
    /// Probes lost in a row until the link counts as down, 1 or more.
    pub retries: u32,
}

/// What a check thinks, at some instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opinion {
    /// The instant.
    pub at: Timestamp,
    /// Whether the link counts as up.
    pub up: bool,
    /// Probes lost in a row until then.
    pub lost: u32,
}

/// Where a check stands at an instant, having caught up with all that was due by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What it thinks, and since when it is known.
    pub opinion: Opinion,
    /// When it last changed its opinion on the way there; `None` when it thinks what it thought.
    pub turned_at: Option<Timestamp>,
    /// When it is to be asked again; `None` when the opinion stays for ever.
    pub next: Option<Timestamp>,
}

impl Condition {
    /// Whether no probe is answered in time.
    fn loses_all(self) -> bool {
        self.down || self.loss_percent >= 100 || i64::from(self.delay_ms) >= TIMEOUT_MS
    }

    /// Whether some probes are not answered in time.
    fn loses(self) -> bool {
        self.loses_all() || self.loss_percent > 0
    }
}

impl Probing {
    /// The number of the first probe at or after an instant.
    fn first(&self, at: Timestamp) -> i64 {
        at.millis().div_euclid(self.interval_ms) + i64::from(at.millis() % self.interval_ms != 0)
    }

    /// When a probe is sent.
    fn sent(&self, probe: i64) -> Timestamp {
        Timestamp(probe * self.interval_ms)
    }

    /// Whether a probe gets no answer in time.
    pub fn is_lost(&self, condition: Condition, probe: i64) -> bool {
        condition.loses_all() || (condition.loses() && self.draw(probe) < condition.loss_percent)
    }

    /// 0 to 99, the same for the same probe.
    fn draw(&self, probe: i64) -> u8 {
        let mut hash = Sha256::new();
        hash.update(b"probe");
        hash.update(self.seed.to_be_bytes());
        hash.update(self.link.to_string());
        hash.update(probe.to_be_bytes());
        let digest = hash.finalize();
        (u16::from_be_bytes([digest[0], digest[1]]) % 100) as u8
    }

    /// What the check thinks next, after an opinion, while the link stays as it is: the next change,
    /// or what to go on from later. `None` when the opinion stays for ever.
    pub fn next(&self, condition: Condition, from: Opinion) -> Option<Opinion> {
        let first = self.first(from.at);
        if from.up && from.lost >= self.retries {
            // The last of them was lost before the link came to be as it is.
            let at = self.sent(first - 1).plus_ms(TIMEOUT_MS).max(from.at);
            return Some(Opinion { at, up: false, lost: from.lost });
        }
        let stays = if from.up { !condition.loses() } else { condition.loses_all() };
        if stays {
            return None;
        }
        let mut lost = from.lost;
        for probe in first..first + AHEAD {
            if !self.is_lost(condition, probe) {
                if !from.up {
                    let at = self.sent(probe).plus_ms(condition.delay_ms.into());
                    return Some(Opinion { at, up: true, lost: 0 });
                }
                lost = 0;
                continue;
            }
            lost = lost.saturating_add(1);
            if from.up && lost >= self.retries {
                let at = self.sent(probe).plus_ms(TIMEOUT_MS);
                return Some(Opinion { at, up: false, lost });
            }
        }
        Some(Opinion { at: self.sent(first + AHEAD), up: from.up, lost })
    }

    /// Catches up with everything due by an instant, in one step however late the call is. Of a lossy
    /// link only the probes right before the instant are looked at: older changes were undone since.
    pub fn settle(&self, condition: Condition, from: Opinion, now: Timestamp) -> Settled {
        let mut opinion = from;
        if condition.loses() && !condition.loses_all() {
            let earliest = now.plus_ms(-AHEAD * self.interval_ms);
            opinion.at = opinion.at.max(earliest);
        }
        let mut turned_at = None;
        let mut next = self.next(condition, opinion);
        while let Some(due) = next.filter(|next| next.at <= now) {
            if due.up != opinion.up {
                turned_at = Some(due.at);
            }
            opinion = due;
            next = self.next(condition, opinion);
        }
        let turned_at = turned_at.filter(|_| opinion.up != from.up);
        Settled { opinion, turned_at, next: next.map(|next| next.at) }
    }

    /// Since when packets are lost on a link that came to count as down at an instant. One that loses
    /// only some is held to lose all from the first of the probes that were lost in a row.
    pub fn lost_since(&self, condition: Condition, since: Timestamp, down: Timestamp) -> Timestamp {
        if condition.loses_all() {
            return since;
        }
        let in_a_row_ms = i64::from(self.retries - 1) * self.interval_ms + TIMEOUT_MS;
        since.max(down.plus_ms(-in_a_row_ms))
    }

    /// What the check knows at an instant before its next change, when the link changes: the probes
    /// lost in a row by then. An answer that is under way gets lost.
    pub fn until(&self, condition: Condition, from: Opinion, at: Timestamp) -> Opinion {
        let mut lost = from.lost;
        // Only the probes right before the instant can matter.
        let end = self.first(at);
        for probe in self.first(from.at).max(end - AHEAD)..end {
            let answered = self.sent(probe).plus_ms(condition.delay_ms.into());
            let is_lost = answered > at || self.is_lost(condition, probe);
            lost = if is_lost { lost.saturating_add(1) } else { 0 };
        }
        Opinion { at, up: from.up, lost }
    }
}
