//! Several accounts on one server: each is alone in its world.

mod common;

use causeway_engine::{Clock, Config, Engine, Rate, RootKey, Throttle};
use causeway_operations::all;
use common::disk::Disk;
use common::principal::{RAM, STS, TRUST, User, VPC, attach, role, user};
use common::{KEY, PEER, SECRET, config};
use serde_json::{Value, json};

const OWN: &str = "2026-11-20";
const TRAIL: &str = "2020-07-06";
const OTHER: &str = "2222333344445555";

fn two_accounts() -> Config {
    let root_key = RootKey { id: "other-ak".into(), secret: "other-sk".into() };
    let clock = Clock::Frozen("2026-11-20T10:00:00Z".parse().unwrap());
    Config { other_accounts: vec![(OTHER.into(), root_key)], clock, ..config() }
}

fn key(id: &str, secret: &str) -> User {
    User { name: id.into(), key: id.into(), secret: secret.into(), token: None }
}

fn roots() -> [User; 2] {
    [key(KEY, SECRET), key("other-ak", "other-sk")]
}

/// A call that must succeed.
async fn must(engine: &Engine, who: &User, call: (&str, &str), pairs: &[(&str, &str)]) -> Value {
    let (status, body) = who.call_from(engine, PEER, call, pairs).await;
    assert_eq!(status, 200, "{}: {body}", call.1);
    body
}

fn text(body: &Value, pointer: &str) -> String {
    body.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer} in {body}"))
        .to_owned()
}

/// Makes some of everything; the names that examples have for it, with what it is called.
async fn fill(engine: &Engine, who: &User) -> Vec<(&'static str, String)> {
    let mut names = Vec::new();
    let vpc = must(engine, who, (VPC, "CreateVpc"), &[("CidrBlock", "192.168.0.0/16")]).await;
    names.push(("$vpc", text(&vpc, "/VpcId")));
    names.push(("$vtb", text(&vpc, "/RouteTableId")));
    let in_vpc = ("VpcId", &*names[0].1.clone());
    let block = [in_vpc, ("CidrBlock", "192.168.1.0/24"), ("ZoneId", "cn-hangzhou-h")];
    let vswitch = must(engine, who, (VPC, "CreateVSwitch"), &block).await;
    names.push(("$vsw", text(&vswitch, "/VSwitchId")));
    let table = must(engine, who, (VPC, "CreateRouteTable"), &[in_vpc]).await;
    names.push(("$custom", text(&table, "/RouteTableId")));
    let gateway =
        must(engine, who, (VPC, "CreateVpnGateway"), &[in_vpc, ("Bandwidth", "10")]).await;
    names.push(("$vpn", text(&gateway, "/VpnGatewayId")));
    let far_end =
        must(engine, who, (VPC, "CreateCustomerGateway"), &[("IpAddress", "203.0.113.1")]).await;
    names.push(("$cgw", text(&far_end, "/CustomerGatewayId")));
    let ends = [
        ("VpnGatewayId", names[4].1.clone()),
        ("CustomerGatewayId", names[5].1.clone()),
        ("LocalSubnet", "0.0.0.0/0".into()),
        ("RemoteSubnet", "0.0.0.0/0".into()),
    ];
    let ends: Vec<(&str, &str)> =
        ends.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let connection = must(engine, who, (VPC, "CreateVpnConnection"), &ends).await;
    names.push(("$vco", text(&connection, "/VpnConnectionId")));
    let instance = [in_vpc, ("ResourceType", "Instance"), ("ResourceId", "i-ofanother")];
    names.push((
        "$i",
        text(&must(engine, who, (OWN, "RegisterResource"), &instance).await, "/ResourceId"),
    ));
    let route = [
        ("RouteTableId", names[1].1.clone()),
        ("DestinationCidrBlock", "10.0.0.0/8".into()),
        ("NextHopId", "i-ofanother".into()),
        ("NextHopType", "Instance".into()),
    ];
    let route: Vec<(&str, &str)> =
        route.iter().map(|(name, value)| (*name, value.as_str())).collect();
    names.push((
        "$rte",
        text(&must(engine, who, (VPC, "CreateRouteEntry"), &route).await, "/RouteEntryId"),
    ));
    let document =
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    must(engine, who, (RAM, "CreateUser"), &[("UserName", "alice")]).await;
    must(engine, who, (RAM, "CreateGroup"), &[("GroupName", "writers")]).await;
    let policy = [("PolicyName", "routes"), ("PolicyDocument", document)];
    must(engine, who, (RAM, "CreatePolicy"), &policy).await;
    let role = [("RoleName", "router"), ("AssumeRolePolicyDocument", TRUST)];
    must(engine, who, (RAM, "CreateRole"), &role).await;
    names
}

