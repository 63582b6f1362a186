//! What policies say about each resource, and which others would allow it.

use super::principal::Asked;
use crate::access::{ram_action, resource_arn};
use crate::rights::{self, Principal};
use causeway_model::ram_policy::{Holder, PolicyRef, PolicyType, RamPolicy, version_id};
use causeway_model::{Context, Read, Tenant};
use causeway_ram::{Decision, Policy, Request, StatementAt, evaluate, system};
use causeway_spec::Declaration;
use serde::Serialize;
use serde_json::Value;

/// The decision on one resource.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Check {
    /// The ARN.
    pub resource: String,
    /// Whether the call may use it.
    pub allowed: bool,
    /// `Allowed`; `ExplicitDeny`: a statement denies; `ImplicitDeny`: none allows; `SessionDeny`: the
    /// session's own policy does not allow.
    pub decision: &'static str,
    /// The statement that decides; absent when none says anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<DecidedBy>,
    /// For `ImplicitDeny`: the policies that would allow it if they were attached, and would deny no
    /// other resource of the call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_by: Vec<Remedy>,
}

/// A statement.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DecidedBy {
    /// `System`, `Custom`, or `Session` for the session's own policy.
    policy_type: &'static str,
    /// The policy's name; absent for the session's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_name: Option<String>,
    /// The version in effect; absent for the session's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<String>,
    /// The place of the statement in the policy, from 0.
    statement_index: usize,
    /// The statement, as JSON.
    statement: String,
    /// Whom the policy is attached to: `user alice`, `group writers`, `role router`, `session`.
    holder: String,
}

/// A policy that would allow what nothing allows now.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Remedy {
    policy_type: &'static str,
    policy_name: String,
}

/// Decides on all resources a call names.
pub(super) fn checks(
    global: &Tenant,
    asked: &Asked,
    of: &Declaration,
    named: &[String],
    context: &Context,
) -> Vec<Check> {
    let action = ram_action(of);
    let held = asked.principal.held(global);
    let check = |named: &String| {
        let resource = resource_arn(of, named, context);
        let decision = asked.rights.decide(&action, &resource);
        let at = |at: StatementAt| held.get(at.policy).and_then(|it| attached(global, it, at));
        let (word, decided_by) = match decision {
            Decision::Allowed(found) => ("Allowed", at(found)),
            Decision::ExplicitDeny(found) => ("ExplicitDeny", at(found)),
            Decision::ImplicitDeny => ("ImplicitDeny", None),
            Decision::SessionDeny(found) => ("SessionDeny", found.and_then(|at| own(asked, at))),
        };
        let allowed = matches!(decision, Decision::Allowed(_));
        Check { resource, allowed, decision: word, decided_by, allowed_by: Vec::new() }
    };
    let mut checks: Vec<Check> = named.iter().map(check).collect();
    add_remedies(global, asked, &action, &held, &mut checks);
    checks
}

/// The policies that count for a principal and cannot be read.
pub(super) fn unreadable(global: &Tenant, principal: &Principal) -> Vec<String> {
    let held = principal.held(global).into_iter().map(|(_, policy)| policy);
    held.filter(|it| rights::read(global, it).is_none()).map(|it| it.name.into()).collect()
}

fn add_remedies(
    global: &Tenant,
    asked: &Asked,
    action: &str,
    held: &[(Holder, PolicyRef)],
    checks: &mut [Check],
) {
    let says = |policy: &Policy, resource: &str| {
        let request = Request { action, resource, keys: &asked.rights.keys };
        evaluate(std::slice::from_ref(policy), None, &request)
    };
    let is_open = |check: &Check| check.decision == "ImplicitDeny";
    if !checks.iter().any(is_open) {
        return;
    }
    for policy in all(global).filter(|it| held.iter().all(|(_, held)| held != it)) {
        let Some(document) = rights::read(global, &policy) else { continue };
        let decisions: Vec<_> = checks.iter().map(|it| says(&document, &it.resource)).collect();
        if decisions.iter().any(|it| matches!(it, Decision::ExplicitDeny(_))) {
            continue;
        }
        let remedy =
            Remedy { policy_type: policy.kind.text(), policy_name: policy.name.to_string() };
        for (check, decision) in checks.iter_mut().zip(decisions) {
            if is_open(check) && matches!(decision, Decision::Allowed(_)) {
                check.allowed_by.push(remedy.clone());
            }
        }
    }
}

/// All policies there are, system ones first.
fn all(global: &Tenant) -> impl Iterator<Item = PolicyRef> {
    let system = system::POLICIES.iter().map(|it| (PolicyType::System, it.name.into()));
    let custom = global.all::<RamPolicy>().map(|it| (PolicyType::Custom, it.name.clone()));
    system.chain(custom).map(|(kind, name)| PolicyRef { kind, name })
}

fn attached(
    global: &Tenant,
    (holder, policy): &(Holder, PolicyRef),
    at: StatementAt,
) -> Option<DecidedBy> {
    let (number, document) = rights::in_effect(global, policy)?;
    let (kind, name) = match holder {
        Holder::User(name) => ("user", name),
        Holder::Group(name) => ("group", name),
        Holder::Role(name) => ("role", name),
    };
    Some(DecidedBy {
        policy_type: policy.kind.text(),
        policy_name: Some(policy.name.to_string()),
        version_id: Some(version_id(number)),
        statement_index: at.statement,
        statement: statement(document, at)?,
        holder: format!("{kind} {name}"),
    })
}

fn own(asked: &Asked, at: StatementAt) -> Option<DecidedBy> {
    Some(DecidedBy {
        policy_type: "Session",
        policy_name: None,
        version_id: None,
        statement_index: at.statement,
        statement: statement(asked.session.as_deref()?, at)?,
        holder: "session".to_owned(),
    })
}

fn statement(document: &str, at: StatementAt) -> Option<String> {
    let document: Value = serde_json::from_str(document).ok()?;
    Some(document.get("Statement")?.get(at.statement)?.to_string())
}
