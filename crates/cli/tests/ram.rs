//! Rights on a running server: `causeway ram explain`.

mod common;

use common::{Serving, causeway, run, text};
use serde_json::{Value, json};
use std::path::Path;

fn api(home: &Path, arguments: &[&str]) -> Value {
    let answer = run(home, &[&["api"], arguments, &["--json"]].concat());
    assert_eq!(answer.status.code(), Some(0), "{arguments:?}: {}", text(&answer.stderr));
    serde_json::from_slice(&answer.stdout).unwrap()
}

/// The user `alice`, who may do some of it; the id of her access key.
fn alice(home: &Path) -> String {
    api(home, &["CreateUser", "UserName=alice"]);
    let document = json!({"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": "ram:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "vpc:Create*", "Resource": "*"},
        {"Effect": "Deny", "Action": "vpc:Delete*", "Resource": "*"},
    ]});
    api(home, &["CreatePolicy", "PolicyName=makers", &format!("PolicyDocument={document}")]);
    let attach = ["AttachPolicyToUser", "PolicyType=Custom", "PolicyName=makers", "UserName=alice"];
    api(home, &attach);
    let made = api(home, &["CreateAccessKey", "UserName=alice"]);
    made["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned()
}

fn explain(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let answer = run(home, &[&["ram", "explain"], arguments].concat());
    (answer.status.code(), text(&answer.stdout) + &text(&answer.stderr))
}

#[test]
fn the_statement_that_decides_is_named() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--tasks", "immediate"];
    let _serving = Serving::start(causeway(home, &serve));
    let key = alice(home);
    let action = ["CreateVpc", "CidrBlock=10.0.0.0/8"];
    let (status, said) = explain(home, &[&["--key", key.as_str()], &action[..]].concat());
    let expected = r#"allowed: acs:ram::1234567890123456:user/alice may vpc:CreateVpc

Resources (1)
Resource                                    Decision  Policy         Version  Statement  Through
acs:vpc:cn-hangzhou:1234567890123456:vpc/*  Allowed   Custom makers  v1       1          user alice

Statements that decide:
  Custom makers 1: {"Effect":"Allow","Action":"vpc:Create*","Resource":"*"}
"#;
    assert_eq!((status, said), (Some(0), expected.to_owned()));

    let (status, said) = explain(home, &["--user", "alice", "DescribeVpcs"]);
    assert_eq!(status, Some(10), "{said}");
    let would =
        "vpc/*: would be allowed by System AdministratorAccess, System AliyunVPCFullAccess, ";
    assert!(said.contains(would), "{said}");

    let deleted = ["--user", "alice", "DeleteVpc", "VpcId=vpc-1"];
    let (status, said) = explain(home, &deleted);
    assert_eq!(status, Some(10), "{said}");
    assert!(said.ends_with("vpc/vpc-1: no policy helps while this statement denies\n"), "{said}");
    let (status, said) = explain(home, &[&deleted[..], &["--json"]].concat());
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((status, &answer["Checks"][0]["Decision"]), (Some(10), &"ExplicitDeny".into()));

    let (status, said) = explain(home, &["--user", "eve", "DescribeVpcs"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.starts_with("EntityNotExist.User: "), "{said}");
    for wrong in [&["DescribeVpcs"][..], &["--user", "a", "--role", "b", "DescribeVpcs"]] {
        assert_eq!(explain(home, wrong).0, Some(2), "{wrong:?}");
    }
}
