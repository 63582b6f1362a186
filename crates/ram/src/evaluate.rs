//! The decision: deny over allow over nothing said.

use crate::document::{Effect, Patterns, Policy, Statement};
use crate::glob;
use std::collections::BTreeMap;

/// The longest resource, in bytes: no identifier comes near. A longer one is denied unread, so that
/// no request costs more than its own size.
pub const RESOURCE_MAX: usize = 1024;

/// What conditions can ask about a request: `acs:SourceIp` and the like. The names' case does not
/// matter, but that of a tag's key after the slash does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(BTreeMap<String, String>);

impl Keys {
    /// Notes a key's value.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(canonical_key(key), value.into());
    }

    pub(crate) fn get(&self, canonical: &str) -> Option<&str> {
        self.0.get(canonical).map(String::as_str)
    }
}

pub(crate) fn canonical_key(key: &str) -> String {
    match key.split_once('/') {
        Some((name, tag)) => format!("{}/{tag}", name.to_ascii_lowercase()),
        None => key.to_ascii_lowercase(),
    }
}

/// What somebody wants to do, to one resource.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// For example `vpc:CreateRouteEntries`.
    pub action: &'a str,
    /// The full ARN. An empty region or account is that of a resource of all regions.
    pub resource: &'a str,
    /// What else is known.
    pub keys: &'a Keys,
}

/// A statement, by the places of its policy and of itself, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatementAt {
    /// Among the policies.
    pub policy: usize,
    /// Among the policy's statements.
    pub statement: usize,
}

/// Whether a request may go on, and by which statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The first statement that allows it, and none denies it.
    Allowed(StatementAt),
    /// The first statement that denies it, whatever others say.
    ExplicitDeny(StatementAt),
    /// No statement says anything.
    ImplicitDeny,
    /// The session's own policy denies it, by a statement or by saying nothing.
    SessionDeny(Option<StatementAt>),
}

/// Decides by the policies of an identity, and by that of its session when it has one: both must
/// allow.
pub fn evaluate(identity: &[Policy], session: Option<&Policy>, request: &Request) -> Decision {
    if let Some(session) = session {
        match decide(std::slice::from_ref(session), request) {
            Decision::Allowed(_) => {}
            Decision::ExplicitDeny(at) => return Decision::SessionDeny(Some(at)),
            _ => return Decision::SessionDeny(None),
        }
    }
    decide(identity, request)
}

fn decide(policies: &[Policy], request: &Request) -> Decision {
    if request.resource.len() > RESOURCE_MAX {
        return Decision::ImplicitDeny;
    }
    let mut allowed = None;
    for (policy, statements) in policies.iter().enumerate() {
        for (statement, it) in statements.statements.iter().enumerate() {
            let at = StatementAt { policy, statement };
            let open = allowed.is_none() || it.effect == Effect::Deny;
            if open && it.applies(request) {
                match it.effect {
                    Effect::Allow => allowed = Some(at),
                    Effect::Deny => return Decision::ExplicitDeny(at),
                }
            }
        }
    }
    allowed.map_or(Decision::ImplicitDeny, Decision::Allowed)
}

impl Statement {
    fn applies(&self, request: &Request) -> bool {
        self.actions.cover(|it| glob::matches_ignoring_case(it, request.action))
            && self.resources.cover(|it| resource_matches(it, request.resource))
            && self.conditions.iter().all(|condition| condition.holds(request.keys))
    }
}

impl Patterns {
    fn cover(&self, matches: impl Fn(&str) -> bool) -> bool {
        self.list.iter().any(|pattern| matches(pattern)) != self.negated
    }
}

/// A pattern over the full ARN. A resource of all regions (its region is empty) or of all accounts
/// is also meant by a pattern that names one.
fn resource_matches(pattern: &str, resource: &str) -> bool {
    if glob::matches(pattern, resource) {
        return true;
    }
    let (wanted, given) = (segments(pattern), segments(resource));
    let global = given[2].is_empty() || given[3].is_empty();
    global
        && !wanted[4].is_empty()
        && (0..5).all(|at| {
            let anywhere = (at == 2 || at == 3) && given[at].is_empty();
            anywhere || glob::matches(wanted[at], given[at])
        })
}

