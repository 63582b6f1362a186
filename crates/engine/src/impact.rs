//! What each change does to forwarding: for the log, and for the client that asks.

use causeway_forward::Links;
use causeway_forward::impact::{Effect, Impact, Limits, impact};
use causeway_model::Txn;
use causeway_operations::json;
use causeway_store::TenantKey;

/// The header a client asks with, and gets its answer in.
pub(crate) const HEADER: &str = "x-causeway-impact";

/// The longest header, in bytes; clients and proxies refuse much longer ones.
const HEADER_MAX: usize = 4096;

/// Room for the impact of one route.
const JSON_BYTES: usize = 1024;

/// What one change does to forwarding.
#[derive(Debug)]
pub(crate) struct Told {
    tenant: TenantKey,
    cause: String,
    /// [`Impact`] as JSON.
    pub json: String,
    /// Moves by effect: lost, restored, moved.
    counts: [usize; 3],
}

impl Told {
    /// What a change does; `None` when forwarding stays as it is.
    pub fn of(before: &Txn, after: &Txn, tenant: &TenantKey, cause: &str) -> Option<Told> {
        if after.changes().is_empty() {
            return None;
        }
        let (was, is) = (Links::of(before), Links::of(after));
        let impact = impact((before, &was), (after, &is), after.changes(), &Limits::USUAL);
        if impact.is_empty() {
            return None;
        }
        let mut json = String::with_capacity(JSON_BYTES);
        json::write(&mut json, &impact);
        let counts = [Effect::Lost, Effect::Restored, Effect::Moved].map(|it| count(&impact, it));
        Some(Told { tenant: tenant.clone(), cause: cause.to_owned(), json, counts })
    }

    /// One line in the log, once the change is durable. What loses packets is worth a line always;
    /// the rest is in the audit log anyway, and a line for each change costs as much as the change.
    pub fn log(&self) {
        let Told { tenant, cause, json, counts: [lost, restored, moved] } = self;
        if *lost > 0 {
            tracing::info!(%tenant, cause, lost, restored, moved, impact = json, "forwarding changes");
        } else {
            tracing::debug!(%tenant, cause, restored, moved, impact = json, "forwarding changes");
        }
    }
}

fn count(impact: &Impact, effect: Effect) -> usize {
    impact.tables.iter().flat_map(|table| &table.moves).filter(|it| it.effect == effect).count()
}

/// The header for what a change did. What does not fit is counted, not cut in the middle.
pub(crate) fn header(json: Option<&str>) -> String {
    let json = json.unwrap_or(r#"{"Tables":[],"Truncated":false}"#);
    // Ids and prefixes are plain; the words of a resource's state are whatever was registered.
    let plain: String =
        json.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    if plain.len() <= HEADER_MAX {
        return plain;
    }
    let tables = serde_json::from_str::<serde_json::Value>(json)
        .map(|value| value["Tables"].as_array().map_or(0, Vec::len))
        .unwrap_or_default();
    format!(r#"{{"Truncated":true,"TableCount":{tables}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_bounded_and_plain() {
        assert_eq!(header(None), r#"{"Tables":[],"Truncated":false}"#);
        assert_eq!(header(Some("{\"a\":\"\u{e9}\"}")), r#"{"a":"?"}"#);
        let long = format!(r#"{{"Tables":["{}",2]}}"#, "x".repeat(HEADER_MAX));
        assert_eq!(header(Some(&long)), r#"{"Truncated":true,"TableCount":2}"#);
    }
}
