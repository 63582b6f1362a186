//! What `sign` makes, `decode` and `verify` believe, and nothing else.

use causeway_wire::sign::{Key, Request, Stamp, V1Method, v1, v3};
use causeway_wire::{Call, Format, Limits, Parameters, ProtocolError, Received, decode};
use http::{HeaderMap, HeaderValue, Method};
use proptest::prelude::*;

const STAMP: Stamp = Stamp { now_ms: 1_795_169_194_000, nonce: "0c6b68397f55e27a" };

fn believe(received: &Received, secret: &str) -> Result<Call, ProtocolError> {
    let call = decode(received, &Limits::default())?;
    call.check_common()?;
    call.check_time(STAMP.now_ms)?;
    call.verify(received, secret)?;
    Ok(call)
}

/// Names no common parameter has.
fn parameters() -> impl Strategy<Value = Parameters> {
    prop::collection::btree_map("[a-z][A-Za-z0-9.]{0,12}", any::<String>(), 0..8)
}

fn form_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert("content-type", form);
    headers
}

proptest! {
    #[test]
    fn v1_in_query_and_in_body(
        parameters in parameters(),
        secret in any::<String>(),
        token in prop::option::of("[ -~]{1,30}"),
        sha1 in any::<bool>(),
    ) {
        let key = Key { id: "LTAI5t", secret: &secret, security_token: token.as_deref() };
        let request = Request::new("CreateVcoRouteEntry", "2016-04-28", &parameters);
        let method = if sha1 { V1Method::Sha1 } else { V1Method::Sha256 };
        let signed = v1(&request, &key, method, &STAMP);
        let (empty, headers, post) = (HeaderMap::new(), form_headers(), Method::POST);
        let query =
            Received { method: &post, path: "/", query: &signed, headers: &empty, body: b"" };
        let body =
            Received { query: "", headers: &headers, body: signed.as_bytes(), ..query };
        for received in [query, body] {
            let call = believe(&received, &secret).unwrap();
            prop_assert_eq!(&call.parameters, &parameters);
            prop_assert_eq!(call.action.as_deref(), Some("CreateVcoRouteEntry"));
            prop_assert_eq!(call.version.as_deref(), Some("2016-04-28"));
            prop_assert_eq!(call.security_token(), token.as_deref());
            prop_assert_eq!(call.nonce(), Some(STAMP.nonce));
            prop_assert_eq!(call.format, Format::Json);
            let wrong = call.verify(&received, &format!("{secret}x")).unwrap_err();
            prop_assert_eq!(&*wrong.code, "SignatureDoesNotMatch");
            let get = Received { method: &Method::GET, ..received };
            prop_assert!(call.verify(&get, &secret).is_err(), "the method is signed");
        }
    }

    #[test]
    fn v3_with_any_body(
        parameters in parameters(),
        secret in any::<String>(),
        token in prop::option::of("[!-~]{1,30}"),
        body in prop::collection::vec(any::<u8>(), 0..50),
    ) {
        let key = Key { id: "LTAI5t", secret: &secret, security_token: token.as_deref() };
        let request = Request::new("CreateVcoRouteEntry", "2016-04-28", &parameters);
        let opaque = Some("application/octet-stream");
        let signed = v3(&request, "127.0.0.1:8080", &key, &STAMP, opaque, &body).unwrap();
        let received = Received {
            method: &Method::POST,
            path: "/",
            query: &signed.query,
            headers: &signed.headers,
            body: &body,
        };
        let call = believe(&received, &secret).unwrap();
        prop_assert_eq!(&call.parameters, &parameters);
        prop_assert_eq!(call.action.as_deref(), Some("CreateVcoRouteEntry"));
        prop_assert_eq!(call.security_token(), token.as_deref());
        let longer = [&body[..], b"x"].concat();
        let error = call.verify(&Received { body: &longer, ..received }, &secret).unwrap_err();
        prop_assert_eq!(&*error.code, "SignatureDoesNotMatch");
        let wrong = call.verify(&received, &format!("{secret}x")).unwrap_err();
        prop_assert_eq!(&*wrong.code, "SignatureDoesNotMatch");
    }

    #[test]
    fn no_request_panics(
        query in ".{0,80}",
        headers in prop::collection::vec(
            ("(authorization|content-type|x-acs-[a-z]{1,6}|x-acs-date)", "[ -~]{0,60}"), 0..5),
        authorization in "ACS3-HMAC-SHA256 (Credential=[a-z]{0,3},|Signature=[a-z]{0,3},|SignedHeaders=[a-z;]{0,9},){0,4}",
        body in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let mut map = HeaderMap::new();
        map.insert("authorization", authorization.parse().unwrap());
        for (name, value) in &headers {
            let name: http::HeaderName = name.parse().unwrap();
            map.append(name, value.parse().unwrap());
        }
        let received =
            Received { method: &Method::POST, path: "/", query: &query, headers: &map, body: &body };
        if let Ok(call) = decode(&received, &Limits::default()) {
            let _ = call.check_common();
            prop_assert!(call.verify(&received, "secret").is_err());
        }
    }
}
