//! An event as a line for people.

use serde_json::Value;

use crate::table::printable;

/// Time, who, from where, what, about which resources, and what came of it.
pub fn text(event: &Value) -> String {
    let member = |name: &str| printable(event[name].as_str().unwrap_or("-"));
    let who = &event["userIdentity"];
    let who = who["userName"].as_str().or(who["accessKeyId"].as_str()).unwrap_or("-");
    let outcome =
        match (event["errorCode"].as_str(), event["additionalEventData"].get("suppressed")) {
            (Some(code), _) => printable(code),
            (None, Some(suppressed)) => format!("{suppressed} more calls, not recorded one by one"),
            (None, None) => "ok".to_owned(),
        };
    let resources = event["resourceName"].as_str().map(printable).unwrap_or_default();
    let line = format!(
        "{}  {:<16} {:<15} {:<28} {:<24} {resources}",
        member("eventTime"),
        printable(who),
        member("sourceIpAddress"),
        member("eventName"),
        outcome,
    );
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_tells_who_did_what() {
        let event = json!({ "eventTime": "2026-11-20T10:00:00Z", "eventName": "CreateVpc",
            "sourceIpAddress": "127.0.0.1", "userIdentity": { "userName": "alice\u{1b}[2J" },
            "resourceName": "vpc-1" });
        let line = text(&event);
        let words: Vec<&str> = line.split_whitespace().collect();
        let expected =
            ["2026-11-20T10:00:00Z", "alice\\u{1b}[2J", "127.0.0.1", "CreateVpc", "ok", "vpc-1"];
        assert_eq!(words, expected);
        let refused =
            json!({ "errorCode": "Forbidden.RAM", "userIdentity": { "accessKeyId": "k" } });
        assert!(text(&refused).contains("Forbidden.RAM") && text(&refused).contains(" k "));
        let many = json!({ "additionalEventData": { "suppressed": 7 } });
        assert!(text(&many).contains("7 more calls"));
    }
}
