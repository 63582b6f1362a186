//! Files stay small enough to read.

use crate::repository::Text;

/// The most lines a source file has.
const LINES_MAX: usize = 450;

/// Kinds of files that are held to it.
const EXTENSIONS: &[&str] = &["rs", "py", "js", "mjs", "cjs", "ts", "sh"];

/// Larger files, with the size they may not exceed. Entries are only ever lowered or removed.
const EXCEPTIONS: &[(&str, usize)] = &[];

/// Objects to files that are too large, and to exceptions that are no longer needed.
pub fn check(texts: &[Text]) -> anyhow::Result<Vec<String>> {
    Ok(objections(texts, EXCEPTIONS))
}

fn objections(texts: &[Text], exceptions: &[(&str, usize)]) -> Vec<String> {
    let mut found = Vec::new();
    for text in texts.iter().filter(|text| text.is(EXTENSIONS)) {
        let lines = text.text.lines().count();
        let exception = exceptions.iter().find(|(file, _)| *file == text.file);
        let limit = exception.map_or(LINES_MAX, |(_, limit)| *limit);
        if lines > limit {
            found.push(format!("{}: {lines} lines, at most {limit}", text.file));
        } else if exception.is_some() && lines < limit {
            let lower = lines.max(LINES_MAX);
            found.push(format!("{}: {lines} lines; lower its exception to {lower}", text.file));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(file: &str, lines: usize) -> Text {
        Text { file: file.into(), text: "x\n".repeat(lines) }
    }

    #[test]
    fn the_limit_is_inclusive_and_for_code() {
        let texts = [text("a.rs", 450), text("b.py", 451), text("c.md", 9999)];
        assert_eq!(objections(&texts, &[]), ["b.py: 451 lines, at most 450"]);
    }

    #[test]
    fn exceptions_only_shrink() {
        let texts = [text("a.rs", 500)];
        assert!(objections(&texts, &[("a.rs", 500)]).is_empty());
        assert_eq!(objections(&texts, &[("a.rs", 499)]).len(), 1);
        let lower = ["a.rs: 500 lines; lower its exception to 500"];
        assert_eq!(objections(&texts, &[("a.rs", 501)]), lower);
    }
}
