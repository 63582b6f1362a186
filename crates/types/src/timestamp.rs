//! Instants, in the two forms the provider prints.

use jiff::tz::Offset;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::ops::RangeInclusive;
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

/// As long as `2026-11-20T10:00:00Z`.
const TEXT_LENGTH: usize = 20;
/// What has four digits of year, in seconds: from 0000-01-01 to the last day that every zone has.
const FOUR_DIGITS: RangeInclusive<i64> = -62_167_219_200..=253_402_207_200;

impl Timestamp {
    /// The text, written into `buffer`; what is outside of [`FOUR_DIGITS`] prints as its nearest end.
    fn text(self, buffer: &mut [u8; TEXT_LENGTH]) -> &str {
        let seconds = self.0.div_euclid(1000).clamp(*FOUR_DIGITS.start(), *FOUR_DIGITS.end());
        let at = Offset::UTC.to_datetime(jiff::Timestamp::from_second(seconds).unwrap_or_default());
        *buffer = *b"0000-00-00T00:00:00Z";
        let numbers = [
            (0, at.year() / 100),
            (2, at.year() % 100),
            (5, at.month().into()),
            (8, at.day().into()),
            (11, at.hour().into()),
            (14, at.minute().into()),
            (17, at.second().into()),
        ];
        for (start, number) in numbers {
            buffer[start] += (number / 10) as u8;
            buffer[start + 1] += (number % 10) as u8;
        }
        std::str::from_utf8(buffer).expect("digits")
    }
}

impl fmt::Display for Timestamp {
    /// `2026-11-20T10:00:00Z`, the form of the VPC family (semantics.md 2).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(&mut [0; TEXT_LENGTH]))
    }
}

/// An instant that answers show as text, in the form in which [`Timestamp`] prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampAsText(pub Timestamp);

impl Serialize for TimestampAsText {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.text(&mut [0; TEXT_LENGTH]))
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

    /// Every instant prints, whatever a store or a request holds.
    #[test]
    fn prints_what_has_no_four_digits_of_year_as_the_nearest_that_has() {
        assert_eq!(Timestamp(i64::MIN).to_string(), "0000-01-01T00:00:00Z");
        assert_eq!(Timestamp(i64::MAX).to_string(), "9999-12-30T22:00:00Z");
    }

    proptest::proptest! {
        #[test]
        fn prints_as_jiff_does(seconds in FOUR_DIGITS) {
            let expected = jiff::Timestamp::from_second(seconds).unwrap().to_string();
            proptest::prop_assert_eq!(Timestamp(seconds * 1000 + 1).to_string(), expected);
        }
    }

    #[test]
    fn reads_rfc_3339_only() {
        assert_eq!("2017-04-21T03:59:47Z".parse(), Ok(Timestamp(1_492_747_187_000)));
        assert_eq!("yesterday".parse::<Timestamp>(), Err(TimestampText));
    }
}
