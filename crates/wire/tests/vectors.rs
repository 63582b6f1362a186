//! Requests that real clients signed, checked from their raw fields alone (wire.md section 9).

use causeway_types::Timestamp;
use causeway_wire::{Call, Credentials, Limits, ProtocolError, Received, decode};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Clone)]
struct Vector {
    id: String,
    method: Method,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
    secret: String,
    raw: Value,
}

impl Vector {
    fn read(raw: &Value) -> Vector {
        let text = |name: &str| raw[name].as_str().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        for header in raw["headers"].as_array().unwrap() {
            let name: HeaderName = header[0].as_str().unwrap().parse().unwrap();
            headers.append(name, HeaderValue::from_str(header[1].as_str().unwrap()).unwrap());
        }
        assert_eq!(raw["path"], "/");
        let mut query = text("raw_query");
        if text("id") == "doc/V1-DescribeRegions" {
            // Published without its signature: this one is shown as it is before signing.
            let signature = text("signature").replace('+', "%2B").replace('=', "%3D");
            query = format!("{query}&Signature={signature}");
        }
        Vector {
            id: text("id"),
            method: text("method").parse().unwrap(),
            query,
            headers,
            body: text("body").into_bytes(),
            secret: text("secret"),
            raw: raw.clone(),
        }
    }

    fn all() -> Vec<Vector> {
        let vectors: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
        let vectors: Vec<Vector> = vectors.as_array().unwrap().iter().map(Vector::read).collect();
        assert_eq!(vectors.len(), 63);
        vectors
    }

    fn received(&self) -> Received<'_> {
        Received {
            method: &self.method,
            path: "/",
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        }
    }

    fn decode(&self) -> Result<Call, ProtocolError> {
        decode(&self.received(), &Limits::default())
    }

    fn believe(&self) -> Result<Call, ProtocolError> {
        let call = self.decode()?;
        call.check_common()?;
        call.verify(&self.received(), &self.secret)?;
        Ok(call)
    }

    fn is_v3(&self) -> bool {
        self.raw["scheme"] == "ACS3-HMAC-SHA256"
    }
}

#[test]
fn every_signature_verifies() {
    for vector in Vector::all() {
        let call = vector.believe().unwrap_or_else(|error| panic!("{}: {error}", vector.id));
        assert_eq!(matches!(call.credentials, Credentials::V3(_)), vector.is_v3(), "{}", vector.id);
        let at_ms = call.timestamp_ms().unwrap();
        let date = vector.raw["params"]["Timestamp"].as_str();
        let date = date.or_else(|| vector.headers.get("x-acs-date")?.to_str().ok()).unwrap();
        assert_eq!(Ok(Timestamp(at_ms)), date.parse(), "{}", vector.id);
        assert_eq!(call.check_time(at_ms + 15 * 60_000), Ok(()), "{}", vector.id);
        assert_eq!(call.check_time(at_ms - 15 * 60_000), Ok(()), "{}", vector.id);
        for off_ms in [15 * 60_000 + 1, -15 * 60_000 - 1] {
            let error = call.check_time(at_ms + off_ms).unwrap_err();
            assert_eq!(error.code, "InvalidTimeStamp.Expired", "{}", vector.id);
        }
    }
}

#[test]
fn parameters_are_what_the_client_meant() {
    for vector in Vector::all() {
        let call = vector.decode().unwrap();
        let header = |name: &str| vector.headers.get(name).map(|value| value.to_str().unwrap());
        if vector.is_v3() {
            for pair in vector.raw["query_decoded_sorted"].as_array().unwrap() {
                let (name, value) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
                assert_eq!(call.parameters.get(name).unwrap(), value, "{}", vector.id);
            }
            assert_eq!(call.action.as_deref(), header("x-acs-action"), "{}", vector.id);
            assert_eq!(call.version.as_deref(), header("x-acs-version"), "{}", vector.id);
            continue;
        }
        let meant = vector.raw["params"].as_object().unwrap();
        assert_eq!(call.action.as_deref(), meant["Action"].as_str(), "{}", vector.id);
        assert_eq!(call.access_key_id(), meant["AccessKeyId"].as_str(), "{}", vector.id);
        assert_eq!(call.security_token(), meant.get("SecurityToken").and_then(Value::as_str));
        for (name, value) in &call.parameters {
            assert_eq!(meant[name], *value, "{}", vector.id);
        }
        let common = ["AccessKeyId", "Action", "Format", "SecurityToken", "Timestamp", "Version"];
        let own =
            |name: &&String| !name.starts_with("Signature") && !common.contains(&name.as_str());
        let names: BTreeSet<&String> = meant.keys().filter(own).collect();
        assert_eq!(call.parameters.keys().collect::<BTreeSet<_>>(), names, "{}", vector.id);
    }
}

#[test]
fn a_wrong_secret_shows_our_string_to_sign() {
    for mut vector in Vector::all() {
        vector.secret.push('x');
        let error = vector.believe().unwrap_err();
        assert_eq!((error.status, &*error.code), (400, "SignatureDoesNotMatch"), "{}", vector.id);
        let string = vector.raw["string_to_sign"].as_str().unwrap();
        if vector.is_v3() {
            let request = vector.raw["canonical_request"].as_str().unwrap();
            for text in [string, request] {
                assert!(error.message.contains(&text.replace('\n', "\\n")), "{}", vector.id);
            }
        } else {
            // py-core compares so to tell a wrong secret (wire.md 4.2).
            assert_eq!(error.message.split(':').nth(1), Some(string), "{}", vector.id);
        }
    }
}

/// Every byte of the query and body, flipped to another letter, one at a time.
#[test]
fn no_changed_byte_is_believed() {
    for vector in Vector::all() {
        for at in 0..vector.query.len() {
            let mut bytes = vector.query.clone().into_bytes();
            bytes[at] = if bytes[at] == b'Q' { b'R' } else { b'Q' };
            let changed = Vector { query: String::from_utf8(bytes).unwrap(), ..vector.clone() };
            assert!(changed.believe().is_err(), "{} believes byte {at} changed", vector.id);
        }
        for at in 0..vector.body.len() {
            let mut changed = vector.clone();
            changed.body[at] = if changed.body[at] == b'Q' { b'R' } else { b'Q' };
            assert!(changed.believe().is_err(), "{} believes byte {at} changed", vector.id);
        }
    }
}

#[test]
fn v3_headers_cannot_be_changed_added_or_taken_away() {
    for vector in Vector::all().into_iter().filter(Vector::is_v3) {
        let signed = vector.raw["signed_headers"].as_array().unwrap();
        for name in signed.iter().map(|name| name.as_str().unwrap()) {
            let mut changed = vector.clone();
            changed.headers.insert(name.parse::<HeaderName>().unwrap(), "Q".parse().unwrap());
            assert!(changed.believe().is_err(), "{}: {name} changed", vector.id);
            changed.headers.remove(name);
            assert!(changed.believe().is_err(), "{}: {name} removed", vector.id);
        }
        let mut changed = vector.clone();
        changed.headers.insert("x-acs-security-token", "added".parse().unwrap());
        assert!(changed.believe().is_err(), "{}: header added", vector.id);
        let mut changed = vector.clone();
        changed.body.push(b'x');
        assert!(changed.believe().is_err(), "{}: body added", vector.id);
    }
}
