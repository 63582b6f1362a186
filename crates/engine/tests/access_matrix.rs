//! Who may call what: principals by operations, recorded in `access_matrix.txt`.
//!
//! `CAUSEWAY_RECORD=1 cargo test -p causeway-engine --test access_matrix` records it anew.

mod common;

use causeway_engine::Engine;
use causeway_operations::{Declaration, all};
use common::PEER;
use common::principal::{TRUST, User, attach, join, role, statement, user};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// `+` is let through, `-` is denied because nothing allows it, `!` because something denies it.
async fn cell(engine: &Engine, user: &User, of: &Declaration) -> char {
    let request = of.examples[0].request;
    let call = (of.product.version(), of.name);
    let (status, body) = user.call_from(engine, PEER, call, request).await;
    match body["AccessDeniedDetail"]["NoPermissionType"].as_str() {
        None => '+',
        Some("ImplicitDeny") if status == 403 => '-',
        Some("ExplicitDeny") if status == 403 => '!',
        Some(other) => panic!("{}: {status} {other}", of.name),
    }
}

async fn principals(engine: &Engine) -> Vec<User> {
    let mut users = Vec::new();
    for (name, policy) in [
        ("p-admin", "AdministratorAccess"),
        ("p-reader", "ReadOnlyAccess"),
        ("p-vpc", "AliyunVPCFullAccess"),
        ("p-vpc-reader", "AliyunVPCReadOnlyAccess"),
        ("p-vpn", "AliyunVPNGatewayFullAccess"),
    ] {
        users.push(user(engine, name, &[]).await);
        attach(engine, name, ("System", policy)).await;
    }
    let none = json!({});
    let all = statement("Allow", "*", "*", &none);
    let tables = statement("Allow", "vpc:*", "acs:vpc:*:*:routetable/$vtb", &none);
    let gateway = statement("Allow", "vpc:*Vpn*", "acs:vpc:*:*:vpngateway/$vpn", &none);
    let no_deletes = statement("Deny", "*:Delete*,ram:*", "*", &none);
    users.push(user(engine, "p-table", &[tables]).await);
    users.push(user(engine, "p-gateway", &[gateway]).await);
    users.push(user(engine, "p-careful", &[all, no_deletes]).await);
    users.push(user(engine, "p-nobody", &[]).await);
    users.push(user(engine, "p-member", &[]).await);
    join(engine, "p-member", "readers", ("System", "AliyunVPCReadOnlyAccess")).await;
    users.extend(sessions(engine).await);
    users
}

/// A session of a role, and one whose own policy narrows it.
async fn sessions(engine: &Engine) -> [User; 2] {
    role(engine, "r-vpc", TRUST, "AliyunVPCFullAccess").await;
    let maker = user(engine, "p-maker", &[]).await;
    attach(engine, "p-maker", ("System", "AliyunSTSAssumeRoleAccess")).await;
    let role = maker.assume(engine, "r-vpc", &[]).await;
    let reads = statement("Allow", "*:Describe*,ram:*", "*", &json!({}));
    let tables = statement("Deny", "*:*RouteTable*", "*", &json!({}));
    let policy = json!({ "Version": "1", "Statement": [reads, tables] }).to_string();
    let session = maker.assume(engine, "r-vpc", &[("Policy", &policy)]).await;
    [role, User { name: "s-reads".into(), ..session }]
}

#[tokio::test]
async fn everybody_may_do_what_is_recorded() {
    let engine = common::engine(common::config());
    let users = principals(&engine).await;
    let names: Vec<&str> = users.iter().map(|user| user.name.as_str()).collect();
    let mut matrix = format!("{}\n", names.join(" "));
    for entry in all() {
        let mut row = String::new();
        for user in &users {
            row.push(cell(&engine, user, &entry.declaration).await);
        }
        let code = entry.declaration.product.ram_code();
        matrix += &format!("{row} {code}:{}\n", entry.declaration.name);
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/access_matrix.txt");
    if std::env::var_os("CAUSEWAY_RECORD").is_some() {
        std::fs::write(path, &matrix).expect("a writable directory");
    }
    let recorded = std::fs::read_to_string(path).expect("a recorded matrix");
    assert!(matrix == recorded, "the matrix differs from {path}; it is now\n{matrix}");
}

/// The same cell by `ExplainAccess`, and the code when it refuses.
async fn explained(engine: &Engine, user: &User, of: &Declaration) -> Result<char, Value> {
    let request = json!(of.examples[0].request.iter().copied().collect::<BTreeMap<_, _>>());
    let pairs = [
        ("RegionId", "cn-hangzhou"),
        ("Operation", of.name),
        ("OperationVersion", of.product.version()),
        ("Parameters", &*request.to_string()),
        ("UserAccessKeyId", &user.key),
    ];
    let request = common::signed("2026-11-20", "ExplainAccess", &common::parameters(&pairs));
    let (status, body) = common::send(engine, request).await;
    if status != 200 {
        return Err(body["Code"].clone());
    }
    let checks = body["Checks"].as_array().expect("checks");
    let denied = checks.iter().find(|check| check["Allowed"] == false);
    assert_eq!(body["Allowed"], denied.is_none(), "{body}");
    Ok(match denied {
        None => '+',
        Some(check) if check["DecidedBy"].is_object() => '!',
        Some(_) => '-',
    })
}

/// What an operation decides while it runs is another action's, or the role's, and is not explained.
#[tokio::test]
async fn what_is_explained_is_what_is_decided() {
    let engine = common::engine(common::config());
    let users = principals(&engine).await;
    let mut seen = BTreeMap::<char, usize>::new();
    for entry in all() {
        let of = &entry.declaration;
        let own = format!("{}:{}", of.product.ram_code(), of.name);
        for user in &users {
            let explained = explained(&engine, user, of).await;
            let call = (of.product.version(), of.name);
            let (_, body) = user.call_from(&engine, PEER, call, of.examples[0].request).await;
            let detail = &body["AccessDeniedDetail"];
            let inner = detail["AuthAction"] != *own || detail["PolicyType"] == "AssumeRolePolicy";
            let decided = match detail["NoPermissionType"].as_str() {
                _ if inner => '+',
                Some("ExplicitDeny") => '!',
                Some(_) => '-',
                None => '+',
            };
            match explained {
                Ok(told) => {
                    assert_eq!(told, decided, "{} {own}: {body}", user.name);
                    *seen.entry(told).or_default() += 1;
                }
                Err(code) => assert_eq!(code, body["Code"], "{} {own}", user.name),
            }
        }
    }
    assert!(['+', '-', '!'].iter().all(|it| seen[it] > 50), "{seen:?}");
}
