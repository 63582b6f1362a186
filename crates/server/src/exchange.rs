//! One request and its answer.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, Version, header};
use hyper::body::Incoming;
use tokio::sync::Semaphore;

use crate::body::{self, Unread};
use crate::limits::Limits;
use crate::metrics::{Metrics, Present};
use crate::pages;
use crate::rejection::Rejection;
use crate::service::{Peer, Service};

/// What all exchanges of a listener share.
pub struct Shared<S> {
    /// What answers calls.
    pub service: Arc<S>,
    /// The bounds.
    pub limits: Limits,
    /// What bodies being read may take together, in bytes.
    pub bodies: Arc<Semaphore>,
    /// The counters.
    pub metrics: Metrics,
}

/// Answers one request; `host` stands in where the client named none, and `refused` is what the connection alone
/// already decides.
pub async fn answer<S: Service>(
    shared: &Shared<S>,
    request: Request<Incoming>,
    peer: Peer,
    host: &str,
    refused: Option<Rejection>,
) -> Response<Bytes> {
    let started = Instant::now();
    let _present = Present::new(&shared.metrics.requests_in_flight);
    let mut response = match refused.or_else(|| reject_head(&request, &shared.limits)) {
        Some(rejection) => rejection.answer(&host_id(request.headers(), host), true),
        None => route(shared, request, peer, host).await,
    };
    add_gateway_headers(&mut response);
    shared.metrics.answered(response.status(), started.elapsed(), response.body().len());
    response
}

async fn route<S: Service>(
    shared: &Shared<S>,
    request: Request<Incoming>,
    peer: Peer,
    host: &str,
) -> Response<Bytes> {
    let (method, path) = (request.method(), request.uri().path());
    if let Some(page) = pages::find(method, path, &*shared.service, &shared.metrics) {
        return page;
    }
    let discards = !request.headers().contains_key(header::EXPECT);
    let (parts, body) = request.into_parts();
    match body::read(body, &shared.limits, &shared.bodies, discards).await {
        Ok((body, _held)) => {
            shared.metrics.request_body_bytes.inc_by(body.len() as u64);
            shared.service.call(Request::from_parts(parts, body), peer).await
        }
        Err(Unread { rejection, close }) => {
            tracing::debug!(?rejection, peer = %peer.address, "request body not read");
            rejection.answer(&host_id(&parts.headers, host), close)
        }
    }
}

/// What is refused before the body is read; some of it limits hyper does not keep exactly: its buffer may grow a
/// little beyond the bound.
fn reject_head(request: &Request<Incoming>, limits: &Limits) -> Option<Rejection> {
    let uri_bytes = uri_bytes(request.uri());
    if uri_bytes > limits.max_uri_bytes {
        return Some(Rejection::UriTooLong);
    }
    let mut encodings = request.headers().get_all(header::CONTENT_ENCODING).iter();
    if encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Some(Rejection::Encoded);
    }
    // ": " and the line end of each field
    let field_bytes: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    (uri_bytes + field_bytes > limits.max_head_bytes).then_some(Rejection::HeadTooLarge)
}

fn uri_bytes(uri: &Uri) -> usize {
    uri.path_and_query().map_or(0, |target| target.as_str().len())
}

/// The host the client called, without its port (wire.md section 4.2).
fn host_id(headers: &HeaderMap, fallback: &str) -> String {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let authority = host.and_then(|host| host.parse::<http::uri::Authority>().ok());
    authority.map_or_else(|| fallback.to_owned(), |authority| authority.host().to_owned())
}

/// The headers every answer of the provider's gateway carries (wire.md section 4.1), unless already set.
fn add_gateway_headers(response: &mut Response<Bytes>) {
    *response.version_mut() = Version::HTTP_11;
    let headers = response.headers_mut();
    let closes = headers.get(header::CONNECTION).is_some_and(|value| value == "close");
    if !closes {
        headers.entry(header::CONNECTION).or_insert(HeaderValue::from_static("keep-alive"));
        headers
            .entry(HeaderName::from_static("keep-alive"))
            .or_insert(HeaderValue::from_static("timeout=25"));
    }
    for name in [header::ACCESS_CONTROL_ALLOW_ORIGIN, header::ACCESS_CONTROL_EXPOSE_HEADERS] {
        headers.entry(name).or_insert(HeaderValue::from_static("*"));
    }
}
