//! Counters of the listener, as `/metrics` shows them.

use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use http::StatusCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode_registry;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTransport {
    transport: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfStatus {
    status: &'static str,
}

/// All counters of one listener.
pub struct Metrics {
    registry: Registry,
    connections: Family<OfTransport, Counter<u64, AtomicU64>>,
    /// Connections open now.
    pub connections_open: Gauge<i64, AtomicI64>,
    /// Connections turned away because all were taken.
    pub connections_refused: Counter,
    /// TLS handshakes that failed or took too long.
    pub handshakes_failed: Counter,
    requests: Family<OfStatus, Counter>,
    /// Requests being read or answered now.
    pub requests_in_flight: Gauge<i64, AtomicI64>,
    /// Bytes of request bodies read.
    pub request_body_bytes: Counter,
    /// Bytes of answer bodies.
    pub answer_body_bytes: Counter,
    duration: Histogram,
}

impl Metrics {
    /// Registers every counter.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("causeway_http"),
            connections: Family::default(),
            connections_open: Gauge::default(),
            connections_refused: Counter::default(),
            handshakes_failed: Counter::default(),
            requests: Family::default(),
            requests_in_flight: Gauge::default(),
            request_body_bytes: Counter::default(),
            answer_body_bytes: Counter::default(),
            // 0.1 ms to 26 s
            duration: Histogram::new(exponential_buckets(0.0001, 4.0, 10)),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("connections", "Connections accepted", self.connections.clone());
        registry.register(
            "connections_open",
            "Connections open now",
            self.connections_open.clone(),
        );
        registry.register(
            "connections_refused",
            "Connections turned away because all were taken",
            self.connections_refused.clone(),
        );
        registry.register(
            "tls_handshakes_failed",
            "TLS handshakes that failed or took too long",
            self.handshakes_failed.clone(),
        );
        registry.register("requests", "Requests answered, by status class", self.requests.clone());
        registry.register(
            "requests_in_flight",
            "Requests being read or answered now",
            self.requests_in_flight.clone(),
        );
        registry.register_with_unit(
            "request_body",
            "Bytes of request bodies read",
            Unit::Bytes,
            self.request_body_bytes.clone(),
        );
        registry.register_with_unit(
            "answer_body",
            "Bytes of answer bodies",
            Unit::Bytes,
            self.answer_body_bytes.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "From the end of a request's head to its answer",
            Unit::Seconds,
            self.duration.clone(),
        );
    }

    /// Counts a connection.
    pub fn connected(&self, secure: bool) {
        let transport = if secure { "https" } else { "http" };
        self.connections.get_or_create(&OfTransport { transport }).inc();
    }

    /// Counts an answer.
    pub fn answered(&self, status: StatusCode, duration: Duration, answer_bytes: usize) {
        let status = match status.as_u16() {
            ..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        };
        self.requests.get_or_create(&OfStatus { status }).inc();
        self.duration.observe(duration.as_secs_f64());
        self.answer_body_bytes.inc_by(answer_bytes as u64);
    }

    /// The whole page: our counters, then the service's own text.
    pub fn page(&self, service_text: &str) -> String {
        let mut page = String::new();
        // Writing to a String cannot fail.
        let _ = encode_registry(&mut page, &self.registry);
        for line in service_text.lines().filter(|line| *line != "# EOF") {
            page.push_str(&open_metrics(line));
            page.push('\n');
        }
        page.push_str("# EOF\n");
        page
    }
}

/// A line of Prometheus text as OpenMetrics has it: there a counter's description names the counter without the
/// `_total` of its samples.
fn open_metrics(line: &str) -> String {
    let description = ["# TYPE ", "# HELP "].into_iter().any(|start| line.starts_with(start));
    if description { line.replacen("_total ", " ", 1) } else { line.to_owned() }
}

/// Counts something as present for as long as it lives.
pub struct Present(Gauge<i64, AtomicI64>);

impl Present {
    /// Raises the gauge.
    pub fn new(gauge: &Gauge<i64, AtomicI64>) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_holds_both_and_ends_once() {
        let metrics = Metrics::new();
        metrics.connected(true);
        metrics.answered(StatusCode::NOT_FOUND, Duration::from_millis(2), 10);
        let page = metrics.page("# TYPE x_total counter\nx_total 1\n# EOF\n");
        assert!(
            page.contains("causeway_http_connections_total{transport=\"https\"} 1\n"),
            "{page}"
        );
        assert!(page.contains("causeway_http_requests_total{status=\"4xx\"} 1\n"), "{page}");
        assert!(page.contains("causeway_http_request_duration_seconds_count 1\n"), "{page}");
        assert!(page.contains("causeway_http_answer_body_bytes_total 10\n"), "{page}");
        assert!(page.ends_with("# TYPE x counter\nx_total 1\n# EOF\n"), "{page}");
        assert_eq!(page.matches("# EOF").count(), 1);
    }

    #[test]
    fn present_goes_down_again() {
        let metrics = Metrics::new();
        let present = Present::new(&metrics.connections_open);
        assert_eq!(metrics.connections_open.get(), 1);
        drop(present);
        assert_eq!(metrics.connections_open.get(), 0);
    }
}
