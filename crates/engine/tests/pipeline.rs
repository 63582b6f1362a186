//! The order of the pipeline: of several faults in one request, the earliest is answered.

mod common;

use bytes::Bytes;
use causeway_engine::Engine;
use causeway_wire::{Parameters, sign};
use common::{KEY, SECRET, config, now_ms, ok, send, signed};
use http::{Method, Request};
use serde_json::Value;

/// A request in parts, so that each fault can be put right by itself.
struct Draft {
    method: Method,
    secret: &'static str,
    signed_parameters: Parameters,
    timestamp_ms: i64,
    nonce: String,
    /// Replaces the value of a query parameter after signing.
    after: Vec<(&'static str, &'static str)>,
    garbage: &'static str,
}

impl Draft {
    fn request(&self, version: &str, action: &str) -> Request<Bytes> {
        let key = sign::Key { id: KEY, secret: self.secret, security_token: None };
        let stamp = sign::Stamp { now_ms: self.timestamp_ms, nonce: &self.nonce };
        let request = sign::Request::new(action, version, &self.signed_parameters);
        let mut query = sign::v1(&request, &key, sign::V1Method::Sha1, &stamp);
        for (name, value) in &self.after {
            let kept = query.split('&').filter(|pair| !pair.starts_with(&format!("{name}=")));
            query = kept.collect::<Vec<_>>().join("&");
            if !value.is_empty() {
                query += &format!("&{name}={value}");
            }
        }
        query += self.garbage;
        let uri = format!("/?{query}");
        Request::builder().method(self.method.clone()).uri(uri).body(Bytes::new()).unwrap()
    }

    fn set(&mut self, name: &str, value: &str) {
        self.signed_parameters.insert(name.into(), value.into());
    }

    fn fixed(&mut self, name: &str) {
        self.after.retain(|(faulty, _)| *faulty != name);
    }
}

async fn code(engine: &Engine, request: Request<Bytes>) -> (u16, String) {
    let response = engine.call(request, common::PEER).await;
    let status = response.status().as_u16();
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    // Before the format is read, and with Format=JSON gone, errors are XML (quirk Q7).
    let code = match serde_json::from_str::<Value>(&body) {
        Ok(body) => body["Code"].as_str().unwrap_or("(none)").to_owned(),
        Err(_) => body.split("<Code>").nth(1).unwrap().split('<').next().unwrap().to_owned(),
    };
    (status, code)
}

/// One request with every fault there is; they are put right one after the other.
#[tokio::test]
async fn faults_are_answered_in_order() {
    let engine = common::engine(config());
    let used =
        signed("2016-04-28", "CreateVpc", &common::parameters(&[("RegionId", "cn-hangzhou")]));
    let used_nonce = used
        .uri()
        .query()
        .unwrap()
        .split('&')
        .find_map(|pair| pair.strip_prefix("SignatureNonce="))
        .unwrap()
        .to_owned();
    assert_eq!(send(&engine, used).await.0, 200);
    let taken =
        [("RegionId", "cn-hangzhou"), ("ClientToken", "taken"), ("CidrBlock", "10.0.0.0/8")];
    ok(&engine, "CreateVpc", &taken).await;

    let mut draft = Draft {
        method: Method::PUT,
        secret: "wrong",
        signed_parameters: Parameters::new(),
        timestamp_ms: now_ms() - 16 * 60 * 1000,
        nonce: used_nonce,
        after: vec![
            ("Format", "YAML"),
            ("Version", "1999-01-01"),
            ("Action", "Nothing"),
            ("SignatureMethod", ""),
            ("Timestamp", "yesterday"),
            ("AccessKeyId", "unknown"),
        ],
        garbage: "&broken=%ZZ",
    };
    type Fix = fn(&mut Draft);
    let steps: &[(u16, &str, Fix)] = &[
        (400, "UnsupportedHTTPMethod", |d| d.method = Method::POST),
        (400, "InvalidParameter", |d| d.garbage = ""),
        (400, "InvalidParameter.Format", |d| d.fixed("Format")),
        (400, "InvalidVersion", |d| d.fixed("Version")),
        (404, "InvalidAction.NotFound", |d| d.fixed("Action")),
        (400, "MissingSignatureMethod", |d| d.after.push(("SignatureMethod", "MD5"))),
        (400, "InvalidSignatureMethod", |d| d.after.retain(|(name, _)| *name != "SignatureMethod")),
        (400, "InvalidTimeStamp.Format", |d| d.fixed("Timestamp")),
        (400, "InvalidTimeStamp.Expired", |d| d.timestamp_ms = now_ms()),
        (404, "InvalidAccessKeyId.NotFound", |d| d.fixed("AccessKeyId")),
        (400, "SignatureDoesNotMatch", |d| d.secret = SECRET),
        (400, "SignatureNonceUsed", |d| d.set("EnableIpv6", "perhaps")),
        // From here on every request is believed.
        (400, "MissingRegionId", |d| d.set("RegionId", "mars")),
        (400, "InvalidParameter", |d| d.set("EnableIpv6", "true")),
        (404, "InvalidRegionId.NotFound", |d| d.set("RegionId", "cn-hangzhou")),
        (400, "InvalidParameter", |d| d.set("ClientToken", "taken")), // S-VR-19
        (400, "IdempotentParameterMismatch", |d| d.set("ClientToken", "fresh")),
        (400, "InvalidParameter", |d| d.set("CidrBlock", "10.0.0.0/8")),
        (400, "DryRunOperation", |d| d.set("DryRun", "False")),
    ];
    draft.set("ClientToken", &"x".repeat(65));
    draft.set("CidrBlock", "nonsense");
    draft.set("DryRun", "True");
    let rows = engine.row_count();
    for (at, (status, expected, fix)) in steps.iter().enumerate() {
        let answer = code(&engine, draft.request("2016-04-28", "CreateVpc")).await;
        assert_eq!(answer, (*status, expected.to_string()), "step {at}");
        assert_eq!(engine.row_count(), rows, "{expected} changed something");
        fix(&mut draft);
        if at >= 11 {
            draft.nonce = common::nonce();
        }
    }
    let request = draft.request("2016-04-28", "CreateVpc");
    assert_eq!(engine.call(request, common::PEER).await.status(), 200);
}