/// All that an account's lists show of it.
async fn seen(engine: &Engine, who: &User) -> Vec<Value> {
    let mut seen = Vec::new();
    for call in [
        (VPC, "DescribeVpcs"),
        (VPC, "DescribeVSwitches"),
        (VPC, "DescribeRouteTableList"),
        (VPC, "DescribeVpnGateways"),
        (VPC, "DescribeVpnConnections"),
        (VPC, "DescribeCustomerGateways"),
        (OWN, "ListResources"),
        (OWN, "ListLinks"),
        (OWN, "ListTasks"),
        (RAM, "ListUsers"),
        (RAM, "ListGroups"),
        (RAM, "ListRoles"),
        (RAM, "ListPolicies"),
    ] {
        seen.push(without_id(must(engine, who, call, &[]).await));
    }
    seen
}

fn without_id(mut body: Value) -> Value {
    for member in ["RequestId", "Recommend"] {
        body.as_object_mut().unwrap().remove(member);
    }
    body
}

/// Every operation, asked for another account's things, answers as if they were nowhere, and does
/// nothing to them.
#[tokio::test]
async fn what_another_account_has_is_nowhere() {
    let (alone, shared) = (common::engine(two_accounts()), common::engine(two_accounts()));
    let [first, second] = roots();
    let names = fill(&shared, &second).await;
    let before = seen(&shared, &second).await;
    let mut asked = 0;
    // What the log tells has times and ids of calls, and is looked at below.
    for entry in all().filter(|entry| entry.declaration.name != "LookupEvents") {
        let of = &entry.declaration;
        for example in of.examples {
            let named = |text: &str| {
                let found = names.iter().find(|(name, _)| *name == text);
                found.map_or_else(|| text.to_owned(), |(_, id)| id.clone())
            };
            let pairs: Vec<(&str, String)> =
                example.request.iter().map(|(name, text)| (*name, named(text))).collect();
            let pairs: Vec<_> = pairs.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let call = (of.product.version(), of.name);
            let (here, absent) = first.call_from(&alone, PEER, call, &pairs).await;
            let (there, present) = first.call_from(&shared, PEER, call, &pairs).await;
            assert_eq!(
                (here, without_id(absent)),
                (there, without_id(present)),
                "{} {pairs:?}",
                of.name
            );
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
    assert_eq!(seen(&shared, &second).await, before);
    assert_eq!(seen(&shared, &first).await, seen(&alone, &first).await);
}

#[tokio::test]
async fn the_key_decides_the_account_also_after_a_restart() {
    let disk = Disk::new();
    let engine = Engine::start(two_accounts(), disk.opener(), 1).unwrap();
    let [first, second] = roots();
    let account = async |engine: &Engine, who: &User| {
        text(&must(engine, who, (STS, "GetCallerIdentity"), &[]).await, "/AccountId")
    };
    assert_eq!(account(&engine, &first).await, "1234567890123456");
    assert_eq!(account(&engine, &second).await, OTHER);

    must(&engine, &second, (RAM, "CreateUser"), &[("UserName", "bob")]).await;
    let made = must(&engine, &second, (RAM, "CreateAccessKey"), &[("UserName", "bob")]).await;
    let id = text(&made, "/AccessKey/AccessKeyId");
    let bob = key(&id, &text(&made, "/AccessKey/AccessKeySecret"));
    assert_eq!(account(&engine, &bob).await, OTHER);
    engine.stop();
    let engine = Engine::start(two_accounts(), disk.opener(), 1).unwrap();
    assert_eq!(account(&engine, &bob).await, OTHER);
    let gone = [("UserName", "bob"), ("UserAccessKeyId", &*id)];
    must(&engine, &second, (RAM, "DeleteAccessKey"), &gone).await;
    let (status, body) = bob.call_from(&engine, PEER, (STS, "GetCallerIdentity"), &[]).await;
    assert_eq!((status, &body["Code"]), (404, &json!("InvalidAccessKeyId.NotFound")));
    engine.stop();

    // An account that is not served any more has keys no more.
    let engine =
        Engine::start(Config { other_accounts: Vec::new(), ..two_accounts() }, disk.opener(), 1)
            .unwrap();
    let (status, _) = second.call_from(&engine, PEER, (STS, "GetCallerIdentity"), &[]).await;
    assert_eq!(status, 404);
}

/// A trail has the calls of its account, also those that did not prove who they are.
#[tokio::test]
async fn each_account_has_its_own_trail() {
    let engine = common::engine(two_accounts());
    let [first, second] = roots();
    must(&engine, &second, (VPC, "CreateVpc"), &[]).await;
    let forged = key("other-ak", "guess");
    let (status, _) = forged.call_from(&engine, PEER, (VPC, "DescribeVpcs"), &[]).await;
    assert_eq!(status, 400);
    must(&engine, &first, (VPC, "CreateVpc"), &[]).await;
    let events = async |who: &User, count: usize| {
        for _ in 0..200 {
            let found = must(&engine, who, (TRAIL, "LookupEvents"), &[("MaxResults", "50")]).await;
            let events = found["Events"].as_array().unwrap().clone();
            if events.len() >= count {
                return events;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("fewer than {count} events");
    };
    for (who, expected) in [(&first, &["CreateVpc"][..]), (&second, &["CreateVpc", "DescribeVpcs"])]
    {
        let events = events(who, expected.len()).await;
        let mut names: Vec<&str> =
            events.iter().map(|it| it["eventName"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, expected, "{events:#?}");
    }
}

/// One account's calls do not count against another's.
#[tokio::test]
async fn accounts_are_throttled_one_by_one() {
    let throttle = Throttle { per_account: Rate::per_second(2), ..Throttle::default() };
    let engine = common::engine(Config { throttle, ..two_accounts() });
    let [first, second] = roots();
    let mut refused = 0;
    for _ in 0..20 {
        refused += usize::from(first.call(&engine, "DescribeVpcs", &[]).await.0 != 200);
    }
    assert!(refused > 0);
    assert_eq!(second.call(&engine, "DescribeVpcs", &[]).await.0, 200);
}

/// A trust policy that names these principals.
fn trust(principals: &[&str]) -> String {
    let statement =
        json!({ "Effect": "Allow", "Action": "sts:*", "Principal": { "RAM": principals } });
    json!({ "Version": "1", "Statement": [statement] }).to_string()
}

/// Makes a role in the second account that may do everything with VPCs; its ARN.
async fn role_of_other(engine: &Engine, name: &str, principals: &[&str]) -> String {
    let [_, second] = roots();
    let (role, trust) = (("RoleName", name), trust(principals));
    must(engine, &second, (RAM, "CreateRole"), &[role, ("AssumeRolePolicyDocument", &trust)]).await;
    let full = [role, ("PolicyType", "System"), ("PolicyName", "AliyunVPCFullAccess")];
    must(engine, &second, (RAM, "AttachPolicyToRole"), &full).await;
    format!("acs:ram::{OTHER}:role/{name}")
}

/// A user of the first account who may take on roles.
async fn maker(engine: &Engine, name: &str) -> User {
    let made = user(engine, name, &[]).await;
    attach(engine, name, ("System", "AliyunSTSAssumeRoleAccess")).await;
    made
}

/// A role is taken on from the account, the user or the role that it trusts; the session is of the role's account, and
/// nothing of it is in the other.
#[tokio::test]
async fn a_role_is_taken_on_from_an_account_it_trusts() {
    let disk = Disk::new();
    let engine = Engine::start(two_accounts(), disk.opener(), 1).unwrap();
    let [first, second] = roots();
    let alice = maker(&engine, "alice").await;
    let vpc = text(&must(&engine, &second, (VPC, "CreateVpc"), &[]).await, "/VpcId");
    role(&engine, "chain", TRUST, "AliyunSTSAssumeRoleAccess").await;
    let chained = alice.assume(&engine, "chain", &[]).await;

    let own = |rest: &str| format!("acs:ram::1234567890123456:{rest}");
    let mut sessions = Vec::new();
    for (name, principal, who) in [
        ("by-account", own("root"), &alice),
        ("by-user", own("user/alice"), &alice),
        ("by-role", own("role/chain"), &chained),
    ] {
        let arn = role_of_other(&engine, name, &[&principal]).await;
        let session = who.assume(&engine, &arn, &[]).await;
        let identity = must(&engine, &session, (STS, "GetCallerIdentity"), &[]).await;
        assert_eq!(identity["AccountId"], OTHER);
        let expected = format!("acs:ram::{OTHER}:assumed-role/{name}/session");
        assert_eq!(identity["Arn"], json!(expected));
        let seen = must(&engine, &session, (VPC, "DescribeVpcs"), &[]).await;
        assert_eq!(seen["Vpcs"]["Vpc"][0]["VpcId"], json!(vpc));
        sessions.push(session);
    }
    assert_eq!(must(&engine, &first, (VPC, "DescribeVpcs"), &[]).await["TotalCount"], 0);

    // It outlives a restart where it is, and ends with its role, not with who took it on.
    engine.stop();
    let engine = Engine::start(two_accounts(), disk.opener(), 1).unwrap();
    must(&engine, &sessions[0], (VPC, "DescribeVpcs"), &[]).await;
    let role = ("RoleName", "by-account");
    let detach = [role, ("PolicyType", "System"), ("PolicyName", "AliyunVPCFullAccess")];
    must(&engine, &second, (RAM, "DetachPolicyFromRole"), &detach).await;
    must(&engine, &second, (RAM, "DeleteRole"), &[role]).await;
    let (status, _) = sessions[0].call_from(&engine, PEER, (STS, "GetCallerIdentity"), &[]).await;
    assert_eq!(status, 404);
    must(&engine, &sessions[1], (VPC, "DescribeVpcs"), &[]).await;
}

/// The policies of the caller's own account decide first: trust alone does not do, and a policy of the same name in the
/// role's account is none of the caller's.
#[tokio::test]
async fn the_own_account_must_allow_it_too() {
    let engine = common::engine(two_accounts());
    let [_, second] = roots();
    let arn = role_of_other(&engine, "open", &["acs:ram::1234567890123456:root"]).await;
    let bob = user(&engine, "bob", &[]).await;
    must(&engine, &second, (RAM, "CreateUser"), &[("UserName", "bob")]).await;
    let allowed = ("PolicyName", "AliyunSTSAssumeRoleAccess");
    let allowed = [("UserName", "bob"), ("PolicyType", "System"), allowed];
    must(&engine, &second, (RAM, "AttachPolicyToUser"), &allowed).await;
    let (status, body) = bob.try_assume(&engine, &arn, &[]).await;
    assert_eq!((status, &body["Code"]), (403, &json!("NoPermission")), "{body}");
    let detail = &body["AccessDeniedDetail"];
    assert_eq!(detail["AuthPrincipalOwnerId"], "1234567890123456", "{body}");
    assert_eq!(detail["PolicyType"], "AccountLevelIdentityBasedPolicy", "{body}");
    attach(&engine, "bob", ("System", "AliyunSTSAssumeRoleAccess")).await;
    bob.assume(&engine, &arn, &[]).await;
}

/// A role of another account that does not trust the caller is answered for as one that is not there, whatever else is
/// asked.
#[tokio::test]
async fn a_distrusting_role_of_another_account_is_nowhere() {
    let engine = common::engine(two_accounts());
    let alice = maker(&engine, "alice").await;
    let to_others = format!("acs:ram::{OTHER}:root");
    let closed = role_of_other(&engine, "closed", &[&to_others]).await;
    let to_bob = ["acs:ram::1234567890123456:user/bob"];
    let for_bob = role_of_other(&engine, "for-bob", &to_bob).await;
    let absent = format!("acs:ram::{OTHER}:role/absent");
    let unserved = "acs:ram::9999888877776666:role/closed".to_owned();
    for more in [
        &[][..],
        &[("DurationSeconds", "43201")],
        &[("DurationSeconds", "1")],
        &[("SourceIdentity", "someone")],
        &[("ExternalId", "something")],
    ] {
        let (status, body) = alice.try_assume(&engine, &absent, more).await;
        assert_eq!((status, &body["Code"]), (404, &json!("EntityNotExist.Role")), "{body}");
        let expected = without_id(body);
        for arn in [&closed, &for_bob, &unserved] {
            let (status, body) = alice.try_assume(&engine, arn, more).await;
            assert_eq!((status, without_id(body)), (404, expected.clone()), "{arn} {more:?}");
        }
    }
    // The account itself takes on no role, wherever it is.
    let [first, _] = roots();
    let answers = [
        first.try_assume(&engine, &closed, &[]).await,
        first.try_assume(&engine, &absent, &[]).await,
    ];
    let [closed, absent] = answers.map(|(status, body)| (status, without_id(body)));
    assert_eq!((closed.0, &closed.1["Code"]), (403, &json!("NoPermission")));
    assert_eq!(closed, absent);
}
