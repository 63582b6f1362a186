//! A decoded request and the checks that make it believable.

use crate::{Format, Parameters, ProtocolError, Received, gateway, v1, v3};
use causeway_types::Timestamp;

/// How far a request's time may be from the server's, in milliseconds (wire.md section 3).
pub(crate) const WINDOW_MS: i64 = 15 * 60 * 1000;

/// A decoded request. Nothing in it is proved until [`Call::verify`] succeeded.
#[derive(Clone, Debug)]
pub struct Call {
    /// `Action`, or the header `x-acs-action` of V3.
    pub action: Option<String>,
    /// `Version`, or the header `x-acs-version` of V3.
    pub version: Option<String>,
    /// How a success is to be written; see [`Call::error_format`] for errors.
    pub format: Format,
    /// The action's own parameters; the common ones are taken out.
    pub parameters: Parameters,
    /// What is to prove the caller.
    pub credentials: Credentials,
    /// Common parameters, which V1 signs together with the others.
    pub(crate) common: Parameters,
    /// When it says it was signed; see [`Call::timestamp_ms`].
    pub(crate) timestamp_ms: Option<i64>,
    /// The query of a V3 call, which signs it apart from the body.
    pub(crate) signed_query: v3::SignedQuery,
}

/// What a request carries to prove its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Signature in the parameters: HMAC-SHA1 or HMAC-SHA256 over all of them.
    V1(V1Proof),
    /// Signature in the header `Authorization: ACS3-…`.
    V3(V3Proof),
    /// A bearer or identity token instead of a key; not served.
    Bearer,
    /// No proof at all.
    Anonymous,
}

/// The signature parameters of V1. Empty values count as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct V1Proof {
    /// `AccessKeyId`
    pub access_key_id: Option<String>,
    /// `Signature`, base64
    pub signature: Option<String>,
    /// `SignatureMethod`
    pub method: Option<String>,
    /// `SignatureVersion`, always `1.0`
    pub version: Option<String>,
    /// `SignatureType`; empty and absent mean the same
    pub kind: Option<String>,
    /// `SignatureNonce`
    pub nonce: Option<String>,
    /// `Timestamp`, as written
    pub timestamp: Option<String>,
    /// `SecurityToken`
    pub security_token: Option<String>,
}

/// The `Authorization` header and the `x-acs-*` headers of V3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct V3Proof {
    /// `ACS3-HMAC-SHA256`, or an algorithm that is not served
    pub algorithm: String,
    /// `Credential`; none when the header is malformed
    pub access_key_id: Option<String>,
    /// `SignedHeaders`, lower case, in the order listed
    pub signed_headers: Vec<String>,
    /// `Signature`, hex
    pub signature: Option<String>,
    /// `x-acs-content-sha256`
    pub content_sha256: Option<String>,
    /// `x-acs-signature-nonce`
    pub nonce: Option<String>,
    /// `x-acs-date`, as written
    pub timestamp: Option<String>,
    /// `x-acs-security-token`
    pub security_token: Option<String>,
    /// `x-acs-*` headers present that `SignedHeaders` does not list.
    pub unsigned_headers: Vec<String>,
}

impl Call {
    /// Who claims to call.
    pub fn access_key_id(&self) -> Option<&str> {
        match &self.credentials {
            Credentials::V1(proof) => proof.access_key_id.as_deref(),
            Credentials::V3(proof) => proof.access_key_id.as_deref(),
            Credentials::Bearer | Credentials::Anonymous => None,
        }
    }

    /// The token of a temporary key.
    pub fn security_token(&self) -> Option<&str> {
        match &self.credentials {
            Credentials::V1(proof) => proof.security_token.as_deref(),
            Credentials::V3(proof) => proof.security_token.as_deref(),
            Credentials::Bearer | Credentials::Anonymous => None,
        }
    }

    /// The nonce; any string (wire.md 1.3).
    pub fn nonce(&self) -> Option<&str> {
        match &self.credentials {
            Credentials::V1(proof) => proof.nonce.as_deref(),
            Credentials::V3(proof) => proof.nonce.as_deref(),
            Credentials::Bearer | Credentials::Anonymous => None,
        }
    }

    /// When the client says it signed, in milliseconds since the epoch; none when absent or not
    /// written `yyyy-MM-ddTHH:mm:ssZ`.
    pub fn timestamp_ms(&self) -> Option<i64> {
        self.timestamp_ms
    }

    /// How errors are to be written: V3 callers always read JSON (wire.md 4.2).
    pub fn error_format(&self) -> Format {
        match self.credentials {
            Credentials::V3(_) => Format::Json,
            _ => self.format,
        }
    }

