//! `causeway trace`: where a packet goes.

use anyhow::Context;
use causeway_wire::Parameters;
use serde_json::Value;

use crate::api::{self, OWN_VERSION, Outcome};
use crate::arguments::TraceArguments;
use crate::client::{self, Reply};
use crate::table;
use crate::target::Target;

/// The exit status when the packet, or with `--both` its answer, is lost.
pub const UNREACHABLE: u8 = 8;

/// Asks the server; what to print, and whether the packet arrives. An error answer says nothing
/// about that: its exit status is that of all error answers.
pub fn call(arguments: &TraceArguments, target: &Target) -> anyhow::Result<(Outcome, bool)> {
    let reply = client::call(target, "TracePath", OWN_VERSION, &parameters(arguments, target))?;
    outcome(&reply, arguments.json)
}

fn parameters(arguments: &TraceArguments, target: &Target) -> Parameters {
    let mut parameters = Parameters::from([
        ("RegionId".to_owned(), target.region.clone()),
        ("SourceAddress".to_owned(), arguments.from.to_string()),
        ("DestinationAddress".to_owned(), arguments.to.to_string()),
    ]);
    let optional = [
        ("VpcId", arguments.vpc.clone()),
        ("VSwitchId", arguments.vswitch.clone()),
        ("Both", arguments.both.then(|| "true".to_owned())),
        ("Why", arguments.why.then(|| "true".to_owned())),
    ];
    let given = optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    parameters.extend(given);
    parameters
}

fn outcome(reply: &Reply, as_json: bool) -> anyhow::Result<(Outcome, bool)> {
    if reply.status >= 400 {
        return Ok((api::outcome(reply, "TracePath", OWN_VERSION, as_json)?, true));
    }
    let body: Value =
        serde_json::from_str(&reply.body).context("the answer is not JSON: is this Causeway?")?;
    let reachable = body["Reachable"].as_bool().context("the answer does not say Reachable")?;
    let output = if as_json {
        format!("{body:#}\n")
    } else {
        let text = body["Text"].as_str().context("the answer has no Text")?;
        text.lines().map(|line| format!("{}\n", table::printable(line))).collect()
    };
    Ok((Outcome { output, complaint: None }, reachable))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, body: body.to_owned() }
    }

    #[test]
    fn the_text_or_the_whole_answer_is_printed() {
        let body = r#"{"Reachable":false,"Text":"a -> b\n  dropped\u001b[2J\n"}"#;
        let (outcome, reachable) = outcome(&reply(200, body), false).unwrap();
        assert_eq!(outcome.output, "a -> b\n  dropped\\u{1b}[2J\n");
        assert!(!reachable);
        let (outcome, _) = super::outcome(&reply(200, body), true).unwrap();
        assert!(outcome.output.starts_with("{\n  \"Reachable\": false,"), "{}", outcome.output);
    }

    #[test]
    fn an_error_answer_is_no_verdict() {
        let body = r#"{"RequestId":"R-1","Code":"InvalidVpcId.NotFound","Message":"No."}"#;
        let (outcome, reachable) = outcome(&reply(404, body), false).unwrap();
        assert!(outcome.complaint.unwrap().starts_with("InvalidVpcId.NotFound: No."));
        assert!(reachable);
        assert!(super::outcome(&reply(200, "{}"), false).is_err());
    }
}
