//! Conditions of a statement.

use crate::evaluate::Keys;
use crate::operator::Operator;

/// One operator on one key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    pub operator: Operator,
    /// In the form of [`Keys`].
    pub key: String,
    pub values: Vec<String>,
}

impl Condition {
    /// Whether it holds: of a positive operator one value must relate, of a negated one none may.
    /// A key that the request does not have, or has with a value of another kind, fulfils neither;
    /// for negated operators that is the careful reading, nothing public tells.
    pub fn holds(&self, keys: &Keys) -> bool {
        let Some(given) = keys.get(&self.key) else { return false };
        let mut any = false;
        for wanted in &self.values {
            match self.operator.relation.relates(wanted, given) {
                Some(related) => any |= related,
                None => return false,
            }
        }
        any != self.operator.negated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(operator: &str, values: &[&str], given: Option<&str>) -> bool {
        let values = values.iter().map(ToString::to_string).collect();
        let operator = Operator::named(operator).unwrap();
        let condition = Condition { operator, key: "acs:x".into(), values };
        let mut keys = Keys::default();
        if let Some(given) = given {
            keys.set("acs:X", given);
        }
        condition.holds(&keys)
    }

    #[test]
    fn one_value_is_enough_and_none_may_be_excluded() {
        assert!(holds("StringEquals", &["a", "b"], Some("b")));
        assert!(!holds("StringEquals", &["a", "b"], Some("c")));
        assert!(holds("StringNotEquals", &["a", "b"], Some("c")));
        assert!(!holds("StringNotEquals", &["a", "b"], Some("b")));
        let blocks = ["192.0.2.0/24", "198.51.100.0/24"];
        assert!(holds("IpAddress", &blocks, Some("198.51.100.1")));
        assert!(!holds("NotIpAddress", &blocks, Some("198.51.100.1")));
    }

    /// Calls with an access key carry no `acs:MFAPresent`: `false` does not match them either.
    #[test]
    fn an_absent_key_fulfils_nothing() {
        assert!(!holds("Bool", &["false"], None));
        assert!(!holds("StringNotEquals", &["a"], None));
        assert!(!holds("NotIpAddress", &["192.0.2.0/24"], None));
    }
}
