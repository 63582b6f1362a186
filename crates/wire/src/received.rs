//! A request as it arrived, and the bounds it must keep.

use std::collections::BTreeMap;

/// Decoded parameters by their full wire name (`RouteEntries.1.DstCidrBlock`).
pub type Parameters = BTreeMap<String, String>;

/// A request as the listener received it.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// GET or POST; anything else is refused.
    pub method: &'a http::Method,
    /// Path without the query; only `/` is served.
    pub path: &'a str,
    /// Raw query string without `?`; empty when there is none.
    pub query: &'a str,
    /// Headers as received; repeated ones are kept.
    pub headers: &'a http::HeaderMap,
    /// The body, already de-chunked.
    pub body: &'a [u8],
}

impl Received<'_> {
    /// First value of a header as text; bytes that are not UTF-8 are replaced.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        Some(match value.to_str() {
            Ok(text) => text.trim().to_owned(),
            Err(_) => String::from_utf8_lossy(value.as_bytes()).trim().to_owned(),
        })
    }
}

/// Bounds that hold before anything is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Parameters in query and body together.
    pub max_parameters: usize,
    /// Bytes of one decoded parameter name.
    pub max_name_bytes: usize,
    /// Bytes of one decoded parameter value.
    pub max_value_bytes: usize,
    /// Bytes of the raw body.
    pub max_body_bytes: usize,
    /// Bytes of the raw query string.
    pub max_query_bytes: usize,
}

impl Default for Limits {
    /// Generous for every known client: the largest call is a batch of 50 routes with long names.
    fn default() -> Limits {
        Limits {
            max_parameters: 2000,
            max_name_bytes: 256,
            max_value_bytes: 64 * 1024,
            max_body_bytes: 1024 * 1024,
            max_query_bytes: 256 * 1024,
        }
    }
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json;charset=utf-8`
    Json,
    /// `text/xml;charset=utf-8`
    Xml,
}

impl Format {
    /// The value of the `Format` parameter, in any case.
    pub fn parse(text: &str) -> Option<Format> {
        if text.eq_ignore_ascii_case("json") {
            Some(Format::Json)
        } else if text.eq_ignore_ascii_case("xml") {
            Some(Format::Xml)
        } else {
            None
        }
    }

    /// Content type. The XML one is compared as a whole string by the tea SDKs (wire.md 4.2).
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Json => "application/json;charset=utf-8",
            Format::Xml => "text/xml;charset=utf-8",
        }
    }
}
