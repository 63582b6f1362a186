//! Lists of Causeway's own actions, all pages of them.

use anyhow::Context;
use causeway_wire::Parameters;
use serde_json::{Value, json};

use crate::api::{self, OWN_VERSION, Outcome};
use crate::client;
use crate::table;
use crate::target::Target;

/// Rows the server puts on a page at most.
const PAGE_ROWS: usize = 50;

/// Calls an action page by page for at most `limit` rows of the list `name`, and renders them; `none` is
/// said when there are no rows.
pub fn show(
    target: &Target,
    (action, name): (&str, &str),
    limit: usize,
    as_json: bool,
    none: &str,
) -> anyhow::Result<Outcome> {
    let mut rows: Vec<Value> = Vec::new();
    for page in 1.. {
        let parameters = Parameters::from([
            ("RegionId".to_owned(), target.region.clone()),
            ("PageNumber".to_owned(), page.to_string()),
            ("PageSize".to_owned(), PAGE_ROWS.to_string()),
        ]);
        let reply = client::call(target, action, OWN_VERSION, &parameters)?;
        if reply.status >= 400 {
            return api::outcome(&reply, action, OWN_VERSION, as_json);
        }
        let mut body: Value = serde_json::from_str(&reply.body)
            .context("the answer is not JSON: is this Causeway?")?;
        let Value::Array(found) = body[name].take() else {
            anyhow::bail!("the answer has no {name}")
        };
        let is_last = found.len() < PAGE_ROWS;
        rows.extend(found);
        if is_last || rows.len() >= limit {
            break;
        }
    }
    rows.truncate(limit);
    Ok(Outcome { output: text(name, rows, as_json, none), complaint: None })
}

fn text(name: &str, rows: Vec<Value>, as_json: bool, none: &str) -> String {
    match (as_json, rows.is_empty()) {
        (false, true) => format!("{none}\n"),
        (true, _) => format!("{:#}\n", json!({ name: rows })),
        (false, false) => table::render(&json!({ name: rows }), table::terminal_width()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_get_a_table_and_programs_json() {
        let rows = || vec![json!({"LinkId": "vco-1", "State": "up"})];
        assert_eq!(text("Links", Vec::new(), false, "no links"), "no links\n");
        let table = text("Links", rows(), false, "");
        assert!(table.contains("LinkId") && table.contains("vco-1"), "{table}");
        let read: Value = serde_json::from_str(&text("Links", rows(), true, "")).unwrap();
        assert_eq!(read["Links"][0]["State"], "up");
        let none: Value = serde_json::from_str(&text("Links", Vec::new(), true, "none")).unwrap();
        assert_eq!(none, json!({"Links": []}));
    }
}
