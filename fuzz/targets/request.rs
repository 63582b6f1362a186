//! Any request at all, through everything that reads it before the caller is known.
//!
//! An input is a request much as it looks on the wire: `METHOD query`, header lines, an empty
//! line, the body.
#![no_main]

use causeway_wire::{Call, ErrorBody, Format, Limits, ProtocolError, Received, decode, failure};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use libfuzzer_sys::{Corpus, fuzz_target};

/// The secret that signed the seeds, so that the fuzzer starts from requests that verify.
const SECRET: &str = "TestSecretKey0123456789abcdefgh";

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some(request) = Request::read(input) else { return Corpus::Reject };
    let received = Received {
        method: &request.method,
        path: "/",
        query: &request.query,
        headers: &request.headers,
        body: request.body,
    };
    match decode(&received, &Limits::default()) {
        Ok(call) => examine(&call, &received),
        Err(error) => answerable(&error),
    }
    Corpus::Keep
});

struct Request<'a> {
    method: Method,
    query: String,
    headers: HeaderMap,
    body: &'a [u8],
}

impl Request<'_> {
    fn read(input: &[u8]) -> Option<Request<'_>> {
        let end = input.windows(2).position(|pair| pair == b"\n\n").unwrap_or(input.len());
        let (head, body) = (&input[..end], input.get(end + 2..).unwrap_or_default());
        let mut lines = head.split(|&byte| byte == b'\n');
        let (method, query) = std::str::from_utf8(lines.next()?).ok()?.split_once(' ')?;
        let mut headers = HeaderMap::new();
        for line in lines.take(100) {
            let colon = line.iter().position(|&byte| byte == b':')?;
            let name = HeaderName::from_bytes(&line[..colon]).ok()?;
            headers.append(name, HeaderValue::from_bytes(&line[colon + 1..]).ok()?);
        }
        Some(Request { method: method.parse().ok()?, query: query.to_owned(), headers, body })
    }
}

fn examine(call: &Call, received: &Received) {
    for checked in [call.check_common(), call.check_time(0), call.verify(received, "other")] {
        if let Err(error) = checked {
            assert_eq!(error.format, Some(call.error_format()));
            answerable(&error);
        }
    }
    if call.verify(received, SECRET).is_ok() {
        assert!(call.verify(received, "other").is_err(), "two secrets verify");
    }
    // As any operation would read the parameters: a request, or a refusal that can be answered.
    for entry in causeway_operations::all() {
        if let Err(error) = entry.prepare(&call.parameters) {
            let refusal = causeway_spec::Refusal::from(error);
            assert!(refusal.status == 400 && !refusal.code.is_empty());
        }
    }
}

/// An error can be written in both formats, and clients can make sense of it.
fn answerable(error: &ProtocolError) {
    assert!((400..600).contains(&error.status) && !error.code.is_empty());
    assert!(error.format.is_some());
    for format in [Format::Json, Format::Xml] {
        let body = ErrorBody {
            request_id: "C826B7B0-F226-5361-8362-75E30B17FC7F",
            host_id: "localhost",
            code: &error.code,
            message: &error.message,
            recommend: None,
            access_denied_detail: None,
        };
        assert!(!failure(format, error.status, &body).body.is_empty());
    }
}
