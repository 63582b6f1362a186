//! A hostile client against the binary: every shape is answered sanely, and memory stays under the stated bound
//! through all of it (docs/decisions/0011).

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use causeway_wire::{Parameters, sign};
use common::{Serving, causeway};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the process may take at most, in KiB: see the record.
const MEMORY_KIB: u64 = 512 * 1024;

fn serve(home: &std::path::Path) -> Serving {
    let arguments = ["serve", "--memory", "--root-key", "id:secret", "--listen", "127.0.0.1:0"];
    let more = ["--log", "off", "--throttle", "failed=off"];
    Serving::start(causeway(home, &[&arguments[..], &more].concat()))
}

fn connect(serving: &Serving) -> TcpStream {
    let stream = TcpStream::connect(serving.endpoint()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// Everything the server says to these bytes until it closes, or has said nothing for a while.
fn answers(serving: &Serving, bytes: &[u8]) -> String {
    let mut stream = connect(serving);
    // It may be refused before all of it is sent.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

fn statuses(said: &str) -> Vec<u16> {
    let lines = said.split("HTTP/1.1 ").skip(1);
    lines.map(|line| line[..3].parse().unwrap()).collect()
}

/// The most the process has ever taken, in KiB.
fn peak_kib(serving: &Serving) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", serving.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A call signed with V3 over its query, with a body it announces.
fn signed(content_type: &str, query: &Parameters, body: &[u8]) -> Vec<u8> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let nonce = format!("{}", now.as_nanos());
    let stamp = sign::Stamp { now_ms: i64::try_from(now.as_millis()).unwrap(), nonce: &nonce };
    let key = sign::Key { id: "id", secret: "secret", security_token: None };
    let request = sign::Request::new("DescribeVpcs", "2016-04-28", query);
    let signed = sign::v3(&request, "localhost", &key, &stamp, Some(content_type), body).unwrap();
    let mut text = format!("POST /?{} HTTP/1.1\r\n", signed.query);
    for (name, value) in &signed.headers {
        text += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    text += &format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [text.as_bytes(), body].concat()
}

#[test]
fn framing_that_two_readers_could_read_differently_is_answered_once() {
    let home = tempfile::tempdir().unwrap();
    let serving = serve(home.path());
    let next = "GET /version HTTP/1.1\r\nHost: a\r\n\r\n";
    for (name, head, expected) in [
        ("two lengths", "Content-Length: 3\r\nContent-Length: 40\r\n\r\nabc", &[400][..]),
        ("a list of lengths", "Content-Length: 3, 40\r\n\r\nabc", &[400]),
        ("a signed length", "Content-Length: +3\r\n\r\nabc", &[400]),
        (
            "length, then chunks",
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            &[400],
        ),
        (
            "chunks, then length",
            "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
            &[400],
        ),
        ("chunks not last", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", &[400]),
        ("an unknown coding", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", &[400]),
        ("a chunk that is no number", "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", &[400]),
        (
            "a chunk without end",
            "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc",
            &[400],
        ),
        ("a folded header", "X-A: b\r\n c\r\n\r\n", &[400]),
        ("space before the colon", "Content-Length : 3\r\n\r\nabc", &[400]),
        ("a NUL in a header", "X-A: b\0c\r\n\r\n", &[400]),
        ("a compressed body", "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", &[415]),
        (
            "two codings",
            "Content-Encoding: identity\r\nContent-Encoding: br\r\nContent-Length: 0\r\n\r\n",
            &[415],
        ),
    ] {
        let said =
            answers(&serving, format!("POST / HTTP/1.1\r\nHost: a\r\n{head}{next}").as_bytes());
        assert_eq!(statuses(&said), expected, "{name}: {said}");
        assert!(said.contains("RequestId"), "{name}: {said}");
    }
    // Well-formed, if unusual: trailers, an absolute target, pipelining. Each request has its own answer, in order.
    let trailers =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n";
    assert_eq!(statuses(&answers(&serving, format!("{trailers}{next}").as_bytes())), [400, 200]);
    let absolute = "GET http://elsewhere.example/version HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!(statuses(&answers(&serving, absolute.as_bytes())), [200]);
    assert_eq!(statuses(&answers(&serving, next.repeat(50).as_bytes())), [200; 50]);
}

#[test]
fn parameters_are_bounded_and_read_once() {
    let home = tempfile::tempdir().unwrap();
    let serving = serve(home.path());
    let none = Parameters::new();
    let form = "application/x-www-form-urlencoded";
    let json = "application/json";
    let endless = "a=1&".repeat(200_000);
    let many: String = (0..100_000).map(|n| format!("a{n}=1&")).collect();
    let deep_name = format!("{}=1", "A.1.".repeat(10_000));
    let deep = format!("{{\"A\":{}", "[".repeat(500_000));
    let objects = "{\"A\":".repeat(100_000);
    let wide = format!("{{\"A\":[{}1]}}", "1,".repeat(400_000));
    for (name, content_type, body) in [
        ("endless repetition", form, endless.as_bytes()),
        ("too many", form, many.as_bytes()),
        ("a deep name", form, deep_name.as_bytes()),
        ("deep lists", json, deep.as_bytes()),
        ("deep objects", json, objects.as_bytes()),
        ("a wide list", json, wide.as_bytes()),
        ("no UTF-8", form, b"RegionId=%ff%fe"),
        ("raw bytes", form, b"\xff\xfe=\x00"),
        ("no UTF-8 in JSON", json, b"{\"RegionId\":\"\xff\"}"),
    ] {
        let said = answers(&serving, &signed(content_type, &none, body));
        assert_eq!(statuses(&said), [400], "{name}: {said}");
        assert!(said.contains("InvalidParameter"), "{name}: {said}");
    }
    // The body wins over the query, and the last of a name within one place: what was signed is what is read.
    let query = Parameters::from([("RegionId".to_owned(), "nowhere-1".to_owned())]);
    let said = answers(&serving, &signed(form, &query, b"RegionId=nowhere-2&RegionId=cn-hangzhou"));
    assert_eq!(statuses(&said), [200], "{said}");
    let said = answers(&serving, &signed(form, &none, b"RegionId=cn-hangzhou&RegionId=nowhere-1"));
    assert_eq!(statuses(&said), [404], "{said}");
    let said = answers(&serving, &signed(form, &none, b"RegionId=cn-hangzhou%00"));
    assert_eq!(statuses(&said), [404], "{said}");
}

/// Opens as many connections as there are slots, says `bytes` on each and nothing more.
fn flood(serving: &Serving, connections: usize, bytes: &[u8]) -> Vec<TcpStream> {
    let opened = (0..connections).map(|_| {
        let mut stream = connect(serving);
        stream.set_nonblocking(true).unwrap();
        let mut rest = bytes;
        // What the server does not take now it will not take later.
        for _ in 0..200 {
            match stream.write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(fault) if fault.kind() == std::io::ErrorKind::WouldBlock => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(_) => break,
            }
            if rest.is_empty() {
                break;
            }
        }
        stream
    });
    opened.collect()
}

#[test]
fn memory_stays_under_its_bound_through_floods() {
    let home = tempfile::tempdir().unwrap();
    let serving = serve(home.path());
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    assert!(limit.maximum.is_none_or(|most| most > 1200), "this test opens 1100 connections");
    let head = format!("POST / HTTP/1.1\r\nHost: a\r\n{}", "X-Padding: 0123456789\r\n".repeat(100));
    let long = format!("{head}X-Long: {}", "y".repeat(100_000));
    let body =
        [b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n", &[b'a'; 999_000][..]]
            .concat();
    let tls = [0x16u8, 3, 1, 2, 0, 1];
    for (name, bytes) in [
        ("silence", &b""[..]),
        ("half a handshake", &tls),
        ("half a head", long.as_bytes()),
        ("half a body", &body),
    ] {
        let held = flood(&serving, 1100, bytes);
        let peak = peak_kib(&serving);
        println!("{name}: {peak} KiB");
        assert!(peak < MEMORY_KIB, "{name}: {peak} KiB");
        drop(held);
        // Soon there is room again.
        let deadline = Instant::now() + Duration::from_secs(30);
        while !answers(&serving, b"GET /version HTTP/1.1\r\nHost: a\r\n\r\n")
            .starts_with("HTTP/1.1 200")
        {
            assert!(Instant::now() < deadline, "{name}: nobody is served any more");
        }
    }
}
