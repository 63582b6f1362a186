//! Sessions of roles: who gets one, what it may do, and when it ends.

mod common;

use bytes::Bytes;
use causeway_engine::{Clock, Config, Engine};
use causeway_operations::find;
use causeway_types::Timestamp;
use causeway_wire::sign;
use common::principal::{RAM, STS, TRUST, User, VPC, attach, ram, role, role_arn, statement, user};
use common::{PEER, config};
use http::Request;
use serde_json::{Value, json};

/// A user who may take on every role, and a role that may do everything with VPCs.
async fn scene(engine: &Engine) -> User {
    role(engine, "router", TRUST, "AliyunVPCFullAccess").await;
    let maker = user(engine, "maker", &[]).await;
    attach(engine, "maker", ("System", "AliyunSTSAssumeRoleAccess")).await;
    maker
}

async fn code(user: &User, engine: &Engine, role: &str, more: &[(&str, &str)]) -> (u16, String) {
    let (status, body) = user.try_assume(engine, role, more).await;
    (status, body["Code"].as_str().unwrap_or_default().to_owned())
}

fn policy(effect: &str, action: &str) -> String {
    let statement = statement(effect, action, "*", &json!({}));
    json!({ "Version": "1", "Statement": [statement] }).to_string()
}

/// A trust policy with a condition.
fn trust(action: &str, condition: &Value) -> String {
    let principal = json!({ "RAM": "acs:ram::1234567890123456:root" });
    let statement = json!({ "Effect": "Allow", "Action": action, "Principal": principal,
        "Condition": condition });
    json!({ "Version": "1", "Statement": [statement] }).to_string()
}

#[tokio::test]
async fn a_session_does_what_its_role_may() {
    let engine = common::engine(config());
    let maker = scene(&engine).await;
    let (status, body) =
        maker.try_assume(&engine, "router", &[("RoleSessionName", "deploy")]).await;
    assert_eq!(status, 200, "{body}");
    let shown = ram(&engine, "GetRole", &[("RoleName", "router")]).await;
    let id = shown["Role"]["RoleId"].as_str().unwrap();
    let who = &body["AssumedRoleUser"];
    assert_eq!(who["Arn"], role_arn("router") + "/deploy");
    assert_eq!(who["AssumedRoleId"], format!("{id}:deploy"));
    let expiration = body["Credentials"]["Expiration"].as_str().unwrap();
    let left = expiration.parse::<Timestamp>().unwrap().millis() - common::now_ms();
    assert!((3_590_000..=3_600_000).contains(&left), "{expiration}");

    let session = maker.assume(&engine, "router", &[("RoleSessionName", "deploy")]).await;
    assert!(session.key.starts_with("STS.") && session.token.as_ref().unwrap().starts_with("CAIS"));
    assert_eq!(session.code(&engine, "CreateVpc", &[]).await, "");
    assert_eq!(maker.code(&engine, "CreateVpc", &[]).await, "Forbidden.RAM");
    let (_, identity) = session.call_from(&engine, PEER, (STS, "GetCallerIdentity"), &[]).await;
    assert_eq!(identity["IdentityType"], "AssumedRoleUser");
    assert_eq!(identity["PrincipalId"], format!("{id}:deploy"));
    assert_eq!(identity["RoleId"], id);
    assert_eq!(identity["Arn"], "acs:ram::1234567890123456:assumed-role/router/deploy");
    assert_eq!(identity["AccountId"], "1234567890123456");
    assert!(identity.get("UserId").is_none());

    let (status, body) =
        session.call_from(&engine, PEER, (RAM, "CreateUser"), &[("UserName", "x")]).await;
    assert_eq!((status, &body["Code"]), (403, &"NoPermission".into()));
    let detail = &body["AccessDeniedDetail"];
    assert_eq!(detail["AuthPrincipalType"], "AssumedRoleUser");
    assert_eq!(detail["AuthPrincipalDisplayName"], "router:deploy");
    assert_eq!(detail["PolicyType"], "AccountLevelIdentityBasedPolicy");
    // What the role loses its sessions lose.
    let detach =
        [("RoleName", "router"), ("PolicyType", "System"), ("PolicyName", "AliyunVPCFullAccess")];
    ram(&engine, "DetachPolicyFromRole", &detach).await;
    assert_eq!(session.code(&engine, "CreateVpc", &[]).await, "Forbidden.RAM");
    ram(&engine, "DeleteRole", &[("RoleName", "router")]).await;
    assert_eq!(session.code(&engine, "DescribeVpcs", &[]).await, "InvalidAccessKeyId.NotFound");
    // A new role of the same name is another.
    role(&engine, "router", TRUST, "AliyunVPCFullAccess").await;
    assert_eq!(session.code(&engine, "DescribeVpcs", &[]).await, "InvalidAccessKeyId.NotFound");
}

