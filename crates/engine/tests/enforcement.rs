//! What becomes of calls that policies deny: refused, allowed and told, or allowed without asking.

mod common;

use causeway_engine::{Config, Engine};
use causeway_operations::Enforcement;
use causeway_wire::sign;
use common::principal::{STS, TRUST, User, VPC, role, statement, user};
use common::{PEER, config};
use serde_json::{Value, json};

const HEADER: &str = "x-causeway-ram";

fn engine(ram_enforce: Enforcement) -> Engine {
    common::engine(Config { ram_enforce, ..config() })
}

/// Status, code of a refusal, and what the header says.
async fn told(
    engine: &Engine,
    user: &User,
    action: &str,
    pairs: &[(&str, &str)],
) -> (u16, String, String) {
    let mut all = common::parameters(pairs);
    all.insert("RegionId".into(), "cn-hangzhou".into());
    let token = user.token.as_deref();
    let key = sign::Key { id: &user.key, secret: &user.secret, security_token: token };
    let answer = engine.call(common::signed_with(&key, VPC, action, &all), PEER).await;
    let header = answer.headers().get(HEADER).map(|it| it.to_str().unwrap().to_owned());
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    let code = body["Code"].as_str().unwrap_or_default().to_owned();
    (answer.status().as_u16(), code, header.unwrap_or_default())
}

fn said(status: u16, code: &str, header: &str) -> (u16, String, String) {
    (status, code.to_owned(), header.to_owned())
}

const IDENTITY: &str = "AccountLevelIdentityBasedPolicy";

#[tokio::test]
async fn soft_allows_and_tells() {
    let engine = engine(Enforcement::Soft);
    let none = json!({});
    let reads = statement("Allow", "vpc:Describe*", "*", &none);
    let denies = statement("Deny", "vpc:DeleteVpc", "*", &none);
    let reader = user(&engine, "reader", &[reads, denies]).await;
    let implicit = format!("would-deny vpc:CreateVpc ImplicitDeny {IDENTITY}");
    let block = [("CidrBlock", "10.0.0.0/8"), ("ClientToken", "one")];
    let rows = engine.row_count();
    assert_eq!(told(&engine, &reader, "CreateVpc", &block).await, said(200, "", &implicit));
    assert!(engine.row_count() > rows, "nothing was made");
    // A stored answer is told as well.
    let rows = engine.row_count();
    assert_eq!(told(&engine, &reader, "CreateVpc", &block).await, said(200, "", &implicit));
    assert_eq!(engine.row_count(), rows);
    assert_eq!(told(&engine, &reader, "DescribeVpcs", &[]).await, said(200, "", ""));
    // What the operation itself refuses is told, too.
    let explicit = format!("would-deny vpc:DeleteVpc ExplicitDeny {IDENTITY}");
    let (status, code, header) = told(&engine, &reader, "DeleteVpc", &[("VpcId", "vpc-1")]).await;
    assert_eq!((status >= 400, &*header), (true, &*explicit));
    assert_ne!(code, "Forbidden.RAM");
    let nobody = user(&engine, "nobody", &[]).await;
    let query = format!("would-deny vpc:DescribeVpcs ImplicitDeny {IDENTITY}");
    assert_eq!(told(&engine, &nobody, "DescribeVpcs", &[]).await, said(200, "", &query));
}

#[tokio::test]
async fn soft_tells_of_sessions() {
    let engine = engine(Enforcement::Soft);
    role(&engine, "net", TRUST, "AliyunVPCFullAccess").await;
    let maker = user(&engine, "maker", &[]).await;
    let reads = statement("Allow", "vpc:Describe*", "*", &json!({}));
    let policy = json!({ "Version": "1", "Statement": [reads] }).to_string();
    let session = maker.assume(&engine, "net", &[("Policy", &policy)]).await;
    let header = "would-deny vpc:CreateVpc ImplicitDeny SessionPolicy";
    assert_eq!(told(&engine, &session, "CreateVpc", &[]).await, said(200, "", header));
    assert_eq!(told(&engine, &session, "DescribeVpcs", &[]).await, said(200, "", ""));
}

#[tokio::test]
async fn off_asks_nobody_and_on_refuses() {
    for (enforcement, expected) in
        [(Enforcement::Off, said(200, "", "")), (Enforcement::On, said(403, "Forbidden.RAM", ""))]
    {
        let engine = engine(enforcement);
        let all = statement("Deny", "*", "*", &json!({}));
        let denied = user(&engine, "denied", &[all]).await;
        for action in ["CreateVpc", "DescribeVpcs"] {
            assert_eq!(told(&engine, &denied, action, &[]).await, expected, "{action}");
        }
    }
}

/// Who a caller is, and whom a role trusts, are no matter of policies that are tried out.
#[tokio::test]
async fn keys_and_trust_are_asked_always() {
    for enforcement in [Enforcement::Soft, Enforcement::Off] {
        let engine = engine(enforcement);
        let nobody = user(&engine, "nobody", &[]).await;
        let forged = User { secret: "wrong".into(), ..nobody.clone() };
        let (status, code, header) = told(&engine, &forged, "DescribeVpcs", &[]).await;
        assert_eq!((status, &*code, &*header), (400, "SignatureDoesNotMatch", ""));
        let (strange, id) = ("acs:ram::6543210987654321:root", "acs:ram::1234567890123456:root");
        role(&engine, "closed", &TRUST.replace(id, strange), "AliyunVPCFullAccess").await;
        let arn = common::principal::role_arn("closed");
        let request = [("RoleArn", &*arn), ("RoleSessionName", "session")];
        let call = (STS, "AssumeRole");
        let (status, body) = nobody.call_from(&engine, PEER, call, &request).await;
        assert_eq!((status, &body["Code"]), (403, &"NoPermission".into()), "{enforcement:?}");
    }
}

/// The account's own key has no policies that could say anything.
#[tokio::test]
async fn nothing_is_told_of_the_account_itself() {
    let engine = engine(Enforcement::Soft);
    let (key, secret) = (common::KEY.to_owned(), common::SECRET.to_owned());
    let root = User { name: "root".into(), key, secret, token: None };
    assert_eq!(told(&engine, &root, "CreateVpc", &[]).await, said(200, "", ""));
}
