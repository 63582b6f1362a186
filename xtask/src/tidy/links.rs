//! Links between the repository's pages lead somewhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::repository::Text;

/// Objects to links to files or headings that are not there.
pub fn check(texts: &[Text]) -> anyhow::Result<Vec<String>> {
    let pages: Vec<&Text> = texts.iter().filter(|text| text.is(&["md"])).collect();
    let headings: BTreeMap<&str, BTreeSet<String>> =
        pages.iter().map(|page| (page.file.as_str(), anchors(page))).collect();
    let mut found = Vec::new();
    for page in &pages {
        for (number, line) in prose(page) {
            for link in links(&line) {
                if let Some(reason) = broken(&page.file, link, texts, &headings) {
                    found.push(format!("{}:{number}: {link}: {reason}", page.file));
                }
            }
        }
    }
    Ok(found)
}

/// Why a link leads nowhere.
fn broken(
    page: &str,
    link: &str,
    texts: &[Text],
    headings: &BTreeMap<&str, BTreeSet<String>>,
) -> Option<&'static str> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let Some(file) = resolve(page, path) else { return Some("leads out of the repository") };
    let directory = format!("{file}/");
    if !texts.iter().any(|text| text.file == file || text.file.starts_with(&directory)) {
        return Some("no such file");
    }
    let known = anchor.is_empty()
        || headings.get(file.as_str()).is_none_or(|headings| headings.contains(anchor));
    (!known).then_some("no such heading")
}

/// The file a relative path means, seen from a page.
fn resolve(page: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(page.to_owned());
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The targets of `[text](target)`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("](").filter_map(|(at, _)| {
        let target = line[at + 2..].split(')').next()?;
        // A title may follow the target.
        target.split_whitespace().next()
    })
}

/// The lines outside code blocks, without their inline code.
fn prose(page: &Text) -> impl Iterator<Item = (usize, String)> {
    let mut in_code = false;
    page.lines().filter_map(move |(number, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        (!in_code && !fence).then(|| (number, line.split('`').step_by(2).collect()))
    })
}

/// What headings are called in links.
fn anchors(page: &Text) -> BTreeSet<String> {
    let mut in_code = false;
    let mut anchors = BTreeSet::new();
    for (_, line) in page.lines() {
        in_code ^= line.trim_start().starts_with("```");
        let title = line.trim_start_matches('#');
        if !in_code && line.starts_with('#') && title.starts_with(' ') {
            let anchor = anchor(title.trim());
            let mut unique = anchor.clone();
            for number in 1.. {
                if anchors.insert(unique) {
                    break;
                }
                unique = format!("{anchor}-{number}");
            }
        }
    }
    anchors
}

fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str) -> Vec<String> {
        let text = |file: &str, text: &str| Text { file: file.into(), text: text.into() };
        check(&[
            text("docs/a.md", page),
            text("docs/operations/b.md", "# The `B` page (S-VR)\n\n## Twice\n\n## Twice\n"),
            text("src/x.rs", ""),
        ])
        .unwrap()
    }

    #[test]
    fn good_links_are_fine() {
        let page = "# Top\n[a](operations/b.md) [b](operations/b.md#the-b-page-s-vr)\n\
                    [c](../src/x.rs) [d](https://example.com/x) [e](#top) [f](operations/)\n\
                    [g](operations/b.md#twice-1) `[h](gone.md)`\n```\n[i](gone.md)\n```\n";
        assert_eq!(found(page), Vec::<String>::new());
    }

    #[test]
    fn broken_links_are_found() {
        let page = "[a](gone.md)\n[b](../../x)\n[c](operations/b.md#gone)\n[d](#gone)\n";
        assert_eq!(
            found(page),
            [
                "docs/a.md:1: gone.md: no such file",
                "docs/a.md:2: ../../x: leads out of the repository",
                "docs/a.md:3: operations/b.md#gone: no such heading",
                "docs/a.md:4: #gone: no such heading",
            ]
        );
    }
}
