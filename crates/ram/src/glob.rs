//! Wildcards: `*` is any run of characters, `?` is one (wire.md section 6).

/// Whether a text is what a pattern describes. Takes time in proportion to the product of the
/// lengths at most, whatever the pattern.
pub fn matches(pattern: &str, text: &str) -> bool {
    run(pattern, text, |one, other| one == other)
}

/// As [`matches`], with ASCII letters of either case being the same.
pub fn matches_ignoring_case(pattern: &str, text: &str) -> bool {
    run(pattern, text, |one, other| one.eq_ignore_ascii_case(&other))
}

fn run(pattern: &str, text: &str, same: fn(char, char) -> bool) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    // After the last `*`: the pattern from there, and where in the text it was tried last. Only the
    // last one matters: what an earlier one could take, the last can take as well.
    let mut retry = None;
    loop {
        let (mut wanted, mut given) = (pattern.clone(), text.clone());
        match (wanted.next(), given.next()) {
            (Some('*'), _) => {
                retry = Some((wanted.clone(), text.clone()));
                pattern = wanted;
            }
            (Some(one), Some(other)) if one == '?' || same(one, other) => {
                (pattern, text) = (wanted, given);
            }
            (None, None) => return true,
            _ => {
                let Some((after, from)) = &mut retry else { return false };
                if from.next().is_none() {
                    return false;
                }
                (pattern, text) = (after.clone(), from.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wildcards_stand_for_characters() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "a:b/c", true),
            ("?", "", false),
            ("?", "路", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "abcbc", true),
            ("a*c", "abcb", false),
            ("a?c", "abc", true),
            ("a??c", "abc", false),
            ("vpc:Create*", "vpc:CreateVpc", true),
            ("vpc:create*", "vpc:CreateVpc", false),
            ("**?", "", false),
            ("**?", "x", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        assert!(matches_ignoring_case("vpc:create*", "VPC:CreateVpc"));
        assert!(!matches_ignoring_case("vpc:create?", "VPC:CreateVpc"));
    }

    /// A pattern that takes naive matchers longer than anybody waits.
    #[test]
    fn no_pattern_takes_forever() {
        let pattern = "*a".repeat(2000) + "*b";
        assert!(!matches(&pattern, &"a".repeat(2000)));
        assert!(matches(&pattern, &("a".repeat(2000) + "b")));
    }

    /// The definition, word for word.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
            Some((one, rest)) => text
                .split_first()
                .is_some_and(|(first, text)| (*one == '?' || one == first) && naive(rest, text)),
        }
    }

    proptest! {
        #[test]
        fn matching_is_what_the_definition_says(pattern in "[ab*?é]{0,8}", text in "[abé*]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matches(&pattern, &text), naive(&chars(&pattern), &chars(&text)));
        }
    }
}
