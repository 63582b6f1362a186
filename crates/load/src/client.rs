//! Calls whose answers are needed: what a bench sets up before it measures.

use std::net::SocketAddr;
use std::thread::scope;

use anyhow::{Context, anyhow, ensure};
use serde_json::Value;

use crate::http::Connection;
use crate::sign::Signer;

/// Connections that set things up side by side, so that their changes share commits.
const SIDE_BY_SIDE: usize = 16;

/// A connection to Causeway.
pub struct Client<'a> {
    connection: Connection,
    signer: &'a Signer,
}

impl Client<'_> {
    /// Calls an action; anything but success is an error.
    pub fn call(
        &mut self,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> anyhow::Result<Value> {
        let request = self.signer.request(version, action, parameters);
        let answer = self.connection.exchange(&request)?;
        let text = String::from_utf8_lossy(answer.body);
        ensure!(answer.status == 200, "{action} was answered {}: {text}", answer.status);
        serde_json::from_str(&text).with_context(|| format!("the answer of {action}"))
    }
}

/// Does something for each of `items` over several connections; the results are in their order.
pub fn each<'a, T: Sync, R: Send>(
    address: SocketAddr,
    signer: &'a Signer,
    items: &[T],
    run: impl Fn(&mut Client<'a>, &T) -> anyhow::Result<R> + Sync,
) -> anyhow::Result<Vec<R>> {
    let share = items.len().div_ceil(SIDE_BY_SIDE).max(1);
    let of_share = |items: &[T]| -> anyhow::Result<Vec<R>> {
        let mut client = Client { connection: Connection::open(address)?, signer };
        items.iter().map(|item| run(&mut client, item)).collect()
    };
    let shares = scope(|scope| {
        let of_share = &of_share;
        let spawn = |items| scope.spawn(move || of_share(items));
        let shares: Vec<_> = items.chunks(share).map(spawn).collect();
        shares.into_iter().map(|share| share.join()).collect::<Vec<_>>()
    });
    let mut results = Vec::with_capacity(items.len());
    for share in shares {
        results.extend(share.map_err(|_| anyhow!("setting up panicked"))??);
    }
    Ok(results)
}

/// A text of an answer.
pub fn text(answer: &Value, field: &str) -> anyhow::Result<String> {
    let text = answer[field].as_str().with_context(|| format!("no {field} in {answer}"))?;
    Ok(text.to_owned())
}
