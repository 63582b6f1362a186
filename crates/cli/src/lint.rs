//! `causeway lint`: standing faults of a region's routes.

use anyhow::Context;
use causeway_wire::Parameters;
use serde_json::Value;

use crate::api::{self, OWN_VERSION, Outcome};
use crate::arguments::LintArguments;
use crate::client::{self, Reply};
use crate::table;
use crate::target::Target;

/// The exit status when packets are lost. Warnings alone are no failure.
pub const FAULTY: u8 = 9;

/// Asks the server; what to print, and whether there are no errors.
pub fn call(arguments: &LintArguments, target: &Target) -> anyhow::Result<(Outcome, bool)> {
    let parameters = Parameters::from([("RegionId".to_owned(), target.region.clone())]);
    let reply = client::call(target, "LintTenant", OWN_VERSION, &parameters)?;
    outcome(&reply, arguments.json)
}

fn outcome(reply: &Reply, as_json: bool) -> anyhow::Result<(Outcome, bool)> {
    if reply.status >= 400 {
        return Ok((api::outcome(reply, "LintTenant", OWN_VERSION, as_json)?, true));
    }
    let body: Value =
        serde_json::from_str(&reply.body).context("the answer is not JSON: is this Causeway?")?;
    let errors = body["ErrorCount"].as_u64().context("the answer does not say ErrorCount")?;
    let output = if as_json { format!("{body:#}\n") } else { text(&body)? };
    Ok((Outcome { output, complaint: None }, errors == 0))
}

fn text(body: &Value) -> anyhow::Result<String> {
    let findings = body["Findings"].as_array().context("the answer has no Findings")?;
    if findings.is_empty() {
        return Ok("no faults found\n".to_owned());
    }
    Ok(table::render(body, table::terminal_width()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: &str) -> anyhow::Result<(Outcome, bool)> {
        outcome(&Reply { status, body: body.to_owned() }, false)
    }

    #[test]
    fn errors_fail_and_warnings_do_not() {
        let (clean, sound) =
            said(200, r#"{"ErrorCount":0,"WarningCount":0,"Findings":[]}"#).unwrap();
        assert_eq!((&*clean.output, sound), ("no faults found\n", true));
        let finding = r#"[{"Severity":"Error","Code":"BlackHole","ResourceId":"vtb-1"}]"#;
        let faulty = format!(r#"{{"ErrorCount":1,"WarningCount":0,"Findings":{finding}}}"#);
        let (faulty, sound) = said(200, &faulty).unwrap();
        assert!(faulty.output.contains("BlackHole") && !sound, "{}", faulty.output);
        let (_, sound) = said(200, r#"{"ErrorCount":0,"WarningCount":1,"Findings":[{}]}"#).unwrap();
        assert!(sound);
        let (denied, sound) = said(403, r#"{"Code":"NoPermission","Message":"No."}"#).unwrap();
        assert!(denied.complaint.is_some() && sound);
        assert!(said(200, "{}").is_err());
    }
}
