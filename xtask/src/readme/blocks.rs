//! The marked blocks of a page.

use anyhow::{Context, bail, ensure};

/// A block to run.
#[derive(Debug, PartialEq)]
pub struct Block {
    /// The line its fence is on.
    pub line: usize,
    /// Who runs it.
    pub language: Language,
    /// Its code.
    pub code: String,
    /// The lines it must print, in order.
    pub expected: Vec<String>,
}

/// Who runs a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Language {
    /// The session's shell.
    Shell,
    /// The session's shell, in the background.
    Background,
    /// Python.
    Python,
}

/// Reads the marked blocks. Marks that mean nothing are errors: they would not be tested.
pub fn read(page: &str) -> anyhow::Result<Vec<Block>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((index, fence)) = lines.next() {
        let Some(info) = fence.strip_prefix("```") else { continue };
        let line = index + 1;
        let mut code = String::new();
        loop {
            let (_, next) = lines.next().with_context(|| format!("line {line}: never closed"))?;
            if next == "```" {
                break;
            }
            code += next;
            code.push('\n');
        }
        let words: Vec<&str> = info.split_whitespace().collect();
        let language = match words[..] {
            ["sh", "test"] => Language::Shell,
            ["sh", "test", "background"] => Language::Background,
            ["python", "test"] => Language::Python,
            ["text", "expect"] => {
                let block = blocks.last_mut();
                let block = block.with_context(|| format!("line {line}: expects of what?"))?;
                ensure!(!code.trim().is_empty(), "line {line}: expects nothing");
                block.expected.extend(code.lines().map(str::to_owned));
                continue;
            }
            _ if words.iter().any(|word| matches!(*word, "test" | "expect" | "background")) => {
                bail!("line {line}: {info:?} is no mark; they are described in xtask/src/readme.rs")
            }
            _ => continue,
        };
        blocks.push(Block { line, language, code, expected: Vec::new() });
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("fixture.md");

    #[test]
    fn marked_blocks_are_read_in_order() {
        let blocks = read(PAGE).unwrap();
        let shape: Vec<_> =
            blocks.iter().map(|it| (it.line, it.language, it.code.as_str())).collect();
        assert_eq!(
            shape,
            [
                (5, Language::Background, "causeway serve\n"),
                (11, Language::Shell, "one \\\n  two\nthree\n"),
                (28, Language::Python, "print(1)\n"),
            ]
        );
        let expected: Vec<_> = blocks.iter().map(|it| it.expected.join("|")).collect();
        assert_eq!(expected, ["", "first ...|second", "1"]);
    }

    #[test]
    fn marks_that_mean_nothing_are_refused() {
        for page in [
            "```bash test\n```\n",
            "```sh test backgroud\n```\n",
            "```python test background\n```\n",
            "```text expect\na\n```\n",
            "```sh test\na\n```\n```text expect\n```\n",
            "```sh test\n",
        ] {
            assert!(read(page).is_err(), "{page}");
        }
    }
}
