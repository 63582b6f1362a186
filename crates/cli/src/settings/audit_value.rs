//! How times and sizes of the audit trail are read.

use super::value::Problem;
use causeway_types::Timestamp;

/// Ten years.
const KEEP_MAX_MS: i64 = 3650 * 24 * 3_600_000;

/// A duration such as `36h` or `90d`, ten years at most.
pub fn keep(text: &str) -> Result<i64, Problem> {
    let problem = "is not a duration; write for example 36h or 90d (ten years at most)";
    duration_ms(text).filter(|ms| (1..=KEEP_MAX_MS).contains(ms)).ok_or_else(|| problem.into())
}

fn duration_ms(text: &str) -> Option<i64> {
    let (number, unit_ms) =
        split(text, &[("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 24 * 3_600_000)])?;
    number.checked_mul(unit_ms)
}

/// A size such as `512MiB` or `1GiB`.
pub fn size(text: &str) -> Result<u64, Problem> {
    let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)];
    let bytes = split(text, &units).and_then(|(number, unit)| number.checked_mul(unit));
    let large = bytes.and_then(|bytes| u64::try_from(bytes).ok()).filter(|bytes| *bytes >= 1 << 20);
    large.ok_or_else(|| "is not a size; write for example 512MiB or 1GiB (1MiB at least)".into())
}

/// An instant, or how long before `now`.
pub fn moment(text: &str, now: Timestamp) -> Result<Timestamp, Problem> {
    if let Some(ago) = duration_ms(text) {
        return Ok(now.plus_ms(-ago));
    }
    text.parse()
        .map_err(|_| "is no time; write for example 30m, 2h, 7d or 2026-11-20T10:00:00Z".to_owned())
}

fn split(text: &str, units: &[(&str, i64)]) -> Option<(i64, i64)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (_, unit) = units.iter().find(|(name, _)| *name == &text[digits..])?;
    Some((text[..digits].parse().ok()?, *unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_have_units() {
        assert_eq!(keep("90d"), Ok(90 * 24 * 3_600_000));
        assert_eq!(keep("36h"), Ok(36 * 3_600_000));
        assert_eq!(size("1GiB"), Ok(1 << 30));
        assert_eq!(size("2048KiB"), Ok(2 << 20));
        for wrong in ["", "90", "d", "0d", "4000d", "-1d", "1.5d", "99999999999999999999d"] {
            assert!(keep(wrong).is_err(), "{wrong:?}");
        }
        for wrong in ["", "1", "1GB", "1KiB", "9999999999TiB", "GiB"] {
            assert!(size(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_moment_is_an_instant_or_ago() {
        let now = Timestamp(1_795_000_000_000);
        assert_eq!(moment("2h", now), Ok(now.plus_ms(-7_200_000)));
        assert_eq!(
            moment("2026-11-20T10:00:00Z", now).unwrap().to_string(),
            "2026-11-20T10:00:00Z"
        );
        assert!(moment("noon", now).is_err());
    }
}
