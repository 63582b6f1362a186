//! The core is a function: same input, same output, same order. And nothing is `unsafe`.

use crate::citations::test_code;
use crate::repository::Text;
use std::collections::BTreeSet;

/// Crates whose code may not look outside or iterate in random order.
const CORE: &[&str] = &["types", "spec", "model", "forward", "ram", "operations"];

/// What they may not name, and why.
const FORBIDDEN: &[(&str, &str)] = &[
    ("HashMap", "its order differs from run to run"),
    ("HashSet", "its order differs from run to run"),
    ("std::time", "reads or waits for a clock"),
    ("SystemTime", "reads a clock"),
    ("Instant::now", "reads a clock"),
    ("std::env", "reads the environment"),
    ("std::fs", "touches files"),
    ("std::net::Tcp", "touches the network"),
    ("std::process", "starts or ends processes"),
    ("rand::", "is random"),
    ("getrandom", "is random"),
];

/// Objects to such names outside tests, to `unsafe` anywhere, and to crates without the workspace's lints.
pub fn check(texts: &[Text]) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    // Tests may read fixtures; lines are counted from 1 here.
    let in_tests: BTreeSet<(&str, usize)> = test_code::ranges(texts)
        .into_iter()
        .flat_map(|(text, range)| range.map(|index| (text.file.as_str(), index + 1)))
        .collect();
    for text in texts {
        let krate = text.file.strip_prefix("crates/").and_then(|rest| rest.split('/').next());
        if text.is(&["rs"]) {
            // Examples are programs of their own: they measure time.
            let core = krate.is_some_and(|name| CORE.contains(&name));
            let forbidden: &[_] =
                if core && !text.file.contains("/examples/") { FORBIDDEN } else { &[] };
            let is_test = |number| in_tests.contains(&(text.file.as_str(), number));
            found.extend(objections(text, forbidden, is_test));
        }
        let is_manifest = krate.is_some() && text.file.ends_with("/Cargo.toml");
        if is_manifest && !text.text.contains("[lints]\nworkspace = true") {
            found.push(format!("{}: without the workspace's lints", text.file));
        }
    }
    Ok(found)
}

fn objections(
    text: &Text,
    forbidden: &[(&str, &str)],
    is_test: impl Fn(usize) -> bool,
) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in text.lines() {
        let code = code(line);
        let forbidden = if is_test(number) { &[] } else { forbidden };
        let named = forbidden.iter().filter(|(name, _)| word(code, name)).copied();
        // Without the lint's own name, and without texts that speak of it.
        let is_unsafe =
            ["unsafe {", "unsafe fn ", "unsafe impl ", "unsafe extern ", "unsafe trait "]
                .iter()
                .any(|form| word(code, form) && !text.file.starts_with("xtask/src/tidy/"));
        let is_unsafe = is_unsafe.then_some(("unsafe", "is not needed"));
        for (name, why) in named.chain(is_unsafe) {
            found.push(format!("{}:{number}: {name} {why}", text.file));
        }
    }
    found
}

/// The line without its comment.
fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

fn word(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, text: &str) -> Vec<String> {
        check(&[Text { file: file.into(), text: text.into() }]).unwrap()
    }

    #[test]
    fn the_core_looks_nowhere() {
        let text = "use std::collections::HashMap; // no\n// HashSet\nlet operand::x;\n";
        let expected = ["crates/model/src/a.rs:1: HashMap its order differs from run to run"];
        assert_eq!(found("crates/model/src/a.rs", text), expected);
        assert!(found("crates/engine/src/a.rs", text).is_empty());
        assert!(found("crates/model/tests/a.rs", text).is_empty());
    }

    #[test]
    fn nothing_is_unsafe() {
        assert_eq!(found("crates/engine/src/a.rs", "    unsafe { x() }\n").len(), 1);
        assert!(
            found("crates/engine/src/a.rs", "#![forbid(unsafe_code)] // unsafe {\n").is_empty()
        );
    }

    #[test]
    fn crates_take_the_lints() {
        assert!(found("crates/a/Cargo.toml", "[lints]\nworkspace = true\n").is_empty());
        assert_eq!(found("crates/a/Cargo.toml", "[package]\n").len(), 1);
    }
}
