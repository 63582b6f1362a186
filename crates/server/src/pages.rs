//! The operator's pages: unsigned, read-only, no secrets.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;

use crate::metrics::Metrics;
use crate::service::Service;

const JSON: &str = "application/json;charset=utf-8";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The page at `path`, if it is one. Everything else, `/` included, is an API call.
pub fn find<S: Service>(
    method: &Method,
    path: &str,
    service: &S,
    metrics: &Metrics,
) -> Option<Response<Bytes>> {
    if method != Method::GET && method != Method::HEAD {
        return None;
    }
    match path {
        "/healthz" => Some(page(StatusCode::OK, JSON, json!({"status": "ok"}).to_string())),
        "/readyz" => Some(readiness(service.ready())),
        "/version" => Some(page(StatusCode::OK, JSON, version())),
        "/metrics" => Some(page(StatusCode::OK, OPEN_METRICS, metrics.page(&service.metrics()))),
        _ => None,
    }
}

fn readiness(ready: bool) -> Response<Bytes> {
    let (status, text) = if ready {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    };
    page(status, JSON, json!({"status": text}).to_string())
}

fn version() -> String {
    json!({"name": "causeway", "version": env!("CARGO_PKG_VERSION")}).to_string()
}

fn page(status: StatusCode, content_type: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
