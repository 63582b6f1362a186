//! Instants, in the two forms the provider prints.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// The text is not an RFC 3339 instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an instant such as 2026-11-20T10:00:00Z")]
pub struct TimestampText;

impl Timestamp {
    /// Milliseconds since the epoch; the VPN family prints instants so (S-VR-47).
    pub fn millis(self) -> i64 {
        self.0
    }

    /// The instant `milliseconds` later.
    pub fn plus_ms(self, milliseconds: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(milliseconds))
    }
}

impl fmt::Display for Timestamp {
    /// `2026-11-20T10:00:00Z`, the form of the VPC family (semantics.md 2).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.div_euclid(1000);
        let instant = jiff::Timestamp::from_second(seconds).map_err(|_| fmt::Error)?;
        instant.fmt(f)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampText;
    fn from_str(text: &str) -> Result<Timestamp, TimestampText> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| TimestampText)?;
        Ok(Timestamp(instant.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_whole_seconds_in_utc() {
        assert_eq!(Timestamp(1_492_747_187_999).to_string(), "2017-04-21T03:59:47Z");
    }

    #[test]
    fn reads_rfc_3339_only() {
        assert_eq!("2017-04-21T03:59:47Z".parse(), Ok(Timestamp(1_492_747_187_000)));
        assert_eq!("yesterday".parse::<Timestamp>(), Err(TimestampText));
    }
}
