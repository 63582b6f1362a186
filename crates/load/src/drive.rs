//! Sends requests over many connections, in closed or open loop.
//!
//! In the closed loop each client sends its next request when the answer to the last is there. In the
//! open loop requests have times at which they are to be sent, whatever the answers do, and a latency
//! counts from that time: a server that stalls is not let off the requests it kept from being sent.

use std::net::SocketAddr;
use std::sync::Barrier;
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use anyhow::{anyhow, ensure};
use serde::Serialize;

use crate::http::Connection;
use crate::latency::{Latencies, Summary};
use crate::process::{Used, used};

/// How much is sent, and how.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Where to.
    pub address: SocketAddr,
    /// Connections, each with a thread.
    pub clients: usize,
    /// Requests before the measured ones.
    pub warm_up: usize,
    /// Requests measured.
    pub requests: usize,
    /// Requests a second in the open loop; the closed loop when absent.
    pub rate: Option<f64>,
    /// The server's process, to tell what it used.
    pub pid: Option<u32>,
    /// Whether requests may fail: those that do are counted apart.
    pub may_fail: bool,
}

/// What is sent.
pub trait Source: Sync {
    /// The bytes of a request. Client `n` of `c` sends those with numbers `n`, `n + c`, and so on, in order.
    fn request(&self, number: usize) -> std::borrow::Cow<'_, [u8]>;
}

/// Requests made beforehand, so that making them costs nothing while it counts.
pub struct Prepared(pub Vec<Vec<u8>>);

impl Source for Prepared {
    fn request(&self, number: usize) -> std::borrow::Cow<'_, [u8]> {
        (&self.0[number]).into()
    }
}

/// Requests made when they are sent.
pub struct Made<F>(pub F);

impl<F: Fn(usize) -> Vec<u8> + Sync> Source for Made<F> {
    fn request(&self, number: usize) -> std::borrow::Cow<'_, [u8]> {
        (self.0)(number).into()
    }
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Requests that were answered with success; what follows is of these.
    pub requests: usize,
    /// Requests that were not, where that is allowed.
    pub failed: usize,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Requests a second.
    pub per_second: f64,
    /// Mean size of an answer's body.
    pub answer_bytes: f64,
    /// How long requests took.
    pub latency: Summary,
    /// Processor time of the server for one request, in microseconds.
    pub server_cpu_us: Option<f64>,
    /// Bytes the server wrote to disk for one request.
    pub server_written_bytes: Option<f64>,
    /// Resident memory of the server at the end.
    pub server_resident_bytes: Option<u64>,
}

struct Worker {
    latencies: Latencies,
    answer_bytes: usize,
    failed: usize,
    may_fail: bool,
}

/// Sends everything.
///
/// # Errors
/// If any request is not answered with success, unless that is allowed: figures with failures in them mean nothing.
pub fn run(load: &Load, source: &dyn Source) -> anyhow::Result<Report> {
    ensure!(load.clients > 0 && load.requests > 0, "nothing to send");
    let total = load.warm_up + load.requests;
    let (warm, go) = (Barrier::new(load.clients + 1), Barrier::new(load.clients + 1));
    let (done, started, before) = scope(|scope| {
        let client = |client| {
            let (warm, go) = (&warm, &go);
            scope.spawn(move || -> anyhow::Result<Worker> {
                let mine = |from, to| (from..to).filter(move |it| it % load.clients == client);
                let mut worker = Worker::new(load.may_fail);
                let warmed = Connection::open(load.address).and_then(|mut connection| {
                    worker.send(&mut connection, source, mine(0, load.warm_up), None)?;
                    Ok(connection)
                });
                warm.wait();
                worker = Worker::new(load.may_fail);
                go.wait();
                let pace =
                    load.rate.map(|rate| Pace { start: Instant::now(), rate, first: load.warm_up });
                worker.send(&mut warmed?, source, mine(load.warm_up, total), pace)?;
                Ok(worker)
            })
        };
        let clients: Vec<_> = (0..load.clients).map(client).collect();
        warm.wait();
        let before = load.pid.map(used).transpose();
        let started = Instant::now();
        go.wait();
        let done: Vec<_> = clients.into_iter().map(|client| client.join()).collect();
        (done, started, before)
    });
    let seconds = started.elapsed().as_secs_f64();
    let after = load.pid.map(used).transpose()?;
    let mut sum = Worker::new(load.may_fail);
    for worker in done {
        let worker = worker.map_err(|_| anyhow!("a client panicked"))??;
        sum.latencies.add(&worker.latencies);
        sum.answer_bytes += worker.answer_bytes;
        sum.failed += worker.failed;
    }
    let succeeded = load.requests - sum.failed;
    ensure!(succeeded > 0, "every request failed");
    Ok(report(succeeded, seconds, &sum, before?.zip(after)))
}

