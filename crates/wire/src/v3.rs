//! Signature V3, `ACS3-HMAC-SHA256`: a hash over request line, headers and body (wire.md section 3).

use crate::call::V3Proof;
use crate::encoding::{canonical_query, is_unreserved, percent};
use crate::v1::{hmac, matches};
use crate::{Parameters, ProtocolError, Received, gateway};
use data_encoding::HEXLOWER;
use hmac::Hmac;
use sha2::{Digest, Sha256};

/// The one algorithm of V3 that is served.
pub(crate) const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// Lower-case hex of SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// The string to sign of a canonical request.
pub(crate) fn string_to_sign(canonical_request: &[u8]) -> String {
    format!("{ALGORITHM}\n{}", sha256(canonical_request))
}

/// Lower-case hex of the HMAC; the key is the secret as it is.
pub(crate) fn sign(secret: &str, string_to_sign: &str) -> String {
    HEXLOWER.encode(hmac::<Hmac<Sha256>>(secret.as_bytes(), string_to_sign).as_ref())
}

/// A query as it may have been signed: parameters sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SignedQuery {
    /// Names percent-encoded, as the documentation says and Java does.
    encoded: String,
    /// Names as they are, as Python, Node and Go do; none where they could be mistaken for another
    /// query.
    raw: Option<String>,
}

impl SignedQuery {
    pub fn of(query: &Parameters) -> SignedQuery {
        let pairs = query.iter().map(|(name, value)| (&**name, &**value));
        let raw = may_sign_raw(query).then(|| raw_query(query));
        SignedQuery { encoded: canonical_query(pairs), raw }
    }
}

/// Everything that is signed. Header values are bytes, so the whole is.
pub(crate) fn canonical_request(
    received: &Received,
    query: &str,
    signed_headers: &[String],
) -> Vec<u8> {
    let mut text = Vec::with_capacity(1024);
    for part in [received.method.as_str(), "\n/\n", query, "\n"] {
        text.extend_from_slice(part.as_bytes());
    }
    for name in signed_headers {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        add_header_value(received, name, &mut text);
        text.push(b'\n');
    }
    text.push(b'\n');
    for (at, name) in signed_headers.iter().enumerate() {
        text.extend_from_slice(if at == 0 { b"" } else { b";" });
        text.extend_from_slice(name.as_bytes());
    }
    text.push(b'\n');
    text.extend_from_slice(sha256(received.body).as_bytes());
    text
}

/// `a=1&b=2`, only the values encoded.
fn raw_query(query: &Parameters) -> String {
    let pair = |(name, value): (&String, &String)| format!("{name}={}", percent(value));
    query.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Adds the header's value, trimmed; repeated ones sorted and joined. Nothing for an absent header: the
/// signature then does not match, and the error shows why.
fn add_header_value(received: &Received, name: &str, text: &mut Vec<u8>) {
    let values = received.headers.get_all(name);
    let mut values = values.iter().map(|value| value.as_bytes().trim_ascii());
    let Some(first) = values.next() else { return };
    let mut rest: Vec<&[u8]> = values.collect();
    if rest.is_empty() {
        return text.extend_from_slice(first);
    }
    rest.push(first);
    rest.sort_unstable();
    text.extend_from_slice(&rest.join(&b","[..]));
}

/// Checks the signature of a V3 call, and that the body is the one announced.
pub(crate) fn verify(
    proof: &V3Proof,
    query: &SignedQuery,
    received: &Received,
    secret: &str,
) -> Result<(), ProtocolError> {
    let given = proof.signature.as_deref().ok_or_else(|| gateway::missing("Signature"))?;
    let try_query = |query: &str| {
        let request = canonical_request(received, query, &proof.signed_headers);
        let string = string_to_sign(&request);
        (matches(given, &sign(secret, &string)), string, request)
    };
    let (mut matched, string, request) = try_query(&query.encoded);
    if let (false, Some(raw)) = (matched, &query.raw) {
        matched = try_query(raw).0;
    }
    let body_as_announced = proof.content_sha256.as_deref() == Some(&sha256(received.body));
    if matched && body_as_announced && proof.algorithm == ALGORITHM {
        return Ok(());
    }
    Err(gateway::signature_v3(&string, &String::from_utf8_lossy(&request)))
}

/// Raw names are a second reading only where they cannot be mistaken for another query: with `&`,
/// `=`, `%` or a line break in a name, two different queries could be signed alike.
fn may_sign_raw(query: &Parameters) -> bool {
    let ambiguous = |name: &String| {
        name.chars().any(|c| matches!(c, '&' | '=' | '%') || c.is_control() || c.is_whitespace())
    };
    query.keys().any(|name| !is_unreserved(name)) && !query.keys().any(ambiguous)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::form;
    use crate::{Credentials, Limits, ProtocolError, decode};
    use http::{HeaderMap, HeaderValue, Method};

    /// Signs `query` with its names as they are, as Python, Node and Go do, and verifies it.
    fn verify_raw(query: &str) -> Result<(), ProtocolError> {
        let mut headers = HeaderMap::new();
        let digest = sha256(b"");
        headers.insert("x-acs-content-sha256", HeaderValue::from_str(&digest).unwrap());
        headers.append("x-acs-note", HeaderValue::from_static("b"));
        headers.append("x-acs-note", HeaderValue::from_static(" a "));
        let received =
            Received { method: &Method::POST, path: "/", query, headers: &headers, body: b"" };
        let pairs = form(query.as_bytes(), &Limits::default()).unwrap().into_iter().collect();
        let signed = ["x-acs-content-sha256", "x-acs-note"].map(str::to_owned);
        let query = raw_query(&pairs);
        let request = canonical_request(&received, &query, &signed);
        assert!(String::from_utf8_lossy(&request).contains("\nx-acs-note:a,b\n"));
        let signature = sign("secret", &string_to_sign(&request));
        let authorization = format!(
            "{ALGORITHM} Credential=A,SignedHeaders={},Signature={signature}",
            signed.join(";")
        );
        let mut headers = headers.clone();
        headers.insert("authorization", HeaderValue::from_str(&authorization).unwrap());
        let received = Received { headers: &headers, ..received };
        let call = decode(&received, &Limits::default()).unwrap();
        assert!(matches!(call.credentials, Credentials::V3(_)));
        call.verify(&received, "secret")
    }

    #[test]
    fn names_may_be_signed_raw_where_that_is_unambiguous() {
        assert_eq!(verify_raw("Tags.%233%23abc=x%20y&RegionId=r"), Ok(()));
        // `A=1&B` = `2` would be signed like the two parameters A and B.
        for query in ["A%3D1%26B=2", "A%0A=1", "A%253D=1", "A%20=1", "%23=1&A%3D=2"] {
            assert!(verify_raw(query).is_err(), "{query}");
        }
    }
}
