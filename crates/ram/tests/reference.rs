//! The evaluator against a second one, written from the definition over plain JSON, and laws that
//! hold of any policies.

use causeway_ram::{Decision, Keys, Policy, Request, evaluate};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Keys and values of a request, by lower-case key.
type Facts = BTreeMap<&'static str, &'static str>;

const ACTIONS: &[&str] = &["vpc:CreateVpc", "vpc:DeleteVpc", "vpc:DescribeVpcs", "ram:GetUser"];
const RESOURCES: &[&str] = &[
    "acs:vpc:cn-hangzhou:1:vpc/a",
    "acs:vpc:cn-hangzhou:1:vpc/b",
    "acs:vpc:cn-beijing:1:routetable/a",
];
const ACTION_PATTERNS: &[&str] =
    &["*", "vpc:*", "VPC:create*", "vpc:De*", "*:Get?ser", "ecs:*", "vpc:DescribeVpcs"];
const RESOURCE_PATTERNS: &[&str] = &[
    "*",
    "acs:vpc:*:*:vpc/*",
    "acs:vpc:cn-hangzhou:1:vpc/a",
    "acs:vpc:*:1:*/a",
    "acs:vpc:cn-?eijing:*",
    "acs:ecs:*:*:*",
];

/// Operator, key, values to choose from.
const CONDITIONS: &[(&str, &str, &[&str])] = &[
    ("StringEquals", "acs:PrincipalArn", &["alice", "bob"]),
    ("StringNotEquals", "acs:principalarn", &["alice", "bob"]),
    ("StringLike", "acs:PrincipalARN", &["a*", "?ob", "*"]),
    ("StringNotLike", "acs:PrincipalARN", &["a*", "?ob"]),
    ("IpAddress", "acs:SourceIp", &["10.0.0.0/8", "192.0.2.1"]),
    ("NotIpAddress", "acs:SourceIp", &["10.0.0.0/8", "192.0.2.1"]),
    ("Bool", "acs:SecureTransport", &["true", "false"]),
    ("NumericLessThan", "x:Number", &["5", "10"]),
    ("NumericNotEquals", "x:Number", &["5", "7"]),
];

fn patterns(choices: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![
        select(choices).prop_map(Value::from),
        prop::collection::vec(select(choices), 1..3).prop_map(Value::from),
    ]
}

fn condition() -> impl Strategy<Value = Value> {
    let one = (select(CONDITIONS), any::<prop::sample::Index>(), any::<bool>());
    prop::collection::vec(one, 0..3).prop_map(|drawn| {
        let mut all = json!({});
        for ((operator, key, values), index, every) in drawn {
            let value = if every { json!(values) } else { json!(index.get(values)) };
            all[operator][key] = value;
        }
        all
    })
}

fn statement(effects: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let negations = prop::array::uniform2(prop::bool::weighted(0.2));
    let parts = (patterns(ACTION_PATTERNS), patterns(RESOURCE_PATTERNS), condition());
    (select(effects), negations, parts).prop_map(|(effect, negations, parts)| {
        let name = |negated, name: &str| if negated { format!("Not{name}") } else { name.into() };
        let mut statement = json!({ "Effect": effect, "Condition": parts.2 });
        statement[name(negations[0], "Action")] = parts.0;
        statement[name(negations[1], "Resource")] = parts.1;
        statement
    })
}

fn document(effects: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(effects), 1..4)
        .prop_map(|statements| json!({ "Version": "1", "Statement": statements }))
}

const BOTH: &[&str] = &["Allow", "Deny"];

fn facts() -> impl Strategy<Value = Facts> {
    let maybe = |values: &'static [&'static str]| prop::option::of(select(values));
    let drawn = (
        maybe(&["alice", "bob", "carol"]),
        maybe(&["10.1.1.1", "192.0.2.1", "198.51.100.1"]),
        maybe(&["true", "false"]),
        maybe(&["4", "5", "12", "many"]),
    );
    drawn.prop_map(|(who, ip, secure, number)| {
        let names = ["acs:principalarn", "acs:sourceip", "acs:securetransport", "x:number"];
        names
            .into_iter()
            .zip([who, ip, secure, number])
            .filter_map(|(k, v)| Some((k, v?)))
            .collect()
    })
}

fn parsed(documents: &[Value]) -> Vec<Policy> {
    documents.iter().map(|it| Policy::parse(&it.to_string()).expect("a policy")).collect()
}

fn decide(
    documents: &[Value],
    session: Option<&Value>,
    action: &str,
    resource: &str,
    facts: &Facts,
) -> Decision {
    let mut keys = Keys::default();
    facts.iter().for_each(|(key, value)| keys.set(key, *value));
    let session = session.map(|it| Policy::parse(&it.to_string()).expect("a policy"));
    evaluate(&parsed(documents), session.as_ref(), &Request { action, resource, keys: &keys })
}

fn is_allowed(decision: Decision) -> bool {
    matches!(decision, Decision::Allowed(_))
}

/// The reference.
mod naive {
    use super::{Facts, Value};

