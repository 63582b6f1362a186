//! Requests, operator pages and keep-alive over plain HTTP.

mod common;

use std::io::Write;
use std::net::Shutdown;
use std::sync::atomic::Ordering;

use causeway_server::Limits;
use common::{Answer, Running};

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost:1\r\n\r\n")
}

#[test]
fn get_of_the_root_is_a_call() {
    let running = Running::start(Limits::default());
    let answer = running.ask(&get("/?Action=DescribeRegions"));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["target"], "/?Action=DescribeRegions");
    assert_eq!(answer.json()["secure"], false);
    assert_eq!(answer.json()["peer"], "127.0.0.1");
}

#[test]
fn answers_carry_the_gateways_headers_and_keep_the_services() {
    // wire.md section 4.1
    let running = Running::start(Limits::default());
    let head = running.ask(&get("/")).head;
    for header in [
        "connection: keep-alive",
        "keep-alive: timeout=25",
        "access-control-allow-origin: *",
        "access-control-expose-headers: *",
        "x-acs-request-id: echo",
        "date: ",
    ] {
        assert!(head.contains(&format!("\r\n{header}")), "{header} in {head}");
    }
    assert!(!head.contains("content-encoding"));
}

#[test]
fn operator_pages_need_no_signature() {
    let running = Running::start(Limits::default());
    assert_eq!(running.ask(&get("/healthz")).json()["status"], "ok");
    assert_eq!(running.ask(&get("/version")).json()["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(running.ask(&get("/readyz")).status, 200);
    running.service.ready.store(false, Ordering::Relaxed);
    assert_eq!(running.ask(&get("/readyz")).status, 503);
    assert_eq!(running.ask(&get("/healthz")).status, 200);
    // Only reading them is ours.
    let post = running.ask("POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(post.json()["target"], "/healthz");
}

#[test]
fn metrics_hold_ours_and_the_services() {
    let running = Running::start(Limits::default());
    running.ask("POST /?A=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    let page = running.ask(&get("/metrics"));
    assert!(page.head.contains("application/openmetrics-text"), "{}", page.head);
    for line in [
        "causeway_http_requests_total{status=\"2xx\"} 1",
        "causeway_http_connections_total{transport=\"http\"} 2",
        "causeway_http_request_body_bytes_total 3",
        "causeway_http_requests_in_flight 1",
        "echo_total 7",
    ] {
        assert!(page.body.lines().any(|found| found == line), "{line} in {}", page.body);
    }
}

#[test]
fn a_chunked_body_arrives_whole() {
    // wire.md section 1.1: node-tea sends form bodies chunked.
    let running = Running::start(Limits::default());
    let answer = running.ask(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n4\r\n&b=2\r\n0\r\n\r\n",
    );
    assert_eq!(answer.json()["body_bytes"], 7);
}

#[test]
fn one_connection_serves_many_requests_also_after_errors() {
    // wire.md section 4.3: clients reuse connections after errors.
    let running = Running::start(common::tight());
    let mut stream = running.connect();
    for body_bytes in [10, 2000, 10, 5000, 1000] {
        let request = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {body_bytes}\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        stream.write_all(&vec![b'x'; body_bytes]).unwrap();
        let answer = Answer::read(&mut stream);
        assert_eq!(answer.status, if body_bytes > 1000 { 413 } else { 200 }, "{body_bytes}");
        assert!(!answer.closes());
    }
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let running = Running::start(Limits::default());
    let mut stream = running.connect();
    stream.write_all(format!("{}{}", get("/slow?1"), get("/?2")).as_bytes()).unwrap();
    assert_eq!(Answer::read(&mut stream).json()["target"], "/slow?1");
    assert_eq!(Answer::read(&mut stream).json()["target"], "/?2");
}

#[test]
fn a_client_that_is_done_sending_still_gets_its_answer() {
    let running = Running::start(Limits::default());
    let mut stream = running.connect();
    stream.write_all(get("/slow").as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(Answer::read(&mut stream).json()["target"], "/slow");
    assert!(common::is_closed(&mut stream));
}
