//! Reading JSON as loosely as clients write it.

/// Deserializers for members that clients send as text, number or boolean alike
/// (`"IkeLifetime": "86400"`, `"enable": "true"`).
pub mod lenient {
    use serde::{Deserialize, Deserializer, de::Error};
    use serde_json::Value;

    /// A whole number, or its decimal text; empty text and null are absent.
    pub fn integer<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
        match Value::deserialize(from)? {
            Value::Null => Ok(None),
            Value::String(text) if text.is_empty() => Ok(None),
            Value::String(text) => text.parse().map(Some).map_err(D::Error::custom),
            Value::Number(number) => {
                number.as_i64().map(Some).ok_or_else(|| D::Error::custom("not a whole number"))
            }
            _ => Err(D::Error::custom("not a number")),
        }
    }

    /// A text, or what prints as one: a number or a boolean; empty text and null are absent.
    pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
        match Value::deserialize(from)? {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text).filter(|text| !text.is_empty())),
            Value::Number(number) => Ok(Some(number.to_string())),
            Value::Bool(flag) => Ok(Some(flag.to_string())),
            _ => Err(D::Error::custom("not a text")),
        }
    }

    /// A boolean, or its text in any case; empty text and null are absent.
    pub fn boolean<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
        match Value::deserialize(from)? {
            Value::Null => Ok(None),
            Value::Bool(flag) => Ok(Some(flag)),
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "" => Ok(None),
                "true" => Ok(Some(true)),
                "false" => Ok(Some(false)),
                _ => Err(D::Error::custom("not a boolean")),
            },
            _ => Err(D::Error::custom("not a boolean")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lenient;

    #[derive(serde::Deserialize)]
    struct Sample {
        #[serde(default, deserialize_with = "lenient::integer")]
        number: Option<i64>,
        #[serde(default, deserialize_with = "lenient::boolean")]
        flag: Option<bool>,
        #[serde(default, deserialize_with = "lenient::text")]
        text: Option<String>,
    }

    #[test]
    fn texts_count_as_what_they_say() {
        for (json, number, flag) in [
            (r#"{"number":3,"flag":true}"#, Some(3), Some(true)),
            (r#"{"number":"3","flag":"True"}"#, Some(3), Some(true)),
            (r#"{"number":"","flag":null}"#, None, None),
            ("{}", None, None),
        ] {
            let sample: Sample = serde_json::from_str(json).unwrap();
            assert_eq!((sample.number, sample.flag), (number, flag), "{json}");
        }
        for (json, text) in [
            (r#"{"text":"a"}"#, Some("a")),
            (r#"{"text":65000}"#, Some("65000")),
            (r#"{"text":true}"#, Some("true")),
            (r#"{"text":""}"#, None),
        ] {
            let sample: Sample = serde_json::from_str(json).unwrap();
            assert_eq!(sample.text.as_deref(), text, "{json}");
        }
        assert!(serde_json::from_str::<Sample>(r#"{"text":[]}"#).is_err());
        assert!(serde_json::from_str::<Sample>(r#"{"number":"x"}"#).is_err());
        assert!(serde_json::from_str::<Sample>(r#"{"flag":"x"}"#).is_err());
    }
}