fn report(requests: usize, seconds: f64, sum: &Worker, server: Option<(Used, Used)>) -> Report {
    let each = |amount: f64| amount / requests as f64;
    let cpu = |(before, after): (Used, Used)| each((after.cpu - before.cpu).as_secs_f64() * 1e6);
    let written =
        |(before, after): (Used, Used)| each((after.written_bytes - before.written_bytes) as f64);
    Report {
        requests,
        failed: sum.failed,
        seconds,
        per_second: requests as f64 / seconds,
        answer_bytes: each(sum.answer_bytes as f64),
        latency: sum.latencies.summary(),
        server_cpu_us: server.map(cpu),
        server_written_bytes: server.map(written),
        server_resident_bytes: server.map(|(_, after)| after.resident_bytes),
    }
}

/// When requests of the open loop are to be sent.
#[derive(Clone, Copy)]
struct Pace {
    start: Instant,
    rate: f64,
    first: usize,
}

impl Pace {
    /// Waits for the time of a request, and tells it.
    fn wait(&self, number: usize) -> Instant {
        let intended = Duration::from_secs_f64((number - self.first) as f64 / self.rate);
        let intended = self.start + intended;
        let left = intended.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            sleep(left);
        }
        intended
    }
}

impl Worker {
    fn new(may_fail: bool) -> Worker {
        Worker { latencies: Latencies::new(), answer_bytes: 0, failed: 0, may_fail }
    }

    fn send(
        &mut self,
        connection: &mut Connection,
        source: &dyn Source,
        numbers: impl Iterator<Item = usize>,
        pace: Option<Pace>,
    ) -> anyhow::Result<()> {
        for number in numbers {
            let request = source.request(number);
            let from = pace.map_or_else(Instant::now, |pace| pace.wait(number));
            let answer = connection.exchange(&request)?;
            if answer.status != 200 && self.may_fail {
                self.failed += 1;
                continue;
            }
            self.latencies.record(from.elapsed());
            self.answer_bytes += answer.body.len();
            ensure!(
                answer.status == 200,
                "request {number} was answered {}: {}",
                answer.status,
                String::from_utf8_lossy(answer.body)
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Answers `count` requests of one byte on one connection; the second after `stall`.
    fn stalling(count: usize, stall: Duration, status: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            for number in 0..count {
                stream.read_exact(&mut [0]).unwrap();
                if number == 1 {
                    sleep(stall);
                }
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok");
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        address
    }

    fn load(address: SocketAddr, requests: usize, rate: Option<f64>) -> anyhow::Result<Report> {
        let load =
            Load { address, clients: 1, warm_up: 0, requests, rate, pid: None, may_fail: false };
        run(&load, &Made(|_| vec![b'x']))
    }

    #[test]
    fn the_open_loop_counts_what_a_stall_kept_from_being_sent() {
        let stall = Duration::from_millis(200);
        // A request every 10 ms: behind the stalled one twenty others wait for up to as long.
        let open = load(stalling(30, stall, "200 OK"), 30, Some(100.0)).unwrap();
        assert!(open.latency.p50_us > 20_000.0, "{open:?}");
        let closed = load(stalling(30, stall, "200 OK"), 30, None).unwrap();
        assert!(closed.latency.p50_us < 20_000.0, "{closed:?}");
        assert!(closed.latency.max_us >= 199_000.0, "{closed:?}");
        assert_eq!((closed.requests, closed.answer_bytes), (30, 2.0));
    }

    #[test]
    fn a_refusal_fails_the_run() {
        let error = load(stalling(1, Duration::ZERO, "400 Bad"), 1, None).unwrap_err();
        assert!(error.to_string().contains("answered 400: ok"), "{error}");
        let address = stalling(2, Duration::ZERO, "500 Defect");
        let load = Load {
            address,
            clients: 1,
            warm_up: 0,
            requests: 2,
            rate: None,
            pid: None,
            may_fail: true,
        };
        let error = run(&load, &Made(|_| vec![b'x'])).unwrap_err();
        assert_eq!(error.to_string(), "every request failed");
    }
}
