//! What a connection may cost before anything it says is believed.

use std::time::Duration;

/// Bounds on connections and requests. Everything a peer can send or withhold has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections served at once; one more is answered 503 and closed.
    pub max_connections: usize,
    /// Bytes of the request line and all headers together, at least 8192; more is answered 431.
    pub max_head_bytes: usize,
    /// Number of header fields; more is answered 431.
    pub max_headers: usize,
    /// Bytes of the request target; more is answered 414. Official SDKs put every parameter there (wire.md section
    /// 1.1), so this is far above what browsers allow. At most 65534, hyper's own bound.
    pub max_uri_bytes: usize,
    /// Bytes of a request body, whether declared or chunked; more is answered 413.
    pub max_body_bytes: usize,
    /// Bytes of all bodies together that are held while they are read and answered, beyond what each may have for
    /// itself; more is answered 503. At most `usize::MAX >> 3`, tokio's own bound.
    pub max_bodies_bytes: usize,
    /// Bytes of a body that are not counted there, so that small calls go on while large ones fill it.
    pub small_body_bytes: usize,
    /// Bytes of a too large body that are read and dropped so that the answer arrives and the connection stays
    /// usable; a longer body costs the client its connection.
    pub max_discarded_bytes: u64,
    /// From the first byte of a request to the end of its headers, and from the start of a connection to its first
    /// byte; a slower head is answered 408.
    pub head_timeout: Duration,
    /// From the end of the headers to the end of the body; a slower body is answered 408.
    pub body_timeout: Duration,
    /// How long a peer may leave an answer untouched before the connection is dropped.
    pub write_timeout: Duration,
    /// How long a kept connection may be silent. Clients are promised 25 s (wire.md section 4.1), so it is longer.
    pub idle_timeout: Duration,
    /// From the first byte of a TLS connection to the end of its handshake.
    pub handshake_timeout: Duration,
    /// How long a closing connection is still read, so that the peer sees the last answer and not a reset.
    pub linger_timeout: Duration,
    /// How long a graceful stop waits for requests in flight.
    pub stop_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 1024,
            max_head_bytes: 128 * 1024,
            max_headers: 128,
            max_uri_bytes: 64 * 1024 - 2,
            max_body_bytes: 1024 * 1024,
            max_bodies_bytes: 64 * 1024 * 1024,
            small_body_bytes: 16 * 1024,
            max_discarded_bytes: 8 * 1024 * 1024,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(20),
            write_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(75),
            handshake_timeout: Duration::from_secs(10),
            linger_timeout: Duration::from_secs(1),
            stop_timeout: Duration::from_secs(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_promise_made_in_the_keep_alive_header() {
        // wire.md section 4.1: answers carry `Keep-Alive: timeout=25`.
        assert!(Limits::default().idle_timeout > Duration::from_secs(25));
    }
}
