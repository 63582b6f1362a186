//! `causeway link`: sets simulated links down or up, makes them bad, lists them.

use anyhow::Context;
use causeway_wire::Parameters;
use serde_json::Value;

use crate::api::{self, OWN_VERSION, Outcome};
use crate::arguments::LinkCommand;
use crate::client::{self, Reply};
use crate::listing;
use crate::target::Target;

/// Asks the server.
pub fn call(command: &LinkCommand, target: &Target) -> anyhow::Result<Outcome> {
    let (id, name, value) = match command {
        LinkCommand::List { json } => {
            let list = ("ListLinks", "Links");
            return listing::show(
                target,
                list,
                usize::MAX,
                *json,
                "no links: nothing is connected",
            );
        }
        LinkCommand::Down { id } => (id, "State", "down".to_owned()),
        LinkCommand::Up { id } => (id, "State", "up".to_owned()),
        LinkCommand::Loss { id, percent } => (id, "LossPercent", percent.to_string()),
        LinkCommand::Delay { id, delay_ms } => (id, "DelayMs", delay_ms.to_string()),
    };
    let parameters = Parameters::from([
        ("RegionId".to_owned(), target.region.clone()),
        ("LinkId".to_owned(), id.clone()),
        (name.to_owned(), value),
    ]);
    outcome(&client::call(target, "SetLinkState", OWN_VERSION, &parameters)?)
}

fn outcome(reply: &Reply) -> anyhow::Result<Outcome> {
    if reply.status >= 400 {
        return api::outcome(reply, "SetLinkState", OWN_VERSION, false);
    }
    let body: Value =
        serde_json::from_str(&reply.body).context("the answer is not JSON: is this Causeway?")?;
    let member =
        |name: &str| body[name].as_str().with_context(|| format!("no {name} in the answer"));
    let verb = if body["Changed"] == Value::Bool(true) { "is" } else { "was already" };
    let mut output = format!("{} {verb} {}", member("LinkId")?, member("State")?);
    if let Some(loss @ 1..) = body["LossPercent"].as_u64() {
        output.push_str(&format!(", loses {loss} % of packets"));
    }
    if let Some(delay @ 1..) = body["DelayMs"].as_u64() {
        output.push_str(&format!(", delays answers by {delay} ms"));
    }
    output.push('\n');
    Ok(Outcome { output, complaint: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_of_it_is_said() {
        let said = |body: &str| {
            let reply = Reply { status: 200, body: body.to_owned() };
            outcome(&reply).unwrap().output
        };
        let changed =
            r#"{"LinkId":"vco-1","State":"down","LossPercent":0,"DelayMs":0,"Changed":true}"#;
        assert_eq!(said(changed), "vco-1 is down\n");
        assert_eq!(said(&changed.replace("true", "false")), "vco-1 was already down\n");
        let bad =
            r#"{"LinkId":"vco-1","State":"up","LossPercent":30,"DelayMs":200,"Changed":true}"#;
        assert_eq!(said(bad), "vco-1 is up, loses 30 % of packets, delays answers by 200 ms\n");
        assert!(outcome(&Reply { status: 200, body: "{}".to_owned() }).is_err());
    }
}
