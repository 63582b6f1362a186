//! Words that have no place in the repository.

use crate::repository::Text;

/// What is searched for, and why it may not be there.
const WORDS: &[(&str, &str)] = &[
    ("/work/", "names a machine's directory"),
    ("/root/", "names a machine's directory"),
    ("/home/", "names a machine's directory"),
    ("todo!", "unfinished"),
    ("unimplemented!", "unfinished"),
    ("XXX", "unfinished"),
    ("FIXME", "unfinished"),
    ("dbg!", "left over from debugging"),
    ("registry.npmjs.org", "names a package registry's host"),
    ("registry.npmmirror.com", "names a package registry's host"),
    ("pypi.org", "names a package registry's host"),
    ("pythonhosted.org", "names a package registry's host"),
    ("proxy.golang.org", "names a package registry's host"),
    ("static.crates.io", "names a package registry's host"),
    ("index.crates.io", "names a package registry's host"),
];

/// Files where a word is needed; the list itself is one.
const EXCEPTIONS: &[(&str, &str)] = &[];
const ITSELF: &str = "xtask/src/tidy/words.rs";

/// Objects to each line with such a word.
pub fn check(texts: &[Text]) -> anyhow::Result<Vec<String>> {
    Ok(texts.iter().filter(|text| text.file != ITSELF).flat_map(objections).collect())
}

fn objections(text: &Text) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in text.lines() {
        for (word, why) in WORDS.iter().filter(|(word, _)| has(line, word)) {
            if !EXCEPTIONS.contains(&(text.file.as_str(), *word)) {
                found.push(format!("{}:{number}: {word}: {why}", text.file));
            }
        }
        if line.trim_start().starts_with("#[ignore") && !is_run_by_another(line, text) {
            found.push(format!("{}:{number}: a test that no other test runs", text.file));
        }
    }
    found
}

/// Whether the reason to ignore a test names, in backquotes, the test of the same file that runs it
/// as a process of its own.
fn is_run_by_another(line: &str, text: &Text) -> bool {
    let mut names = line.split('`').skip(1).step_by(2);
    names.any(|name| text.text.contains(&format!("fn {name}()")))
}

/// Whether the word is there and is not a part of a longer one: neither `mytodo!` nor `network/x`
/// nor `./root/x`.
fn has(line: &str, word: &str) -> bool {
    let goes_on = |c: char| match word.starts_with('/') {
        true => c.is_alphanumeric() || c == '.',
        false => c.is_alphanumeric() && word.starts_with(char::is_alphabetic),
    };
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_with_their_line() {
        let text = Text { file: "a.md".into(), text: "fine\nsee /work/x\n".into() };
        assert_eq!(objections(&text), ["a.md:2: /work/: names a machine's directory"]);
    }

    #[test]
    fn parts_of_longer_words_are_not() {
        for line in ["mytodo!()", "aXXX", "src/work/x", "a./root/x", "etc/home/"] {
            assert!(!WORDS.iter().any(|(word, _)| has(line, word)), "{line}");
        }
        for line in ["todo!()", "(XXX)", "\"/root/x\"", "https://pypi.org/simple"] {
            assert!(WORDS.iter().any(|(word, _)| has(line, word)), "{line}");
        }
    }

    #[test]
    fn an_ignored_test_is_run_by_another() {
        let mut text = Text { file: "a.rs".into(), text: "fn runs_it() {}\n".into() };
        text.text += "#[ignore = \"run by `runs_it`\"]\n#[ignore = \"run by `gone`\"]\n#[ignore]\n";
        let numbers: Vec<_> = objections(&text).iter().map(|it| it[..6].to_owned()).collect();
        assert_eq!(numbers, ["a.rs:3", "a.rs:4"]);
    }
}
