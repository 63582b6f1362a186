//! What was measured: a value a round, and ratios of the values of the same round.

use serde::Serialize;

/// Values of one kind, one a round.
#[derive(Clone, Debug, Serialize)]
pub struct Series {
    /// What was measured.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// One value a round.
    pub values: Vec<f64>,
}

/// What a ratio has to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Wanted {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// It is told, and nothing follows from it.
    Told,
}

/// A ratio of two series.
#[derive(Clone, Debug, Serialize)]
pub struct Ratio {
    /// Of what to what.
    pub name: String,
    /// One a round.
    pub values: Vec<f64>,
    /// What its median has to be.
    pub wanted: Wanted,
}

/// Everything a bench measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// In the order in which they were first noted.
    pub series: Vec<Series>,
    /// In the order in which they were asked for.
    pub ratios: Vec<Ratio>,
}

impl Figures {
    /// Notes a value of the present round.
    pub fn note(&mut self, name: &str, unit: &str, value: f64) {
        match self.series.iter_mut().find(|series| series.name == name) {
            Some(series) => series.values.push(value),
            None => {
                let (name, unit, values) = (name.to_owned(), unit.to_owned(), vec![value]);
                self.series.push(Series { name, unit, values });
            }
        }
    }

    /// The ratio of two series, round by round.
    pub fn ratio(&mut self, name: &str, of: &str, to: &str, wanted: Wanted) {
        let (of, to) = (self.values(of), self.values(to));
        let values = of.iter().zip(to).map(|(of, to)| of / to).collect();
        self.ratios.push(Ratio { name: name.to_owned(), values, wanted });
    }

    fn values(&self, name: &str) -> &[f64] {
        let series = self.series.iter().find(|series| series.name == name);
        series.map_or(&[], |series| &series.values)
    }
}

impl Ratio {
    /// Whether the median is what was wanted.
    pub fn is_reached(&self) -> bool {
        let median = median(&self.values);
        match self.wanted {
            Wanted::AtLeast(least) => median >= least,
            Wanted::AtMost(most) => median <= most,
            Wanted::Told => true,
        }
    }
}

pub fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// The middle value; of an even number the mean of the two in the middle; not a number when there is none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle), sorted.len() % 2) {
        (None, _) => f64::NAN,
        (Some(value), 1) => *value,
        (Some(value), _) => f64::midpoint(*value, sorted[middle - 1]),
    }
}

/// The least and the greatest value.
pub fn spread(values: &[f64]) -> (f64, f64) {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    (least, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_of_the_same_round() {
        let mut figures = Figures::default();
        // The machine was twice as fast in the second round; the ratio does not see that.
        for (ours, theirs) in [(10.0, 5.0), (20.0, 10.0), (9.0, 3.0)] {
            figures.note("ours", "1/s", ours);
            figures.note("theirs", "1/s", theirs);
        }
        figures.ratio("ours to theirs", "ours", "theirs", Wanted::AtLeast(2.0));
        let ratio = &figures.ratios[0];
        assert_eq!(ratio.values, [2.0, 2.0, 3.0]);
        assert!(ratio.is_reached());
        assert!(!Ratio { wanted: Wanted::AtMost(1.9), ..ratio.clone() }.is_reached());
    }

    #[test]
    fn a_ratio_of_nothing_is_not_reached() {
        let mut figures = Figures::default();
        figures.ratio("none", "absent", "absent", Wanted::AtLeast(0.0));
        assert!(!figures.ratios[0].is_reached());
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(spread(&[3.0, 1.0, 2.0]), (1.0, 3.0));
    }
}
