//! The checked-out repository.

use anyhow::{Context, ensure};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checked-out repository that this task runs in.
pub struct Repository {
    /// Its top directory.
    pub root: PathBuf,
}

impl Repository {
    /// The one that holds this package; cargo says where that is.
    pub fn find() -> anyhow::Result<Repository> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR");
        let package = package.as_deref().unwrap_or(OsStr::new(env!("CARGO_MANIFEST_DIR")));
        let root = Path::new(package).parent().context("xtask lies in the repository")?;
        Ok(Repository { root: root.to_owned() })
    }

    /// A place in the repository.
    pub fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    /// Where build products go.
    pub fn target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR") {
            Some(directory) => self.root.join(directory),
            None => self.root.join("target"),
        }
    }

    /// The files under version control that are there, sorted, with `/` between directories.
    pub fn tracked(&self) -> anyhow::Result<Vec<String>> {
        let output = Command::new("git")
            .args(["ls-files", "-z"])
            .current_dir(&self.root)
            .output()
            .context("git is not installed: the file checks ask it which files there are")?;
        ensure!(output.status.success(), "git ls-files: {}", lossy(&output.stderr));
        let mut files: Vec<String> = lossy(&output.stdout)
            .split_terminator('\0')
            .filter(|file| self.path(file).is_file())
            .map(str::to_owned)
            .collect();
        files.sort();
        Ok(files)
    }

    /// The tracked files that are text, with what they hold.
    pub fn texts(&self) -> anyhow::Result<Vec<Text>> {
        let mut texts = Vec::new();
        for file in self.tracked()? {
            let bytes =
                fs::read(self.path(&file)).with_context(|| format!("cannot read {file}"))?;
            // What is not UTF-8 or holds zeros is data, such as a fuzzing seed.
            if let Ok(text) = String::from_utf8(bytes)
                && !text.contains('\0')
            {
                texts.push(Text { file, text });
            }
        }
        Ok(texts)
    }
}

/// A text file of the repository.
pub struct Text {
    /// Where it is, from the repository's top.
    pub file: String,
    /// What it holds.
    pub text: String,
}

impl Text {
    /// Its lines with their numbers.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Whether its name ends in one of these extensions.
    pub fn is(&self, extensions: &[&str]) -> bool {
        let extension = Path::new(&self.file).extension().and_then(OsStr::to_str);
        extension.is_some_and(|extension| extensions.contains(&extension))
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
