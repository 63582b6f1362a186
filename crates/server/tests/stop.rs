//! A graceful stop: nothing new, what is in flight finishes, in bounded time.

mod common;

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use common::{Answer, Running, is_closed, tight};

#[test]
fn requests_in_flight_finish_and_idle_connections_close() {
    let mut running = Running::start(tight());
    let mut idle = running.connect();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    Answer::read(&mut idle);
    let mut busy = running.connect();
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(100));
    running.signal_stop();
    let started = Instant::now();
    assert!(is_closed(&mut idle));
    assert!(
        started.elapsed() < Duration::from_millis(1500),
        "an idle connection is closed at once"
    );
    assert_eq!(Answer::read(&mut busy).status, 200);
    assert!(is_closed(&mut busy));
    assert_eq!(running.join().cut_off, 0);
    assert!(TcpStream::connect(running.address).is_err(), "nothing is accepted any more");
}

#[test]
fn a_request_that_never_ends_is_cut_off() {
    let mut running = Running::start(tight());
    let mut busy = running.connect();
    busy.write_all(b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let started = Instant::now();
    running.signal_stop();
    assert_eq!(running.join().cut_off, 1);
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_secs(2) && elapsed < Duration::from_secs(5), "{elapsed:?}");
}
