//! Comparing what was printed with what the page shows.

/// The first expected line that the output lacks. Lines may have others between them; `...` within
/// a line is anything, and alone it says nothing.
pub fn first_missing<'a>(expected: &'a [String], output: &str) -> Option<&'a str> {
    let mut printed = output.lines();
    expected
        .iter()
        .map(|line| line.trim_end())
        .filter(|line| !line.is_empty() && *line != "...")
        .find(|line| !printed.any(|printed| matches(line, printed.trim_end())))
}

fn matches(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split("...");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return rest.is_empty() };
    for part in between {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_anything() {
        for (pattern, line) in [
            ("a", "a"),
            ("a...", "abc"),
            ("...c", "abc"),
            ("a...c...e", "abcde"),
            ("\"VpcId\": \"vpc-...\",", "\"VpcId\": \"vpc-bp1x\","),
        ] {
            assert!(matches(pattern, line), "{pattern} {line}");
        }
        for (pattern, line) in [("a", "ab"), ("a...c", "ab"), ("...c", "cd"), ("a...b...c", "ac")] {
            assert!(!matches(pattern, line), "{pattern} {line}");
        }
    }

    #[test]
    fn lines_are_expected_in_order() {
        let expected =
            |lines: &[&str]| lines.iter().map(|line| line.to_string()).collect::<Vec<_>>();
        let output = "one\ntwo\nthree\n";
        assert_eq!(first_missing(&expected(&["one", "...", "three"]), output), None);
        assert_eq!(first_missing(&expected(&["three", "one"]), output), Some("one"));
        assert_eq!(first_missing(&expected(&["one", "one"]), output), Some("one"));
    }
}
