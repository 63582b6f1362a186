//! Signature V1: one HMAC over all parameters (wire.md section 2).

use crate::call::{Call, V1Proof};
use crate::encoding::{canonical_query, percent};
use crate::{ProtocolError, Received, gateway};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use subtle::ConstantTimeEq;

/// The hash of a V1 signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
}

impl Hash {
    /// The hash of a `SignatureMethod`.
    pub(crate) fn named(method: &str) -> Option<Hash> {
        match method {
            "HMAC-SHA1" => Some(Hash::Sha1),
            "HMAC-SHA256" => Some(Hash::Sha256),
            _ => None,
        }
    }

    /// Base64 of the HMAC; the key is the secret and `&`.
    pub(crate) fn sign(self, secret: &str, string_to_sign: &str) -> String {
        let key = [secret.as_bytes(), b"&"].concat();
        match self {
            Hash::Sha1 => STANDARD.encode(hmac::<Hmac<sha1::Sha1>>(&key, string_to_sign)),
            Hash::Sha256 => STANDARD.encode(hmac::<Hmac<sha2::Sha256>>(&key, string_to_sign)),
        }
    }
}

/// HMAC of `text`; keys of any length are allowed.
pub(crate) fn hmac<M: Mac + KeyInit>(key: &[u8], text: &str) -> impl AsRef<[u8]> + use<M> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes()
}

/// `METHOD&%2F&` and the canonical query, encoded once more.
pub(crate) fn string_to_sign(method: &http::Method, canonical_query: &str) -> String {
    let mut text = format!("{method}&%2F&");
    text.extend(percent(canonical_query));
    text
}

/// Checks the signature of a V1 call.
pub(crate) fn verify(
    call: &Call,
    proof: &V1Proof,
    received: &Received,
    secret: &str,
) -> Result<(), ProtocolError> {
    let method = proof.method.as_deref().unwrap_or_default();
    let hash = Hash::named(method).ok_or_else(gateway::invalid_signature_method)?;
    let given = proof.signature.as_deref().ok_or_else(|| gateway::missing("Signature"))?;
    let string = string_to_sign(received.method, &canonical_query(signed(call)));
    if matches(given, &hash.sign(secret, &string)) {
        return Ok(());
    }
    if let Some(string) = plus_for_space(call, received)
        && matches(given, &hash.sign(secret, &string))
    {
        return Ok(());
    }
    Err(gateway::signature_v1(&string))
}

/// All parameters but the signature, sorted by name.
fn signed(call: &Call) -> impl Iterator<Item = (&str, &str)> {
    let mut all: Vec<(&str, &str)> = call
        .parameters
        .iter()
        .chain(call.common.iter().filter(|(name, _)| *name != "Signature"))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    all.sort_unstable();
    all.into_iter()
}

/// What the RamRoleArn provider of `alibabacloud_credentials` signs for AssumeRole when a value has
/// a space: it writes the space as `+` (wire.md section 2, known client defect).
fn plus_for_space(call: &Call, received: &Received) -> Option<String> {
    if call.action.as_deref() != Some("AssumeRole") {
        return None;
    }
    let query = canonical_query(signed(call));
    query.contains("%20").then(|| string_to_sign(received.method, &query.replace("%20", "+")))
}

/// Constant-time comparison; lengths are no secret.
pub(crate) fn matches(given: &str, expected: &str) -> bool {
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}
