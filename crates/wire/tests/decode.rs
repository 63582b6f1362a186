//! Decoding and the common checks: which error, in which format.

use causeway_wire::{Call, Credentials, Format, Limits, ProtocolError, Received, decode};
use http::{HeaderMap, HeaderName, Method};

fn with<T>(
    method: Method,
    path: &str,
    query: &str,
    headers: &[(&str, &str)],
    body: &str,
    read: impl FnOnce(&Received) -> T,
) -> T {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    }
    let body = body.as_bytes();
    read(&Received { method: &method, path, query, headers: &map, body })
}

fn call(query: &str, headers: &[(&str, &str)], body: &str) -> Result<Call, ProtocolError> {
    with(Method::POST, "/", query, headers, body, |received| decode(received, &Limits::default()))
}

const JSON: Option<Format> = Some(Format::Json);
const XML: Option<Format> = Some(Format::Xml);
const V3: (&str, &str) =
    ("Authorization", "ACS3-HMAC-SHA256 Credential=A,SignedHeaders=x-acs-date,Signature=0");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");

fn refused(result: Result<Call, ProtocolError>) -> (u16, String, Option<Format>) {
    let error = result.unwrap_err();
    (error.status, error.code.into_owned(), error.format)
}

#[test]
fn only_get_and_post_of_the_root() {
    for (method, path, query, status, code, format) in [
        (Method::PUT, "/", "Format=JSON", 400, "UnsupportedHTTPMethod", JSON),
        (Method::HEAD, "/", "", 400, "UnsupportedHTTPMethod", XML),
        (Method::GET, "/console", "Format=json", 404, "InvalidAction.NotFound", JSON),
        (Method::GET, "", "", 404, "InvalidAction.NotFound", XML),
    ] {
        let result = with(method, path, query, &[], "", |r| decode(r, &Limits::default()));
        assert_eq!(refused(result), (status, code.to_owned(), format));
    }
    assert!(with(Method::GET, "/", "", &[], "", |r| decode(r, &Limits::default())).is_ok());
}

#[test]
fn the_format_is_xml_unless_asked_or_v3() {
    let format = |query, headers: &[_]| call(query, headers, "").unwrap().format;
    assert_eq!(format("Action=X", &[]), Format::Xml);
    assert_eq!(format("Format=", &[]), Format::Xml);
    assert_eq!(format("Format=jSoN", &[]), Format::Json);
    assert_eq!(format("Action=X", &[V3]), Format::Json);
    assert_eq!(format("Action=X", &[("x-acs-bearer-token", "t")]), Format::Json);
    let xml = call("Format=xml", &[V3], "").unwrap();
    assert_eq!((xml.format, xml.error_format()), (Format::Xml, Format::Json));
    assert_eq!(call("Format=YAML", &[V3], "").unwrap().format, Format::Json);
    let yaml = refused(call("Format=YAML", &[], ""));
    assert_eq!(yaml, (400, "InvalidParameter.Format".to_owned(), XML));
}

#[test]
fn undecodable_requests_are_answered_in_the_format_they_name() {
    for (query, headers, body, format) in [
        ("A=%FF&Format=json", &[][..], "", JSON),
        ("A=%FF", &[], "", XML),
        ("A=%FF&Format=xml", &[V3], "", JSON),
        ("Format=xml", &[FORM], "Format=JSON&A=%FF", JSON),
    ] {
        let expected = (400, "InvalidParameter".to_owned(), format);
        assert_eq!(refused(call(query, headers, body)), expected, "{query} {body}");
    }
}

#[test]
fn the_body_wins_over_the_query_and_the_last_name_over_the_first() {
    let call = call("A=1&A=2&B=1", &[FORM], "B=2&B=3&C=4").unwrap();
    let pairs: Vec<_> = call.parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(pairs, [("A", "2"), ("B", "3"), ("C", "4")]);
}

