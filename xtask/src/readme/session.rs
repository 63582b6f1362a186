//! One shell that runs the blocks in order, and stops what it started.

use anyhow::Context;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

use super::blocks::{Block, Language};
use crate::program::{absent, forget_package};

/// How long a background block may take until it is ready; `cargo run` may have to build first.
const READY_SECONDS: u32 = 300;

/// What blocks may call.
pub struct Programs {
    /// The directory of the binary, put before all others in PATH.
    pub directory: PathBuf,
    /// The Python with the client libraries.
    pub python: Option<PathBuf>,
}

/// A shell session in a home of its own.
pub struct Session {
    home: TempDir,
    shell: Command,
}

impl Session {
    /// Prepares the session: blocks run in `root`, and write their output into the new home.
    pub fn new(root: &Path, blocks: &[Block], programs: &Programs) -> anyhow::Result<Session> {
        let home = tempfile::tempdir().context("cannot make a temporary directory")?;
        for (index, block) in blocks.iter().enumerate() {
            fs::write(home.path().join(format!("{index}.code")), &block.code)?;
        }
        let script = home.path().join("session.sh");
        fs::write(&script, script_of(blocks))?;
        let mut paths = vec![programs.directory.clone()];
        paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let mut shell = Command::new("bash");
        shell.arg(script).current_dir(root).stdin(Stdio::null());
        forget_package(&mut shell);
        shell.env("PATH", std::env::join_paths(paths)?).env("HOME", home.path());
        for (name, directory) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "runtime"),
        ] {
            let directory = home.path().join(directory);
            fs::create_dir(&directory)?;
            shell.env(name, directory);
        }
        // Commands shown with cargo find their toolchain and crates where they are.
        for (name, usual) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            let usual = std::env::home_dir().map(|home| home.join(usual));
            if let (None, Some(usual)) = (std::env::var_os(name), usual.filter(|it| it.is_dir())) {
                shell.env(name, usual);
            }
        }
        shell.env("SESSION", home.path()).env("PYTHONDONTWRITEBYTECODE", "1");
        if let Some(python) = &programs.python {
            shell.env("SESSION_PYTHON", python);
        }
        Ok(Session { home, shell })
    }

    /// Runs the blocks; answers the one that failed, if any.
    pub fn run(&mut self) -> anyhow::Result<Option<usize>> {
        let status = self.shell.status().map_err(|error| absent(&self.shell, &error))?;
        if status.success() {
            return Ok(None);
        }
        let at = fs::read_to_string(self.home.path().join("at")).unwrap_or_default();
        Ok(Some(at.trim().parse().context("the session did not begin")?))
    }

    /// What a block printed.
    pub fn output(&self, index: usize) -> String {
        let file = self.home.path().join(format!("{index}.output"));
        fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }
}

/// The whole session as a script. Each background block gets a process group (`set -m`), so that
/// what it starts in turn ends with it.
fn script_of(blocks: &[Block]) -> String {
    let mut script = String::from(
        "set -e -m\nstarted=()\nstop() {\n  for group in \"${started[@]}\"; do\n    \
         kill -- \"-$group\" 2>/dev/null || true\n    wait \"$group\" 2>/dev/null || true\n  done\n}\n\
         trap stop EXIT\ntrap 'exit 130' INT TERM\n",
    );
    for (index, block) in blocks.iter().enumerate() {
        let output = format!("\"$SESSION/{index}.output\"");
        let code = format!("\"$SESSION/{index}.code\"");
        let begin = format!("echo {index} > \"$SESSION/at\"\n");
        let run = match block.language {
            // Sourced, so that what a block sets is there for the next.
            Language::Shell => format!("source {code} > {output} 2>&1\n"),
            Language::Python => format!("\"$SESSION_PYTHON\" {code} > {output} 2>&1\n"),
            Language::Background => format!(
                "( source {code} ) > {output} 2>&1 &\nstarted+=($!)\n\
                 for ((tick = 0; ; tick++)); do\n  if grep -qsx 'Ready\\.' {output}; then break; fi\n  \
                 if ((tick == {ticks})) || ! kill -0 $! 2>/dev/null; then exit 1; fi\n  \
                 sleep 0.1\ndone\n",
                ticks = READY_SECONDS * 10
            ),
        };
        // Writing to a string cannot fail.
        let _ = write!(script, "{begin}{run}");
    }
    script
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readme::blocks;

    fn session(page: &str) -> (Session, Option<usize>) {
        let blocks = blocks::read(page).unwrap();
        let directory = PathBuf::from("/nowhere");
        let programs = Programs { directory, python: Some("cat".into()) };
        let mut session = Session::new(Path::new("/"), &blocks, &programs).unwrap();
        let stopped_at = session.run().unwrap();
        (session, stopped_at)
    }

    #[test]
    fn blocks_share_a_session_with_a_home_of_its_own() {
        let page = "```sh test\nexport A=1\nhere() { echo \"$A in $PWD\"; }\n```\n\
                    ```sh test\nhere\ncd \"$HOME\"\necho x > made\n```\n\
                    ```sh test\ncat made\n```\n```python test\nprint(1)\n```\n";
        let (session, stopped_at) = session(page);
        assert_eq!(stopped_at, None);
        let output: Vec<_> = (0..4).map(|index| session.output(index)).collect();
        assert_eq!(output, ["", "1 in /\n", "x\n", "print(1)\n"]);
        assert!(session.home.path().join("made").exists());
    }

    #[test]
    fn the_first_failing_command_ends_the_session() {
        let page = "```sh test\ntrue\n```\n```sh test\necho a\nfalse\necho b\n```\n\
                    ```sh test\necho c\n```\n";
        let (session, stopped_at) = session(page);
        assert_eq!(stopped_at, Some(1));
        assert_eq!((session.output(1).as_str(), session.output(2).as_str()), ("a\n", ""));
    }

    #[test]
    fn background_blocks_are_awaited_and_stopped() {
        let page = "```sh test background\necho $BASHPID > \"$HOME/pid\"\nsleep 0.2\necho Ready.\n\
                    sleep 600\n```\n```sh test\nkill -0 $(cat \"$HOME/pid\")\necho up\n```\n";
        let (session, stopped_at) = session(page);
        assert_eq!((stopped_at, session.output(1).as_str()), (None, "up\n"));
        let pid = fs::read_to_string(session.home.path().join("pid")).unwrap();
        let alive = Command::new("kill").args(["-0", pid.trim()]).stderr(Stdio::null()).status();
        assert!(!alive.unwrap().success(), "{pid} still runs");
    }

    #[test]
    fn a_background_block_that_ends_early_fails() {
        let (session, stopped_at) = session("```sh test background\necho no\nexit 3\n```\n");
        assert_eq!((stopped_at, session.output(0).as_str()), (Some(0), "no\n"));
    }
}
