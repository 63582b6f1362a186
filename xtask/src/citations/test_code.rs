//! Which lines are test code.

use std::ops::Range;

use crate::repository::Text;

/// Where client suites live: all of their code is tests.
const CLIENTS: &str = "clients/";
const CLIENT_LANGUAGES: &[&str] = &["py", "js", "mjs", "cjs", "ts"];

/// The files with test code, and which of their lines it is, counted from 0.
pub fn ranges(texts: &[Text]) -> Vec<(&Text, Range<usize>)> {
    let rust: Vec<&Text> =
        texts.iter().filter(|text| text.file.starts_with("crates/") && text.is(&["rs"])).collect();
    let outside: Vec<String> = rust.iter().flat_map(|text| modules_elsewhere(text)).collect();
    let mut ranges = Vec::new();
    for text in rust {
        let of_module = |module: &String| {
            let rest = text.file.strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        if text.file.contains("/tests/") || outside.iter().any(of_module) {
            ranges.push((text, 0..text.text.lines().count()));
        } else {
            ranges.extend(modules_here(text).into_iter().map(|range| (text, range)));
        }
    }
    let client = |text: &&Text| text.file.starts_with(CLIENTS) && text.is(CLIENT_LANGUAGES);
    let whole = |text: &'_ Text| 0..text.text.lines().count();
    ranges.extend(texts.iter().filter(client).map(|text| (text, whole(text))));
    ranges
}

/// The bodies of `#[cfg(test)] mod tests { ... }`.
fn modules_here(text: &Text) -> Vec<Range<usize>> {
    let lines: Vec<&str> = text.text.lines().collect();
    let with_body = |&(_, header): &(usize, &str)| header.ends_with('{');
    test_modules(&lines)
        .filter(with_body)
        .map(|(start, header)| {
            let indent = &header[..header.len() - header.trim_start().len()];
            let closing = format!("{indent}}}");
            let length = lines[start..].iter().position(|line| *line == closing);
            start..start + length.unwrap_or(lines.len() - start)
        })
        .collect()
}

/// The paths, without `.rs`, of `#[cfg(test)] mod testing;`.
fn modules_elsewhere(text: &Text) -> Vec<String> {
    let lines: Vec<&str> = text.text.lines().collect();
    let directory = match text.file.rsplit_once('/') {
        Some((directory, "lib.rs" | "main.rs" | "mod.rs")) => directory,
        _ => text.file.trim_end_matches(".rs"),
    };
    let name = |header: &str| {
        header.split_once("mod ").and_then(|(_, name)| Some(name.strip_suffix(';')?.to_owned()))
    };
    test_modules(&lines)
        .filter_map(|(_, header)| name(header))
        .map(|name| format!("{directory}/{name}"))
        .collect()
}

/// The lines that open a module under `#[cfg(test)]`.
fn test_modules<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = (usize, &'a str)> {
    let marked = lines.iter().enumerate().filter(|(_, line)| line.trim() == "#[cfg(test)]");
    marked.filter_map(|(mark, _)| {
        let mut after = lines.iter().enumerate().skip(mark + 1);
        let (index, line) = after.find(|(_, line)| !line.trim_start().starts_with("#["))?;
        let is_module = |line: &str| line.starts_with("mod ") || line.contains(" mod ");
        is_module(line).then_some((index, *line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(file: &str, text: &str) -> Text {
        Text { file: file.into(), text: text.into() }
    }

    fn found(texts: &[Text]) -> Vec<(&str, Range<usize>)> {
        ranges(texts).into_iter().map(|(text, range)| (text.file.as_str(), range)).collect()
    }

    #[test]
    fn modules_files_and_suites_are_told_apart() {
        let module = "fn a() {}\n#[cfg(test)]\nmod tests {\n    x\n}\nfn b() {}\n";
        let texts = [
            text("crates/x/src/a.rs", module),
            text("crates/x/src/lib.rs", "mod a;\n#[cfg(test)]\nmod testing;\nmod other;\n"),
            text("crates/x/src/other.rs", "fn c() {}\n"),
            text("crates/x/src/testing.rs", "1\n2\n"),
            text("crates/x/src/testing/scene.rs", "1\n"),
            text("crates/x/tests/whole.rs", "1\n2\n3\n"),
            text("clients/python/test_a.py", "1\n"),
            text("clients/python/README.md", "1\n"),
            text("xtask/src/a.rs", module),
        ];
        assert_eq!(
            found(&texts),
            [
                ("crates/x/src/a.rs", 2..4),
                ("crates/x/src/testing.rs", 0..2),
                ("crates/x/src/testing/scene.rs", 0..1),
                ("crates/x/tests/whole.rs", 0..3),
                ("clients/python/test_a.py", 0..1),
            ]
        );
    }

    #[test]
    fn a_module_of_a_named_file_lies_below_it() {
        let texts = [
            text("crates/x/src/env.rs", "#[cfg(test)]\n#[path]\nmod tests;\n"),
            text("crates/x/src/env/tests.rs", "1\n"),
            text("crates/x/src/tests.rs", "1\n"),
        ];
        assert_eq!(found(&texts), [("crates/x/src/env/tests.rs", 0..1)]);
    }
}
