//! What is recorded of an answer: what it names and counts, and nothing else, so that no secret an
//! answer hands out is ever kept.

use crate::json;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Endings of the members that are kept.
const ENDINGS: [&str; 7] = ["Id", "Name", "Arn", "Status", "State", "Date", "Count"];
/// The longest text that is kept, and the most of all.
const TEXT_MAX: usize = 128;
const MEMBERS_MAX: usize = 24;

/// The members of an answer that are recorded, as a JSON object; none when there are none.
pub fn elements(answer: &str) -> Option<String> {
    let (mut text, mut room) = (String::new(), MEMBERS_MAX);
    let answer = &mut serde_json::Deserializer::from_str(answer);
    let kept = Keeping { text: &mut text, room: &mut room, levels: 2, named: false };
    kept.deserialize(answer).is_ok_and(|kept| kept).then_some(text)
}

/// Writes what is kept of a value, and tells whether that is anything.
struct Keeping<'t> {
    text: &'t mut String,
    /// Members that may still be kept.
    room: &'t mut usize,
    /// How deep objects are looked into.
    levels: usize,
    /// Whether a plain value here is kept.
    named: bool,
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl Keeping<'_> {
    fn plain(self, value: &impl serde::Serialize) -> bool {
        let keeps = self.named && *self.room > 0;
        if keeps {
            *self.room -= 1;
            json::write(self.text, value);
        }
        keeps
    }
}

impl<'de> DeserializeSeed<'de> for Keeping<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        if self.levels == 0 && !self.named {
            return IgnoredAny::deserialize(from).map(|_| false);
        }
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keeping<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }

    fn visit_str<E>(self, value: &str) -> Result<bool, E> {
        Ok(value.len() <= TEXT_MAX && self.plain(&value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
        Ok(self.plain(&value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<bool, E> {
        Ok(self.plain(&value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<bool, E> {
        Ok(self.plain(&value))
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<bool, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
        let Some(levels) = self.levels.checked_sub(1) else {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(false);
        };
        let start = self.text.len();
        while let Some(Name(name)) = members.next_key()? {
            let before = self.text.len();
            self.text.push(if before == start { '{' } else { ',' });
            json::write(self.text, &name);
            self.text.push(':');
            let named = ENDINGS.iter().any(|ending| name.ends_with(ending));
            let value = Keeping { text: self.text, room: self.room, levels, named };
            if !members.next_value_seed(value)? {
                self.text.truncate(before);
            }
        }
        let kept = self.text.len() > start;
        if kept {
            self.text.push('}');
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_and_secrets_are_not() {
        let answer = r#"{"AccessKey":{"AccessKeyId":"LTAI1","AccessKeySecret":"hush",
            "Status":"Active"},"Credentials":{"SecurityToken":"hush"},"Psk":"hush","Users":[1],
            "SuccessCount":3,"VpcId":"vpc-1"}"#;
        let expected = r#"{"AccessKey":{"AccessKeyId":"LTAI1","Status":"Active"},"SuccessCount":3,"VpcId":"vpc-1"}"#;
        assert_eq!(elements(answer).as_deref(), Some(expected));
        assert_eq!(elements("{}"), None);
        let deep =
            r#"{"A":{"B":{"CId":1},"DId":{"EId":2},"FId":[3],"GId":null,"HId":-1.5},"Id":"\"é"}"#;
        assert_eq!(elements(deep).as_deref(), Some(r#"{"A":{"HId":-1.5},"Id":"\"é"}"#));
        let many: Vec<_> = (0..30).map(|n| format!(r#""{n}Id":{n}"#)).collect();
        let kept = elements(&format!("{{{}}}", many.join(","))).unwrap();
        assert_eq!(kept, format!("{{{}}}", many[..MEMBERS_MAX].join(",")));
        assert_eq!(elements(&format!(r#"{{"VpcName":"{}"}}"#, "n".repeat(200))), None);
    }
}
