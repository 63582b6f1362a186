//! The log as an operation sees it.

use super::time;
use causeway_types::Timestamp;
use std::ops::Range;

/// The log cannot be read now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit log cannot be read")]
pub struct Unreadable;

/// Events by number. Times never go back as numbers grow.
pub trait EventLog {
    /// The numbers there are, about: some of them may be missing.
    fn ends(&self) -> Result<Range<u64>, Unreadable>;

    /// Hands events to `take` until it returns false.
    fn read(
        &self,
        numbers: Range<u64>,
        newest_first: bool,
        take: &mut dyn FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), Unreadable>;

    /// Events from before are not kept, though some may still be there.
    fn kept_since(&self) -> Option<Timestamp>;

    /// The clock events are stamped by.
    fn now(&self) -> Timestamp;
}

/// The number of the first event at or after `since`; the end when there is none. Reads a number of
/// events that grows with the logarithm of the log.
pub fn first_since(log: &dyn EventLog, since: Timestamp) -> Result<u64, Unreadable> {
    let Range { start: mut low, end: mut high } = log.ends()?;
    while low < high {
        let middle = low + (high - low) / 2;
        // The first event from the middle on, which stands for those missing before it.
        let mut found = None;
        log.read(middle..high, false, &mut |number, event| {
            found = Some((number, time(event)));
            false
        })?;
        match found {
            Some((number, at)) if at < since => low = number + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Head, Tail, event};
    use crate::testing::log::Events;

    #[test]
    fn times_are_found_also_where_numbers_are_missing() {
        let mut log = Events::default();
        let head = Head::default().encode();
        for at in [10, 20, 20, 30, 40, 40, 50, 60] {
            log.push(event(Timestamp(at), &head, &Tail::default()));
        }
        for gone in [2, 5] {
            log.events.remove(&gone);
        }
        for since in 0..70 {
            let first = first_since(&log, Timestamp(since)).unwrap();
            let naive = log.events.iter().find(|(_, event)| time(event) >= Timestamp(since));
            let Some((naive, _)) = naive else {
                assert_eq!(first, 9, "{since}");
                continue;
            };
            // A missing number before it is as good.
            assert!(first <= *naive && log.events.range(first..*naive).next().is_none(), "{since}");
        }
        assert_eq!(first_since(&Events::default(), Timestamp(5)), Ok(1));
    }
}
