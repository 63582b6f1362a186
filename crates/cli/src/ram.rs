//! `causeway ram explain`: which statement of which policy decides on a call.

use std::net::IpAddr;

use anyhow::Context;
use serde_json::{Value, json};

use crate::api::{self, Call, OWN_VERSION, Outcome};
use crate::arguments::PrincipalArguments;
use crate::client::{self, Reply};
use crate::impact;
use crate::table;
use crate::target::Target;

/// The exit status of a call that policies deny.
pub const DENIED: u8 = 10;

/// Whose call is explained.
pub struct Asked<'a> {
    /// Who would call.
    pub principal: &'a PrincipalArguments,
    /// From where.
    pub source_address: Option<IpAddr>,
    /// Whether over TLS.
    pub secure: bool,
    /// What.
    pub call: &'a Call,
}

/// Asks the server; what to print, and whether the call is allowed.
pub fn explain(asked: &Asked, target: &Target, as_json: bool) -> anyhow::Result<(Outcome, bool)> {
    let mut parameters = impact::parameters(asked.call, target)?;
    let PrincipalArguments { user, role, key } = asked.principal;
    let address = asked.source_address.map(|address| address.to_string());
    for (name, value) in [
        ("UserName", user),
        ("RoleName", role),
        ("UserAccessKeyId", key),
        ("SourceAddress", &address),
    ] {
        if let Some(value) = value {
            parameters.insert(name.to_owned(), value.clone());
        }
    }
    parameters.insert("SecureTransport".to_owned(), asked.secure.to_string());
    let reply = client::call(target, "ExplainAccess", OWN_VERSION, &parameters)?;
    outcome(&reply, as_json)
}

fn outcome(reply: &Reply, as_json: bool) -> anyhow::Result<(Outcome, bool)> {
    if reply.status >= 400 {
        return Ok((api::outcome(reply, "ExplainAccess", OWN_VERSION, as_json)?, true));
    }
    let body: Value =
        serde_json::from_str(&reply.body).context("the answer is not JSON: is this Causeway?")?;
    let allowed = body["Allowed"].as_bool().context("the answer does not say Allowed")?;
    let output = if as_json { format!("{body:#}\n") } else { text(&body, allowed)? };
    Ok((Outcome { output, complaint: None }, allowed))
}

/// The verdict, a row by resource, the statements that decide, and what would help.
fn text(body: &Value, allowed: bool) -> anyhow::Result<String> {
    let checks = body["Checks"].as_array().context("the answer has no Checks")?;
    let (verdict, may) = if allowed { ("allowed", "may") } else { ("denied", "may not") };
    let who = table::printable(body["Principal"].as_str().unwrap_or("-"));
    let action = table::printable(body["Action"].as_str().unwrap_or("-"));
    let mut text = format!("{verdict}: {who} {may} {action}\n");
    if let Some(state) = body["KeyState"].as_str() {
        text.push_str(&format!("the access key is {}\n", state.to_lowercase()));
    }
    for name in body["UnreadablePolicies"].as_array().into_iter().flatten() {
        let name = table::printable(name.as_str().unwrap_or("-"));
        text.push_str(&format!("nothing is allowed, because policy {name} cannot be read\n"));
    }
    if checks.is_empty() {
        return Ok(text + "everybody may call it\n");
    }
    let rows = json!({ "Resources": checks.iter().map(row).collect::<Vec<_>>() });
    text.push_str(&table::render(&rows, table::terminal_width()));
    Ok(text + &statements(checks) + &remedies(checks))
}

fn row(check: &Value) -> Value {
    let mut row = json!({ "Resource": check["Resource"], "Decision": check["Decision"] });
    let by = &check["DecidedBy"];
    if by.is_object() {
        row["Policy"] = name(by).into();
        row["Version"] = by["VersionId"].clone();
        row["Statement"] = by["StatementIndex"].clone();
        row["Through"] = by["Holder"].clone();
    }
    row
}

