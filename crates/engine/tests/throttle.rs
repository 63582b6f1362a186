//! Calls that come too often, and requests that came before.

mod common;

use causeway_engine::{Engine, Rate, Throttle};
use causeway_wire::sign;
use common::disk::Disk;
use common::{
    KEY, PEER, SECRET, config, engine, nonce, now_ms, ok, parameters, send, signed, signed_by,
};
use http::{Request, Response};

type Bytes = bytes::Bytes;

fn describe_by(secret: &str) -> Request<Bytes> {
    signed_by(
        (KEY, secret),
        "2016-04-28",
        "DescribeVpcs",
        &parameters(&[("RegionId", "cn-hangzhou")]),
    )
}

fn code_of(response: &Response<Bytes>) -> String {
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    body["Code"].as_str().unwrap_or("none").to_owned()
}

/// The header that tells when to come back; one to a thousand milliseconds.
fn assert_says_when(response: &Response<Bytes>) {
    let wait_ms: u64 = response.headers()["x-acs-retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=1000).contains(&wait_ms), "{wait_ms}");
}

#[tokio::test]
async fn an_action_called_too_often_is_told_when_to_come_back() {
    let throttle = Throttle { per_action: Rate::per_second(2), ..Throttle::default() };
    let engine = engine(common::with_throttle(throttle));
    let mut refused = None;
    // A second's worth and one: unless each takes half a second, one is too many.
    for _ in 0..20 {
        let response = engine.call(describe_by(SECRET), PEER).await;
        if response.status() != 200 {
            refused = Some(response);
            break;
        }
    }
    let refused = refused.expect("twenty calls at once are too many");
    assert_eq!((refused.status().as_u16(), code_of(&refused).as_str()), (400, "Throttling.Api"));
    assert_says_when(&refused);
    let regions = signed("2016-04-28", "DescribeRegions", &parameters(&[]));
    assert_eq!(send(&engine, regions).await.0, 200, "another action has its own");
    // A stranger must not use up what the account may: these prove nobody.
    for _ in 0..5 {
        let (status, body) = send(&engine, describe_by("wrong")).await;
        assert_ne!(status, 200);
        assert!(!body["Code"].as_str().unwrap().starts_with("Throttling"), "{body}");
    }
}

#[tokio::test]
async fn strangers_are_not_looked_at_without_end() {
    let throttle = Throttle { failed: Rate::per_second(3), ..Throttle::default() };
    let engine = engine(common::with_throttle(throttle));
    let mut refused = None;
    for _ in 0..50 {
        let response = engine.call(describe_by("wrong"), PEER).await;
        if code_of(&response) == "Throttling" {
            refused = Some(response);
            break;
        }
    }
    assert_says_when(&refused.expect("fifty failures at once are too many"));
    let elsewhere = causeway_engine::Peer { address: "192.0.2.9".parse().unwrap(), ..PEER };
    // Two addresses share a bucket once in 4096 starts; three of them as good as never.
    let mut served = false;
    for last in 1..=3 {
        let address = std::net::Ipv4Addr::new(192, 0, 2, last).into();
        let peer = causeway_engine::Peer { address, ..elsewhere };
        served |= engine.call(describe_by(SECRET), peer).await.status() == 200;
    }
    assert!(served, "other addresses are served");
}

/// The same call, signed some time ago.
fn signed_earlier(ago_ms: i64) -> Request<Bytes> {
    let (all, nonce) = (parameters(&[("RegionId", "cn-hangzhou")]), nonce());
    let key = sign::Key { id: KEY, secret: SECRET, security_token: None };
    let stamp = sign::Stamp { now_ms: now_ms() - ago_ms, nonce: &nonce };
    let request = sign::Request::new("DescribeVpcs", "2016-04-28", &all);
    let query = sign::v1(&request, &key, sign::V1Method::Sha1, &stamp);
    Request::post(format!("/?{query}")).header("host", "localhost").body(Bytes::new()).unwrap()
}

#[tokio::test]
async fn requests_of_an_earlier_process_are_refused() {
    let disk = Disk::new();
    let first = Engine::start(config(), disk.opener(), 1).unwrap();
    ok(&first, "CreateVpc", &[]).await;
    let (status, body) = send(&first, signed_earlier(60_000)).await;
    assert_eq!(status, 200, "no process was before this one: {body}");
    first.stop();
    let second = Engine::start(config(), disk.opener(), 1).unwrap();
    let (status, body) = send(&second, signed_earlier(60_000)).await;
    assert_eq!((status, body["Code"].as_str()), (400, Some("InvalidTimeStamp.Expired")));
    assert_eq!(send(&second, signed_earlier(0)).await.0, 200, "signed anew it is fine");
}
