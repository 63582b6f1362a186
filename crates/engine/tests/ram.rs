//! RAM users: what their policies let them do, and what they are told when not.

mod common;

use bytes::Bytes;
use causeway_engine::{Engine, Peer};
use causeway_operations::find;
use causeway_spec::Access;
use causeway_wire::{Format, sign};
use common::principal::{RAM, STS, User, VPC, attach, ram, statement, user};
use common::{PEER, config, ok};
use serde_json::{Value, json};

const FORBIDDEN_RAM: &str =
    "User not authorized to operate on the specified resource, or this API doesn't support RAM.";

fn allow(actions: &str, resources: &str) -> Value {
    statement("Allow", actions, resources, &json!({}))
}

fn deny(actions: &str, resources: &str) -> Value {
    statement("Deny", actions, resources, &json!({}))
}

fn table(id: &str) -> String {
    format!("acs:vpc:cn-hangzhou:1234567890123456:routetable/{id}")
}

/// A VPC with a second route table and an instance: both tables' ids.
async fn tables(engine: &Engine) -> [String; 2] {
    let vpc = ok(engine, "CreateVpc", &[]).await;
    let id = vpc["VpcId"].as_str().unwrap();
    let second = ok(engine, "CreateRouteTable", &[("VpcId", id)]).await;
    let instance = [("ResourceType", "Instance"), ("ResourceId", "i-bp1a"), ("VpcId", id)];
    let mut all = common::parameters(&instance);
    all.insert("RegionId".into(), "cn-hangzhou".into());
    let (status, body) =
        common::send(engine, common::signed("2026-11-20", "RegisterResource", &all)).await;
    assert_eq!(status, 200, "{body}");
    [&vpc["RouteTableId"], &second["RouteTableId"]].map(|id| id.as_str().unwrap().to_owned())
}

fn route<'a>(table: &'a str, destination: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("RouteEntries.1.RouteTableId", table),
        ("RouteEntries.1.DstCidrBlock", destination),
        ("RouteEntries.1.NextHop", "i-bp1a"),
    ]
}

#[tokio::test]
async fn users_do_what_policies_allow() {
    let engine = common::engine(config());
    let writer = user(&engine, "writer", &[allow("vpc:*", "*"), deny("vpc:CreateVpc", "*")]).await;
    let nobody = user(&engine, "nobody", &[]).await;
    assert_eq!(writer.code(&engine, "DescribeVpcs", &[]).await, "");
    let rows = engine.row_count();
    for (user, kind) in [(&writer, "ExplicitDeny"), (&nobody, "ImplicitDeny")] {
        let (status, body) = user.call(&engine, "CreateVpc", &[]).await;
        assert_eq!((status, &body["Code"]), (403, &"Forbidden.RAM".into()));
        assert_eq!(body["Message"], FORBIDDEN_RAM);
        let detail = &body["AccessDeniedDetail"];
        for (member, value) in [
            ("PolicyType", "AccountLevelIdentityBasedPolicy"),
            ("AuthPrincipalOwnerId", "1234567890123456"),
            ("AuthPrincipalType", "SubUser"),
            ("NoPermissionType", kind),
            ("AuthAction", "vpc:CreateVpc"),
        ] {
            assert_eq!(detail[member], value);
        }
        let made = ram(&engine, "GetUser", &[("UserName", &user.name)]).await;
        assert_eq!(detail["AuthPrincipalDisplayName"], made["User"]["UserId"]);
        assert!(!detail["EncodedDiagnosticMessage"].as_str().unwrap().is_empty());
        assert_eq!(detail.as_object().unwrap().len(), 7);
    }
    assert_eq!(engine.row_count(), rows);
    let (status, body) =
        nobody.call_from(&engine, PEER, (RAM, "CreateUser"), &[("UserName", "x")]).await;
    assert_eq!((status, &body["Code"]), (403, &"NoPermission".into()));
    assert_eq!(engine.row_count(), rows);
}

