//! The client's side: signing a request. Time and nonce come in, so the result is deterministic.

use crate::encoding::canonical_query;
use crate::{Format, Parameters, Received, v1, v3};
use causeway_types::Timestamp;
use http::header::{AUTHORIZATION, CONTENT_TYPE, InvalidHeaderValue};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

/// Who signs.
#[derive(Clone, Copy)]
pub struct Key<'a> {
    /// The access key's id.
    pub id: &'a str,
    /// The access key's secret.
    pub secret: &'a str,
    /// The token of a temporary key.
    pub security_token: Option<&'a str>,
}

/// When and with which nonce a request is signed.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// Milliseconds since the epoch; written to the second.
    pub now_ms: i64,
    /// A string no other request of the key uses within 15 minutes.
    pub nonce: &'a str,
}

/// What is called.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// GET or POST.
    pub method: &'a Method,
    /// Such as `CreateVpnRouteEntry`.
    pub action: &'a str,
    /// Such as `2016-04-28`.
    pub version: &'a str,
    /// How to answer.
    pub format: Format,
    /// The action's own parameters, flattened. They travel in the query.
    pub parameters: &'a Parameters,
}

impl<'a> Request<'a> {
    /// A POST that asks for JSON, as the generated SDKs send it.
    pub fn new(action: &'a str, version: &'a str, parameters: &'a Parameters) -> Request<'a> {
        Request { method: &Method::POST, action, version, format: Format::Json, parameters }
    }

    fn format_name(&self) -> &'static str {
        match self.format {
            Format::Json => "JSON",
            Format::Xml => "XML",
        }
    }
}

/// The hash of a V1 signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum V1Method {
    /// `HMAC-SHA1`, what every SDK uses.
    Sha1,
    /// `HMAC-SHA256`
    Sha256,
}

/// Signs with V1. The result, all parameters and the signature, is sent as the query of the
/// request, or of a POST as its form body.
pub fn v1(request: &Request, key: &Key, method: V1Method, stamp: &Stamp) -> String {
    let (name, hash) = match method {
        V1Method::Sha1 => ("HMAC-SHA1", v1::Hash::Sha1),
        V1Method::Sha256 => ("HMAC-SHA256", v1::Hash::Sha256),
    };
    let timestamp = Timestamp(stamp.now_ms).to_string();
    let common = [
        ("AccessKeyId", key.id),
        ("Action", request.action),
        ("Format", request.format_name()),
        ("SignatureMethod", name),
        ("SignatureNonce", stamp.nonce),
        ("SignatureVersion", "1.0"),
        ("Timestamp", &timestamp),
        ("Version", request.version),
    ];
    let mut all = request.parameters.clone();
    all.extend(common.map(|(name, value)| (name.to_owned(), value.to_owned())));
    all.extend(key.security_token.map(|token| ("SecurityToken".to_owned(), token.to_owned())));
    let query = canonical_query(all.iter().map(|(name, value)| (&**name, &**value)));
    let signature = hash.sign(key.secret, &v1::string_to_sign(request.method, &query));
    let signature = canonical_query([("Signature", &*signature)].into_iter());
    format!("{query}&{signature}")
}

/// A request signed with V3.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The query string.
    pub query: String,
    /// Headers to send, `Host` and `Authorization` included.
    pub headers: HeaderMap,
}

/// Signs with V3. `host` is sent as it is, with the port when it is not the default. `body` is sent
/// as form or JSON, whatever `content_type` says; most calls have none.
///
/// # Errors
/// If a text holds what a header cannot carry.
pub fn v3(
    request: &Request,
    host: &str,
    key: &Key,
    stamp: &Stamp,
    content_type: Option<&str>,
    body: &[u8],
) -> Result<Signed, InvalidHeaderValue> {
    let mut query = request.parameters.clone();
    if request.format == Format::Xml {
        query.insert("Format".to_owned(), request.format_name().to_owned());
    }
    let mut headers = signed_headers(request, host, key, stamp, body)?;
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, content_type.parse()?);
    }
    let mut names: Vec<String> = headers.keys().map(|name| name.as_str().to_owned()).collect();
    names.sort_unstable();
    let encoded = canonical_query(query.iter().map(|(name, value)| (&**name, &**value)));
    let received =
        Received { method: request.method, path: "/", query: &encoded, headers: &headers, body };
    let canonical = v3::canonical_request(&received, &encoded, &names);
    let signature = v3::sign(key.secret, &v3::string_to_sign(&canonical));
    let authorization = format!(
        "{} Credential={},SignedHeaders={},Signature={signature}",
        v3::ALGORITHM,
        key.id,
        names.join(";")
    );
    headers.insert(AUTHORIZATION, authorization.parse()?);
    Ok(Signed { query: encoded, headers })
}

/// The headers the signature covers.
fn signed_headers(
    request: &Request,
    host: &str,
    key: &Key,
    stamp: &Stamp,
    body: &[u8],
) -> Result<HeaderMap, InvalidHeaderValue> {
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: &str| -> Result<(), InvalidHeaderValue> {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value)?);
        Ok(())
    };
    set("host", host)?;
    set("x-acs-action", request.action)?;
    set("x-acs-version", request.version)?;
    set("x-acs-date", &Timestamp(stamp.now_ms).to_string())?;
    set("x-acs-signature-nonce", stamp.nonce)?;
    set("x-acs-content-sha256", &v3::sha256(body))?;
    if let Some(token) = key.security_token {
        set("x-acs-accesskey-id", key.id)?;
        set("x-acs-security-token", token)?;
    }
    Ok(headers)
}
