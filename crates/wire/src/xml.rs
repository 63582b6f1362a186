//! XML documents: the error's exact shape, and successes from JSON (wire.md sections 4.1 and 4.2).

use crate::ErrorBody;
use serde_json::{Map, Value};

const PROLOG: &str = "<?xml version='1.0' encoding='UTF-8'?>";

/// The error document. The root is `Error` whatever the action.
pub(crate) fn error(error: &ErrorBody) -> String {
    let mut xml = String::from(PROLOG);
    xml.push_str("<Error>");
    text_element(&mut xml, "RequestId", error.request_id);
    text_element(&mut xml, "HostId", error.host_id);
    text_element(&mut xml, "Code", error.code);
    text_element(&mut xml, "Message", error.message);
    if let Some(recommend) = error.recommend {
        xml.push_str("<Recommend><![CDATA[");
        // The end mark is split over two sections.
        xml.extend(recommend.replace("]]>", "]]]]><![CDATA[>").chars().map(allowed));
        xml.push_str("]]></Recommend>");
    }
    if let Some(detail) = &error.access_denied_detail {
        element(&mut xml, "AccessDeniedDetail", detail);
    }
    xml.push_str("</Error>");
    xml
}

/// The document of a success: root `{action}Response`, lists as repeated elements.
pub(crate) fn success(action: &str, request_id: &str, members: &Map<String, Value>) -> String {
    let root = format!("{action}Response");
    let mut xml = String::from(PROLOG);
    open(&mut xml, &root);
    text_element(&mut xml, "RequestId", request_id);
    for (name, value) in members {
        element(&mut xml, name, value);
    }
    close(&mut xml, &root);
    xml
}

/// Null is left out; a list is its element repeated, so an empty one leaves no trace.
fn element(xml: &mut String, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| element(xml, name, item)),
        Value::String(text) => text_element(xml, name, text),
        Value::Bool(_) | Value::Number(_) => text_element(xml, name, &value.to_string()),
        Value::Object(members) => {
            open(xml, name);
            members.iter().for_each(|(name, value)| element(xml, name, value));
            close(xml, name);
        }
    }
}

fn text_element(xml: &mut String, name: &str, text: &str) {
    open(xml, name);
    for c in text.chars().map(allowed) {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            // A bare carriage return would be read as a line feed.
            '\r' => xml.push_str("&#13;"),
            c => xml.push(c),
        }
    }
    close(xml, name);
}

fn open(xml: &mut String, name: &str) {
    xml.push('<');
    xml.extend(name_characters(name));
    xml.push('>');
}

fn close(xml: &mut String, name: &str) {
    xml.push_str("</");
    xml.extend(name_characters(name));
    xml.push('>');
}

/// The provider's names are ASCII words; anything else could break the document.
fn name_characters(name: &str) -> impl Iterator<Item = char> {
    let leading = name.starts_with(|c: char| !c.is_ascii_alphabetic() && c != '_');
    let prefix = (leading || name.is_empty()).then_some('_');
    let word = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    prefix.into_iter().chain(name.chars().map(word))
}

/// XML 1.0 cannot express most control characters, not even escaped.
fn allowed(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, failure};
    use proptest::prelude::*;
    use quick_xml::{Reader, events::Event};
    use serde_json::json;

    fn success_text(body: Value) -> String {
        success("DescribeRouteEntryList", "ID", body.as_object().unwrap())
    }

    #[test]
    fn errors_have_the_exact_shape() {
        let error = ErrorBody {
            request_id: "0B8F-1",
            host_id: "vpc.aliyuncs.com",
            code: "InvalidVersion",
            message: "Specified parameter Version is not valid.",
            recommend: Some("https://x/?q=InvalidVersion&product=Vpc"),
            access_denied_detail: Some(json!({"AuthAction": "vpc:A<B", "PolicyType": "P"})),
        };
        let answer = failure(Format::Xml, 400, &error);
        // tea compares the whole content type (wire.md 4.2).
        assert_eq!(answer.content_type, "text/xml;charset=utf-8");
        assert_eq!(
            String::from_utf8(answer.body).unwrap(),
            "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>0B8F-1</RequestId>\
             <HostId>vpc.aliyuncs.com</HostId><Code>InvalidVersion</Code>\
             <Message>Specified parameter Version is not valid.</Message>\
             <Recommend><![CDATA[https://x/?q=InvalidVersion&product=Vpc]]></Recommend>\
             <AccessDeniedDetail><AuthAction>vpc:A&lt;B</AuthAction><PolicyType>P</PolicyType>\
             </AccessDeniedDetail></Error>"
        );
    }

    #[test]
    fn lists_repeat_their_element() {
        // Wrapped and bare lists (wire.md 4.1).
        let xml = success_text(json!({
            "RouteEntrys": {"RouteEntry": [{"Weight": 100}, {"Weight": 0, "Gone": null}]},
            "RouteEntryIds": ["a", "b"],
            "DryRun": true,
            "NextHops": {"NextHop": []},
        }));
        assert_eq!(
            xml,
            "<?xml version='1.0' encoding='UTF-8'?><DescribeRouteEntryListResponse>\
             <RequestId>ID</RequestId><RouteEntrys><RouteEntry><Weight>100</Weight></RouteEntry>\
             <RouteEntry><Weight>0</Weight></RouteEntry></RouteEntrys>\
             <RouteEntryIds>a</RouteEntryIds><RouteEntryIds>b</RouteEntryIds>\
             <DryRun>true</DryRun><NextHops></NextHops></DescribeRouteEntryListResponse>"
        );
    }

    #[test]
    fn text_cannot_break_out() {
        let xml = success_text(json!({"A b>": "</A>&\u{1}\r"}));
        assert!(xml.contains("<A_b_>&lt;/A&gt;&amp;\u{fffd}&#13;</A_b_>"), "{xml}");
    }

    proptest! {
        #[test]
        fn any_text_survives_a_reader(
            name in any::<String>(),
            text in "[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\u{fffe}\u{ffff}]*",
        ) {
            let xml = success("X", "ID", &Map::from_iter([(name, Value::from(text.clone()))]));
            let mut reader = Reader::from_str(&xml);
            let (mut depth, mut read) = (0, String::new());
            loop {
                match reader.read_event().unwrap() {
                    Event::Start(_) => depth += 1,
                    Event::End(_) => depth -= 1,
                    Event::Text(part) => read.push_str(&part),
                    Event::GeneralRef(entity) => match &*entity {
                        "amp" => read.push('&'),
                        "lt" => read.push('<'),
                        "gt" => read.push('>'),
                        "#13" => read.push('\r'),
                        other => panic!("unexpected &{other};"),
                    },
                    Event::Eof => break,
                    _ => {}
                }
            }
            prop_assert_eq!(depth, 0);
            prop_assert_eq!(read, format!("ID{text}"));
        }
    }
}