#[tokio::test]
async fn details_are_nested_in_xml() {
    let engine = common::engine(config());
    let nobody = user(&engine, "nobody", &[]).await;
    let all = common::parameters(&[("RegionId", "cn-hangzhou")]);
    let key = sign::Key { id: &nobody.key, secret: &nobody.secret, security_token: None };
    let nonce = common::nonce();
    let stamp = sign::Stamp { now_ms: common::now_ms(), nonce: &nonce };
    let request =
        sign::Request { format: Format::Xml, ..sign::Request::new("DescribeVpcs", VPC, &all) };
    let query = sign::v1(&request, &key, sign::V1Method::Sha1, &stamp);
    let request = http::Request::post(format!("/?{query}")).body(Bytes::new()).unwrap();
    let answer = engine.call(request, PEER).await;
    let body = String::from_utf8(answer.body().to_vec()).unwrap();
    let detail = body.split("<AccessDeniedDetail>").nth(1).expect("a detail");
    let detail = detail.split("</AccessDeniedDetail>").next().unwrap();
    assert!(detail.contains("<AuthAction>vpc:DescribeVpcs</AuthAction>"), "{detail}");
}

#[tokio::test]
async fn conditions_see_the_call() {
    let engine = common::engine(config());
    let conditions = [
        ("near", json!({ "IpAddress": { "acs:SourceIp": ["192.0.2.0/24", "2001:db8::/32"] } })),
        ("safe", json!({ "Bool": { "acs:SecureTransport": "true" } })),
        ("early", json!({ "DateLessThan": { "acs:CurrentTime": "2020-01-01T00:00:00+08:00" } })),
        ("late", json!({ "DateGreaterThan": { "acs:CurrentTime": "2020-01-01T00:00:00+08:00" } })),
        ("self", json!({ "StringLike": { "acs:PrincipalArn": "acs:ram:*:*:user/self" } })),
        ("other", json!({ "StringLike": { "acs:PrincipalArn": "acs:ram:*:*:user/self" } })),
        ("mfa", json!({ "Bool": { "acs:MFAPresent": "false" } })),
    ];
    let peers = [("192.0.2.7", false), ("2001:db8::7", true), ("198.51.100.7", true)];
    for (name, condition) in conditions {
        let user = user(&engine, name, &[statement("Allow", "vpc:*", "*", &condition)]).await;
        let mut allowed = Vec::new();
        for (address, secure) in peers {
            let peer = Peer { address: address.parse().unwrap(), secure };
            let (status, _) = user.call_from(&engine, peer, (VPC, "DescribeVpcs"), &[]).await;
            allowed.push(status == 200);
        }
        let expected = match name {
            "near" => [true, true, false],
            "safe" => [false, true, true],
            "late" | "self" => [true; 3],
            _ => [false; 3],
        };
        assert_eq!(allowed, expected, "{name}");
    }
}

/// S-RE-17: every table a batch names is decided on, and nothing of a denied batch happens.
#[tokio::test]
async fn a_batch_needs_every_table() {
    let engine = common::engine(config());
    let [first, second] = tables(&engine).await;
    let user = user(&engine, "one-table", &[allow("vpc:CreateRouteEntries", &table(&first))]).await;
    let rows = engine.row_count();
    let [mine, theirs] = [route(&first, "10.0.0.0/24"), route(&second, "10.0.1.0/24")];
    let mut both: Vec<_> = mine.to_vec();
    let renamed: Vec<_> =
        theirs.iter().map(|(name, it)| (name.replace(".1.", ".2."), *it)).collect();
    both.extend(renamed.iter().map(|(name, it)| (name.as_str(), *it)));
    assert_eq!(user.code(&engine, "CreateRouteEntries", &both).await, "Forbidden.RAM");
    assert_eq!(user.code(&engine, "CreateRouteEntries", &theirs).await, "Forbidden.RAM");
    assert_eq!(engine.row_count(), rows);
    let (status, body) = user.call(&engine, "CreateRouteEntries", &mine).await;
    assert_eq!((status, &body["SuccessCount"]), (200, &1.into()));
}

