//! What a hostile or broken peer meets, over real sockets.

mod common;

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use common::{Answer, Running, is_closed, tight};

const POST: &str = "POST / HTTP/1.1\r\nHost: a\r\n";

#[test]
fn garbage_is_answered_and_closed() {
    let running = Running::start(tight());
    for garbage in [
        "\0\0\0\0\r\n\r\n",
        "hello\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\n: x\r\n\r\n",
    ] {
        let mut stream = running.connect();
        stream.write_all(garbage.as_bytes()).unwrap();
        let answer = Answer::read(&mut stream);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "MalformedRequest"),
            "{garbage:?}"
        );
        assert!(answer.closes());
        assert!(is_closed(&mut stream), "{garbage:?}");
    }
}

#[test]
fn garbage_after_a_good_request_is_answered_too() {
    let running = Running::start(tight());
    let mut stream = running.connect();
    stream.write_all(format!("{POST}Content-Length: 0\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(Answer::read(&mut stream).status, 200);
    stream.write_all(b"\x01\x02\x03\r\n\r\n").unwrap();
    assert_eq!(Answer::read(&mut stream).code(), "MalformedRequest");
}

#[test]
fn a_slow_head_is_answered_408() {
    let running = Running::start(tight());
    let mut stream = running.connect();
    let started = Instant::now();
    // A byte now and then does not buy time.
    for byte in POST.as_bytes() {
        if stream.write_all(&[*byte]).is_err() || started.elapsed() > Duration::from_millis(700) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let answer = Answer::read(&mut stream);
    assert_eq!((answer.status, answer.code().as_str()), (408, "RequestTimeout"));
    assert!(is_closed(&mut stream));
}

#[test]
fn a_slow_body_is_answered_408() {
    let running = Running::start(tight());
    for framing in
        ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"]
    {
        let mut stream = running.connect();
        let started = Instant::now();
        stream.write_all(format!("{POST}{framing}").as_bytes()).unwrap();
        let answer = Answer::read(&mut stream);
        assert_eq!((answer.status, answer.code().as_str()), (408, "RequestTimeout"), "{framing:?}");
        assert!(started.elapsed() >= Duration::from_millis(250));
        assert!(answer.closes());
        assert!(is_closed(&mut stream));
    }
}

#[test]
fn a_silent_connection_is_closed_without_a_word() {
    let running = Running::start(tight());
    let mut stream = running.connect();
    assert!(is_closed(&mut stream));
}

#[test]
fn an_idle_kept_connection_is_closed_in_its_own_time() {
    let running = Running::start(tight());
    let mut stream = running.connect();
    stream.write_all(format!("{POST}\r\n").as_bytes()).unwrap();
    Answer::read(&mut stream);
    let started = Instant::now();
    // Longer than a head may take: waiting is not slowness.
    std::thread::sleep(Duration::from_millis(400));
    stream.write_all(format!("{POST}\r\n").as_bytes()).unwrap();
    assert_eq!(Answer::read(&mut stream).status, 200);
    assert!(is_closed(&mut stream));
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_millis(900), "{elapsed:?}");
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
}

#[test]
fn a_large_body_is_answered_413_whatever_its_framing() {
    let running = Running::start(tight());
    let body = "x".repeat(1001);
    for request in [
        format!("{POST}Content-Length: 1001\r\n\r\n{body}"),
        format!("{POST}Transfer-Encoding: chunked\r\n\r\n3e9\r\n{body}\r\n0\r\n\r\n"),
    ] {
        let answer = running.ask(&request);
        assert_eq!((answer.status, answer.code().as_str()), (413, "RequestBodyTooLarge"));
        assert!(!answer.closes());
        assert_eq!(answer.json()["HostId"], "a");
    }
}

#[test]
fn an_endless_body_costs_the_connection_but_is_answered() {
    let running = Running::start(tight());
    for framing in
        ["Content-Length: 99999999999\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n"]
    {
        let mut stream = running.connect();
        stream.write_all(format!("{POST}{framing}").as_bytes()).unwrap();
        for _ in 0..20 {
            if stream.write_all(&[b'x'; 1000]).is_err() {
                break;
            }
        }
        let answer = Answer::read(&mut stream);
        assert_eq!(answer.status, 413, "{framing:?}");
        assert!(answer.closes());
        assert!(is_closed(&mut stream));
    }
}

#[test]
fn a_client_that_asks_first_need_not_send_its_large_body() {
    let running = Running::start(tight());
    let answer =
        running.ask(&format!("{POST}Expect: 100-continue\r\nContent-Length: 5000\r\n\r\n"));
    assert_eq!(answer.status, 413);
    assert!(answer.closes());
}

#[test]
fn a_large_head_is_answered_431() {
    let running = Running::start(tight());
    let many = "X: y\r\n".repeat(30);
    let long = format!("X: {}\r\n", "y".repeat(20_000));
    for headers in [many, long] {
        let mut stream = running.connect();
        stream.write_all(format!("{POST}{headers}\r\n").as_bytes()).unwrap();
        let answer = Answer::read(&mut stream);
        assert_eq!((answer.status, answer.code().as_str()), (431, "RequestHeadTooLarge"));
        assert!(is_closed(&mut stream));
    }
}

#[test]
fn a_long_target_is_answered_414() {
    let running = Running::start(tight());
    let answer = running.ask(&format!("GET /?{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(1000)));
    assert_eq!((answer.status, answer.code().as_str()), (414, "RequestUriTooLong"));
    // hyper's own bound, under the default limits
    let running = Running::start(causeway_server::Limits::default());
    let answer = running.ask(&format!("GET /?{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(70_000)));
    assert_eq!((answer.status, answer.code().as_str()), (414, "RequestUriTooLong"));
}

#[test]
fn a_target_of_fifty_routes_is_fine_by_default() {
    // wire.md section 1.1: all parameters of a batch travel in the query.
    let running = Running::start(causeway_server::Limits::default());
    let answer = running.ask(&format!("POST /?{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(60_000)));
    assert_eq!(answer.status, 200);
}

#[test]
fn one_connection_too_many_is_answered_503() {
    let running = Running::start(tight());
    let mut held: Vec<_> = (0..2).map(|_| running.connect()).collect();
    for stream in &mut held {
        stream.write_all(format!("{POST}\r\n").as_bytes()).unwrap();
        assert_eq!(Answer::read(stream).status, 200);
    }
    let mut refused = running.connect();
    refused.write_all(format!("{POST}\r\n").as_bytes()).unwrap();
    let answer = Answer::read(&mut refused);
    assert_eq!((answer.status, answer.code().as_str()), (503, "ServiceUnavailable"));
    assert!(answer.closes());
    drop(held);
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let answer = running.ask(&format!("{POST}\r\n"));
        if answer.status == 200 {
            break;
        }
        assert!(Instant::now() < deadline, "a freed slot is used again");
    }
}

#[test]
fn a_peer_that_does_not_read_is_dropped() {
    let running = Running::start(tight());
    let mut stream = running.connect();
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    // Only the one that asks is left.
    let deadline = Instant::now() + Duration::from_secs(20);
    let metrics = || running.ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").body;
    while !metrics().contains("connections_open 1\n") {
        assert!(Instant::now() < deadline, "it is kept though it does not read");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut received = 0;
    let mut buffer = vec![0; 1 << 16];
    while let Ok(bytes @ 1..) = stream.read(&mut buffer) {
        received += bytes;
    }
    assert!(received < 64 << 20, "{received}");
}

#[test]
fn bodies_share_what_there_is_room_for() {
    let running = Running::start(causeway_server::Limits {
        max_connections: 10,
        body_timeout: Duration::from_secs(10),
        ..tight()
    });
    let mut large = running.connect();
    let half = "x".repeat(900);
    large.write_all(format!("{POST}Content-Length: 1000\r\n\r\n{half}").as_bytes()).unwrap();
    let other = format!("{POST}Content-Length: 900\r\n\r\n{half}");
    let deadline = Instant::now() + Duration::from_secs(5);
    let answer = loop {
        let answer = running.ask(&other);
        // Until the first one's bytes have arrived.
        if answer.status != 200 || Instant::now() > deadline {
            break answer;
        }
    };
    assert_eq!((answer.status, answer.code().as_str()), (503, "ServiceUnavailable"));
    assert!(answer.closes());
    let small = running.ask(&format!("{POST}Content-Length: 100\r\n\r\n{}", "x".repeat(100)));
    assert_eq!(small.json()["body_bytes"], 100, "small calls go on");
    large.write_all("x".repeat(100).as_bytes()).unwrap();
    assert_eq!(Answer::read(&mut large).json()["body_bytes"], 1000);
    assert_eq!(running.ask(&other).status, 200, "what was held is free again");
}

#[test]
fn a_compressed_body_is_answered_415_and_never_looked_into() {
    let running = Running::start(tight());
    for coding in ["gzip", "br", "identity, gzip"] {
        let answer = running
            .ask(&format!("{POST}Content-Encoding: {coding}\r\nContent-Length: 3\r\n\r\nabc"));
        let expected = (415, "UnsupportedContentEncoding");
        assert_eq!((answer.status, answer.code().as_str()), expected, "{coding}");
        assert!(answer.closes());
    }
    let plain = format!("{POST}Content-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!(running.ask(&plain).status, 200);
}
