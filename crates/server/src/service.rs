//! The seam between the listener and whatever answers calls.

use std::future::Future;
use std::net::IpAddr;

use bytes::Bytes;

/// What answers calls. The engine implements it.
pub trait Service: Send + Sync + 'static {
    /// Answers one API call: any path and method that is not an operator page.
    ///
    /// The request is complete: its body was read whole, within the listener's limits. The future is
    /// dropped when the client goes away, so a change that must not be torn runs elsewhere.
    fn call(
        &self,
        request: http::Request<Bytes>,
        peer: Peer,
    ) -> impl Future<Output = http::Response<Bytes>> + Send;

    /// Whether calls can be answered now (`/readyz`).
    fn ready(&self) -> bool;

    /// Prometheus text of the service's own counters, appended to the listener's on `/metrics`.
    fn metrics(&self) -> String;
}

/// Who sent a request, as the socket tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The client's address; an IPv4 address is never in its IPv6-mapped form.
    pub address: IpAddr,
    /// Whether the request came over TLS.
    pub secure: bool,
}
