//! `cargo xtask readme`: README.md shows commands; they are run as shown.
//!
//! Fenced blocks are marked by their info string:
//!
//! | mark | meaning |
//! |---|---|
//! | `sh test` | run by bash; all such blocks share one session with `set -e` |
//! | `sh test background` | started and left running once it has printed the line `Ready.` |
//! | `python test` | run by the Python of the client suite, with the session's environment |
//! | `text expect` | the block before printed these lines in this order; `...` is anything |

mod blocks;
mod expect;
mod session;

use anyhow::{Context, bail, ensure};
use std::fs;

use crate::clients;
use crate::program::release_binary;
use crate::repository::Repository;
use blocks::Language;
use session::{Programs, Session};

const README: &str = "README.md";

/// Runs the README's commands against the release binary.
pub fn run(repository: &Repository) -> anyhow::Result<String> {
    let text = fs::read_to_string(repository.path(README)).context("README.md cannot be read")?;
    let blocks = blocks::read(&text)?;
    ensure!(!blocks.is_empty(), "README.md has no block marked `sh test`");
    let uses_python = blocks.iter().any(|block| block.language == Language::Python);
    let binary = release_binary(repository)?;
    let programs = Programs {
        directory: binary.parent().context("the binary is in a directory")?.to_owned(),
        python: if uses_python { Some(clients::interpreter(repository)?) } else { None },
    };
    let mut session = Session::new(&repository.root, &blocks, &programs)?;
    let stopped_at = session.run()?;
    for (index, block) in blocks.iter().enumerate() {
        let output = session.output(index);
        if stopped_at == Some(index) {
            bail!("{README}:{}: the block failed; it printed\n{output}", block.line);
        }
        if let Some(line) = expect::first_missing(&block.expected, &output) {
            bail!("{README}:{}: {line:?} is not in its output\n{output}", block.line);
        }
    }
    Ok(format!("{} blocks", blocks.len()))
}
