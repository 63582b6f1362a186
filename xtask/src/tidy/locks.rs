//! Lock files pin versions, and name no place where packages were fetched from.

use crate::repository::Text;

const CRATES: &str = "\"registry+https://github.com/rust-lang/crates.io-index\"";

/// Objects to lock files that would send others to a mirror.
pub fn check(texts: &[Text]) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for text in texts {
        let name = text.file.rsplit('/').next().unwrap_or_default();
        let names_a_place = |line: &str| match name {
            "Cargo.lock" => line.strip_prefix("source = ").is_some_and(|source| source != CRATES),
            "package-lock.json" => line.trim_start().starts_with("\"resolved\": \"http"),
            "requirements.txt" => line.contains("index-url") || line.contains("://"),
            _ => false,
        };
        let lines = text.lines().filter(|(_, line)| names_a_place(line));
        found.extend(lines.map(|(number, _)| {
            format!("{}:{number}: says where a package was fetched", text.file)
        }));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found() {
        for (file, line, fine) in [
            (
                "Cargo.lock",
                "source = \"registry+https://github.com/rust-lang/crates.io-index\"",
                true,
            ),
            ("fuzz/Cargo.lock", "source = \"registry+https://mirror.example/\"", false),
            (
                "clients/node/package-lock.json",
                "      \"resolved\": \"https://x.example/a.tgz\",",
                false,
            ),
            ("clients/node/package-lock.json", "      \"version\": \"1.0.0\",", true),
            ("requirements.txt", "--index-url https://x.example", false),
            ("requirements.txt", "pytest==8.0.0", true),
        ] {
            let text = Text { file: file.into(), text: format!("{line}\n") };
            assert_eq!(check(&[text]).unwrap().is_empty(), fine, "{line}");
        }
    }
}
