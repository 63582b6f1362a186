//! A server that is measured: started, waited for, and ended by its own process id.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use super::bed::{Bed, on_core};

/// Longer than reading ten million routes takes.
const START: Duration = Duration::from_secs(600);
const LOOK: Duration = Duration::from_millis(1);

/// A running server.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of its process to its first answer.
    pub first_answer: Duration,
}

impl Server {
    /// Causeway on a data directory; as users run it but for quotas that a bench would meet, and
    /// asynchronous work that is done at once.
    pub fn causeway(bed: &Bed, data: &Path, core: Option<usize>) -> anyhow::Result<Server> {
        Server::causeway_with(bed, data, core, &[])
    }

    /// The same with more flags.
    pub fn causeway_with(
        bed: &Bed,
        data: &Path,
        core: Option<usize>,
        flags: &[&str],
    ) -> anyhow::Result<Server> {
        let address = free_address()?;
        let mut command = on_core(core, &bed.causeway);
        serve(&mut command, address, data).args(flags);
        Server::start(command, address, &bed.scratch.path().join("causeway.log"))
    }

    /// The same under callgrind, which counts nothing until told to and writes to `dumps`.
    pub fn under_callgrind(bed: &Bed, data: &Path, dumps: &Path) -> anyhow::Result<Server> {
        let address = free_address()?;
        let mut command = Command::new("valgrind");
        command.args(["--tool=callgrind", "--instr-atstart=no"]);
        command.arg(format!("--callgrind-out-file={}", dumps.display())).arg(&bed.causeway);
        serve(&mut command, address, data);
        Server::start(command, address, &bed.scratch.path().join("callgrind.log"))
    }

    /// The listener that answers every request with the same body.
    pub fn constant(bed: &Bed, bytes: f64, core: Option<usize>) -> anyhow::Result<Server> {
        let address = free_address()?;
        let mut command = on_core(core, Path::new(bed.load().get_program()));
        command.args(["constant", "--listen", &address.to_string()]);
        command.args(["--bytes", &format!("{bytes:.0}")]);
        Server::start(command, address, &bed.scratch.path().join("constant.log"))
    }

    /// moto's server.
    pub fn moto(bed: &Bed) -> anyhow::Result<Server> {
        let address = free_address()?;
        let mut command = Command::new(bed.python()?);
        command.args(["-m", "moto.server", "--port", &address.port().to_string()]);
        Server::start(command, address, &bed.scratch.path().join("moto.log"))
    }

    fn start(mut command: Command, address: SocketAddr, log: &Path) -> anyhow::Result<Server> {
        let log_file = File::create(log)?;
        let started = Instant::now();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log_file);
        let process = command.spawn().with_context(|| format!("cannot run {command:?}"))?;
        let mut server = Server { process, address, first_answer: Duration::ZERO };
        while server.get("/readyz").is_err() {
            if let Some(status) = server.process.try_wait()? {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                bail!("{command:?} ended before it answered, {status}: {said}");
            }
            ensure!(started.elapsed() < START, "{command:?} does not answer");
            sleep(LOOK);
        }
        server.first_answer = started.elapsed();
        Ok(server)
    }

    /// Its process.
    pub fn pid(&self) -> String {
        self.process.id().to_string()
    }

    /// Its resident memory in bytes.
    pub fn resident_bytes(&self) -> anyhow::Result<f64> {
        let path = format!("/proc/{}/status", self.pid());
        let status = std::fs::read_to_string(&path).with_context(|| path.clone())?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        Ok(kib.context("no VmRSS")? * 1024.0)
    }

    /// One of its counters, from `/metrics`.
    pub fn counter(&self, name: &str) -> anyhow::Result<f64> {
        let text = self.get("/metrics")?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.trim().parse().ok()).with_context(|| format!("no {name}"))
    }

    /// What it answers to a GET, whatever the status.
    fn get(&self, path: &str) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        let host = self.address;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        ensure!(text.starts_with("HTTP/1.1 "), "no HTTP answer");
        Ok(text)
    }

    /// Ends it at once, with SIGKILL.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed before; only ever this process.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn serve<'a>(command: &'a mut Command, address: SocketAddr, data: &Path) -> &'a mut Command {
    command.args(["serve", "--root-key", "bench-ak:bench-sk", "--tasks", "immediate"]);
    command.args(["--quota", "vpcs=10000000", "--quota", "vpn_gateways=10000000"]);
    command.args(["--listen", &address.to_string(), "--data"]).arg(data)
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
