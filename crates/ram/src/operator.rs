//! Condition operators: the complete list (wire.md section 6).

use causeway_types::Timestamp;
use ipnet::IpNet;
use std::cmp::Ordering;
use std::net::IpAddr;

use crate::glob;

/// A condition operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    /// What the values are, and how they are compared.
    pub relation: Relation,
    /// Whether no value may relate, instead of one having to.
    pub negated: bool,
}

/// How a value of the policy relates to the request's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    TextEquals,
    TextEqualsIgnoringCase,
    TextLike,
    Number(Comparison),
    Date(Comparison),
    Bool,
    IpAddress,
}

/// How the request's value compares with the policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

impl Comparison {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Comparison::Equals => ordering.is_eq(),
            Comparison::LessThan => ordering.is_lt(),
            Comparison::LessThanEquals => ordering.is_le(),
            Comparison::GreaterThan => ordering.is_gt(),
            Comparison::GreaterThanEquals => ordering.is_ge(),
        }
    }
}

impl Operator {
    /// The operator with this name. `...IfExists` and `Null` are none: the provider refuses them.
    pub fn named(name: &str) -> Option<Operator> {
        let yes = |relation| Some(Operator { relation, negated: false });
        let no = |relation| Some(Operator { relation, negated: true });
        if let Some(comparison) = name.strip_prefix("Numeric") {
            return Operator::comparing(comparison, Relation::Number);
        }
        if let Some(comparison) = name.strip_prefix("Date") {
            return Operator::comparing(comparison, Relation::Date);
        }
        match name {
            "StringEquals" => yes(Relation::TextEquals),
            "StringNotEquals" => no(Relation::TextEquals),
            "StringEqualsIgnoreCase" => yes(Relation::TextEqualsIgnoringCase),
            "StringNotEqualsIgnoreCase" => no(Relation::TextEqualsIgnoringCase),
            "StringLike" => yes(Relation::TextLike),
            "StringNotLike" => no(Relation::TextLike),
            "Bool" => yes(Relation::Bool),
            "IpAddress" => yes(Relation::IpAddress),
            "NotIpAddress" => no(Relation::IpAddress),
            _ => None,
        }
    }

    fn comparing(name: &str, relation: fn(Comparison) -> Relation) -> Option<Operator> {
        let (comparison, negated) = match name {
            "Equals" => (Comparison::Equals, false),
            "NotEquals" => (Comparison::Equals, true),
            "LessThan" => (Comparison::LessThan, false),
            "LessThanEquals" => (Comparison::LessThanEquals, false),
            "GreaterThan" => (Comparison::GreaterThan, false),
            "GreaterThanEquals" => (Comparison::GreaterThanEquals, false),
            _ => return None,
        };
        Some(Operator { relation: relation(comparison), negated })
    }
}

impl Relation {
    /// Whether a text is a value of this kind.
    pub fn accepts(self, value: &str) -> bool {
        match self {
            Relation::TextEquals | Relation::TextEqualsIgnoringCase | Relation::TextLike => true,
            Relation::Number(_) => number(value).is_some(),
            Relation::Date(_) => date(value).is_some(),
            Relation::Bool => boolean(value).is_some(),
            Relation::IpAddress => network(value).is_some(),
        }
    }

