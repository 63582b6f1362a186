//! Sends one signed call to the server.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow};
use causeway_wire::{Parameters, sign};
use data_encoding::HEXLOWER;

use crate::settings::SettingsError;
use crate::target::Target;

const TIMEOUT: Duration = Duration::from_secs(60);

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// Calls an action, signed with V3 as the newer SDKs do, over plain HTTP. Never through a proxy.
///
/// # Errors
/// If the server cannot be reached or does not answer in time. An error answer is a [`Reply`].
pub fn call(
    target: &Target,
    action: &str,
    version: &str,
    parameters: &Parameters,
) -> anyhow::Result<Reply> {
    let endpoint = target.endpoint();
    let nonce = nonce()?;
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let stamp = sign::Stamp { now_ms: i64::try_from(now_ms)?, nonce: &nonce };
    let key = sign::Key { id: &target.key.id, secret: &target.key.secret, security_token: None };
    let request = sign::Request::new(action, version, parameters);
    let signed = sign::v3(&request, &endpoint, &key, &stamp, None, b"").map_err(|_| {
        SettingsError(format!("{action:?} or {version:?} cannot be sent in a header"))
    })?;

    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .max_redirects(0)
        .timeout_global(Some(TIMEOUT))
        .user_agent(concat!("causeway/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let mut post = agent.post(format!("http://{endpoint}/?{}", signed.query));
    for (name, value) in &signed.headers {
        post = post.header(name, value);
    }
    let mut answer = post.header("accept", "application/json").send_empty().map_err(|fault| {
        let fault = match fault {
            ureq::Error::Io(fault) => fault.to_string(),
            other => other.to_string(),
        };
        anyhow!(
            "cannot reach a server at {endpoint}: {fault}\nStart one with `causeway serve`, or say where it is with \
             --listen ADDR:PORT or --data DIR."
        )
    })?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().read_to_string().context("the answer ended early")?;
    Ok(Reply { status, body })
}

fn nonce() -> anyhow::Result<String> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|fault| anyhow!("the system gives no randomness: {fault}"))?;
    Ok(HEXLOWER.encode(&bytes))
}

#[cfg(test)]
#[path = "client/tests.rs"]
mod tests;
