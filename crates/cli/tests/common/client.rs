//! A signing client with one keep-alive connection.

use causeway_wire::{Parameters, sign};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub const KEY: &str = "crash-ak";
pub const SECRET: &str = "crash-sk";

pub struct Client {
    agent: ureq::Agent,
    endpoint: String,
}

/// How a call ended.
#[derive(Debug)]
pub enum Answer {
    Done(Value),
    Refused(String),
    /// The connection broke: nobody knows.
    Lost,
}

impl Client {
    pub fn new(endpoint: &str) -> Client {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(10)));
        Client { agent: config.build().into(), endpoint: endpoint.to_owned() }
    }

    pub fn call(&self, version: &str, action: &str, pairs: &[(&str, &str)]) -> Answer {
        static NONCE: AtomicU64 = AtomicU64::new(0);
        let mut parameters: Parameters =
            pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        parameters.insert("RegionId".into(), "cn-hangzhou".into());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let nonce = format!("{}-{}", now.as_nanos(), NONCE.fetch_add(1, Ordering::Relaxed));
        let key = sign::Key { id: KEY, secret: SECRET, security_token: None };
        let stamp = sign::Stamp { now_ms: now.as_millis() as i64, nonce: &nonce };
        let request = sign::Request::new(action, version, &parameters);
        let query = sign::v1(&request, &key, sign::V1Method::Sha1, &stamp);
        let sent = self.agent.post(format!("http://{}/?{query}", self.endpoint)).send_empty();
        let Ok(mut response) = sent else { return Answer::Lost };
        let Ok(text) = response.body_mut().read_to_string() else { return Answer::Lost };
        let Ok(body) = serde_json::from_str::<Value>(&text) else { return Answer::Lost };
        match body["Code"].as_str() {
            None => Answer::Done(body),
            Some("ServiceUnavailable") => Answer::Lost,
            Some(code) => Answer::Refused(code.to_owned()),
        }
    }

    pub fn vpc(&self, action: &str, pairs: &[(&str, &str)]) -> Answer {
        self.call("2016-04-28", action, pairs)
    }

    /// A call that must succeed, tried again while the server says that it is busy.
    pub fn must(&self, action: &str, pairs: &[(&str, &str)]) -> Value {
        self.must_in("2016-04-28", action, pairs)
    }

    pub fn must_in(&self, version: &str, action: &str, pairs: &[(&str, &str)]) -> Value {
        for _ in 0..500 {
            match self.call(version, action, pairs) {
                Answer::Done(body) => return body,
                Answer::Refused(code) if is_busy(&code) => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                other => panic!("{action}: {other:?}"),
            }
        }
        panic!("{action}: busy for too long");
    }
}

/// Codes clients retry (semantics.md 2.4).
pub fn is_busy(code: &str) -> bool {
    ["TaskConflict", "VpnGateway.Configuring", "VpnTask.CONFLICT", "IncorrectVpcStatus"]
        .contains(&code)
}