    /// Whether the request's value relates to the policy's; none when the request's is not of
    /// this kind.
    pub fn relates(self, wanted: &str, given: &str) -> Option<bool> {
        match self {
            Relation::TextEquals => Some(wanted == given),
            Relation::TextEqualsIgnoringCase => Some(wanted.eq_ignore_ascii_case(given)),
            Relation::TextLike => Some(glob::matches(wanted, given)),
            Relation::Number(comparison) => {
                Some(comparison.holds(number(given)?.partial_cmp(&number(wanted)?)?))
            }
            Relation::Date(comparison) => Some(comparison.holds(date(given)?.cmp(&date(wanted)?))),
            Relation::Bool => Some(boolean(given)? == boolean(wanted)?),
            Relation::IpAddress => {
                let given: IpAddr = given.parse().ok()?;
                Some(network(wanted)?.contains(&given.to_canonical()))
            }
        }
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn date(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// An address, or a block of them.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse().ok().map(|address: IpAddr| address.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Operator, the policy's value, the request's value, whether the condition holds.
    const CASES: &[(&str, &str, &str, bool)] = &[
        ("StringEquals", "a", "a", true),
        ("StringEquals", "a", "A", false),
        ("StringEquals", "a*", "ab", false),
        ("StringNotEquals", "a", "A", true),
        ("StringNotEquals", "a", "a", false),
        ("StringEqualsIgnoreCase", "a", "A", true),
        ("StringEqualsIgnoreCase", "a", "b", false),
        ("StringNotEqualsIgnoreCase", "a", "A", false),
        ("StringNotEqualsIgnoreCase", "a", "b", true),
        ("StringLike", "a*?", "abc", true),
        ("StringLike", "a*", "Abc", false),
        ("StringNotLike", "a*", "abc", false),
        ("StringNotLike", "a*", "Abc", true),
        ("NumericEquals", "1", "1.0", true),
        ("NumericEquals", "1", "2", false),
        ("NumericNotEquals", "1", "2", true),
        ("NumericNotEquals", "1", "1", false),
        ("NumericNotEquals", "1", "one", false),
        ("NumericLessThan", "10", "9", true),
        ("NumericLessThan", "10", "10", false),
        ("NumericLessThanEquals", "10", "10", true),
        ("NumericLessThanEquals", "10", "11", false),
        ("NumericGreaterThan", "10", "11", true),
        ("NumericGreaterThan", "10", "10", false),
        ("NumericGreaterThanEquals", "10", "10", true),
        ("NumericGreaterThanEquals", "10", "9", false),
        ("DateEquals", "2019-08-12T17:00:00+08:00", "2019-08-12T09:00:00Z", true),
        ("DateEquals", "2019-08-12T17:00:00+08:00", "2019-08-12T17:00:00Z", false),
        ("DateNotEquals", "2019-08-12T17:00:00Z", "2019-08-12T17:00:01Z", true),
        ("DateNotEquals", "2019-08-12T17:00:00Z", "2019-08-12T17:00:00Z", false),
        ("DateLessThan", "2019-08-12T17:00:00+08:00", "2019-08-12T08:59:59Z", true),
        ("DateLessThan", "2019-08-12T17:00:00+08:00", "2019-08-12T09:00:00Z", false),
        ("DateLessThanEquals", "2019-08-12T17:00:00+08:00", "2019-08-12T09:00:00Z", true),
        ("DateLessThanEquals", "2019-08-12T17:00:00+08:00", "2019-08-12T09:00:01Z", false),
        ("DateGreaterThan", "2019-08-12T17:00:00Z", "2019-08-12T17:00:01Z", true),
        ("DateGreaterThan", "2019-08-12T17:00:00Z", "2019-08-12T17:00:00Z", false),
        ("DateGreaterThanEquals", "2019-08-12T17:00:00Z", "2019-08-12T17:00:00Z", true),
        ("DateGreaterThanEquals", "2019-08-12T17:00:00Z", "2019-08-12T16:59:59Z", false),
        ("Bool", "true", "TRUE", true),
        ("Bool", "true", "false", false),
        ("Bool", "false", "perhaps", false),
        ("IpAddress", "203.0.113.0/24", "203.0.113.9", true),
        ("IpAddress", "203.0.113.0/24", "203.0.114.9", false),
        ("IpAddress", "203.0.113.9", "203.0.113.9", true),
        ("IpAddress", "203.0.113.9", "::ffff:203.0.113.9", true),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", true),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", false),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.9", false),
        ("NotIpAddress", "203.0.113.0/24", "203.0.114.9", true),
        ("NotIpAddress", "203.0.113.0/24", "nowhere", false),
    ];

    #[test]
    fn operators_compare() {
        for (name, wanted, given, expected) in CASES {
            let operator = Operator::named(name).unwrap_or_else(|| panic!("no operator {name}"));
            assert!(operator.relation.accepts(wanted), "{name} {wanted}");
            let related = operator.relation.relates(wanted, given);
            let holds = related.is_some_and(|related| related != operator.negated);
            assert_eq!(holds, *expected, "{name} {wanted} {given}");
        }
    }

    #[test]
    fn the_list_is_complete_and_no_longer() {
        let comparisons = [
            "Equals",
            "NotEquals",
            "LessThan",
            "LessThanEquals",
            "GreaterThan",
            "GreaterThanEquals",
        ];
        let compared =
            ["Numeric", "Date"].iter().flat_map(|kind| comparisons.map(|c| format!("{kind}{c}")));
        for name in compared {
            assert!(Operator::named(&name).is_some(), "{name}");
            assert!(CASES.iter().any(|case| case.0 == name), "{name} is not tried");
        }
        for name in [
            "Null",
            "StringEqualsIfExists",
            "BoolIfExists",
            "NumericLike",
            "stringequals",
            "ForAnyValue:StringLike",
            "StringLessThan",
            "NotBool",
            "",
        ] {
            assert!(Operator::named(name).is_none(), "{name}");
        }
    }

    #[test]
    fn values_are_of_the_operators_kind() {
        for (name, value) in [
            ("NumericEquals", "one"),
            ("NumericEquals", "inf"),
            ("NumericEquals", "NaN"),
            ("DateEquals", "2019-08-12"),
            ("Bool", "1"),
            ("IpAddress", "203.0.113.0/33"),
            ("IpAddress", "*"),
            ("NotIpAddress", ""),
        ] {
            assert!(!Operator::named(name).unwrap().relation.accepts(value), "{name} {value}");
        }
    }
}
