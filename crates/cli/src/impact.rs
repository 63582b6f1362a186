//! `causeway impact`: what an action would do to forwarding.

use anyhow::Context;
use causeway_wire::Parameters;
use serde_json::Value;

use crate::api::{self, Call, OWN_VERSION, Outcome};
use crate::client::{self, Reply};
use crate::table;
use crate::target::Target;

/// Asks the server; what to print.
pub fn call(call: &Call, target: &Target, as_json: bool) -> anyhow::Result<Outcome> {
    let parameters = parameters(call, target)?;
    let reply = client::call(target, "DescribeImpact", OWN_VERSION, &parameters)?;
    outcome(&reply, call, as_json)
}

/// The parameters of an operation that is about a call.
pub fn parameters(call: &Call, target: &Target) -> anyhow::Result<Parameters> {
    // The action's own region decides which tenant is asked.
    let mut own = call.parameters.clone();
    let region = own.remove("RegionId").unwrap_or_else(|| target.region.clone());
    own.insert("RegionId".to_owned(), region.clone());
    Ok(Parameters::from([
        ("RegionId".to_owned(), region),
        ("Operation".to_owned(), call.action.clone()),
        ("OperationVersion".to_owned(), call.version.clone()),
        ("Parameters".to_owned(), serde_json::to_string(&own)?),
    ]))
}

/// An error answer is the action's own, and is explained as that.
fn outcome(reply: &Reply, call: &Call, as_json: bool) -> anyhow::Result<Outcome> {
    if reply.status >= 400 {
        return api::outcome(reply, &call.action, &call.version, as_json);
    }
    let body: Value =
        serde_json::from_str(&reply.body).context("the answer is not JSON: is this Causeway?")?;
    let output = if as_json {
        format!("{body:#}\n")
    } else {
        let text = body["Text"].as_str().context("the answer has no Text")?;
        text.lines().map(|line| format!("{}\n", table::printable(line))).collect()
    };
    Ok(Outcome { output, complaint: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> Call {
        let parameters = Parameters::from([("VpcId".to_owned(), "vpc-1".to_owned())]);
        Call { action: "DeleteVpc".to_owned(), version: "2016-04-28".to_owned(), parameters }
    }

    #[test]
    fn the_text_or_the_whole_answer_is_printed() {
        let body = r#"{"ChangesForwarding":false,"Text":"no packet\u001b takes another way\n"}"#;
        let reply = Reply { status: 200, body: body.to_owned() };
        let text = outcome(&reply, &call(), false).unwrap();
        assert_eq!(text.output, "no packet\\u{1b} takes another way\n");
        let json = outcome(&reply, &call(), true).unwrap();
        assert!(json.output.starts_with("{\n  \"ChangesForwarding\": false,"), "{}", json.output);
        assert!(outcome(&Reply { status: 200, body: "{}".to_owned() }, &call(), false).is_err());
    }

    #[test]
    fn errors_are_the_actions_own() {
        let body = r#"{"RequestId":"R","Code":"DependencyViolation","Message":"No."}"#;
        let reply = Reply { status: 400, body: body.to_owned() };
        let complaint = outcome(&reply, &call(), false).unwrap().complaint.unwrap();
        assert!(complaint.starts_with("DependencyViolation: No. (RequestId R)\n"), "{complaint}");
    }
}