/// A route named by its id belongs to its table, whether or not the request says so.
#[tokio::test]
async fn a_route_by_its_id_is_a_route_of_its_table() {
    let engine = common::engine(config());
    let [first, _] = tables(&engine).await;
    ok(&engine, "CreateRouteEntries", &route(&first, "10.0.0.0/24")).await;
    let listed = ok(&engine, "DescribeRouteEntryList", &[("RouteTableId", &first)]).await;
    let routes = listed["RouteEntrys"]["RouteEntry"].as_array().unwrap();
    let of_user = routes.iter().find(|route| route["DestinationCidrBlock"] == "10.0.0.0/24");
    let id = of_user.unwrap()["RouteEntryId"].as_str().unwrap();
    let request = [("RouteEntryId", id)];
    let but = user(&engine, "but-one", &[allow("vpc:*", "*"), deny("vpc:*", &table(&first))]).await;
    assert_eq!(but.code(&engine, "DeleteRouteEntry", &request).await, "Forbidden.RAM");
    let only = user(&engine, "only-one", &[allow("vpc:*", &table(&first))]).await;
    let unknown = [("RouteEntryId", "rte-bp1unknown")];
    assert_eq!(only.code(&engine, "DeleteRouteEntry", &unknown).await, "Forbidden.RAM");
    assert_eq!(only.code(&engine, "DeleteRouteEntry", &request).await, "");
}

#[tokio::test]
async fn denied_callers_cannot_tell_what_exists() {
    let engine = common::engine(config());
    let [table, _] = tables(&engine).await;
    let nobody = user(&engine, "nobody", &[]).await;
    let told = async |id: &str| {
        let request = [("RouteTableId", id)];
        let (status, mut body) = nobody.call(&engine, "DeleteRouteTable", &request).await;
        let members = body.as_object_mut().unwrap();
        members.retain(|name, _| name != "RequestId" && name != "Recommend");
        (status, body)
    };
    let there = told(&table).await;
    assert_eq!(there.0, 403);
    for absent in ["vtb-bp1unknown", "nonsense", "*", &"x".repeat(5000)] {
        assert_eq!(told(absent).await, there, "{absent}");
    }
}

#[tokio::test]
async fn keys_are_switched_and_deleted() {
    let engine = common::engine(config());
    let reader = user(&engine, "reader", &[]).await;
    attach(&engine, "reader", ("System", "AliyunVPCReadOnlyAccess")).await;
    let code = async || reader.code(&engine, "DescribeVpcs", &[]).await;
    let key = [("UserName", "reader"), ("UserAccessKeyId", reader.key.as_str())];
    let switch = async |status| {
        let all = [key[0], key[1], ("Status", status)];
        ram(&engine, "UpdateAccessKey", &all).await;
    };
    assert_eq!(code().await, "");
    switch("Inactive").await;
    assert_eq!(code().await, "InvalidAccessKeyId.Inactive");
    switch("Active").await;
    assert_eq!(code().await, "");
    let forged = User { secret: "wrong".into(), ..reader.clone() };
    assert_eq!(forged.code(&engine, "DescribeVpcs", &[]).await, "SignatureDoesNotMatch");
    ram(&engine, "DeleteAccessKey", &key).await;
    assert_eq!(code().await, "InvalidAccessKeyId.NotFound");
}

#[tokio::test]
async fn policies_are_looked_at_for_each_call() {
    let engine = common::engine(config());
    let writer = user(&engine, "writer", &[]).await;
    let policy = ("System", "AliyunVPCFullAccess");
    assert_eq!(writer.code(&engine, "CreateVpc", &[]).await, "Forbidden.RAM");
    attach(&engine, "writer", policy).await;
    assert_eq!(writer.code(&engine, "CreateVpc", &[]).await, "");
    let pairs = [("UserName", "writer"), ("PolicyType", policy.0), ("PolicyName", policy.1)];
    ram(&engine, "DetachPolicyFromUser", &pairs).await;
    assert_eq!(writer.code(&engine, "CreateVpc", &[]).await, "Forbidden.RAM");
}

/// What a token stood for is told to nobody who may not ask.
#[tokio::test]
async fn tokens_do_not_carry_rights() {
    let engine = common::engine(config());
    let request = [("ClientToken", "shared"), ("CidrBlock", "10.0.0.0/8")];
    let made = ok(&engine, "CreateVpc", &request).await;
    let nobody = user(&engine, "nobody", &[]).await;
    let (status, body) = nobody.call(&engine, "CreateVpc", &request).await;
    assert_eq!((status, &body["Code"]), (403, &"Forbidden.RAM".into()));
    assert!(body.get("VpcId").is_none());
    let other = [("ClientToken", "shared")];
    assert_eq!(nobody.code(&engine, "CreateVpc", &other).await, "Forbidden.RAM");
    attach(&engine, "nobody", ("System", "AliyunVPCFullAccess")).await;
    let (_, body) = nobody.call(&engine, "CreateVpc", &request).await;
    assert_eq!(body["VpcId"], made["VpcId"]);
}

