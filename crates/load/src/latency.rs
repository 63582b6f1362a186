//! How long requests took.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// Three digits of precision, up to a minute.
const DIGITS: u8 = 3;
const MOST_NS: u64 = 60_000_000_000;

/// Latencies of many requests.
pub struct Latencies(Histogram<u64>);

/// Percentiles, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The median.
    pub p50_us: f64,
    /// 90 of 100 took at most this.
    pub p90_us: f64,
    /// 99 of 100 took at most this.
    pub p99_us: f64,
    /// 999 of 1000 took at most this.
    pub p999_us: f64,
    /// The longest.
    pub max_us: f64,
    /// The mean.
    pub mean_us: f64,
}

impl Latencies {
    /// None yet.
    pub fn new() -> Latencies {
        Latencies(Histogram::new_with_bounds(1, MOST_NS, DIGITS).expect("valid bounds"))
    }

    /// One more; longer than a minute counts as a minute.
    pub fn record(&mut self, took: Duration) {
        let ns = u64::try_from(took.as_nanos()).unwrap_or(MOST_NS);
        self.0.saturating_record(ns);
    }

    /// Those of another worker, too.
    pub fn add(&mut self, other: &Latencies) {
        self.0.add(&other.0).expect("the bounds are the same");
    }

    /// The percentiles.
    pub fn summary(&self) -> Summary {
        let at = |quantile| self.0.value_at_quantile(quantile) as f64 / 1e3;
        Summary {
            p50_us: at(0.5),
            p90_us: at(0.9),
            p99_us: at(0.99),
            p999_us: at(0.999),
            max_us: self.0.max() as f64 / 1e3,
            mean_us: self.0.mean() / 1e3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_all_workers() {
        let (mut first, mut second) = (Latencies::new(), Latencies::new());
        (1..=500).for_each(|us| first.record(Duration::from_micros(us)));
        (501..=1000).for_each(|us| second.record(Duration::from_micros(us)));
        first.add(&second);
        let summary = first.summary();
        let near = |found: f64, wanted: f64| (found - wanted).abs() <= wanted / 500.0;
        assert!(near(summary.p50_us, 500.0) && near(summary.p99_us, 990.0), "{summary:?}");
        assert!(near(summary.max_us, 1000.0) && near(summary.mean_us, 500.5), "{summary:?}");
    }
}
