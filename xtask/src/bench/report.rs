//! What a bench leaves: a table to read, and the values behind it.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use causeway_types::Timestamp;
use serde::Serialize;

use super::Arguments;
use super::figures::{Figures, Wanted, median, spread};
use super::machine::Machine;

/// The report of one bench.
#[derive(Debug, Serialize)]
pub struct Report {
    name: &'static str,
    what: &'static str,
    date: String,
    command: String,
    machine: Machine,
    figures: Figures,
}

impl Report {
    /// The report of figures just measured.
    pub fn of(
        name: &'static str,
        what: &'static str,
        arguments: &Arguments,
        machine: Machine,
        figures: Figures,
    ) -> anyhow::Result<Report> {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        let now = Timestamp(i64::try_from(since.as_millis())?).to_string();
        let mut command = format!("cargo xtask bench {name} --rounds {}", arguments.rounds);
        match name {
            "scale" | "growth" => write!(command, " --routes {}", arguments.routes)?,
            "longevity" => write!(command, " --minutes {}", arguments.minutes)?,
            _ => {}
        }
        let date = now[..10].to_owned();
        Ok(Report { name, what, date, command, machine, figures })
    }

    /// How many figures were not reached.
    pub fn missed(&self) -> usize {
        self.figures.ratios.iter().filter(|ratio| !ratio.is_reached()).count()
    }

    /// The report as Markdown.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        let machine = &self.machine;
        let _ = writeln!(
            text,
            "# {}: {}\n\n`{}`, {}, commit {}, {} x {}, Linux {}, load average {}\n",
            self.name,
            self.what,
            self.command,
            self.date,
            machine.commit,
            machine.processors,
            machine.processor,
            machine.kernel,
            machine.load_average
        );
        text.push_str("| Ratio | Median | Spread | Wanted | |\n|---|--:|--:|--:|---|\n");
        for ratio in &self.figures.ratios {
            let (wanted, verdict) = match ratio.wanted {
                Wanted::AtLeast(least) => (format!("≥ {}", number(least)), ratio.is_reached()),
                Wanted::AtMost(most) => (format!("≤ {}", number(most)), ratio.is_reached()),
                Wanted::Told => (String::new(), true),
            };
            let verdict = if verdict { "" } else { "**not reached**" };
            let columns = columns(&ratio.values);
            let _ = writeln!(text, "| {} | {columns} | {wanted} | {verdict} |", ratio.name);
        }
        text.push_str("\n| Figure | Unit | Median | Spread |\n|---|---|--:|--:|\n");
        for series in &self.figures.series {
            let columns = columns(&series.values);
            let _ = writeln!(text, "| {} | {} | {columns} |", series.name, series.unit);
        }
        text
    }

    /// Writes both forms, named after date and bench.
    pub fn write(&self, directory: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(directory)?;
        let file = |extension| directory.join(format!("{}-{}.{extension}", self.date, self.name));
        fs::write(file("md"), self.markdown())?;
        fs::write(file("json"), serde_json::to_string_pretty(self)? + "\n")?;
        Ok(())
    }
}

fn columns(values: &[f64]) -> String {
    let (least, most) = spread(values);
    format!("{} | {} – {}", number(median(values)), number(least), number(most))
}

/// Three digits that matter.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        0.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        let left = whole.len() - at;
        if at > 0 && left % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if rest.is_empty() { grouped } else { format!("{grouped}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_that_matter() {
        for (value, text) in [
            (0.5, "0.50"),
            (12.345, "12.3"),
            (123.6, "124"),
            (1234567.0, "1,234,567"),
            (-1234.0, "-1,234"),
            (999.9, "1,000"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn what_is_not_reached_is_said() {
        let mut figures = Figures::default();
        figures.note("a", "1/s", 1.0);
        figures.note("b", "1/s", 4.0);
        figures.ratio("a to b", "a", "b", Wanted::AtLeast(0.5));
        figures.ratio("b to a", "b", "a", Wanted::AtLeast(4.0));
        let machine = Machine {
            processor: "p".into(),
            processors: 2,
            kernel: "6".into(),
            load_average: "0.1".into(),
            commit: "abc".into(),
        };
        let (date, command) = ("2026-11-20".into(), "cargo xtask bench x".into());
        let report = Report { name: "x", what: "y", date, command, machine, figures };
        assert_eq!(report.missed(), 1);
        let text = report.markdown();
        assert!(
            text.contains("| a to b | 0.25 | 0.25 – 0.25 | ≥ 0.50 | **not reached** |"),
            "{text}"
        );
        assert!(text.contains("| b to a | 4.00 | 4.00 – 4.00 | ≥ 4.00 |  |"), "{text}");
        assert!(text.contains("| a | 1/s | 1.00 | 1.00 – 1.00 |"), "{text}");
    }
}