#[test]
fn the_content_type_decides_about_a_body_that_is_there() {
    let b = |headers: &[_], body| call("", headers, body).map(|c| c.parameters.get("B").cloned());
    let json = ("Content-Type", "application/json; charset=utf-8");
    assert_eq!(b(&[], "B=1"), Ok(Some("1".to_owned())));
    assert_eq!(b(&[json, V3], r#"{"B":1}"#), Ok(Some("1".to_owned())));
    // V1 does not sign JSON, so it cannot be believed.
    assert_eq!(b(&[json], r#"{"B":1}"#), Ok(None));
    assert_eq!(b(&[("Content-Type", "application/octet-stream")], "B=1"), Ok(None));
    assert_eq!(b(&[json, V3], ""), Ok(None));
    assert_eq!(b(&[json, V3], "[]").unwrap_err().message, "The body is not a JSON object.");
}

#[test]
fn sizes_are_bounded_before_decoding() {
    let limits = Limits { max_query_bytes: 3, max_body_bytes: 4, ..Limits::default() };
    let decode =
        |query, body| with(Method::POST, "/", query, &[FORM], body, |r| decode(r, &limits));
    assert!(decode("A=1", "B=22").is_ok());
    assert_eq!(decode("A=12", "").unwrap_err().message, "The query is longer than 3 bytes.");
    assert_eq!(decode("", "A=123").unwrap_err().message, "The body is longer than 4 bytes.");
    let limits = Limits { max_parameters: 2, ..Limits::default() };
    let result =
        with(Method::POST, "/", "A&B", &[FORM], "C", |r| causeway_wire::decode(r, &limits));
    assert!(result.unwrap_err().message.contains("more than 2 parameters"));
}

#[test]
fn actions_come_from_headers_only_in_v3() {
    let headers = [V3, ("x-acs-action", "A"), ("x-acs-version", "2016-04-28")];
    let v3 = call("Action=B&Version=2", &headers, "").unwrap();
    assert_eq!((v3.action.as_deref(), v3.version.as_deref()), (Some("A"), Some("2016-04-28")));
    // Java core leaves them in the query (wire.md section 1).
    let java = call("Action=B&Version=2", &[V3], "").unwrap();
    assert_eq!((java.action.as_deref(), java.version.as_deref()), (Some("B"), Some("2")));
    // In V1 the headers are not signed.
    let v1 = call("AccessKeyId=A", &headers[1..], "").unwrap();
    assert_eq!((v1.action, v1.version), (None, None));
}

/// All common parameters of V1, one of them replaced or left out.
fn v1_except(name: &str, value: Option<&str>) -> ProtocolError {
    let common = [
        ("AccessKeyId", "AK"),
        ("Signature", "c2ln"),
        ("SignatureMethod", "HMAC-SHA1"),
        ("Timestamp", "2026-11-20T10:06:34Z"),
        ("SignatureVersion", "1.0"),
        ("SignatureNonce", "n"),
        ("SignatureType", ""),
    ];
    let query: Vec<String> = common
        .iter()
        .filter_map(|(n, v)| Some((n, if *n == name { value? } else { v })))
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    call(&query.join("&"), &[], "").unwrap().check_common().unwrap_err()
}

#[test]
fn every_common_parameter_of_v1_is_needed() {
    for name in [
        "AccessKeyId",
        "Signature",
        "SignatureMethod",
        "Timestamp",
        "SignatureVersion",
        "SignatureNonce",
    ] {
        for value in [None, Some("")] {
            let error = v1_except(name, value);
            assert_eq!(error.code, format!("Missing{name}"));
            assert_eq!(error.message, format!("{name} is mandatory for this action."));
            assert_eq!((error.status, error.format), (400, XML));
        }
    }
    for (name, value, code) in [
        ("SignatureMethod", "HMAC-MD5", "InvalidSignatureMethod"),
        ("SignatureVersion", "2.0", "InvalidSignatureVersion"),
        ("SignatureType", "PRIVATEKEY", "InvalidSignatureType"),
        ("Timestamp", "2026-11-20T10:06:34", "InvalidTimeStamp.Format"),
        ("Timestamp", "2026-11-20T10:06:34.000Z", "InvalidTimeStamp.Format"),
        ("Timestamp", "2026-13-20T10:06:34Z", "InvalidTimeStamp.Format"),
    ] {
        assert_eq!(v1_except(name, Some(value)).code, code);
    }
}

#[test]
fn v3_needs_its_headers_and_signs_all_of_them() {
    let all = [
        ("x-acs-date", "2026-11-20T10:06:35Z"),
        ("x-acs-signature-nonce", "n"),
        ("x-acs-content-sha256", "00"),
    ];
    let signed = "x-acs-date;x-acs-signature-nonce;x-acs-content-sha256";
    let code = |authorization: &str, headers: &[(&str, &str)]| {
        let all = [&[("authorization", authorization)], headers].concat();
        let error = call("", &all, "").unwrap().check_common().err()?;
        assert_eq!(error.format, JSON);
        Some(error.code.into_owned())
    };
    let good = format!("ACS3-HMAC-SHA256 Credential=A,SignedHeaders={signed},Signature=0");
    assert_eq!(code(&good, &all), None);
    for (left_out, expected) in
        ["MissingTimestamp", "MissingSignatureNonce", "MissingContentSha256"].iter().enumerate()
    {
        let mut some = all.to_vec();
        some.remove(left_out);
        assert_eq!(code(&good, &some).as_deref(), Some(*expected));
    }
    for (authorization, expected) in [
        ("ACS3-HMAC-SHA256".to_owned(), "MissingAccessKeyId"),
        (good.replace("Credential=A,", ""), "MissingAccessKeyId"),
        (good.replace("Signature=0", ""), "MissingSignature"),
        (good.replace("HMAC-SHA256", "HMAC-SM3"), "InvalidSignatureMethod"),
        (good.replace("x-acs-date;", ""), "InvalidSignedHeaders"),
    ] {
        assert_eq!(code(&authorization, &all).as_deref(), Some(expected), "{authorization}");
    }
}

#[test]
fn callers_without_a_key_are_told_so() {
    let anonymous = call("Action=X&Version=2016-04-28", &[], "").unwrap();
    assert_eq!(anonymous.credentials, Credentials::Anonymous);
    assert_eq!(anonymous.check_common().unwrap_err().code, "MissingAccessKeyId");
    let bearer = call("SignatureType=BEARERTOKEN", &[("x-acs-bearer-token", "t")], "").unwrap();
    assert_eq!(bearer.check_common().unwrap_err().code, "InvalidSignatureType");
    for call in [anonymous, bearer] {
        assert!(with(Method::POST, "/", "", &[], "", |r| call.verify(r, "s")).is_err());
        assert_eq!((call.access_key_id(), call.nonce(), call.timestamp_ms()), (None, None, None));
    }
}

/// A client that writes a space as `+` while signing AssumeRole (wire.md section 2) is believed for
/// that action alone. The signatures are independent of this crate.
#[test]
fn the_known_client_defect_is_forgiven_for_assume_role_only() {
    let query = |action: &str, signature: &str| {
        format!(
            "AccessKeyId=AK&Action={action}&Policy=a%20b&SignatureMethod=HMAC-SHA1&SignatureNonce=n\
             &SignatureVersion=1.0&Timestamp=2026-11-20T10:06:34Z&Version=2015-04-01&Signature={signature}"
        )
    };
    let verify = |query: &str| {
        with(Method::GET, "/", query, &[], "", |received| {
            decode(received, &Limits::default())?.verify(received, "secret")
        })
    };
    assert_eq!(verify(&query("AssumeRole", "VDK2etvGBCsiyqApFjLe0R3Vw4Q%3D")), Ok(()));
    assert_eq!(verify(&query("AssumeRole", "MUM0bzUsJfEOi%2FGzpUj0H9Fmd%2B4%3D")), Ok(()));
    assert!(verify(&query("DescribeVpcs", "7wCyEFpk3FNcAANV5Qd4k96%2FZwg%3D")).is_err());
    assert_eq!(verify(&query("DescribeVpcs", "n12q0ozakeTxSjQGGn7yR%2FWZNzI%3D")), Ok(()));
}