/// S-VR-20: a token may be left out, and then every request stands for itself.
#[tokio::test]
async fn tokens_stand_for_one_request_of_one_operation() {
    let engine = common::engine(config());
    let body = |pairs: &'static [(&str, &str)]| ok(&engine, "CreateVpc", pairs);
    let first = body(&[("ClientToken", "a"), ("VpcName", "x")]).await;
    let replay = body(&[("ClientToken", "a"), ("VpcName", "x")]).await;
    assert_eq!(first["VpcId"], replay["VpcId"]);
    assert_ne!(first["RequestId"], replay["RequestId"], "A17");
    let others = [
        body(&[("ClientToken", "A"), ("VpcName", "x")]).await,
        body(&[("VpcName", "x")]).await,
        body(&[("VpcName", "x")]).await,
        body(&[("ClientToken", ""), ("VpcName", "x")]).await,
    ];
    let mut ids: Vec<_> = others.iter().map(|body| body["VpcId"].to_string()).collect();
    ids.push(first["VpcId"].to_string());
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);

    let refused = common::call(&engine, "CreateVpc", &[("ClientToken", "ü")]).await;
    assert_eq!((refused.0, &refused.1["Code"]), (400, &Value::from("InvalidParameter"))); // S-VR-19
}

/// S-VR-36, S-VR-37: a dry run checks, leaves nothing behind, and takes no token.
#[tokio::test]
async fn a_dry_run_leaves_nothing() {
    let engine = common::engine(config());
    let dry = [("ClientToken", "t"), ("DryRun", "true")];
    let (status, body) = common::call(&engine, "CreateVpc", &dry).await;
    assert_eq!((status, &body["Code"]), (400, &Value::from("DryRunOperation")), "quirk Q2");
    assert_eq!(body["Message"], "Request validation has been passed with DryRun flag set.");
    assert_eq!(engine.row_count(), 0);
    let bad = [("DryRun", "true"), ("CidrBlock", "x")];
    assert_eq!(common::call(&engine, "CreateVpc", &bad).await.1["Code"], "InvalidParameter");
    ok(&engine, "CreateVpc", &[("ClientToken", "t"), ("DryRun", "false")]).await;
}

#[tokio::test]
async fn errors_have_the_shape_clients_read() {
    let engine = common::engine(config());
    let request = [("VpcId", "vpc-unknown"), ("RegionId", "cn-hangzhou")];
    let all = common::parameters(&request);
    let response =
        engine.call(signed("2016-04-28", "DescribeVpcAttribute", &all), common::PEER).await;
    assert_eq!(response.status(), 404);
    let headers = response.headers();
    assert_eq!(headers["content-type"], "application/json;charset=utf-8");
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(headers["x-acs-request-id"].to_str().unwrap(), body["RequestId"].as_str().unwrap());
    for name in ["RequestId", "HostId", "Code", "Message", "Recommend"] {
        assert!(body[name].as_str().is_some_and(|text| !text.is_empty()), "{name}");
    }
    assert_eq!(body["HostId"], "localhost");
}

/// Unknown and hidden parameters are accepted (clients.md 11), and counted when nobody reads them.
#[tokio::test]
async fn unknown_parameters_are_accepted_but_seen() {
    let engine = common::engine(config());
    ok(&engine, "CreateVpc", &[("Fancy.1.New", "x"), ("OwnerId", "1")]).await;
    assert!(engine.metrics().contains("causeway_unread_parameters_total 1"));
}

#[tokio::test]
async fn regions_are_separate() {
    let engine = common::engine(config());
    let vpc = ok(&engine, "CreateVpc", &[]).await["VpcId"].as_str().unwrap().to_owned();
    let here = [("VpcId", vpc.as_str())];
    let there = [("VpcId", vpc.as_str()), ("RegionId", "cn-beijing")];
    assert_eq!(common::call(&engine, "DescribeVpcAttribute", &here).await.0, 200);
    assert_eq!(common::call(&engine, "DescribeVpcAttribute", &there).await.0, 404);
    // Where RegionId may be left out, the first region is meant.
    let all = common::parameters(&[("ResourceType", "Instance"), ("VpcId", &vpc)]);
    let (status, body) = send(&engine, signed("2026-11-20", "RegisterResource", &all)).await;
    assert_eq!(status, 200, "{body}");
}
