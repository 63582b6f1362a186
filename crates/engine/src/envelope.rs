//! Answers as HTTP.

use crate::{impact, soft};
use bytes::Bytes;
use causeway_spec::{Product, Refusal};
use causeway_wire::{Answer, ErrorBody, Format, ProtocolError, failure, recommend, success};
use http::{HeaderValue, Response};

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
        let trace: String =
            self.request_id.chars().filter(|c| *c != '-').collect::<String>().to_lowercase();
        let mut response = Response::builder()
            .status(answer.status)
            .header("content-type", answer.content_type)
            .header("access-control-allow-origin", "*")
            .header("access-control-expose-headers", "*")
            .header("x-acs-request-id", &self.request_id)
            .header("x-acs-trace-id", trace)
            .body(Bytes::from(answer.body))
            .expect("the headers are plain text");
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
