//! Small pieces of Markdown.

/// What stands at the top of each page, so that nobody edits it.
pub const HEADER: &str =
    "<!-- Written by `cargo xtask generate`; edit what it is made from. -->\n\n";

/// A row of a table.
pub fn row<const N: usize>(cells: [String; N]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The head of a table.
pub fn head<const N: usize>(titles: [&str; N]) -> String {
    row(titles.map(String::from)) + &format!("|{}\n", "---|".repeat(N))
}

/// Text for a cell: one line, no bars.
pub fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// Code for a cell, or nothing.
pub fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{}`", cell(text)) }
}

/// `yes` or `no`.
pub fn yes(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_cells() {
        assert_eq!(cell("a|b\n  c"), "a\\|b c");
        assert_eq!((code(""), code("x")), (String::new(), "`x`".into()));
        assert_eq!(
            head(["A", "B"]) + &row(["1".into(), String::new()]),
            "| A | B |\n|---|---|\n| 1 |  |\n"
        );
    }
}
