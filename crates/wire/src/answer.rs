//! Answers as the clients read them (wire.md section 4).

use crate::encoding::percent;
use crate::{Format, xml};
use serde_json::{Map, Value, json};

/// An answer, without the headers every answer shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// The document.
    pub body: Vec<u8>,
}

/// What an error answer says.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorBody<'a> {
    /// The request's id, an upper-case UUID.
    pub request_id: &'a str,
    /// The host the client called.
    pub host_id: &'a str,
    /// Never empty: clients take an empty code for any code (clients.md 6.1).
    pub code: &'a str,
    /// Must not hold the names of other codes (clients.md 6.1).
    pub message: &'a str,
    /// A link, see [`recommend`].
    pub recommend: Option<&'a str>,
    /// Why RAM said no (wire.md section 5); an object.
    pub access_denied_detail: Option<Value>,
}

/// A success. `body` is the text of a JSON object without `RequestId`, perhaps `{}`; for JSON the
/// id is put in front without reading the rest.
///
/// # Panics
/// If `body` is not the text of a JSON object: a defect of the operation that made it.
pub fn success(format: Format, action: &str, request_id: &str, body: &str) -> Answer {
    let body = match format {
        Format::Json => with_request_id(request_id, body),
        Format::Xml => {
            let members: Map<String, Value> =
                serde_json::from_str(body).expect("an answer is a JSON object");
            xml::success(action, request_id, &members).into_bytes()
        }
    };
    Answer { status: 200, content_type: format.content_type(), body }
}

fn with_request_id(request_id: &str, body: &str) -> Vec<u8> {
    let inner = body.trim_ascii_start().strip_prefix('{').expect("an answer is a JSON object");
    let inner = inner.trim_ascii_start();
    let mut text = Vec::with_capacity(body.len() + request_id.len() + 20);
    text.extend_from_slice(b"{\"RequestId\":");
    text.extend_from_slice(Value::from(request_id).to_string().as_bytes());
    if !inner.starts_with('}') {
        text.push(b',');
    }
    text.extend_from_slice(inner.as_bytes());
    text
}

/// An error, in the shape every client can read.
pub fn failure(format: Format, status: u16, error: &ErrorBody) -> Answer {
    debug_assert!(!error.code.is_empty(), "an empty code matches every code");
    let body = match format {
        Format::Json => json_error(error).into_bytes(),
        Format::Xml => xml::error(error).into_bytes(),
    };
    Answer { status, content_type: format.content_type(), body }
}

/// All members are strings but the last: the Go SDK asserts the types (wire.md 4.2).
fn json_error(error: &ErrorBody) -> String {
    let mut members = json!({
        "RequestId": error.request_id,
        "HostId": error.host_id,
        "Code": error.code,
        "Message": error.message,
    });
    if let Some(recommend) = error.recommend {
        members["Recommend"] = recommend.into();
    }
    if let Some(detail) = &error.access_denied_detail {
        members["AccessDeniedDetail"] = detail.clone();
    }
    members.to_string()
}

/// The link an error recommends. It names no code but its own.
pub fn recommend(code: &str, product: &str, request_id: &str) -> String {
    let (code, product, request_id) = (percent(code), percent(product), percent(request_id));
    format!("https://api.aliyun.com/troubleshoot?q={code}&product={product}&requestId={request_id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "C826B7B0-F226-5361-8362-75E30B17FC7F";

    fn spliced(body: &str) -> String {
        String::from_utf8(success(Format::Json, "X", ID, body).body).unwrap()
    }

    #[test]
    fn the_request_id_goes_first() {
        assert_eq!(spliced("{}"), format!("{{\"RequestId\":\"{ID}\"}}"));
        assert_eq!(spliced(" { } "), format!("{{\"RequestId\":\"{ID}\"}} "));
        assert_eq!(spliced("{\"A\":1}"), format!("{{\"RequestId\":\"{ID}\",\"A\":1}}"));
    }

    #[test]
    #[should_panic(expected = "an answer is a JSON object")]
    fn a_list_is_no_answer() {
        spliced("[]");
    }

    fn expired<'a>(recommend: &'a str) -> ErrorBody<'a> {
        ErrorBody {
            request_id: ID,
            host_id: "vpc.aliyuncs.com",
            code: "InvalidTimeStamp.Expired",
            message: "Specified time stamp or date value is expired.",
            recommend: Some(recommend),
            access_denied_detail: None,
        }
    }

    #[test]
    fn errors_are_json_objects_of_strings() {
        let link = recommend("InvalidTimeStamp.Expired", "Vpc", ID);
        let mut error = expired(&link);
        let answer = failure(Format::Json, 400, &error);
        assert_eq!((answer.status, answer.content_type), (400, "application/json;charset=utf-8"));
        assert_eq!(
            String::from_utf8(answer.body).unwrap(),
            "{\"RequestId\":\"C826B7B0-F226-5361-8362-75E30B17FC7F\",\
             \"HostId\":\"vpc.aliyuncs.com\",\"Code\":\"InvalidTimeStamp.Expired\",\
             \"Message\":\"Specified time stamp or date value is expired.\",\
             \"Recommend\":\"https://api.aliyun.com/troubleshoot?q=InvalidTimeStamp.Expired\
             &product=Vpc&requestId=C826B7B0-F226-5361-8362-75E30B17FC7F\"}"
        );
        error.recommend = None;
        error.access_denied_detail = Some(json!({"AuthAction": "vpc:DeleteVpc"}));
        let body: Value = serde_json::from_slice(&failure(Format::Json, 403, &error).body).unwrap();
        assert_eq!(body["AccessDeniedDetail"]["AuthAction"], "vpc:DeleteVpc");
        assert!(body.get("Recommend").is_none());
    }

    fn json_text() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn splicing_equals_reparsing(
            members in prop::collection::btree_map("[A-Za-z]{1,8}", json_text(), 0..5),
            id in any::<String>(),
        ) {
            prop_assume!(!members.contains_key("RequestId"));
            let mut object: Map<String, Value> = members.into_iter().collect();
            for text in [
                serde_json::to_string(&object).unwrap(),
                serde_json::to_string_pretty(&object).unwrap(),
            ] {
                let answer = success(Format::Json, "X", &id, &text);
                let read: Value = serde_json::from_slice(&answer.body).unwrap();
                object.insert("RequestId".into(), id.clone().into());
                prop_assert_eq!(&read, &Value::Object(object.clone()));
                object.remove("RequestId");
            }
        }
    }
}