    /// The common parameters: all there (`Missing…`), a signature method we serve, a readable time.
    pub fn check_common(&self) -> Result<(), ProtocolError> {
        let checked = match &self.credentials {
            Credentials::V1(proof) => proof.check(),
            Credentials::V3(proof) => proof.check(),
            Credentials::Bearer => Err(gateway::invalid("SignatureType")),
            Credentials::Anonymous => Err(gateway::missing("AccessKeyId")),
        };
        checked.map_err(|error| self.raise(error))?;
        match self.timestamp_ms() {
            Some(_) => Ok(()),
            None => Err(self.raise(gateway::timestamp_format())),
        }
    }

    /// The request's time lies within 15 minutes of `now_ms`, either side.
    pub fn check_time(&self, now_ms: i64) -> Result<(), ProtocolError> {
        match self.timestamp_ms() {
            None => Err(self.raise(gateway::timestamp_format())),
            Some(at_ms) if now_ms.abs_diff(at_ms) > WINDOW_MS.unsigned_abs() => {
                Err(self.raise(gateway::timestamp_expired()))
            }
            Some(_) => Ok(()),
        }
    }

    /// The signature was made with `secret` over exactly this request. `received` must be what the
    /// call was decoded from. Compares in constant time.
    pub fn verify(&self, received: &Received, secret: &str) -> Result<(), ProtocolError> {
        let verified = match &self.credentials {
            Credentials::V1(proof) => v1::verify(self, proof, received, secret),
            Credentials::V3(proof) => v3::verify(proof, &self.signed_query, received, secret),
            Credentials::Bearer | Credentials::Anonymous => Err(gateway::missing("Signature")),
        };
        verified.map_err(|error| self.raise(error))
    }

    fn raise(&self, error: ProtocolError) -> ProtocolError {
        error.answered_in(self.error_format())
    }
}

impl Credentials {
    /// The time of signing, read.
    pub(crate) fn timestamp_ms(&self) -> Option<i64> {
        match self {
            Credentials::V1(proof) => instant(proof.timestamp.as_deref()?),
            Credentials::V3(proof) => instant(proof.timestamp.as_deref()?),
            Credentials::Bearer | Credentials::Anonymous => None,
        }
    }
}

impl V1Proof {
    /// Missing parameters are named in the order the provider's documentation lists them; the
    /// sources leave the order open.
    fn check(&self) -> Result<(), ProtocolError> {
        let required = [
            ("AccessKeyId", &self.access_key_id),
            ("Signature", &self.signature),
            ("SignatureMethod", &self.method),
            ("Timestamp", &self.timestamp),
            ("SignatureVersion", &self.version),
            ("SignatureNonce", &self.nonce),
        ];
        for (name, value) in required {
            if value.is_none() {
                return Err(gateway::missing(name));
            }
        }
        if self.kind.is_some() {
            return Err(gateway::invalid("SignatureType"));
        }
        if self.version.as_deref() != Some("1.0") {
            return Err(gateway::invalid("SignatureVersion"));
        }
        v1::Hash::named(self.method.as_deref().unwrap_or_default())
            .map(|_| ())
            .ok_or_else(gateway::invalid_signature_method)
    }
}

impl V3Proof {
    /// The provider's answers to a malformed `Authorization` are not known; the codes here are
    /// chosen from the family `Missing{Param}` and `Invalid{Param}`.
    fn check(&self) -> Result<(), ProtocolError> {
        let required = [
            ("AccessKeyId", &self.access_key_id),
            ("Signature", &self.signature),
            ("Timestamp", &self.timestamp),
            ("SignatureNonce", &self.nonce),
            ("ContentSha256", &self.content_sha256),
        ];
        for (name, value) in required {
            if value.is_none() {
                return Err(gateway::missing(name));
            }
        }
        if self.algorithm != v3::ALGORITHM {
            return Err(gateway::invalid_signature_method());
        }
        // Else a header could be changed on the way without breaking the signature (wire.md 3).
        if self.signed_headers.is_empty() || !self.unsigned_headers.is_empty() {
            return Err(gateway::invalid("SignedHeaders"));
        }
        Ok(())
    }
}

/// `yyyy-MM-ddTHH:mm:ssZ` and nothing else.
fn instant(text: &str) -> Option<i64> {
    const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:ddZ";
    let fits = text.len() == SHAPE.len()
        && text.bytes().zip(SHAPE).all(|(byte, &shape)| match shape {
            b'd' => byte.is_ascii_digit(),
            _ => byte == shape,
        });
    if fits { text.parse::<Timestamp>().ok().map(Timestamp::millis) } else { None }
}
