//! The header `Authorization: ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`.

use crate::{Received, V3Proof};

/// What every algorithm of V3 begins with.
const SCHEME: &str = "ACS3-";

/// True for a V3 request.
pub(crate) fn is_v3(received: &Received) -> bool {
    received.headers.get("authorization").is_some_and(|value| {
        value.as_bytes().get(..SCHEME.len()).is_some_and(|start| start == SCHEME.as_bytes())
    })
}

/// Reads the proof of a V3 request. The fields come in any order with spaces around the commas
/// (Java puts the signature in the middle); a field that is missing or empty stays none.
pub(crate) fn read(received: &Received) -> V3Proof {
    let header = received.header("authorization").unwrap_or_default();
    let (algorithm, fields) = header.split_once(' ').unwrap_or((&header, ""));
    let mut proof = V3Proof {
        algorithm: algorithm.to_owned(),
        content_sha256: present(received.header("x-acs-content-sha256")),
        nonce: present(received.header("x-acs-signature-nonce")),
        timestamp: present(received.header("x-acs-date")),
        security_token: present(received.header("x-acs-security-token")),
        ..V3Proof::default()
    };
    for field in fields.split(',') {
        let Some((key, value)) = field.split_once('=') else { continue };
        let value = value.trim();
        match key.trim() {
            "Credential" => proof.access_key_id = present(Some(value.to_owned())),
            "Signature" => proof.signature = present(Some(value.to_owned())),
            "SignedHeaders" => proof.signed_headers = header_names(value),
            _ => {}
        }
    }
    proof.unsigned_headers = unsigned(received, &proof.signed_headers);
    proof
}

fn header_names(list: &str) -> Vec<String> {
    list.split(';').map(|name| name.trim().to_ascii_lowercase()).filter(|n| !n.is_empty()).collect()
}

/// The `x-acs-*` headers that `listed` leaves out, each once.
fn unsigned(received: &Received, listed: &[String]) -> Vec<String> {
    received
        .headers
        .keys()
        .map(|name| name.as_str())
        .filter(|name| name.starts_with("x-acs-") && !listed.iter().any(|listed| listed == name))
        .map(str::to_owned)
        .collect()
}

/// An empty value counts as absent.
pub(crate) fn present(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, Method};

    fn proof(authorization: &str) -> V3Proof {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_str(authorization).unwrap());
        headers.insert("x-acs-date", HeaderValue::from_static("2026-11-20T10:06:35Z"));
        let method = Method::POST;
        let received =
            Received { method: &method, path: "/", query: "", headers: &headers, body: b"" };
        assert!(is_v3(&received));
        read(&received)
    }

    #[test]
    fn reads_the_fields_in_any_order() {
        let usual =
            proof("ACS3-HMAC-SHA256 Credential=AK,SignedHeaders=host;x-acs-date,Signature=ab");
        // Java's order, with spaces after the commas.
        let java =
            proof("ACS3-HMAC-SHA256 Credential=AK, Signature=ab, SignedHeaders=host;X-Acs-Date");
        assert_eq!(usual, java);
        assert_eq!(usual.access_key_id.as_deref(), Some("AK"));
        assert_eq!(usual.signature.as_deref(), Some("ab"));
        assert_eq!(usual.signed_headers, ["host", "x-acs-date"]);
        assert_eq!(usual.timestamp.as_deref(), Some("2026-11-20T10:06:35Z"));
        assert!(usual.unsigned_headers.is_empty());
    }

    #[test]
    fn malformed_headers_leave_fields_out() {
        for header in ["ACS3-", "ACS3-HMAC-SHA256", "ACS3-HMAC-SHA256 Credential,Signature="] {
            let proof = proof(header);
            assert_eq!((proof.access_key_id, proof.signature), (None, None), "{header}");
            assert_eq!(proof.unsigned_headers, ["x-acs-date"], "{header}");
        }
    }
}