    pub fn allowed(documents: &[Value], action: &str, resource: &str, facts: &Facts) -> bool {
        let all = documents.iter().flat_map(|it| it["Statement"].as_array().unwrap());
        let applying: Vec<&Value> =
            all.filter(|statement| applies(statement, action, resource, facts)).collect();
        applying.iter().all(|it| it["Effect"] != "Deny") && !applying.is_empty()
    }

    fn applies(statement: &Value, action: &str, resource: &str, facts: &Facts) -> bool {
        let action = action.to_lowercase();
        let acts = match &statement["Action"] {
            Value::Null => {
                !list(&statement["NotAction"]).iter().any(|p| glob(&p.to_lowercase(), &action))
            }
            it => list(it).iter().any(|p| glob(&p.to_lowercase(), &action)),
        };
        let on = match &statement["Resource"] {
            Value::Null => !list(&statement["NotResource"]).iter().any(|p| glob(p, resource)),
            it => list(it).iter().any(|p| glob(p, resource)),
        };
        let conditions = statement["Condition"].as_object().unwrap();
        acts && on
            && conditions.iter().all(|(operator, keys)| {
                keys.as_object().unwrap().iter().all(|(key, values)| {
                    let given = facts.get(&*key.to_lowercase());
                    given.is_some_and(|given| holds(operator, &list(values), given))
                })
            })
    }

    fn holds(operator: &str, values: &[String], given: &str) -> bool {
        let any = |test: &dyn Fn(&str) -> bool| values.iter().any(|value| test(value));
        let inside = |value: &str| match value {
            "10.0.0.0/8" => given.starts_with("10."),
            value => value == given,
        };
        let number = given.parse::<i64>();
        match operator {
            "StringEquals" => any(&|value| value == given),
            "StringNotEquals" => !any(&|value| value == given),
            "StringLike" => any(&|value| glob(value, given)),
            "StringNotLike" => !any(&|value| glob(value, given)),
            "IpAddress" => any(&inside),
            "NotIpAddress" => !any(&inside),
            "Bool" => any(&|value| value == given),
            "NumericLessThan" => number.is_ok_and(|n| any(&|value| n < value.parse().unwrap())),
            "NumericNotEquals" => {
                number.is_ok_and(|n| !any(&|value| n == value.parse::<i64>().unwrap()))
            }
            other => panic!("{other}"),
        }
    }

    fn list(value: &Value) -> Vec<String> {
        match value {
            Value::String(one) => vec![one.clone()],
            many => many.as_array().unwrap().iter().map(|it| it.as_str().unwrap().into()).collect(),
        }
    }

    fn glob(pattern: &str, text: &str) -> bool {
        match (pattern.chars().next(), text.chars().next()) {
            (None, None) => true,
            (Some('*'), None) => glob(&pattern[1..], text),
            (Some('*'), Some(_)) => glob(&pattern[1..], text) || glob(pattern, &text[1..]),
            (Some(p), Some(t)) => (p == '?' || p == t) && glob(&pattern[1..], &text[1..]),
            _ => false,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn evaluation_equals_the_reference(
        documents in prop::collection::vec(document(BOTH), 0..3),
        session in prop::option::of(document(BOTH)),
        action in select(ACTIONS),
        resource in select(RESOURCES),
        facts in facts(),
    ) {
        let decision = decide(&documents, session.as_ref(), action, resource, &facts);
        let identity = naive::allowed(&documents, action, resource, &facts);
        let within = session.is_none_or(|it| naive::allowed(&[it], action, resource, &facts));
        prop_assert_eq!(is_allowed(decision), identity && within);
    }

    #[test]
    fn the_named_statement_decides_alone(
        documents in prop::collection::vec(document(BOTH), 1..3),
        action in select(ACTIONS),
        resource in select(RESOURCES),
        facts in facts(),
    ) {
        let decision = decide(&documents, None, action, resource, &facts);
        let (Decision::Allowed(at) | Decision::ExplicitDeny(at)) = decision else { return Ok(()) };
        let alone = json!({ "Version": "1",
            "Statement": [documents[at.policy]["Statement"][at.statement]] });
        let again = decide(&[alone], None, action, resource, &facts);
        prop_assert_eq!(std::mem::discriminant(&again), std::mem::discriminant(&decision));
    }

    #[test]
    fn adding_a_deny_never_allows(
        documents in prop::collection::vec(document(BOTH), 0..3),
        deny in document(&["Deny"]),
        at in any::<prop::sample::Index>(),
        action in select(ACTIONS),
        resource in select(RESOURCES),
        facts in facts(),
    ) {
        let before = is_allowed(decide(&documents, None, action, resource, &facts));
        let mut more = documents;
        more.insert(at.index(more.len() + 1), deny);
        let after = is_allowed(decide(&more, None, action, resource, &facts));
        prop_assert!(before || !after);
    }

    #[test]
    fn a_session_never_widens(
        documents in prop::collection::vec(document(BOTH), 0..3),
        session in document(BOTH),
        action in select(ACTIONS),
        resource in select(RESOURCES),
        facts in facts(),
    ) {
        let without = is_allowed(decide(&documents, None, action, resource, &facts));
        let with = is_allowed(decide(&documents, Some(&session), action, resource, &facts));
        prop_assert!(without || !with);
    }
}
