//! `causeway api`: any action, by name.

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
    /// For standard error, when the answer is an error.
    pub complaint: Option<String>,
}

/// Calls the action and renders its answer.
pub fn call(arguments: &ApiArguments, target: &Target) -> anyhow::Result<Outcome> {
    let mut parameters = parameters(&arguments.parameters)?;
    parameters.entry("RegionId".into()).or_insert_with(|| target.region.clone());
    let version = arguments.version_of_api.as_deref();
    let version = version.unwrap_or_else(|| default_version(&arguments.action));
    let reply = client::call(target, &arguments.action, version, &parameters)?;
    outcome(&reply, arguments.json)
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

/// Renders an answer.
pub fn outcome(reply: &Reply, as_json: bool) -> anyhow::Result<Outcome> {
    let body: Value = serde_json::from_str(&reply.body).with_context(|| {
        format!("status {}, and the answer is not JSON: is this Causeway?", reply.status)
    })?;
    let json = || format!("{body:#}\n");
    if reply.status < 400 {
        let output = if as_json { json() } else { table::render(&body, table::terminal_width()) };
        return Ok(Outcome { output, complaint: None });
    }
    let member = |name: &str| table::printable(body[name].as_str().unwrap_or("-"));
    let hint = hint::of(body["Code"].as_str().unwrap_or_default());
    let complaint = format!(
        "{}: {} (RequestId {})\nhint: {hint}\n",
        member("Code"),
        member("Message"),
        member("RequestId")
    );
    Ok(Outcome { output: if as_json { json() } else { String::new() }, complaint: Some(complaint) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, body: body.to_owned() }
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
        let plain = outcome(&reply(400, body), false).unwrap();
        let complaint = plain.complaint.unwrap();
        assert!(
            complaint.starts_with("TaskConflict: Busy. (RequestId R-1)\nhint: "),
            "{complaint}"
        );
        assert_eq!(plain.output, "");
        let json = outcome(&reply(400, body), true).unwrap();
        assert!(json.output.contains("\"Code\": \"TaskConflict\""));
        assert!(json.complaint.is_some());
    }

    #[test]
    fn a_success_is_printed() {
        let body = r#"{"RequestId":"R-1","VpcId":"vpc-1"}"#;
        let json = outcome(&reply(200, body), true).unwrap();
        assert_eq!(json.output, "{\n  \"RequestId\": \"R-1\",\n  \"VpcId\": \"vpc-1\"\n}\n");
        let table = outcome(&reply(200, body), false).unwrap();
        assert_eq!(table.output, "RequestId  R-1\nVpcId      vpc-1\n");
        assert!(outcome(&reply(200, "<html>"), false).is_err());
    }
}
