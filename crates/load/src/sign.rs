//! Calls of the provider's wire protocol, signed and ready to be sent.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use causeway_wire::{Parameters, sign};
use clap::ValueEnum;

/// The version of the VPC product.
pub const VPC: &str = "2016-04-28";
/// The version of Causeway's own product.
pub const CAUSEWAY: &str = "2026-11-20";

/// How calls are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Signature {
    /// HMAC-SHA1 in the query, as the older SDKs sign
    V1,
    /// ACS3-HMAC-SHA256 in headers, as the newer ones do
    V3,
}

/// Signs calls of one access key.
pub struct Signer {
    host: String,
    id: String,
    secret: String,
    signature: Signature,
    /// Keeps nonces of several runs apart.
    run: u64,
    drawn: AtomicU64,
}

impl Signer {
    /// Signs for `key`, an id and a secret with a colon between.
    ///
    /// # Errors
    /// If the key has no colon, or the system gives no randomness.
    pub fn new(address: SocketAddr, key: &str, signature: Signature) -> anyhow::Result<Signer> {
        let (id, secret) = key.split_once(':').context("a key is ID:SECRET")?;
        let run = getrandom::u64().context("the system gives no randomness")?;
        let (id, secret) = (id.to_owned(), secret.to_owned());
        Ok(Signer {
            host: address.to_string(),
            id,
            secret,
            signature,
            run,
            drawn: AtomicU64::new(0),
        })
    }

    /// The bytes of a signed POST.
    pub fn request(&self, version: &str, action: &str, parameters: &[(&str, &str)]) -> Vec<u8> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let parameters: Parameters = parameters.iter().map(own).collect();
        let nonce = format!("{:016x}{:016x}", self.run, self.drawn.fetch_add(1, Ordering::Relaxed));
        let stamp = sign::Stamp { now_ms: now_ms(), nonce: &nonce };
        let key = sign::Key { id: &self.id, secret: &self.secret, security_token: None };
        let request = sign::Request::new(action, version, &parameters);
        match self.signature {
            Signature::V1 => {
                let query = sign::v1(&request, &key, sign::V1Method::Sha1, &stamp);
                self.post(&query, &format!("Host: {}\r\n", self.host))
            }
            Signature::V3 => {
                let signed = sign::v3(&request, &self.host, &key, &stamp, None, b"");
                let signed = signed.expect("the generator's texts fit into headers");
                let mut headers = String::new();
                for (name, value) in &signed.headers {
                    let value = value.to_str().expect("made from text");
                    headers.extend([name.as_str(), ": ", value, "\r\n"]);
                }
                self.post(&signed.query, &headers)
            }
        }
    }

    fn post(&self, query: &str, headers: &str) -> Vec<u8> {
        format!(
            "POST /?{query} HTTP/1.1\r\n{headers}User-Agent: causeway-load\r\n\
             Accept: application/json\r\nContent-Length: 0\r\n\r\n"
        )
        .into_bytes()
    }
}

/// Milliseconds since the epoch.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_wire::{Limits, Received, decode};

    /// What a server reads of a request's bytes, checked with a secret.
    fn accepted(bytes: &[u8], secret: &str) -> bool {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut headers);
        assert!(request.parse(bytes).unwrap().is_complete());
        let fields = request.headers.iter().map(|header| {
            let value = http::HeaderValue::from_bytes(header.value).unwrap();
            (header.name.parse::<http::HeaderName>().unwrap(), value)
        });
        let headers: http::HeaderMap = fields.collect();
        let (path, query) = request.path.unwrap().split_once('?').unwrap();
        let method = http::Method::POST;
        let received = Received { method: &method, path, query, headers: &headers, body: b"" };
        let call = decode(&received, &Limits::default()).unwrap();
        assert_eq!(call.action.as_deref(), Some("DescribeVpcs"));
        assert_eq!(call.parameters["RegionId"], "cn-hangzhou");
        call.verify(&received, secret).is_ok()
    }

    #[test]
    fn both_signatures_are_what_the_server_checks() {
        let address = "127.0.0.1:4580".parse().unwrap();
        for signature in [Signature::V1, Signature::V3] {
            let signer = Signer::new(address, "id:secret", signature).unwrap();
            let ask = || signer.request(VPC, "DescribeVpcs", &[("RegionId", "cn-hangzhou")]);
            assert!(accepted(&ask(), "secret"), "{signature:?}");
            assert!(!accepted(&ask(), "other"), "{signature:?}");
            assert_ne!(ask(), ask(), "each request has a nonce of its own");
        }
    }
}