#[tokio::test]
async fn everybody_may_ask_who_they_are() {
    let engine = common::engine(config());
    let root = common::signed(STS, "GetCallerIdentity", &common::parameters(&[]));
    let (_, body) = common::send(&engine, root).await;
    assert_eq!(body["Arn"], "acs:ram::1234567890123456:root");
    assert_eq!(body["IdentityType"], "Account");
    let nobody = user(&engine, "nobody", &[deny("*", "*")]).await;
    let call = (STS, "GetCallerIdentity");
    let (status, body) = nobody.call_from(&engine, PEER, call, &[]).await;
    assert_eq!((status, &body["IdentityType"]), (200, &"RAMUser".into()));
    assert_eq!(body["Arn"], "acs:ram::1234567890123456:user/nobody");
    let made = ram(&engine, "GetUser", &[("UserName", "nobody")]).await;
    assert_eq!(body["UserId"], made["User"]["UserId"]);
    assert_eq!(body["PrincipalId"], body["UserId"]);
    assert_eq!(body["AccountId"], "1234567890123456");
}

/// Users and VPCs live apart: no region has users, and users need no region.
#[tokio::test]
async fn users_have_no_region() {
    let engine = common::engine(config());
    ram(&engine, "CreateUser", &[("UserName", "a"), ("RegionId", "cn-beijing")]).await;
    ram(&engine, "GetUser", &[("UserName", "a"), ("RegionId", "mars")]).await;
    let request = [("RegionId", "global")];
    let (status, body) = common::call(&engine, "DescribeVpcs", &request).await;
    assert_eq!((status, &body["Code"]), (404, &"InvalidRegionId.NotFound".into()));
}

struct Page {
    action: &'static str,
    resource: &'static str,
    request: &'static [(&'static str, &'static str)],
    denied: (&'static str, &'static str),
    /// The answer once allowed: nothing was made, so nothing is found.
    allowed: &'static str,
}

const AS_SUB_USER: &str = "User not authorized to operate on the specified resource as your account is created by another user.";

const VPN_ROUTE: &[(&str, &str)] = &[
    ("VpnGatewayId", "vpn-bp1a"),
    ("RouteSource", "10.1.0.0/24"),
    ("RouteDest", "10.0.0.0/24"),
    ("NextHop", "vco-bp1a"),
    ("Weight", "100"),
    ("PublishVpc", "false"),
];

const PAGES: [Page; 4] = [
    Page {
        action: "CreateRouteEntries",
        resource: "routetable/vtb-bp1a",
        request: &[
            ("RouteEntries.1.RouteTableId", "vtb-bp1a"),
            ("RouteEntries.1.DstCidrBlock", "10.0.0.0/24"),
            ("RouteEntries.1.NextHop", "i-bp1a"),
        ],
        denied: ("Forbidden.RAM", FORBIDDEN_RAM),
        allowed: "InvalidRouteTableId.NotFound",
    },
    Page {
        action: "CreateVpnRouteEntry",
        resource: "vpngateway/vpn-bp1a",
        request: VPN_ROUTE,
        denied: ("Forbbiden.SubUser", AS_SUB_USER), // S-VR-70, quirk Q1
        allowed: "InvalidVpnGatewayInstanceId.NotFound",
    },
    Page {
        action: "CreateVpnPbrRouteEntry",
        resource: "vpngateway/vpn-bp1a",
        request: VPN_ROUTE,
        denied: ("Forbbiden.SubUser", AS_SUB_USER), // S-PBR-70, quirk Q1
        allowed: "InvalidVpnGatewayInstanceId.NotFound",
    },
    Page {
        action: "CreateVcoRouteEntry",
        resource: "vpnconnection/vco-bp1a",
        request: &[
            ("VpnConnectionId", "vco-bp1a"),
            ("RouteDest", "10.0.0.0/24"),
            ("NextHop", "vco-bp1a"),
            ("Weight", "100"),
        ],
        // S-VCO-51, quirk Q1
        denied: ("Forbbiden.SubUser", "User not authorized to operate on the specified resource."),
        allowed: "InvalidVpnConnectionInstanceId.NotFound",
    },
];

