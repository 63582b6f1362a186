//! Trust policies: who may take on a role. Their statements name principals where other policies
//! name resources.

use crate::condition::Condition;
use crate::document::{Effect, OneOrMore, Pairs, PolicyError, conditions, is_action};
use crate::evaluate::{Decision, Keys, StatementAt};
use crate::glob;
use serde::Deserialize;

/// The longest trust policy, in characters.
pub const TRUST_MAX: usize = 2048;

/// A trust policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    statements: Vec<Statement>,
}

#[derive(Clone, Debug, PartialEq)]
struct Statement {
    effect: Effect,
    /// The accounts, users and roles it speaks of, as ARNs.
    principals: Vec<String>,
    actions: Vec<String>,
    conditions: Vec<Condition>,
}

/// Who wants to take on a role.
#[derive(Clone, Copy, Debug)]
pub struct Trusted<'a> {
    /// The account it belongs to.
    pub account: &'a str,
    /// The ARN of the user, or of the role whose session it is.
    pub arn: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Document {
    version: String,
    statement: Vec<RawStatement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct RawStatement {
    effect: Effect,
    action: OneOrMore,
    principal: Pairs<OneOrMore>,
    condition: Option<Pairs<Pairs<OneOrMore>>>,
}

impl Trust {
    /// Reads a trust policy of at most [`TRUST_MAX`] characters.
    pub fn parse(text: &str) -> Result<Trust, PolicyError> {
        if text.chars().count() > TRUST_MAX {
            return Err(PolicyError::Length);
        }
        let document: Document =
            serde_json::from_str(text).map_err(|error| PolicyError::Shape(error.to_string()))?;
        if document.version != "1" {
            return Err(PolicyError::Version);
        }
        if document.statement.is_empty() {
            return Err(PolicyError::Empty);
        }
        let statements = document.statement.into_iter().enumerate();
        let statements =
            statements.map(|(at, raw)| statement(at, raw)).collect::<Result<_, _>>()?;
        Ok(Trust { statements })
    }

    /// Decides whether somebody may do this (`sts:AssumeRole`): deny over allow over nothing said.
    pub fn decide(&self, who: &Trusted, action: &str, keys: &Keys) -> Decision {
        let mut allowed = None;
        for (statement, it) in self.statements.iter().enumerate() {
            let at = StatementAt { policy: 0, statement };
            if !it.applies(who, action, keys) {
                continue;
            }
            match it.effect {
                Effect::Deny => return Decision::ExplicitDeny(at),
                Effect::Allow => allowed = allowed.or(Some(at)),
            }
        }
        allowed.map_or(Decision::ImplicitDeny, Decision::Allowed)
    }
}

impl Statement {
    fn applies(&self, who: &Trusted, action: &str, keys: &Keys) -> bool {
        let root = format!("acs:ram::{}:root", who.account);
        self.principals.iter().any(|it| *it == root || it == who.arn)
            && self.actions.iter().any(|it| glob::matches_ignoring_case(it, action))
            && self.conditions.iter().all(|condition| condition.holds(keys))
    }
}

fn statement(at: usize, raw: RawStatement) -> Result<Statement, PolicyError> {
    let actions = raw.action.list();
    if actions.is_empty() {
        return Err(PolicyError::Patterns(at, "Action"));
    }
    let of_sts = |text: &str| {
        let service = text.split_once(':').map(|(service, _)| service);
        is_action(text) && service.is_none_or(|service| service.eq_ignore_ascii_case("sts"))
    };
    if let Some(bad) = actions.iter().find(|text| !of_sts(text)) {
        return Err(PolicyError::Action(at, bad.clone()));
    }
    let mut principals = Vec::new();
    let mut named = 0;
    for (kind, who) in raw.principal.0 {
        let who = who.list();
        named += who.len();
        let known: fn(&str) -> bool = match kind.as_str() {
            "RAM" => is_principal,
            // Nobody of these kinds calls here; a policy may trust them all the same.
            "Service" => |it| !it.is_empty() && !it.contains(['*', '?', ':']),
            "Federated" => |it| it.starts_with("acs:ram::") && !it.contains(['*', '?']),
            _ => return Err(PolicyError::Principal(at, kind)),
        };
        if let Some(bad) = who.iter().find(|it| !known(it)) {
            return Err(PolicyError::Principal(at, bad.clone()));
        }
        if kind == "RAM" {
            principals.extend(who);
        }
    }
    if named == 0 {
        return Err(PolicyError::Patterns(at, "Principal"));
    }
    let conditions = conditions(at, raw.condition)?;
    Ok(Statement { effect: raw.effect, principals, actions, conditions })
}

/// An account (`acs:ram::1234567890123456:root`), a user or a role; no patterns.
fn is_principal(text: &str) -> bool {
    let Some((account, rest)) = text.strip_prefix("acs:ram::").and_then(|it| it.split_once(':'))
    else {
        return false;
    };
    let plain = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_@".contains(&byte))
    };
    let named = |kind| rest.strip_prefix(kind).is_some_and(plain);
    !account.is_empty()
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && (rest == "root" || named("user/") || named("role/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "1234567890123456";

    fn trust(statements: &str) -> Result<Trust, PolicyError> {
        Trust::parse(&format!(r#"{{"Version":"1","Statement":[{statements}]}}"#))
    }

    fn by(effect: &str, principal: &str, condition: &str) -> String {
        format!(
            r#"{{"Effect":"{effect}","Action":"sts:AssumeRole","Principal":{{"RAM":["{principal}"]}}
                {condition}}}"#
        )
    }

    fn decide(statements: &str, account: &str, arn: &str) -> Decision {
        let mut keys = Keys::default();
        keys.set("sts:ExternalId", "abc");
        let who = Trusted { account, arn };
        trust(statements).unwrap().decide(&who, "sts:AssumeRole", &keys)
    }

    fn trusts(statements: &str, account: &str, arn: &str) -> bool {
        matches!(decide(statements, account, arn), Decision::Allowed(_))
    }

    #[test]
    fn accounts_users_and_roles_are_trusted_by_name() {
        let alice = "acs:ram::1234567890123456:user/alice";
        let root = by("Allow", "acs:ram::1234567890123456:root", "");
        assert!(trusts(&root, ACCOUNT, alice));
        assert!(!trusts(&root, "9999999999999999", "acs:ram::9999999999999999:user/alice"));
        let named = by("Allow", alice, "");
        assert!(trusts(&named, ACCOUNT, alice));
        for other in ["user/alic", "user/Alice", "role/alice"] {
            assert!(!trusts(&named, ACCOUNT, &format!("acs:ram::{ACCOUNT}:{other}")), "{other}");
        }
        let but = format!("{root},{}", by("Deny", alice, ""));
        assert_eq!(
            decide(&but, ACCOUNT, alice),
            Decision::ExplicitDeny(StatementAt { policy: 0, statement: 1 })
        );
    }

    #[test]
    fn conditions_and_actions_are_asked() {
        let arn = "acs:ram::1234567890123456:user/alice";
        let condition =
            |id: &str| format!(r#","Condition":{{"StringEquals":{{"sts:ExternalId":"{id}"}}}}"#);
        assert!(trusts(&by("Allow", arn, &condition("abc")), ACCOUNT, arn));
        assert!(!trusts(&by("Allow", arn, &condition("abd")), ACCOUNT, arn));
        let all = by("Allow", arn, "").replace("sts:AssumeRole", "sts:*");
        let who = Trusted { account: ACCOUNT, arn };
        let only = by("Allow", arn, "");
        let may = |text: &str, action| {
            let decision = trust(text).unwrap().decide(&who, action, &Keys::default());
            matches!(decision, Decision::Allowed(_))
        };
        assert!(may(&all, "sts:SetSourceIdentity") && may(&all, "sts:assumerole"));
        assert!(!may(&only, "sts:SetSourceIdentity"));
    }

    #[test]
    fn services_are_taken_and_trusted_by_nobody_here() {
        let service = r#"{"Effect":"Allow","Action":"sts:AssumeRole",
            "Principal":{"Service":["ecs.aliyuncs.com"]}}"#;
        assert!(!trusts(service, ACCOUNT, "acs:ram::1234567890123456:user/ecs.aliyuncs.com"));
        assert!(!trusts(service, ACCOUNT, "ecs.aliyuncs.com"));
    }

    #[test]
    fn what_is_no_trust_policy_is_refused() {
        let good = by("Allow", "acs:ram::1234567890123456:root", "");
        assert!(trust(&good).is_ok());
        for (bad, part) in [
            (good.replace("::1234567890123456:root", "::*:root"), "principal"),
            (good.replace("acs:ram::1234567890123456:root", "*"), "principal"),
            (good.replace(":root", ":user/*"), "principal"),
            (good.replace(":root", ":group/x"), "principal"),
            (good.replace("RAM", "AWS"), "principal"),
            (good.replace("\"acs:ram::1234567890123456:root\"", ""), "Principal"),
            (good.replace("sts:AssumeRole", "ecs:AssumeRole"), "action"),
            (good.replace("\"sts:AssumeRole\"", "[]"), "Action"),
            (good.replace("\"Effect\"", "\"Resource\":\"*\",\"Effect\""), "Resource"),
            (by("Allow", "acs:ram::1:root", r#","Condition":{"Null":{"a":"b"}}"#), "operator"),
            (String::new(), "statement"),
        ] {
            let error = trust(&bad).unwrap_err().to_string();
            assert!(error.contains(part), "{bad}: {error}");
        }
        let long = format!(r#"{{"Version":"1","Statement":[{good}]}}{}"#, " ".repeat(TRUST_MAX));
        assert_eq!(Trust::parse(&long), Err(PolicyError::Length));
        let version = format!(r#"{{"Version":"2","Statement":[{good}]}}"#);
        assert_eq!(Trust::parse(&version), Err(PolicyError::Version));
    }
}
