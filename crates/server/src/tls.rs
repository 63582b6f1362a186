//! The certificate the listener shows: the operator's own, or one of a local certificate authority.

mod authority;
mod files;
mod operator;

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::ResolvesServerCert;

pub use authority::{Authority, AuthorityError};
pub use operator::{CertificateError, OwnCertificate, Reload};

/// TLS 1.2 and 1.3 with HTTP/1.1 only, and the certificate that `resolver` has at each handshake.
fn server_config(
    resolver: Arc<dyn ResolvesServerCert>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