/// The RAM tables of the four specification pages. The grant of just this action on just this
/// resource is needed and is enough: S-RE-14, S-RE-16, S-RE-17, S-VR-11, S-VR-13, S-VR-14,
/// S-PBR-02, S-PBR-04, S-PBR-05, S-VCO-02, S-VCO-04, S-VCO-05; so there is no dependent action
/// (S-RE-19, S-VR-16, S-PBR-07, S-VCO-07) and no key of the service's own to fulfil (S-RE-18,
/// S-VR-15, S-PBR-06, S-VCO-06). The access level is create: S-RE-15, S-VR-12, S-PBR-03, S-VCO-03.
#[tokio::test]
async fn the_pages_tables_decide() {
    let engine = common::engine(config());
    for page in PAGES {
        let Page { action, resource, request, denied, allowed } = page;
        let arn = |relative: &str| format!("acs:vpc:cn-hangzhou:1234567890123456:{relative}");
        let own = format!("vpc:{action}");
        let other = json!({ "Effect": "Allow", "NotAction": own, "Resource": "*" });
        let users = [
            ("none", vec![]),
            ("other-action", vec![other]),
            ("other-resource", vec![allow(&own, &arn(&format!("{resource}x")))]),
            ("other-region", vec![allow(&own, &arn(resource).replace("hangzhou", "beijing"))]),
            ("other-type", vec![allow(&own, &arn("vpc/*"))]),
        ];
        for (name, statements) in users {
            let user = user(&engine, &format!("{action}-{name}"), &statements).await;
            let (status, body) = user.call(&engine, action, request).await;
            let told = (status, body["Code"].as_str().unwrap(), body["Message"].as_str().unwrap());
            assert_eq!(told, (403, denied.0, denied.1), "{action}, {name}");
            assert_eq!(body["AccessDeniedDetail"]["AuthAction"], own.as_str());
        }
        let just = user(&engine, &format!("{action}-just"), &[allow(&own, &arn(resource))]).await;
        assert_eq!(just.code(&engine, action, request).await, allowed, "{action}");
        assert_eq!(find(VPC, action).unwrap().declaration.access, Access::Create);
    }
}

/// A use is noted once in ten minutes and told then; other calls write nothing.
#[tokio::test]
async fn a_keys_last_use_is_told() {
    let engine = common::engine(config());
    let asked = async |user: &User| {
        let pairs = [("UserName", user.name.as_str()), ("UserAccessKeyId", user.key.as_str())];
        let told = ram(&engine, "GetAccessKeyLastUsed", &pairs).await;
        told["AccessKeyLastUsed"]["LastUsedDate"].as_str().map(str::to_owned)
    };
    let used = user(&engine, "used", &[]).await;
    let at: causeway_types::Timestamp = asked(&used).await.expect("a date").parse().unwrap();
    assert!((common::now_ms() - at.millis()).abs() < 60_000, "{at}");
    let made = ram(&engine, "CreateAccessKey", &[("UserName", "used")]).await;
    let key = made["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned();
    let secret = made["AccessKey"]["AccessKeySecret"].as_str().unwrap().to_owned();
    let unused = User { key, ..used.clone() };
    assert_eq!(asked(&unused).await, None);
    // Who cannot sign has not used the key.
    assert_eq!(unused.code(&engine, "DescribeVpcs", &[]).await, "SignatureDoesNotMatch");
    ram(&engine, "UpdateUser", &[("UserName", "used"), ("NewComments", "later")]).await;
    assert_eq!(asked(&unused).await, None);
    let rows = engine.row_count();
    let second = User { secret, ..unused };
    for _ in 0..3 {
        second.code(&engine, "DescribeVpcs", &[]).await;
        ram(&engine, "UpdateUser", &[("UserName", "used"), ("NewComments", "again")]).await;
    }
    assert!(asked(&second).await.is_some());
    assert_eq!(engine.row_count(), rows + 1);
    let delete = [("UserName", "used"), ("UserAccessKeyId", second.key.as_str())];
    ram(&engine, "DeleteAccessKey", &delete).await;
    assert_eq!(engine.row_count(), rows - 1);
}
