//! An engine to call as clients do: signed requests in, JSON out.

#![allow(dead_code, reason = "each test binary uses a part of this")]

pub mod disk;

use bytes::Bytes;
use causeway_engine::{AuditSettings, Clock, Config, Engine, Peer, RootKey, StoreOpener, Throttle};
use causeway_model::{Options, Quotas, TaskLength};
use causeway_operations::Enforcement;
use causeway_store::{Memory, Store};
use causeway_wire::{Parameters, sign};
use http::Request;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};

pub mod principal;

pub const KEY: &str = "test-ak";
pub const SECRET: &str = "test-sk";
/// Where calls come from unless a test says otherwise.
pub const PEER: Peer = Peer { address: IpAddr::V4(Ipv4Addr::LOCALHOST), secure: false };

pub fn config() -> Config {
    Config {
        account: "1234567890123456".into(),
        regions: vec!["cn-hangzhou".into(), "cn-beijing".into()],
        root_key: RootKey { id: KEY.into(), secret: SECRET.into() },
        seed: Some(1),
        other_accounts: Vec::new(),
        tasks: TaskLength::Immediate,
        clock: Clock::Real,
        quotas: Quotas::default(),
        options: Options::default(),
        throttle: Throttle::default(),
        ram_enforce: Enforcement::On,
        audit: AuditSettings::default(),
    }
}

pub fn memory() -> StoreOpener {
    Box::new(|| Ok(Box::new(Memory::new()) as Box<dyn Store>))
}

pub fn engine(config: Config) -> Engine {
    Engine::start(config, memory(), 1).expect("an engine")
}

pub fn now_ms() -> i64 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64
}

pub fn nonce() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("nonce-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

pub fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

/// A request signed the way the older SDKs do, by the account's own key.
pub fn signed(version: &str, action: &str, parameters: &Parameters) -> Request<Bytes> {
    signed_by((KEY, SECRET), version, action, parameters)
}

/// A request signed with a key's id and secret.
pub fn signed_by(
    (id, secret): (&str, &str),
    version: &str,
    action: &str,
    parameters: &Parameters,
) -> Request<Bytes> {
    signed_with(&sign::Key { id, secret, security_token: None }, version, action, parameters)
}

/// A request signed with any key.
pub fn signed_with(
    key: &sign::Key,
    version: &str,
    action: &str,
    parameters: &Parameters,
) -> Request<Bytes> {
    let nonce = nonce();
    let stamp = sign::Stamp { now_ms: now_ms(), nonce: &nonce };
    let request = sign::Request::new(action, version, parameters);
    let query = sign::v1(&request, key, sign::V1Method::Sha1, &stamp);
    Request::post(format!("/?{query}")).header("host", "localhost").body(Bytes::new()).unwrap()
}

/// Sends a request and reads status and body.
pub async fn send(engine: &Engine, request: Request<Bytes>) -> (u16, Value) {
    let response = engine.call(request, PEER).await;
    let status = response.status().as_u16();
    let body = serde_json::from_slice(response.body()).expect("answers are JSON");
    (status, body)
}

/// Calls an action of product Vpc in cn-hangzhou.
pub async fn call(engine: &Engine, action: &str, pairs: &[(&str, &str)]) -> (u16, Value) {
    let mut all = parameters(pairs);
    all.entry("RegionId".into()).or_insert_with(|| "cn-hangzhou".into());
    send(engine, signed("2016-04-28", action, &all)).await
}

/// Calls an action that must succeed.
pub async fn ok(engine: &Engine, action: &str, pairs: &[(&str, &str)]) -> Value {
    let (status, body) = call(engine, action, pairs).await;
    assert_eq!(status, 200, "{action}: {body}");
    body
}

/// The usual settings with these limits.
pub fn with_throttle(throttle: Throttle) -> Config {
    Config { throttle, ..config() }
}
