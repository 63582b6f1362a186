//! Percent encoding as signed, and form encoding as received (wire.md sections 1.1 and 2).

use crate::{Limits, ProtocolError, gateway};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Encodes what is not unreserved as upper-case `%XX` of its UTF-8 bytes.
pub(crate) fn percent(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

/// True if encoding `text` would change nothing.
pub(crate) fn is_unreserved(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
}

/// `a=1&b=2` over parameters sorted by name, both sides encoded.
pub(crate) fn canonical_query<'a>(parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = String::new();
    for (name, value) in parameters {
        if !query.is_empty() {
            query.push('&');
        }
        query.extend(percent(name));
        query.push('=');
        query.extend(percent(value));
    }
    query
}

/// Decodes a query string or form body into name and value pairs, in order. A pair without `=` has
/// an empty value; empty pairs are skipped. Malformed escapes and text that is not UTF-8 are
/// refused: no known client sends them, and guessing would change what was signed.
pub(crate) fn form(raw: &[u8], limits: &Limits) -> Result<Vec<(String, String)>, ProtocolError> {
    let mut pairs = Vec::new();
    for pair in raw.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
        if pairs.len() == limits.max_parameters {
            return Err(too_many(limits));
        }
        let (name, value) = match pair.iter().position(|&byte| byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &pair[pair.len()..]),
        };
        let name = text(name).ok_or_else(|| undecodable(name, limits))?;
        let value = text(value).ok_or_else(|| undecodable(name.as_bytes(), limits))?;
        check_bounds(&name, &value, limits)?;
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// Refuses names and values beyond the bounds.
pub(crate) fn check_bounds(name: &str, value: &str, limits: &Limits) -> Result<(), ProtocolError> {
    if name.len() > limits.max_name_bytes {
        let limit = limits.max_name_bytes;
        return Err(gateway::invalid_request(format!(
            "A parameter name is longer than {limit} bytes."
        )));
    }
    if value.len() > limits.max_value_bytes {
        let limit = limits.max_value_bytes;
        return Err(gateway::invalid_request(format!(
            "The value of the parameter \"{name}\" is longer than {limit} bytes."
        )));
    }
    Ok(())
}

pub(crate) fn too_many(limits: &Limits) -> ProtocolError {
    let limit = limits.max_parameters;
    gateway::invalid_request(format!("The request has more than {limit} parameters."))
}

fn undecodable(name: &[u8], limits: &Limits) -> ProtocolError {
    let shown = &name[..name.len().min(limits.max_name_bytes)];
    gateway::invalid_parameter(&String::from_utf8_lossy(shown))
}

/// One form-encoded piece: `+` is a space, `%XX` a byte.
fn text(raw: &[u8]) -> Option<String> {
    if !raw.iter().any(|byte| matches!(byte, b'+' | b'%')) {
        return Some(std::str::from_utf8(raw).ok()?.to_owned());
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.iter();
    while let Some(&byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex_digit(*rest.next()?)? << 4 | hex_digit(*rest.next()?)?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive_percent(text: &str) -> String {
        text.bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect()
    }

    fn decoded(raw: &str) -> Vec<(String, String)> {
        form(raw.as_bytes(), &Limits::default()).unwrap()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn reads_every_sdk_dialect() {
        // py-tea writes a space as `+`, py-core as `%20`; node-tea leaves `!'()*` raw (1.1).
        assert_eq!(decoded("a=x+y&b=x%20y"), [pair("a", "x y"), pair("b", "x y")]);
        assert_eq!(decoded("a=!'()*&b=%2a"), [pair("a", "!'()*"), pair("b", "*")]);
        assert_eq!(decoded("Description=&&x"), [pair("Description", ""), pair("x", "")]);
        assert_eq!(decoded("a=b=c&=v"), [pair("a", "b=c"), pair("", "v")]);
    }

    #[test]
    fn refuses_what_is_not_text() {
        for raw in ["RouteDest=%FF", "RouteDest=%2", "RouteDest=%", "RouteDest=%zz"] {
            let error = form(raw.as_bytes(), &Limits::default()).unwrap_err();
            assert_eq!(
                error.message, "The specified parameter \"RouteDest\" is not valid.",
                "{raw}"
            );
        }
        let error = form(b"\xff=1", &Limits::default()).unwrap_err();
        assert_eq!((error.status, &*error.code), (400, "InvalidParameter"));
    }

    #[test]
    fn holds_its_bounds() {
        let limits = Limits {
            max_parameters: 2,
            max_name_bytes: 3,
            max_value_bytes: 4,
            ..Limits::default()
        };
        assert!(form(b"abc=1234&d=%41%41%41%41", &limits).is_ok());
        for (raw, part) in [
            ("a&b&c", "more than 2 parameters"),
            ("abcd=1", "name is longer than 3 bytes"),
            ("a=12345", "\"a\" is longer than 4 bytes"),
        ] {
            let error = form(raw.as_bytes(), &limits).unwrap_err();
            assert!(error.message.contains(part), "{raw}: {}", error.message);
        }
    }

    proptest! {
        #[test]
        fn percent_encoding_agrees_with_a_naive_one(text in any::<String>()) {
            prop_assert_eq!(percent(&text).to_string(), naive_percent(&text));
            prop_assert_eq!(is_unreserved(&text), naive_percent(&text) == text);
        }

        #[test]
        fn decode_undoes_encode(pairs in prop::collection::vec((any::<String>(), any::<String>()), 0..8)) {
            let raw = canonical_query(pairs.iter().map(|(name, value)| (&**name, &**value)));
            prop_assert_eq!(decoded(&raw), pairs);
        }

        #[test]
        fn never_panics(raw in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = form(&raw, &Limits::default());
        }
    }
}
