//! `causeway api`: any action, by name.

mod check;
mod hint;

use anyhow::Context;
use causeway_wire::Parameters;
use serde_json::Value;

use crate::arguments::ApiArguments;
use crate::client::{self, Reply};
use crate::settings::SettingsError;
use crate::table;
use crate::target::Target;

const VPC_VERSION: &str = "2016-04-28";
/// The version of Causeway's own actions.
pub const OWN_VERSION: &str = "2026-11-20";

/// What to print where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// For standard output.
    pub output: String,
    /// For standard error, when the answer is an error, or tells of some that failed.
    pub complaint: Option<String>,
}

/// What to call.
pub struct Call {
    /// The action.
    pub action: String,
    /// The version of its product.
    pub version: String,
    /// Its parameters.
    pub parameters: Parameters,
}

impl Call {
    /// Reads the command line.
    ///
    /// # Errors
    /// If a parameter is no `NAME=VALUE`, given twice, or written by the command itself.
    pub fn read(arguments: &ApiArguments) -> Result<Self, SettingsError> {
        let parameters = parameters(&arguments.parameters)?;
        check::refuse(&parameters)?;
        let action = arguments.action.clone();
        let version = arguments.version_of_api.as_deref();
        let version = version.unwrap_or_else(|| default_version(&action)).to_owned();
        Ok(Self { action, version, parameters })
    }

    /// What looks mistyped, a line each.
    pub fn warnings(&self) -> Vec<String> {
        check::warnings(&self.action, &self.version, &self.parameters)
    }

    /// Calls the action and renders its answer.
    pub fn send(mut self, target: &Target, as_json: bool) -> anyhow::Result<Outcome> {
        self.parameters.entry("RegionId".into()).or_insert_with(|| target.region.clone());
        let reply = client::call(target, &self.action, &self.version, &self.parameters)?;
        outcome(&reply, &self.action, &self.version, as_json)
    }
}

/// The version of the product that has this action; of VPC for one that is not known here.
fn default_version(action: &str) -> &'static str {
    let entry = causeway_operations::all().find(|entry| entry.declaration.name == action);
    entry.map_or(VPC_VERSION, |entry| entry.declaration.product.version())
}

fn parameters(texts: &[String]) -> Result<Parameters, SettingsError> {
    let mut parameters = Parameters::new();
    for text in texts {
        let (name, value) =
            text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
                SettingsError(format!(
                    "{text:?} is not NAME=VALUE; write for example CidrBlock=10.0.0.0/8"
                ))
            })?;
        if parameters.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(SettingsError(format!(
                "{name} is given twice; lists are written {name}.1, {name}.2"
            )));
        }
    }
    Ok(parameters)
}

/// Renders what an action answered.
pub fn outcome(
    reply: &Reply,
    action: &str,
    version: &str,
    as_json: bool,
) -> anyhow::Result<Outcome> {
    let body: Value = serde_json::from_str(&reply.body).with_context(|| {
        format!("status {}, and the answer is not JSON: is this Causeway?", reply.status)
    })?;
    let json = || format!("{body:#}\n");
    if reply.status < 400 {
        let output = if as_json { json() } else { table::render(&body, table::terminal_width()) };
        return Ok(Outcome { output, complaint: failed_of_batch(&body) });
    }
    let member = |name: &str| table::printable(body[name].as_str().unwrap_or("-"));
    let hint = hint::of(body["Code"].as_str().unwrap_or_default(), action, version);
    let hint = hint.map(|hint| format!("hint: {}\n", table::printable(&hint))).unwrap_or_default();
    let complaint = format!(
        "{}: {} (RequestId {})\n{hint}",
        member("Code"),
        member("Message"),
        member("RequestId")
    );
    Ok(Outcome { output: if as_json { json() } else { String::new() }, complaint: Some(complaint) })
}

/// A batch answers success even when entries of it failed.
fn failed_of_batch(body: &Value) -> Option<String> {
    let failed = body["FailedCount"].as_u64().filter(|failed| *failed > 0)?;
    let total = failed + body["SuccessCount"].as_u64().unwrap_or(0);
    Some(format!("warning: {failed} of {total} entries failed; FailedRouteEntries tells why\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: &str, as_json: bool) -> anyhow::Result<Outcome> {
        outcome(&Reply { status, body: body.to_owned() }, "CreateVpc", VPC_VERSION, as_json)
    }

    #[test]
    fn an_action_tells_its_version() {
        assert_eq!(default_version("CompleteTasks"), OWN_VERSION);
        assert_eq!(default_version("DescribeVpcs"), VPC_VERSION);
        assert_eq!(default_version("CreateUser"), "2015-05-01");
        assert_eq!(default_version("GetCallerIdentity"), "2015-04-01");
        assert_eq!(default_version("Unheard"), VPC_VERSION);
    }

    #[test]
    fn parameters_are_names_and_values() {
        let read = parameters(&["A.1=x=y".into(), "B=".into()]).unwrap();
        assert_eq!(
            read,
            Parameters::from([("A.1".into(), "x=y".into()), ("B".into(), String::new())])
        );
        for wrong in [&["A"][..], &["=x"], &["A=1", "A=2"]] {
            let texts: Vec<String> = wrong.iter().map(|text| (*text).to_owned()).collect();
            assert!(parameters(&texts).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn an_error_answer_complains_and_hints() {
        let body = r#"{"RequestId":"R-1","Code":"TaskConflict","Message":"Busy.","HostId":"h","Recommend":""}"#;
        let plain = said(400, body, false).unwrap();
        let complaint = plain.complaint.unwrap();
        assert!(
            complaint.starts_with("TaskConflict: Busy. (RequestId R-1)\nhint: "),
            "{complaint}"
        );
        assert_eq!(plain.output, "");
        let json = said(400, body, true).unwrap();
        assert!(json.output.contains("\"Code\": \"TaskConflict\""));
        assert!(json.complaint.is_some());
    }

    #[test]
    fn a_success_is_printed() {
        let body = r#"{"RequestId":"R-1","VpcId":"vpc-1"}"#;
        let json = said(200, body, true).unwrap();
        assert_eq!(json.output, "{\n  \"RequestId\": \"R-1\",\n  \"VpcId\": \"vpc-1\"\n}\n");
        let table = said(200, body, false).unwrap();
        assert_eq!(table.output, "RequestId  R-1\nVpcId      vpc-1\n");
        assert!(said(200, "<html>", false).is_err());
    }

    #[test]
    fn an_answer_without_a_hint_has_none() {
        let body = r#"{"RequestId":"R-1","Code":"Odd","Message":"Odd."}"#;
        let complaint = said(400, body, false).unwrap().complaint;
        assert_eq!(complaint.as_deref(), Some("Odd: Odd. (RequestId R-1)\n"));
    }

    #[test]
    fn a_batch_that_failed_in_part_complains() {
        let body =
            r#"{"SuccessCount":2,"FailedCount":1,"FailedRouteEntries":[{"FailedCode":"C"}]}"#;
        let outcome = said(200, body, false).unwrap();
        let complaint = outcome.complaint.unwrap();
        assert_eq!(complaint, "warning: 1 of 3 entries failed; FailedRouteEntries tells why\n");
        assert!(outcome.output.contains("FailedRouteEntries (1)"), "{}", outcome.output);
        let whole = body.replace("\"FailedCount\":1", "\"FailedCount\":0");
        assert_eq!(said(200, &whole, false).unwrap().complaint, None);
    }
}
