use super::*;

fn error(text: &str) -> PolicyError {
    Policy::parse(text).expect_err(text)
}

fn with_statement(statement: &str) -> String {
    format!(r#"{{"Version":"1","Statement":[{statement}]}}"#)
}

#[test]
fn one_value_is_a_list_of_one() {
    let one = with_statement(
        r#"{"Effect":"Allow","Action":"vpc:*","Resource":"*",
            "Condition":{"IpAddress":{"acs:SourceIp":"192.0.2.1"}}}"#,
    );
    let list = with_statement(
        r#"{"Resource":["*"],"Action":["vpc:*"],"Effect":"Allow",
            "Condition":{"IpAddress":{"acs:sourceip":["192.0.2.1"]}}}"#,
    );
    assert_eq!(Policy::parse(&one).unwrap(), Policy::parse(&list).unwrap());
}

#[test]
fn what_is_not_a_policy_is_refused() {
    for text in [
        "",
        "{",
        "[]",
        "null",
        r#"{"Version":"1"}"#,
        r#"{"Statement":[]}"#,
        r#"{"Version":1,"Statement":[]}"#,
        r#"{"Version":"1","Statement":[],"Id":"x"}"#,
        r#"{"Version":"1","Statement":{}}"#,
        r#"{"Version":"1","Version":"1","Statement":[]}"#,
    ] {
        assert!(matches!(error(text), PolicyError::Shape(_)), "{text}");
    }
    for statement in [
        r#"{"Action":"*","Resource":"*"}"#,
        r#"{"Effect":"allow","Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":1,"Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":[]}"#,
        // Numbers and booleans are written as texts.
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a":true}}}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a":"true","a":"false"}}}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{},"Bool":{}}}"#,
    ] {
        assert!(matches!(error(&with_statement(statement)), PolicyError::Shape(_)), "{statement}");
    }
    assert_eq!(error(r#"{"Version":"2","Statement":[]}"#), PolicyError::Version);
    assert_eq!(error(r#"{"Version":"1","Statement":[]}"#), PolicyError::Empty);
}

#[test]
fn statements_have_one_list_of_each_kind() {
    for (statement, kind) in [
        (r#"{"Effect":"Allow","Resource":"*"}"#, "Action"),
        (r#"{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}"#, "Action"),
        (r#"{"Effect":"Allow","Action":[],"Resource":"*"}"#, "Action"),
        (r#"{"Effect":"Allow","Action":"*"}"#, "Resource"),
        (r#"{"Effect":"Allow","Action":"*","Resource":"*","NotResource":"*"}"#, "Resource"),
        (r#"{"Effect":"Allow","Action":"*","NotResource":[]}"#, "Resource"),
    ] {
        assert_eq!(error(&with_statement(statement)), PolicyError::Patterns(0, kind));
    }
}

#[test]
fn actions_and_resources_have_a_form() {
    for action in ["", "vpc", "vpc:", ":x", "vpc:a:b", "vpc:Create Vpc", "**"] {
        let text = format!(r#"{{"Effect":"Allow","Action":["*","{action}"],"Resource":"*"}}"#);
        assert_eq!(error(&with_statement(&text)), PolicyError::Action(0, action.into()));
    }
    for resource in ["", "vpc", "arn:aws:s3:::x", "**"] {
        let text =
            format!(r#"{{"Effect":"Allow","Action":"*:Describe*","Resource":"{resource}"}}"#);
        assert_eq!(error(&with_statement(&text)), PolicyError::Resource(0, resource.into()));
    }
}

#[test]
fn conditions_are_checked() {
    let text = |condition: &str| {
        let condition = condition.to_owned();
        with_statement(&format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{{condition}}}}}"#
        ))
    };
    for operator in ["Null", "StringEqualsIfExists", "Like", "ForAllValues:StringEquals"] {
        let condition = text(&format!(r#""{operator}":{{"acs:SourceIp":"1"}}"#));
        assert_eq!(error(&condition), PolicyError::Operator(0, operator.into()));
    }
    for condition in [
        r#""IpAddress":{"acs:SourceIp":"x"}"#,
        r#""IpAddress":{"acs:SourceIp":[]}"#,
        r#""DateLessThan":{"acs:SourceIp":["2019-08-12T17:00:00Z","soon"]}"#,
    ] {
        assert_eq!(error(&text(condition)), PolicyError::Value(0, "acs:SourceIp".into()));
    }
    assert_eq!(error(&text(r#""StringEquals":{"":"x"}"#)), PolicyError::Value(0, "".into()));
    assert!(Policy::parse(&text("")).is_ok());
}

#[test]
fn documents_are_bounded() {
    let filled = |length: usize| {
        let text = with_statement(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
        let spaces = " ".repeat(length - text.len());
        text + &spaces
    };
    assert!(Policy::parse(&filled(DOCUMENT_MAX)).is_ok());
    assert_eq!(error(&filled(DOCUMENT_MAX + 1)), PolicyError::Length);
    let deep = format!(r#"{{"Version":"1","Statement":{}"#, "[".repeat(5000));
    assert!(matches!(error(&deep), PolicyError::Shape(_)));
}
