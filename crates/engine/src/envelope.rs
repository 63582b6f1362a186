//! Answers as HTTP.

use crate::{impact, soft};
use bytes::Bytes;
use causeway_spec::{Product, Refusal};
use causeway_wire::{Answer, ErrorBody, Format, ProtocolError, failure, recommend, success};
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_TYPE, HeaderName,
    HeaderValue,
};
use http::{Response, StatusCode};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-acs-request-id");
const TRACE_ID: HeaderName = HeaderName::from_static("x-acs-trace-id");
/// Room for the headers of an answer; the listener and hyper add some.
const HEADERS: usize = 12;

/// What every answer of one request shares.
pub(crate) struct Envelope {
    pub request_id: String,
    pub host: String,
    pub format: Format,
    pub error_format: Format,
    pub product: Product,
    /// Whether the client asks what its change does to forwarding.
    pub impact_wanted: bool,
    /// What it did.
    pub impact: Option<String>,
    /// Which policies would have denied it, if they were enforced.
    pub would_deny: Option<String>,
}

impl Envelope {
    /// An answer to an action.
    pub fn answer(&self, action: &str, body: &str) -> Response<Bytes> {
        self.response(success(self.format, action, &self.request_id, body), None)
    }

    /// A refusal by an operation.
    pub fn refusal(&self, refusal: &Refusal) -> Response<Bytes> {
        let denied = refusal
            .denied
            .as_deref()
            .map(|denied| serde_json::to_value(denied).expect("a detail is plain texts"));
        let body = ErrorBody {
            access_denied_detail: denied,
            ..self.body(&refusal.code, &refusal.message)
        };
        self.error(self.error_format, refusal.status, body, None)
    }

    /// An error from before any operation ran.
    pub fn protocol_error(&self, error: &ProtocolError) -> Response<Bytes> {
        let format = error.format.unwrap_or(self.error_format);
        let body = self.body(&error.code, &error.message);
        self.error(format, error.status, body, error.retry_after_ms)
    }

    fn body<'a>(&'a self, code: &'a str, message: &'a str) -> ErrorBody<'a> {
        ErrorBody {
            request_id: &self.request_id,
            host_id: &self.host,
            code,
            message,
            recommend: None,
            access_denied_detail: None,
        }
    }

    fn error(
        &self,
        format: Format,
        status: u16,
        body: ErrorBody<'_>,
        retry_after_ms: Option<u64>,
    ) -> Response<Bytes> {
        let link = recommend(body.code, self.product.name(), &self.request_id);
        let body = ErrorBody { recommend: Some(&link), ..body };
        self.response(failure(format, status, &body), retry_after_ms)
    }

    /// Headers as the provider's gateway sends them (wire.md 4.1).
    fn response(&self, answer: Answer, retry_after_ms: Option<u64>) -> Response<Bytes> {
        let mut trace = self.request_id.replace('-', "");
        trace.make_ascii_lowercase();
        let mut response = Response::new(Bytes::from(answer.body));
        *response.status_mut() =
            StatusCode::from_u16(answer.status).expect("a status is a number of three digits");
        let headers = response.headers_mut();
        headers.reserve(HEADERS);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
        for (name, text) in [(REQUEST_ID, &self.request_id), (TRACE_ID, &trace)] {
            headers.insert(name, HeaderValue::from_str(text).expect("hexadecimal digits"));
        }
        for (name, text) in [(impact::HEADER, &self.impact), (soft::HEADER, &self.would_deny)] {
            if let Some(value) = text.as_deref().and_then(|it| HeaderValue::from_str(it).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        if let Some(retry_after_ms) = retry_after_ms {
            response.headers_mut().insert("x-acs-retry-after", HeaderValue::from(retry_after_ms));
        }
        response
    }
}
