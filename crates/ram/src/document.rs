//! Policy documents: their grammar, and what is refused.

use crate::condition::Condition;
use crate::evaluate::canonical_key;
use crate::operator::Operator;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// The longest document, in characters: the provider's limit for custom policies.
pub const DOCUMENT_MAX: usize = 6144;

/// A policy: what may be done, and what may not.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    pub(crate) statements: Vec<Statement>,
}

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statement {
    pub effect: Effect,
    pub actions: Patterns,
    pub resources: Patterns,
    pub conditions: Vec<Condition>,
}

/// Patterns to match one of, or none of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Patterns {
    pub list: Vec<String>,
    pub negated: bool,
}

/// Why a text is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// It is longer than [`DOCUMENT_MAX`].
    #[error("the document is longer than {DOCUMENT_MAX} characters")]
    Length,
    /// It is not JSON, or not in the shape of a policy.
    #[error("the document is not a policy: {0}")]
    Shape(String),
    /// `Version` is not `1`.
    #[error("the version is not \"1\"")]
    Version,
    /// There is no statement.
    #[error("there is no statement")]
    Empty,
    /// A statement needs exactly one of `Action` and `NotAction`, and of `Resource` and
    /// `NotResource`, with at least one value.
    #[error("statement {0} needs exactly one of {1} and Not{1}, and not empty")]
    Patterns(usize, &'static str),
    /// An action is neither `*` nor `service:name`.
    #[error("statement {0}: {1:?} is no action")]
    Action(usize, String),
    /// A resource is neither `*` nor an ARN beginning with `acs:`.
    #[error("statement {0}: {1:?} is no resource")]
    Resource(usize, String),
    /// There is no such condition operator; `...IfExists` and `Null` are none.
    #[error("statement {0}: {1:?} is no condition operator")]
    Operator(usize, String),
    /// Somebody a trust policy names cannot be trusted: it is no principal, or of no known kind.
    #[error("statement {0}: {1:?} is no principal")]
    Principal(usize, String),
    /// A condition's key or value is not one.
    #[error("statement {0}: the condition on {1:?} has no value, or one of the wrong kind")]
    Value(usize, String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "Version")]
    version: String,
    #[serde(rename = "Statement")]
    statements: Vec<RawStatement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct RawStatement {
    effect: Effect,
    action: Option<OneOrMore>,
    not_action: Option<OneOrMore>,
    resource: Option<OneOrMore>,
    not_resource: Option<OneOrMore>,
    condition: Option<Pairs<Pairs<OneOrMore>>>,
}

/// A text, or a list of texts.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub fn list(self) -> Vec<String> {
        match self {
            OneOrMore::One(one) => vec![one],
            OneOrMore::More(more) => more,
        }
    }
}

/// The members of an object, each name once: of two, another reader could see the other.
pub(crate) struct Pairs<T>(pub Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Pairs<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<T>, A::Error> {
                let mut pairs: Vec<(String, T)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    if pairs.iter().any(|(known, _)| *known == name) {
                        return Err(serde::de::Error::custom(format!("{name:?} is there twice")));
                    }
                    pairs.push((name, value));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

impl Policy {
    /// Reads a document of at most [`DOCUMENT_MAX`] characters.
    pub fn parse(text: &str) -> Result<Policy, PolicyError> {
        if text.chars().count() > DOCUMENT_MAX {
            return Err(PolicyError::Length);
        }
        let document: Document =
            serde_json::from_str(text).map_err(|error| PolicyError::Shape(error.to_string()))?;
        if document.version != "1" {
            return Err(PolicyError::Version);
        }
        if document.statements.is_empty() {
            return Err(PolicyError::Empty);
        }
        let statements = document.statements.into_iter().enumerate();
        let statements =
            statements.map(|(at, raw)| statement(at, raw)).collect::<Result<_, _>>()?;
        Ok(Policy { statements })
    }
}

fn statement(at: usize, raw: RawStatement) -> Result<Statement, PolicyError> {
    let actions = patterns(raw.action, raw.not_action);
    let actions = actions.ok_or(PolicyError::Patterns(at, "Action"))?;
    let resources = patterns(raw.resource, raw.not_resource);
    let resources = resources.ok_or(PolicyError::Patterns(at, "Resource"))?;
    if let Some(bad) = actions.list.iter().find(|text| !is_action(text)) {
        return Err(PolicyError::Action(at, bad.clone()));
    }
    let is_resource = |text: &str| text == "*" || text.starts_with("acs:");
    if let Some(bad) = resources.list.iter().find(|text| !is_resource(text)) {
        return Err(PolicyError::Resource(at, bad.clone()));
    }
    let conditions = conditions(at, raw.condition)?;
    Ok(Statement { effect: raw.effect, actions, resources, conditions })
}

/// Reads the conditions of the statement at this place.
pub(crate) fn conditions(
    at: usize,
    raw: Option<Pairs<Pairs<OneOrMore>>>,
) -> Result<Vec<Condition>, PolicyError> {
    let mut conditions = Vec::new();
    for (name, keys) in raw.map_or(Vec::new(), |pairs| pairs.0) {
        let operator = Operator::named(&name);
        let operator = operator.ok_or_else(|| PolicyError::Operator(at, name.clone()))?;
        for (key, values) in keys.0 {
            let values = values.list();
            let usable =
                !values.is_empty() && values.iter().all(|it| operator.relation.accepts(it));
            if !usable || key.is_empty() {
                return Err(PolicyError::Value(at, key));
            }
            conditions.push(Condition { operator, key: canonical_key(&key), values });
        }
    }
    Ok(conditions)
}

fn patterns(plain: Option<OneOrMore>, negated: Option<OneOrMore>) -> Option<Patterns> {
    let (list, negated) = match (plain, negated) {
        (Some(list), None) => (list.list(), false),
        (None, Some(list)) => (list.list(), true),
        _ => return None,
    };
    (!list.is_empty()).then_some(Patterns { list, negated })
}

pub(crate) fn is_action(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_*?/.".contains(&byte))
    };
    text == "*" || text.split_once(':').is_some_and(|(service, name)| word(service) && word(name))
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
