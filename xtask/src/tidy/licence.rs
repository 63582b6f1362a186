//! SPDX licence expressions, as far as packages write them.

/// Whether the allowed licences satisfy an expression: `A OR B`, `A AND B`, `A WITH exception`, brackets, and the old
/// `A/B`. What cannot be read is not satisfied. An exception only adds permissions.
pub fn satisfied(expression: &str, is_allowed: impl Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let value = any(&mut words, &is_allowed);
    value == Some(true) && words.is_empty()
}

/// The words are in reverse: the next one is the last.
fn any(words: &mut Vec<&str>, is_allowed: &impl Fn(&str) -> bool) -> Option<bool> {
    let mut value = all(words, is_allowed)?;
    while words.last() == Some(&"OR") {
        words.pop();
        value |= all(words, is_allowed)?;
    }
    Some(value)
}

fn all(words: &mut Vec<&str>, is_allowed: &impl Fn(&str) -> bool) -> Option<bool> {
    let mut value = one(words, is_allowed)?;
    while words.last() == Some(&"AND") {
        words.pop();
        value &= one(words, is_allowed)?;
    }
    Some(value)
}

fn one(words: &mut Vec<&str>, is_allowed: &impl Fn(&str) -> bool) -> Option<bool> {
    let word = words.pop()?;
    if word == "(" {
        let value = any(words, is_allowed)?;
        return (words.pop()? == ")").then_some(value);
    }
    if words.last() == Some(&"WITH") {
        words.truncate(words.len().saturating_sub(2));
    }
    Some(is_allowed(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT/GPL-3.0", true),
            ("GPL-3.0 OR ISC", true),
            ("MIT AND ISC", true),
            ("MIT AND GPL-3.0", false),
            ("GPL-3.0 OR MIT AND ISC", true),
            ("(GPL-3.0 OR MIT) AND ISC", true),
            ("(MIT OR ISC) AND GPL-3.0", false),
            ("MIT WITH LLVM-exception OR GPL-3.0", true),
            ("none", false),
            ("", false),
            ("MIT MIT", false),
            ("(MIT", false),
            ("MIT OR", false),
        ] {
            let is_allowed = |id: &str| ["MIT", "ISC"].contains(&id);
            assert_eq!(satisfied(expression, is_allowed), expected, "{expression:?}");
        }
    }
}
