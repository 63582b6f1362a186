//! Words that have no place in the repository.

use crate::repository::Text;

/// What is searched for, and why it may not be there. Written in two parts where the word itself
/// has no place here either.
const WORDS: &[(&str, &str)] = &[
    (concat!("/wor", "k/"), "names a machine's directory"),
    (concat!("/roo", "t/"), "names a machine's directory"),
    (concat!("/hom", "e/"), "names a machine's directory"),
    ("todo!", "unfinished"),
    ("unimplemented!", "unfinished"),
    ("XXX", "unfinished"),
    ("FIXME", "unfinished"),
    ("dbg!", "left over from debugging"),
    (concat!("registry.npm", "js.org"), "names a package registry's host"),
    (concat!("registry.npm", "mirror.com"), "names a package registry's host"),
    (concat!("pyp", "i.org"), "names a package registry's host"),
    (concat!("python", "hosted.org"), "names a package registry's host"),
    (concat!("proxy.go", "lang.org"), "names a package registry's host"),
    (concat!("static.", "crates.io"), "names a package registry's host"),
    (concat!("index.", "crates.io"), "names a package registry's host"),
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
/// nor a directory below another.
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
        let text = Text { file: "a.md".into(), text: "fine\nsee XXX\n".into() };
        assert_eq!(objections(&text), ["a.md:2: XXX: unfinished"]);
    }

    #[test]
    fn parts_of_longer_words_are_not() {
        let directory = WORDS[0].0;
        let inside = [format!("src{directory}x"), format!("a.{directory}x")];
        for line in ["mytodo!()", "aXXX", &inside[0], &inside[1]] {
            assert!(!WORDS.iter().any(|(word, _)| has(line, word)), "{line}");
        }
        let (quoted, host) = (format!("\"{directory}x\""), format!("https://{}/x", WORDS[8].0));
        for line in ["todo!()", "(XXX)", &quoted, &host] {
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
