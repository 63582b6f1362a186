//! The binary as a child process.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The command, with nothing of the surrounding environment that could speak to it.
pub fn causeway(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
    command.args(arguments).env_clear().env("HOME", home).stdin(Stdio::null());
    command
}

pub fn run(home: &Path, arguments: &[&str]) -> Output {
    causeway(home, arguments).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A running server, killed when dropped.
pub struct Serving {
    pub child: Child,
    pub greeting: Vec<String>,
}

impl Serving {
    pub fn start(command: Command) -> Self {
        Self::start_logging(command, Stdio::null())
    }

    /// Starts with standard error, the log, going somewhere.
    pub fn start_logging(mut command: Command, log: impl Into<Stdio>) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut serving = Self { child, greeting: Vec::new() };
        let output = serving.child.stdout.take().unwrap();
        let lines = BufReader::new(output).lines().map(Result::unwrap);
        serving.greeting.extend(lines.take_while(|line| line != "Ready."));
        assert!(serving.greeting.len() > 1, "it ended before it was ready");
        serving
    }

    pub fn value(&self, name: &str) -> String {
        let line = self.greeting.iter().find_map(|line| line.trim().strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name} in {:?}", self.greeting)).trim().to_owned()
    }

    pub fn endpoint(&self) -> String {
        self.value("http ").strip_prefix("http://").unwrap().to_owned()
    }

    pub fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.endpoint()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends a signal; the exit code.
    pub fn stop(mut self, signal: Signal) -> Option<i32> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