/// `acs`, service, region, account, and all the rest; empty where there is none.
fn segments(arn: &str) -> [&str; 5] {
    let mut rest = arn.splitn(5, ':');
    std::array::from_fn(|_| rest.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTION: &str = "vpc:CreateRouteEntries";
    const TABLE: &str = "acs:vpc:cn-hangzhou:1234567890123456:routetable/vtb-1";

    fn policy(statements: &str) -> Policy {
        Policy::parse(&format!(r#"{{"Version":"1","Statement":[{statements}]}}"#)).unwrap()
    }

    fn allow(action: &str, resource: &str) -> Policy {
        policy(&format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#))
    }

    fn decision(policies: &[Policy], action: &str, resource: &str) -> Decision {
        evaluate(policies, None, &Request { action, resource, keys: &Keys::default() })
    }

    fn allowed(policy: &Policy, action: &str, resource: &str) -> bool {
        matches!(decision(std::slice::from_ref(policy), action, resource), Decision::Allowed(_))
    }

    #[test]
    fn actions_ignore_case_and_resources_do_not() {
        assert!(allowed(&allow("VPC:createrouteentries", TABLE), ACTION, TABLE));
        assert!(allowed(&allow("*:Create*", "acs:vpc:*:*:routetable/*"), ACTION, TABLE));
        assert!(!allowed(&allow("vpc:Delete*", "*"), ACTION, TABLE));
        assert!(!allowed(&allow("*", &TABLE.replace("vtb", "VTB")), ACTION, TABLE));
        assert!(!allowed(&allow("*", &TABLE.replace("hangzhou", "beijing")), ACTION, TABLE));
    }

    #[test]
    fn not_lists_cover_the_rest() {
        let rest = policy(
            r#"{"Effect":"Allow","NotAction":["ram:*","sts:*"],"NotResource":"acs:vpc:*:*:vpc/*"}"#,
        );
        assert!(allowed(&rest, ACTION, TABLE));
        assert!(!allowed(&rest, "ram:CreateUser", "acs:ram::1234567890123456:user/a"));
        assert!(!allowed(&rest, "vpc:DeleteVpc", "acs:vpc:cn-hangzhou:1234567890123456:vpc/a"));
    }

    #[test]
    fn resources_of_all_regions_match_patterns_that_name_one() {
        let user = "acs:ram::1234567890123456:user/a";
        for (pattern, expected) in [
            ("acs:ram::1234567890123456:user/a", true),
            ("acs:ram:*:*:user/*", true),
            ("acs:ram:cn-hangzhou:1234567890123456:user/a", true),
            ("acs:ram:cn-hangzhou:6543210987654321:user/a", false),
            ("acs:ram:cn-hangzhou:1234567890123456:user/b", false),
            ("acs:ram:cn-hangzhou:*", false),
            ("acs:*", true),
        ] {
            assert_eq!(allowed(&allow("*", pattern), "ram:GetUser", user), expected, "{pattern}");
        }
        assert!(!allowed(&allow("*", "acs:vpc::*:routetable/*"), ACTION, TABLE));
    }

    #[test]
    fn deny_wins_and_the_deciding_statement_is_named() {
        let deny = r#"{"Effect":"Deny","Action":"vpc:Create*","Resource":"*"}"#;
        let both = policy(&format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*"}},{deny}"#));
        let at = |policy, statement| StatementAt { policy, statement };
        let all = allow("*", "*");
        let cases = [
            (vec![], Decision::ImplicitDeny),
            (vec![allow("ecs:*", "*")], Decision::ImplicitDeny),
            (vec![allow("ecs:*", "*"), all.clone()], Decision::Allowed(at(1, 0))),
            (vec![all.clone(), both.clone()], Decision::ExplicitDeny(at(1, 1))),
            (vec![both, all], Decision::ExplicitDeny(at(0, 1))),
        ];
        for (policies, expected) in cases {
            assert_eq!(decision(&policies, ACTION, TABLE), expected);
        }
    }

    #[test]
    fn a_session_narrows() {
        let keys = Keys::default();
        let request = Request { action: ACTION, resource: TABLE, keys: &keys };
        let of = |identity: &Policy, session: &Policy| {
            evaluate(std::slice::from_ref(identity), Some(session), &request)
        };
        let (all, other) = (allow("*", "*"), allow("ecs:*", "*"));
        let deny = policy(r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#);
        let at = StatementAt { policy: 0, statement: 0 };
        assert_eq!(of(&all, &all), Decision::Allowed(at));
        assert_eq!(of(&all, &other), Decision::SessionDeny(None));
        assert_eq!(of(&all, &deny), Decision::SessionDeny(Some(at)));
        assert_eq!(of(&other, &all), Decision::ImplicitDeny);
        assert_eq!(of(&deny, &all), Decision::ExplicitDeny(at));
    }

    #[test]
    fn all_conditions_must_hold() {
        let text = r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{
            "IpAddress":{"acs:SourceIp":["192.0.2.0/24"]},
            "StringLike":{"acs:PrincipalArn":"acs:ram:*:user/a*","acs:RequestTag/Env":"prod"}}}"#;
        let policies = [policy(text)];
        let with = |pairs: &[(&str, &str)]| {
            let mut keys = Keys::default();
            pairs.iter().for_each(|(key, value)| keys.set(key, *value));
            let request = Request { action: ACTION, resource: TABLE, keys: &keys };
            matches!(evaluate(&policies, None, &request), Decision::Allowed(_))
        };
        let ip = ("acs:SourceIp", "192.0.2.7");
        let who = ("acs:PrincipalARN", "acs:ram::1:user/alice");
        assert!(with(&[ip, who, ("acs:RequestTag/Env", "prod")]));
        assert!(!with(&[ip, who]));
        assert!(!with(&[ip, who, ("acs:RequestTag/env", "prod")]));
        assert!(!with(&[("acs:SourceIp", "192.0.3.7"), who, ("acs:RequestTag/Env", "prod")]));
    }

    #[test]
    fn an_endless_resource_is_denied_unread() {
        let long = format!("{TABLE}{}", "x".repeat(RESOURCE_MAX));
        assert_eq!(decision(&[allow("*", "*")], ACTION, &long), Decision::ImplicitDeny);
        assert!(allowed(&allow("*", "*"), ACTION, &long[..RESOURCE_MAX]));
    }
}
