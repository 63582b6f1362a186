//! Operations on regions.

use crate::catalogue::Entry;
use causeway_model::Language;

mod describe;
mod describe_zones;

/// The family, in the order of the documentation.
pub(crate) const OPERATIONS: &[Entry] =
    &[Entry::query::<describe::DescribeRegions>(), Entry::query::<describe_zones::DescribeZones>()];

/// Reads `AcceptLanguage`: Chinese when absent or unknown.
fn language(text: Option<&str>) -> Language {
    match text {
        Some("en-US") => Language::English,
        Some("ja") => Language::Japanese,
        _ => Language::Chinese,
    }
}
