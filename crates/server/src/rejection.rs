//! What the listener answers by itself, in the provider's error shape.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

/// Why something that arrived on a connection never became a call. The codes are our choice (the provider's
/// gateway documents none for these), except `ServiceUnavailable`, which clients retry (wire.md section 4.3), and
/// `InvalidProtocol.NeedSsl` (section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// Not HTTP/1.1, or a body that breaks its own framing.
    Malformed,
    /// The head or the body did not arrive in time.
    TooSlow,
    /// The body is longer than the limit.
    BodyTooLarge,
    /// The body is compressed, or encoded in another way; nothing here decodes one.
    Encoded,
    /// The request target is longer than the limit.
    UriTooLong,
    /// The headers are more or longer than the limit.
    HeadTooLarge,
    /// All connections are taken.
    Busy,
    /// Plain HTTP from another machine to a listener that serves it over TLS only. The provider's own code.
    NeedsTls,
}

impl Rejection {
    /// The rejection that belongs to a status hyper answered by itself.
    pub fn of_status(status: u16) -> Option<Self> {
        match status {
            400 => Some(Self::Malformed),
            414 => Some(Self::UriTooLong),
            431 => Some(Self::HeadTooLarge),
            _ => None,
        }
    }

    /// The HTTP status it is answered with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::NeedsTls => StatusCode::BAD_REQUEST,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Malformed => "MalformedRequest",
            Self::TooSlow => "RequestTimeout",
            Self::BodyTooLarge => "RequestBodyTooLarge",
            Self::Encoded => "UnsupportedContentEncoding",
            Self::UriTooLong => "RequestUriTooLong",
            Self::HeadTooLarge => "RequestHeadTooLarge",
            Self::Busy => "ServiceUnavailable",
            Self::NeedsTls => "InvalidProtocol.NeedSsl",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::Malformed => "The request is not well-formed HTTP/1.1.",
            Self::TooSlow => "The request did not arrive completely in time.",
            Self::BodyTooLarge => "The request body is larger than this server accepts.",
            Self::Encoded => "The request body is compressed; this server takes it as it is only.",
            Self::UriTooLong => "The request target is longer than this server accepts.",
            Self::HeadTooLarge => "The request headers are larger than this server accepts.",
            Self::Busy => {
                "The request has failed due to a temporary failure of the server: it is too busy."
            }
            Self::NeedsTls => "Your request is denied as lack of ssl protect.",
        }
    }

    /// The answer. `host` is the host of the endpoint called; with `close` the connection ends after it.
    pub fn answer(self, host: &str, close: bool) -> Response<Bytes> {
        let request_id = request_id();
        let body = json!({
            "RequestId": request_id,
            "HostId": host,
            "Code": self.code(),
            "Message": self.message(),
            "Recommend": "",
        });
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json;charset=utf-8"),
        );
        if let Ok(id) = HeaderValue::from_str(&request_id) {
            headers.insert("x-acs-request-id", id);
        }
        if close {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// The answer as bytes, for a connection that never reached an HTTP parser. It always closes.
    pub fn raw_answer(self, host: &str) -> Bytes {
        let response = self.answer(host, true);
        let mut text = format!("HTTP/1.1 {}\r\n", response.status());
        for (name, value) in response.headers() {
            let value = String::from_utf8_lossy(value.as_bytes());
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("content-length: {}\r\n\r\n", response.body().len()));
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(response.body());
        bytes.into()
    }
}

/// A fresh request id: an upper-case UUID (wire.md section 4.1).
fn request_id() -> String {
    let mut bytes = [0u8; 16];
    // Without randomness the id is the nil UUID: a rejection must be answered anyway.
    let _ = getrandom::fill(&mut bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Rejection; 8] = [
        Rejection::Malformed,
        Rejection::TooSlow,
        Rejection::BodyTooLarge,
        Rejection::Encoded,
        Rejection::UriTooLong,
        Rejection::HeadTooLarge,
        Rejection::Busy,
        Rejection::NeedsTls,
    ];

    #[test]
    fn every_rejection_has_the_five_string_members() {
        // wire.md section 4.2: the Go SDK asserts that these are strings.
        for rejection in ALL {
            let answer = rejection.answer("127.0.0.1", false);
            let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
            for member in ["RequestId", "HostId", "Code", "Message", "Recommend"] {
                assert!(body[member].is_string(), "{rejection:?} {member}");
            }
            assert!(!body["Code"].as_str().unwrap().is_empty());
            assert_eq!(answer.headers()["x-acs-request-id"], body["RequestId"].as_str().unwrap());
            assert!(answer.status().as_u16() >= 400);
        }
    }

    #[test]
    fn raw_answer_is_framed_and_closes() {
        let raw = Rejection::Busy.raw_answer("127.0.0.1");
        let text = std::str::from_utf8(&raw).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{head}");
        assert!(head.contains("connection: close"));
        assert!(head.contains(&format!("content-length: {}", body.len())));
    }

    #[test]
    fn request_ids_are_version_4_uuids() {
        let id = request_id();
        assert_eq!(id.len(), 36);
        assert_eq!(id.as_bytes()[14], b'4');
        assert_eq!(id, id.to_uppercase());
        assert_ne!(id, request_id());
    }
}
