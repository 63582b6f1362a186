//! `causeway link`: sets a simulated link down, or up again.

use anyhow::Context;
use causeway_wire::Parameters;
use serde_json::Value;

use crate::api::{self, OWN_VERSION, Outcome};
use crate::arguments::{LinkArguments, LinkState};
use crate::client::{self, Reply};
use crate::target::Target;

/// Asks the server.
pub fn call(arguments: &LinkArguments, target: &Target) -> anyhow::Result<Outcome> {
    let state = match arguments.state {
        LinkState::Up => "up",
        LinkState::Down => "down",
    };
    let parameters = Parameters::from([
        ("RegionId".to_owned(), target.region.clone()),
        ("LinkId".to_owned(), arguments.id.clone()),
        ("State".to_owned(), state.to_owned()),
        ("LossPercent".to_owned(), arguments.loss.to_string()),
        ("DelayMs".to_owned(), arguments.delay.to_string()),
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
    let output = format!("{} {verb} {}\n", member("LinkId")?, member("State")?);
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
        let changed = r#"{"LinkId":"vco-1","State":"down","Changed":true}"#;
        assert_eq!(said(changed), "vco-1 is down\n");
        assert_eq!(said(&changed.replace("true", "false")), "vco-1 was already down\n");
        assert!(outcome(&Reply { status: 200, body: "{}".to_owned() }).is_err());
    }
}
