//! Rights on a running server: `causeway ram explain`, and what becomes of calls that policies deny.

mod common;

use causeway_wire::{Parameters, sign};
use common::{Serving, causeway, run, text};
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

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

/// Calls as alice with a signature of her own; the status, and what the header says.
fn call_as(serving: &Serving, key: &Value, action: &str) -> (u16, Option<String>) {
    let parameters = Parameters::from([("RegionId".to_owned(), "cn-hangzhou".to_owned())]);
    let text = |member: &str| key["AccessKey"][member].as_str().unwrap();
    let (id, secret) = (text("AccessKeyId"), text("AccessKeySecret"));
    let key = sign::Key { id, secret, security_token: None };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let nonce = now.as_nanos().to_string();
    let stamp = sign::Stamp { now_ms: now.as_millis() as i64, nonce: &nonce };
    let request = sign::Request::new(action, "2016-04-28", &parameters);
    let query = sign::v1(&request, &key, sign::V1Method::Sha1, &stamp);
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let answer = agent.post(format!("http://{}/?{query}", serving.endpoint())).send_empty();
    let answer = answer.unwrap();
    let header = answer.headers().get("x-causeway-ram");
    (answer.status().as_u16(), header.map(|it| it.to_str().unwrap().to_owned()))
}

#[test]
fn policies_are_enforced_tried_or_not_asked() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let config = home.join("causeway.toml");
    std::fs::write(&config, "ram-enforce = \"soft\"\n").unwrap();
    let would = "would-deny vpc:DescribeVpcs ImplicitDeny AccountLevelIdentityBasedPolicy";
    let config = config.to_str().unwrap();
    for (flags, variable, ram, expected) in [
        (&[][..], None, None, (403, None)),
        (&["--config", config], None, Some("soft: "), (200, Some(would.to_owned()))),
        (&["--config", config], Some("off"), Some("off: "), (200, None)),
        (&["--config", config, "--ram-enforce", "on"], Some("off"), None, (403, None)),
    ] {
        let log = home.join("log");
        let serve = ["serve", "--memory", "--listen", "127.0.0.1:0", "--root-key", "id:secret"];
        let mut command = causeway(home, &[&serve, flags].concat());
        command.envs(variable.map(|value| ("CAUSEWAY_RAM_ENFORCE", value)));
        let serving = Serving::start_logging(command, File::create(&log).unwrap());
        let told = serving.greeting.iter().find_map(|line| line.trim().strip_prefix("ram "));
        assert_eq!(told.is_some(), ram.is_some(), "{:?}", serving.greeting);
        assert!(told.is_none_or(|told| told.trim().starts_with(ram.unwrap())), "{told:?}");
        let endpoint = serving.endpoint();
        let api = |words: &[&str]| {
            api(home, &[words, &["--listen", &endpoint, "--root-key", "id:secret"]].concat())
        };
        api(&["CreateUser", "UserName=alice"]);
        let key = api(&["CreateAccessKey", "UserName=alice"]);
        assert_eq!(call_as(&serving, &key, "DescribeVpcs"), expected, "{flags:?} {variable:?}");
        let logged = std::fs::read_to_string(&log).unwrap();
        let soft = expected.1.is_some();
        assert_eq!(logged.contains("policies would deny this call"), soft, "{logged}");
        assert_eq!(logged.contains("acs:ram::1234567890123456:user/alice"), soft, "{logged}");
    }
    let wrong = run(home, &["serve", "--memory", "--ram-enforce", "maybe"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("is none of on, soft and off"), "{wrong:?}");
}