#[tokio::test]
async fn a_sessions_policy_narrows_it() {
    let engine = common::engine(config());
    let maker = scene(&engine).await;
    let reads = policy("Allow", "vpc:Describe*");
    let session = maker.assume(&engine, "router", &[("Policy", &reads)]).await;
    assert_eq!(session.code(&engine, "DescribeVpcs", &[]).await, "");
    let (_, body) = session.call(&engine, "CreateVpc", &[]).await;
    assert_eq!(body["Code"], "Forbidden.RAM");
    let detail = &body["AccessDeniedDetail"];
    assert_eq!(
        (&detail["PolicyType"], &detail["NoPermissionType"]),
        (&"SessionPolicy".into(), &"ImplicitDeny".into())
    );
    let all = policy("Allow", "*");
    let session = maker.assume(&engine, "router", &[("Policy", &all)]).await;
    let (_, body) = session.call_from(&engine, PEER, (RAM, "ListUsers"), &[]).await;
    assert_eq!(
        body["Code"], "NoPermission",
        "what the role may not its session's policy cannot allow"
    );
}

/// V3 carries the token in a header, V1 in a parameter.
#[tokio::test]
async fn both_signatures_take_temporary_keys() {
    let engine = common::engine(config());
    let session = scene(&engine).await.assume(&engine, "router", &[]).await;
    let call = async |token: Option<&str>| {
        let key = sign::Key { id: &session.key, secret: &session.secret, security_token: token };
        let all = common::parameters(&[("RegionId", "cn-hangzhou")]);
        let nonce = common::nonce();
        let stamp = sign::Stamp { now_ms: common::now_ms(), nonce: &nonce };
        let request = sign::Request::new("DescribeVpcs", VPC, &all);
        let signed = sign::v3(&request, "localhost", &key, &stamp, None, b"").unwrap();
        let mut sent = Request::post(format!("/?{}", signed.query)).body(Bytes::new()).unwrap();
        *sent.headers_mut() = signed.headers;
        let (status, body) = common::send(&engine, sent).await;
        (status, body["Code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(call(session.token.as_deref()).await, (200, String::new()));
    assert_eq!(call(None).await, (400, "MissingSecurityToken".into()));
    assert_eq!(session.code(&engine, "DescribeVpcs", &[]).await, "");
    let other = scene_session(&engine).await;
    for (token, expected) in [
        (None, "MissingSecurityToken"),
        (Some("CAIS".to_owned()), "InvalidSecurityToken.Malformed"),
        (Some("x".repeat(160)), "InvalidSecurityToken.Malformed"),
        (other.token.clone(), "InvalidSecurityToken.MismatchWithAccessKey"),
    ] {
        let odd = User { token, ..session.clone() };
        assert_eq!(odd.code(&engine, "DescribeVpcs", &[]).await, expected);
    }
    let forged = User { secret: other.secret, ..session.clone() };
    assert_eq!(forged.code(&engine, "DescribeVpcs", &[]).await, "SignatureDoesNotMatch");
    let unknown = User { key: "STS.unknown".into(), ..session.clone() };
    assert_eq!(unknown.code(&engine, "DescribeVpcs", &[]).await, "InvalidAccessKeyId.NotFound");
    let plain = user(&engine, "plain", &[]).await;
    let with_token = User { token: session.token, ..plain };
    let expected = "InvalidSecurityToken.MismatchWithAccessKey";
    assert_eq!(with_token.code(&engine, "DescribeVpcs", &[]).await, expected);
}

async fn scene_session(engine: &Engine) -> User {
    let other = user(engine, "other", &[]).await;
    attach(engine, "other", ("System", "AliyunSTSAssumeRoleAccess")).await;
    other.assume(engine, "router", &[]).await
}

/// A session is there after a restart, ends when it says, and is then told to have expired.
#[tokio::test]
async fn sessions_outlive_the_server_and_end_in_time() {
    let disk = common::disk::Disk::new();
    let at =
        |ms: i64| Config { clock: Clock::Frozen(Timestamp(1_795_000_000_000 + ms)), ..config() };
    let start = |ms| Engine::start(at(ms), disk.opener(), 1).expect("an engine");
    let session = {
        let engine = start(0);
        scene(&engine).await.assume(&engine, "router", &[("DurationSeconds", "900")]).await
    };
    for (ms, expected) in [
        (899_999, ""),
        (900_000, "InvalidSecurityToken.Expired"),
        (4_499_999, "InvalidSecurityToken.Expired"),
    ] {
        let engine = start(ms);
        assert_eq!(session.code(&engine, "DescribeVpcs", &[]).await, expected, "{ms}");
    }
    let engine = start(4_500_000);
    // What is due is done before the next change.
    user(&engine, "later", &[]).await;
    assert_eq!(session.code(&engine, "DescribeVpcs", &[]).await, "InvalidAccessKeyId.NotFound");
}

#[tokio::test]
async fn a_role_trusts_whom_it_names() {
    let engine = common::engine(config());
    let maker = scene(&engine).await;
    let nobody = user(&engine, "nobody", &[]).await;
    assert_eq!(code(&nobody, &engine, "router", &[]).await, (403, "NoPermission".into()));
    // Who may not ask is not told what exists.
    assert_eq!(code(&nobody, &engine, "none", &[]).await, (403, "NoPermission".into()));
    assert_eq!(code(&maker, &engine, "none", &[]).await, (404, "EntityNotExist.Role".into()));
    let foreign = "acs:ram::9999999999999999:role/router";
    assert_eq!(code(&maker, &engine, foreign, &[]).await, (404, "EntityNotExist.Role".into()));

    let only = TRUST.replace(":root", ":user/other");
    role(&engine, "others", &only, "AliyunVPCFullAccess").await;
    let (status, body) = maker.try_assume(&engine, "others", &[]).await;
    assert_eq!((status, &body["Code"]), (403, &"NoPermission".into()));
    let detail = &body["AccessDeniedDetail"];
    assert_eq!(
        (&detail["PolicyType"], &detail["AuthAction"]),
        (&"AssumeRolePolicy".into(), &"sts:AssumeRole".into())
    );
    // A session is trusted as its role.
    let by_role = TRUST.replace(":root", ":role/chain");
    role(&engine, "target", &by_role, "AliyunVPCFullAccess").await;
    role(&engine, "chain", TRUST, "AliyunSTSAssumeRoleAccess").await;
    assert_eq!(code(&maker, &engine, "target", &[]).await.0, 403);
    let chain = maker.assume(&engine, "chain", &[]).await;
    let target = chain.assume(&engine, "target", &[]).await;
    assert_eq!(target.code(&engine, "DescribeVpcs", &[]).await, "");

    let root = User {
        name: "root".into(),
        key: common::KEY.into(),
        secret: common::SECRET.into(),
        token: None,
    };
    let (status, body) = root.try_assume(&engine, "router", &[]).await;
    assert_eq!((status, &body["Code"]), (403, &"NoPermission".into()));
    assert_eq!(body["Message"], "Roles may not be assumed by root accounts.");
}

#[tokio::test]
async fn external_ids_and_source_identities_are_asked_for() {
    let engine = common::engine(config());
    let maker = scene(&engine).await;
    let with_id = trust("sts:AssumeRole", &json!({ "StringEquals": { "sts:ExternalId": "abc" } }));
    role(&engine, "partner", &with_id, "AliyunVPCFullAccess").await;
    for (id, expected) in [("abc", 200), ("abd", 403), ("", 403)] {
        let given = [("ExternalId", id)];
        assert_eq!(maker.try_assume(&engine, "partner", &given).await.0, expected, "{id}");
    }
    let source = [("SourceIdentity", "alice")];
    let (status, body) =
        maker.try_assume(&engine, "partner", &[("ExternalId", "abc"), source[0]]).await;
    assert_eq!(
        (status, &body["AccessDeniedDetail"]["PolicyType"]),
        (403, &"AssumeRolePolicy".into())
    );
    role(&engine, "chain", TRUST, "AliyunSTSAssumeRoleAccess").await;
    let (_, body) = maker.try_assume(&engine, "chain", &source).await;
    assert_eq!(body["SourceIdentity"], "alice");
    // It stays with the sessions a session makes.
    let session = maker.assume(&engine, "chain", &source).await;
    let (_, body) = session.try_assume(&engine, "router", &[]).await;
    assert_eq!(body["SourceIdentity"], "alice");
    assert_eq!(code(&session, &engine, "router", &[("SourceIdentity", "bob")]).await.0, 403);
    let only = trust("sts:*", &json!({ "StringEquals": { "sts:SourceIdentity": "bob" } }));
    role(&engine, "bobs", &only, "AliyunVPCFullAccess").await;
    assert_eq!(code(&maker, &engine, "bobs", &source).await.0, 403);
    assert_eq!(code(&maker, &engine, "bobs", &[("SourceIdentity", "bob")]).await.0, 200);
}

#[tokio::test]
async fn values_are_checked() {
    let engine = common::engine(config());
    let maker = scene(&engine).await;
    user(&engine, "admin", &[]).await;
    let long = "x".repeat(65);
    let big = policy("Allow", "*") + &" ".repeat(2048);
    for (given, expected) in [
        (("RoleSessionName", "x"), "InvalidParameter.RoleSessionName"),
        (("RoleSessionName", &long), "InvalidParameter.RoleSessionName"),
        (("RoleSessionName", "a b"), "InvalidParameter.RoleSessionName"),
        (("DurationSeconds", "899"), "InvalidParameter.DurationSeconds"),
        (("DurationSeconds", "3601"), "InvalidParameter.DurationSeconds"),
        (("Policy", "{}"), "InvalidParameter.PolicyGrammar"),
        (("Policy", &big), "InvalidParameter.PolicySize"),
        (("ExternalId", "x"), "InvalidParameter.ExternalId"),
        (("ExternalId", "a b"), "InvalidParameter.ExternalId"),
        (("SourceIdentity", "x"), "InvalidParameter.SourceIdentity"),
    ] {
        assert_eq!(code(&maker, &engine, "router", &[given]).await, (400, expected.into()));
    }
    let longer = [("RoleName", "router"), ("NewMaxSessionDuration", "7200")];
    ram(&engine, "UpdateRole", &longer).await;
    assert_eq!(code(&maker, &engine, "router", &[("DurationSeconds", "7200")]).await.0, 200);
    for arn in ["acs:ram::1234567890123456:user/router", "acs:ecs::1:role/router", "a:b"] {
        assert_eq!(
            code(&maker, &engine, arn, &[]).await,
            (400, "InvalidParameter.RoleArn".into()),
            "{arn}"
        );
    }
}

#[tokio::test]
async fn sessions_are_bounded() {
    let mut config = config();
    config.quotas.role_sessions = 2;
    let engine = common::engine(config);
    let maker = scene(&engine).await;
    for expected in [200, 200, 400] {
        assert_eq!(maker.try_assume(&engine, "router", &[]).await.0, expected);
    }
    assert_eq!(code(&maker, &engine, "router", &[]).await.1, "Throttling.User");
}

/// A session is no RAM user: where an operation tells the two apart it gets the other code
/// (S-VR-71, S-PBR-71, S-VCO-52).
#[tokio::test]
async fn a_denied_session_is_told_what_the_page_says() {
    let engine = common::engine(config());
    let maker = scene(&engine).await;
    role(&engine, "reader", TRUST, "AliyunVPCReadOnlyAccess").await;
    let session = maker.assume(&engine, "reader", &[]).await;
    for (action, own) in [
        ("CreateVpnRouteEntry", "Forbidden"),
        ("CreateVpnPbrRouteEntry", "Forbidden"),
        ("CreateVcoRouteEntry", "Forbidden"),
        ("CreateVpc", "Forbidden.RAM"),
    ] {
        let example = &find(VPC, action).unwrap().declaration.examples[0];
        let (status, body) = session.call(&engine, action, example.request).await;
        assert_eq!((status, body["Code"].as_str()), (403, Some(own)), "{action}");
        assert_eq!(body["AccessDeniedDetail"]["AuthPrincipalType"], "AssumedRoleUser");
        let denied = maker.code(&engine, action, example.request).await;
        assert_eq!(denied == "Forbbiden.SubUser", own == "Forbidden", "{action}: {denied}");
    }
}
