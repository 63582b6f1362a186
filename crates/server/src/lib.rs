//! The listener: HTTP and HTTPS on one port, health and metrics.
//!
//! [`Server`] accepts connections, tells HTTP from TLS by the first byte, reads whole requests within
//! [`Limits`], and hands each one to a [`Service`]. It answers by itself only the operator pages
//! (`/readyz`, `/healthz`, `/version`, `/metrics`) and what never becomes a request (too large, too slow,
//! malformed, too many connections); those answers have the provider's error shape (wire.md section 4.2).
//!
//! It never redirects, because clients replay the stale signature as GET, and never compresses (wire.md
//! sections 1.3 and 4.1).

mod body;
mod connection;
mod exchange;
mod guard;
mod limits;
mod metrics;
mod pages;
mod plain;
mod progress;
mod rejection;
mod server;
mod service;
mod tls;

pub use limits::Limits;
pub use plain::PlainHttp;
pub use rustls::ServerConfig;
pub use server::{Server, Stopped};
pub use service::{Peer, Service};
pub use tls::{Authority, AuthorityError, CertificateError, OwnCertificate, Reload};
