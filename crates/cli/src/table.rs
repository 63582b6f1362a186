//! An answer as tables for people: objects as name and value, lists of objects as columns.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// The widest table, in characters, where there is no terminal to measure.
const WIDEST_PIPED: usize = 200;

/// The width of the terminal standard output is, if it is one.
pub fn terminal_width() -> Option<u16> {
    Table::new().width()
}

/// Renders an answer. Lists too wide for `width` are shown item by item; without a terminal also those whose rows
/// hold objects.
pub fn render(answer: &Value, width: Option<u16>) -> String {
    let Some(object) = answer.as_object() else { return format!("{}\n", cell(answer)) };
    let mut page = Page::default();
    page.read(object, "");
    let mut text = pairs(&page.pairs);
    for (title, items) in &page.lists {
        text.push_str(&format!("\n{title} ({})\n", items.len()));
        if !items.is_empty() {
            text.push_str(&list(items, width));
        }
    }
    text
}

/// What an answer holds, in its order.
#[derive(Default)]
struct Page<'a> {
    pairs: Vec<(String, String)>,
    lists: Vec<(String, Vec<&'a Object>)>,
}

impl<'a> Page<'a> {
    fn read(&mut self, object: &'a Object, prefix: &str) {
        for (name, value) in object {
            let name = format!("{prefix}{name}");
            match value {
                Value::Object(inner) => self.read(inner, &format!("{name}.")),
                // An empty list has no kind: that there is none is what it says.
                Value::Array(items) if items.is_empty() || items.iter().any(Value::is_object) => {
                    self.lists.push((name, items.iter().filter_map(Value::as_object).collect()));
                }
                _ => self.pairs.push((name, cell(value))),
            }
        }
    }
}

fn list(items: &[&Object], width: Option<u16>) -> String {
    let mut columns: Vec<&String> = Vec::new();
    for (name, value) in items.iter().flat_map(|item| item.iter()) {
        if !cell(value).is_empty() && !columns.contains(&name) {
            columns.push(name);
        }
    }
    let mut table = borderless();
    table.set_header(columns.iter().map(|name| printable(name)));
    for item in items {
        table.add_row(columns.iter().map(|name| item.get(*name).map(cell).unwrap_or_default()));
    }
    let text = trimmed(&table);
    let natural_width = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let fits = match width {
        Some(width) => natural_width <= usize::from(width),
        None => natural_width <= WIDEST_PIPED && !items.iter().any(|item| holds_objects(item)),
    };
    if fits {
        return text;
    }
    let blocks: Vec<String> = items.iter().map(|item| block(item)).collect();
    blocks.join("\n")
}

/// Whether a cell of this row would be JSON.
fn holds_objects(item: &Object) -> bool {
    let deep = |value: &Value| value.is_object() || value.is_array();
    item.values().any(|value| match value {
        Value::Array(items) => items.iter().any(deep),
        Value::Object(object) => match object.values().next() {
            Some(Value::Array(items)) if object.len() == 1 => items.iter().any(deep),
            inner => inner.is_some(),
        },
        _ => false,
    })
}

/// One item of a list, name by name.
fn block(item: &Object) -> String {
    let filled = item.iter().map(|(name, value)| (name.clone(), cell(value)));
    pairs(&filled.filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>())
}

fn pairs(pairs: &[(String, String)]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let mut table = borderless();
    for (name, value) in pairs {
        table.add_row([printable(name), value.clone()]);
    }
    trimmed(&table)
}

fn borderless() -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// Without the outer padding.
fn trimmed(table: &Table) -> String {
    table
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(&line).trim_end()))
        .collect()
}

/// A value in a cell: texts as they are, lists of texts with commas, what is deeper as JSON.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => printable(text),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            printable(&value.to_string())
        }
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        // A wrapped list: {"RouteTableId": ["vtb-1"]}
        Value::Object(object) if object.is_empty() => String::new(),
        Value::Object(object) => match object.values().next() {
            Some(list @ Value::Array(_)) if object.len() == 1 => cell(list),
            _ => printable(&value.to_string()),
        },
    }
}

/// Text that cannot command the terminal: names and descriptions are anybody's.
pub fn printable(text: &str) -> String {
    let escaped =
        |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer() -> Value {
        json!({
            "RequestId": "R-1",
            "TotalCount": 2,
            "Vpcs": {"Vpc": [
                {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/8", "IsDefault": false, "Description": "",
                 "RouterTableIds": {"RouterTableIds": ["vtb-1", "vtb-2"]}, "Tags": {"Tag": []}},
                {"VpcId": "vpc-2", "CidrBlock": "172.16.0.0/12", "IsDefault": true,
                 "Tags": {"Tag": [{"Key": "a", "Value": "b"}]}},
            ]},
            "Page": {"Number": 1},
            "Ids": ["x", "y"],
        })
    }

    #[test]
    fn an_answer_becomes_tables() {
        let expected = r#"RequestId    R-1
TotalCount   2
Page.Number  1
Ids          x, y

Vpcs.Vpc (2)
VpcId  CidrBlock      IsDefault  RouterTableIds  Tags
vpc-1  10.0.0.0/8     false      vtb-1, vtb-2
vpc-2  172.16.0.0/12  true                       [{"Key":"a","Value":"b"}]
"#;
        assert_eq!(render(&answer(), Some(200)), expected);
    }

    #[test]
    fn an_empty_list_is_counted() {
        let text = render(&json!({"TotalCount": 0, "Vpcs": {"Vpc": []}}), None);
        assert_eq!(text, "TotalCount  0\n\nVpcs.Vpc (0)\n");
    }

    #[test]
    fn without_a_terminal_rows_with_objects_and_wide_ones_are_shown_item_by_item() {
        assert_eq!(render(&answer(), None), render(&answer(), Some(40)));
        let plain = |name: String| render(&json!({"List": [{"Id": "a", "Name": name}]}), None);
        assert_eq!(plain("b".into()), "\nList (1)\nId  Name\na   b\n");
        let wide = "b".repeat(200);
        assert_eq!(plain(wide.clone()), format!("\nList (1)\nId    a\nName  {wide}\n"));
    }

    #[test]
    fn a_list_too_wide_is_shown_item_by_item() {
        let text = render(&answer(), Some(40));
        let expected = r#"Vpcs.Vpc (2)
VpcId           vpc-1
CidrBlock       10.0.0.0/8
IsDefault       false
RouterTableIds  vtb-1, vtb-2

VpcId      vpc-2
CidrBlock  172.16.0.0/12
IsDefault  true
Tags       [{"Key":"a","Value":"b"}]
"#;
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn no_text_reaches_the_terminal_as_a_command() {
        let text = render(&json!({"Description": "a\u{1b}[2Jb\nc"}), None);
        assert_eq!(text, "Description  a\\u{1b}[2Jb\\nc\n");
    }
}