/// Each statement once, in the order of the resources.
fn statements(checks: &[Value]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for by in checks.iter().map(|check| &check["DecidedBy"]).filter(|by| by.is_object()) {
        let (index, statement) = (&by["StatementIndex"], by["Statement"].as_str().unwrap_or("-"));
        let line = format!("  {} {index}: {}\n", name(by), table::printable(statement));
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    match lines.is_empty() {
        true => String::new(),
        false => format!("\nStatements that decide:\n{}", lines.concat()),
    }
}

/// What would change a denial, by resource.
fn remedies(checks: &[Value]) -> String {
    let remedy = |check: &Value| {
        let resource = table::printable(check["Resource"].as_str().unwrap_or("-"));
        let names: Vec<String> =
            check["AllowedBy"].as_array().into_iter().flatten().map(name).collect();
        let what = match check["Decision"].as_str().unwrap_or_default() {
            "ExplicitDeny" => "no policy helps while this statement denies".to_owned(),
            "SessionDeny" => {
                "the session's own policy has to allow it: assume the role anew".to_owned()
            }
            _ if names.is_empty() => "no policy there is would allow it: write one".to_owned(),
            _ => format!("would be allowed by {}", names.join(", ")),
        };
        format!("  {resource}: {what}\n")
    };
    let denied: Vec<&Value> = checks.iter().filter(|it| it["Allowed"] == false).collect();
    match denied.is_empty() {
        true => String::new(),
        false => {
            let lines: String = denied.into_iter().map(remedy).collect();
            format!("\nWhat is denied:\n{lines}")
        }
    }
}

/// A policy by its type and name; the session's own has none.
fn name(policy: &Value) -> String {
    let kind = policy["PolicyType"].as_str().unwrap_or("-");
    match policy["PolicyName"].as_str() {
        Some(name) => table::printable(&format!("{kind} {name}")),
        None => table::printable(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &Value) -> (String, bool) {
        let reply = Reply { status: 200, body: body.to_string() };
        let (outcome, allowed) = outcome(&reply, false).unwrap();
        assert_eq!(outcome.complaint, None);
        (outcome.output, allowed)
    }

    #[test]
    fn a_denial_shows_what_decides_and_what_would_help() {
        let body = json!({"Allowed": false, "Principal": "acs:ram::1:user/bob",
            "Action": "vpc:AssociateRouteTable", "Checks": [
            {"Resource": "acs:vpc::1:a", "Allowed": true, "Decision": "Allowed", "DecidedBy":
                {"PolicyType": "Custom", "PolicyName": "p\u{1b}", "VersionId": "v2",
                 "StatementIndex": 1, "Statement": "{\"Effect\":\"Allow\"}", "Holder": "group ops"}},
            {"Resource": "acs:vpc::1:b", "Allowed": false, "Decision": "ImplicitDeny", "AllowedBy":
                [{"PolicyType": "System", "PolicyName": "A"}, {"PolicyType": "Custom", "PolicyName": "B"}]},
            {"Resource": "acs:vpc::1:c", "Allowed": false, "Decision": "ImplicitDeny"},
        ]});
        let expected = r#"denied: acs:ram::1:user/bob may not vpc:AssociateRouteTable

Resources (3)
Resource      Decision      Policy          Version  Statement  Through
acs:vpc::1:a  Allowed       Custom p\u{1b}  v2       1          group ops
acs:vpc::1:b  ImplicitDeny
acs:vpc::1:c  ImplicitDeny

Statements that decide:
  Custom p\u{1b} 1: {"Effect":"Allow"}

What is denied:
  acs:vpc::1:b: would be allowed by System A, Custom B
  acs:vpc::1:c: no policy there is would allow it: write one
"#;
        assert_eq!(said(&body), (expected.to_owned(), false));
    }

    #[test]
    fn keys_that_cannot_be_used_are_told() {
        let body = json!({"Allowed": false, "Principal": "p", "Action": "sts:GetCallerIdentity",
            "KeyState": "Expired", "Checks": []});
        let expected = "denied: p may not sts:GetCallerIdentity\nthe access key is expired\neverybody may call it\n";
        assert_eq!(said(&body), (expected.to_owned(), false));
    }

    #[test]
    fn errors_are_no_verdict() {
        let body = r#"{"Code":"EntityNotExist.User","Message":"No.","RequestId":"R"}"#;
        let reply = Reply { status: 404, body: body.to_owned() };
        let (outcome, allowed) = outcome(&reply, false).unwrap();
        // The exit status is that of an error answer, not that of a denial.
        assert!(allowed && outcome.complaint.unwrap().starts_with("EntityNotExist.User: No."));
    }
}
