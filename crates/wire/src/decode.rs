//! From a received request to a call: method, path, parameters, format.

use crate::authorization::{self, present};
use crate::call::{Call, Credentials, V1Proof};
use crate::v3::SignedQuery;
use crate::{Format, Limits, Parameters, ProtocolError, Received, encoding, gateway, json_body};
use http::Method;

/// Parameters every call may carry beside the action's own. None of the actions has a parameter of
/// these names. `SourceIp` and `SecureTransport` come from tea (clients.md 3.1) and are not believed.
const COMMON: &[&str] = &[
    "AccessKeyId",
    "Action",
    "BearerToken",
    "Format",
    "SecureTransport",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureType",
    "SignatureVersion",
    "SourceIp",
    "Timestamp",
    "Version",
];

/// Headers that only V3 and token callers send; they read JSON whatever happens.
const V3_MARKS: &[&str] = &["x-acs-signature-nonce", "x-acs-bearer-token", "x-acs-content-sha256"];

/// Decodes a request: method, path, parameters, `Format`, in that order (wire.md section 5).
///
/// Parameters are those of the query and of the body together; in case of a repeated name the
/// body wins over the query (as the SDKs merge them), and the last one within one place. The
/// signature covers exactly the value that wins.
pub fn decode(received: &Received, limits: &Limits) -> Result<Call, ProtocolError> {
    let fail = |error: ProtocolError| error.answered_in(guess_format(received));
    if received.method != Method::GET && received.method != Method::POST {
        return Err(fail(gateway::unsupported_http_method()));
    }
    if received.path != "/" {
        return Err(fail(gateway::action_not_found()));
    }
    check_sizes(received, limits).map_err(fail)?;
    let mut parameters: Parameters =
        encoding::form(received.query.as_bytes(), limits).map_err(fail)?.into_iter().collect();
    let signed_query = match authorization::is_v3(received) {
        true => SignedQuery::of(&parameters),
        false => SignedQuery::default(),
    };
    add_body(&mut parameters, received, limits).map_err(fail)?;
    let common = take_common(&mut parameters);
    let v3 = reads_json(received);
    let format = match common.get("Format").filter(|format| !format.is_empty()) {
        None if v3 => Format::Json,
        None => Format::Xml,
        Some(text) => match Format::parse(text) {
            Some(format) => format,
            None if v3 => Format::Json,
            None => return Err(fail(gateway::invalid_format())),
        },
    };
    let credentials = credentials(received, &common);
    let named = |header: &str, parameter: &str| {
        match credentials {
            Credentials::V1(_) => None,
            _ => present(received.header(header)),
        }
        .or_else(|| present(common.get(parameter).cloned()))
    };
    let action = named("x-acs-action", "Action");
    let version = named("x-acs-version", "Version");
    let timestamp_ms = credentials.timestamp_ms();
    Ok(Call {
        action,
        version,
        format,
        parameters,
        credentials,
        common,
        timestamp_ms,
        signed_query,
    })
}

fn check_sizes(received: &Received, limits: &Limits) -> Result<(), ProtocolError> {
    let sizes = [
        ("query", received.query.len(), limits.max_query_bytes),
        ("body", received.body.len(), limits.max_body_bytes),
    ];
    for (part, bytes, limit) in sizes {
        if bytes > limit {
            return Err(gateway::invalid_request(format!(
                "The {part} is longer than {limit} bytes."
            )));
        }
    }
    Ok(())
}

/// Adds the parameters of the body, which override those of the query.
fn add_body(
    parameters: &mut Parameters,
    received: &Received,
    limits: &Limits,
) -> Result<(), ProtocolError> {
    match body_kind(received) {
        BodyKind::Form => parameters.extend(encoding::form(received.body, limits)?),
        BodyKind::Json => parameters.extend(json_body::flatten(received.body, limits)?),
        BodyKind::Opaque => {}
    }
    if parameters.len() > limits.max_parameters {
        return Err(encoding::too_many(limits));
    }
    Ok(())
}

enum BodyKind {
    Form,
    Json,
    Opaque,
}

/// The content type counts only for a body that is there (wire.md 1.1). V1 does not sign JSON
/// bodies, so it cannot believe them.
fn body_kind(received: &Received) -> BodyKind {
    if received.body.is_empty() {
        return BodyKind::Opaque;
    }
    let content_type = received.header("content-type").unwrap_or_default().to_ascii_lowercase();
    match content_type.split(';').next().unwrap_or_default().trim() {
        "" | "application/x-www-form-urlencoded" => BodyKind::Form,
        "application/json" if authorization::is_v3(received) => BodyKind::Json,
        _ => BodyKind::Opaque,
    }
}

fn take_common(parameters: &mut Parameters) -> Parameters {
    COMMON.iter().filter_map(|name| parameters.remove_entry(*name)).collect()
}

fn credentials(received: &Received, common: &Parameters) -> Credentials {
    if authorization::is_v3(received) {
        return Credentials::V3(authorization::read(received));
    }
    let has = |name: &str| common.contains_key(name);
    let header = |name: &str| received.headers.contains_key(name);
    if has("BearerToken") || header("x-acs-bearer-token") || header("x-acs-zero-trust-idtoken") {
        return Credentials::Bearer;
    }
    if !(has("Signature") || has("AccessKeyId") || has("SignatureMethod")) {
        return Credentials::Anonymous;
    }
    let text = |name: &str| present(common.get(name).cloned());
    Credentials::V1(V1Proof {
        access_key_id: text("AccessKeyId"),
        signature: text("Signature"),
        method: text("SignatureMethod"),
        version: text("SignatureVersion"),
        kind: text("SignatureType"),
        nonce: text("SignatureNonce"),
        timestamp: text("Timestamp"),
        security_token: text("SecurityToken"),
    })
}

fn reads_json(received: &Received) -> bool {
    authorization::is_v3(received)
        || V3_MARKS.iter().any(|name| received.headers.contains_key(*name))
}

/// The format to answer in while the parameters are not known to be readable.
fn guess_format(received: &Received) -> Format {
    if reads_json(received) {
        return Format::Json;
    }
    let pairs = |raw: &'_ [u8]| {
        raw.split(|&byte| byte == b'&')
            .filter_map(|pair| pair.strip_prefix(b"Format="))
            .filter_map(|text| Format::parse(std::str::from_utf8(text).ok()?))
            .next_back()
    };
    pairs(received.body).or_else(|| pairs(received.query.as_bytes())).unwrap_or(Format::Xml)
}
