//! The test function that a line belongs to, by how the formatters lay code out.

use crate::repository::Text;

#[derive(Clone, Copy, PartialEq)]
enum Language {
    Rust,
    Python,
    JavaScript,
}

/// The function that encloses a line, or that the comment of the line stands above.
pub fn around(lines: &[&str], index: usize, text: &Text) -> Option<String> {
    let language = match () {
        () if text.is(&["rs"]) => Language::Rust,
        () if text.is(&["py"]) => Language::Python,
        () => Language::JavaScript,
    };
    below(lines, index, language).or_else(|| above(lines, index, language))
}

/// The function that begins here, or right after comments and attributes.
fn below(lines: &[&str], index: usize, language: Language) -> Option<String> {
    let mut rest = lines[index..].iter().skip_while(|line| is_remark(line, language));
    rest.next().and_then(|line| name(line, language))
}

/// The nearest function above that is not closed before the line.
fn above(lines: &[&str], index: usize, language: Language) -> Option<String> {
    let mut inside = indent(lines[index]);
    for line in lines[..index].iter().rev().filter(|line| !line.trim().is_empty()) {
        if let Some(name) = name(line, language)
            && indent(line) < inside
        {
            return Some(name);
        }
        // A brace that ends in a lower column closes what is above; in Python, anything there does.
        let closes = match language {
            Language::Python => !line.trim_start().starts_with([')', ']', '}']),
            _ => line.trim_start().starts_with('}'),
        };
        if closes {
            inside = inside.min(indent(line));
        }
    }
    None
}

fn is_remark(line: &str, language: Language) -> bool {
    let line = line.trim_start();
    match language {
        Language::Rust => line.starts_with("//") || line.starts_with("#["),
        Language::Python => line.starts_with(['#', '@']),
        Language::JavaScript => line.starts_with("//") || line.starts_with('*'),
    }
}

fn name(line: &str, language: Language) -> Option<String> {
    let line = line.trim_start();
    let (mark, end): (&[&str], &[char]) = match language {
        Language::Rust => (&["fn ", "async fn ", "pub fn ", "pub(crate) fn "], &['(', '<']),
        Language::Python => (&["def ", "async def "], &['(']),
        Language::JavaScript => (&["test(", "it(", "await t.test("], &[',']),
    };
    let rest = mark.iter().find_map(|mark| line.strip_prefix(mark))?;
    // A title may itself have commas: it ends with the quote it began with.
    let name = match rest.chars().next() {
        Some(quote @ ('"' | '\'' | '`')) => rest[1..].split(quote).next(),
        _ => rest.split(end).next(),
    };
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests_of(file: &str, text: &str) -> Vec<Option<String>> {
        let text = Text { file: file.into(), text: text.into() };
        let lines: Vec<&str> = text.text.lines().collect();
        let marked = lines.iter().enumerate().filter(|(_, line)| line.contains("HERE"));
        marked.map(|(index, _)| around(&lines, index, &text)).collect()
    }

    fn some(names: &[&str]) -> Vec<Option<String>> {
        names.iter().map(|name| Some(name.to_string())).collect()
    }

    #[test]
    fn rust() {
        let text = "mod tests {\n    // HERE\n    #[test]\n    fn one() {\n        if a {\n            \
                    b(); // HERE\n        }\n        // HERE\n    }\n\n    const C: u8 = 1; // HERE\n\
                    \n    fn two<T>() {} // HERE\n}\n";
        let mut expected = some(&["one", "one", "one"]);
        expected.extend([None, Some("two".into())]);
        assert_eq!(tests_of("a.rs", text), expected);
    }

    #[test]
    fn python() {
        let text = "X = 1  # HERE\n# HERE\n@mark\ndef test_one(\n    a,\n):\n    # HERE\n    \
                    f(\n        1\n    )\n    g()  # HERE\n\nclass A:\n    x = 1  # HERE\n";
        let mut expected = vec![None];
        expected.extend(some(&["test_one", "test_one", "test_one"]));
        expected.push(None);
        assert_eq!(tests_of("a.py", text), expected);
    }

    #[test]
    fn javascript() {
        let text = "// HERE\ntest('a, b', async () => {\n  f(); // HERE\n});\n\
                    const c = 1; // HERE\nit(\"d\", () => {\n  g(); // HERE\n});\n";
        let mut expected = some(&["a, b", "a, b"]);
        expected.extend([None, Some("d".into())]);
        assert_eq!(tests_of("a.mjs", text), expected);
    }
}
