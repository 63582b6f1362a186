use crate::testing::World;
use causeway_model::ram_role::RamRole;
use causeway_model::ram_session::{NewSession, RamSession};
use causeway_model::ram_user::AccessKey;
use causeway_model::{Read, Txn};
use serde_json::{Value, json};

const ACCOUNT: &str = "1234567890123456";

/// The user `bob` in the group `ops`; the custom policies are named `p0`, `p1`, ... in this order,
/// and attached to the user or the group.
fn world(policies: &[(&str, &Value)]) -> World {
    let mut world = World::scene();
    world.call("CreateUser", &[("UserName", "bob")]).unwrap();
    world.call("CreateGroup", &[("GroupName", "ops")]).unwrap();
    world.call("AddUserToGroup", &[("UserName", "bob"), ("GroupName", "ops")]).unwrap();
    for (at, (holder, statements)) in policies.iter().enumerate() {
        let name = format!("p{at}");
        policy(&mut world, &name, statements);
        let common = [("PolicyType", "Custom"), ("PolicyName", name.as_str())];
        match *holder {
            "user" => {
                let user = [common[0], common[1], ("UserName", "bob")];
                world.call("AttachPolicyToUser", &user).unwrap();
            }
            _ => {
                let group = [common[0], common[1], ("GroupName", "ops")];
                world.call("AttachPolicyToGroup", &group).unwrap();
            }
        }
    }
    world
}

fn policy(world: &mut World, name: &str, statements: &Value) {
    let document = json!({"Version": "1", "Statement": statements}).to_string();
    let pairs = [("PolicyName", name), ("PolicyDocument", &document)];
    world.call("CreatePolicy", &pairs).unwrap();
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn deny(action: &str, resource: &str) -> Value {
    json!({"Effect": "Deny", "Action": action, "Resource": resource})
}

fn explain(world: &mut World, who: (&str, &str), operation: &str, parameters: &Value) -> Value {
    let parameters = world.resolve(&parameters.to_string());
    let before = world.tenant.clone();
    let own = [("Operation", operation), ("Parameters", &*parameters), who];
    let answer = world.call("ExplainAccess", &own).unwrap();
    assert_eq!(world.tenant, before, "asking changed something");
    answer
}

fn bob(world: &mut World, operation: &str, parameters: &Value) -> Value {
    explain(world, ("UserName", "bob"), operation, parameters)
}

#[test]
fn every_resource_is_decided_and_the_statement_named() {
    let mut world = world(&[
        (
            "user",
            &json!([allow("ram:*", "*"), allow("vpc:Associate*", "acs:vpc:*:*:routetable/*")]),
        ),
        ("group", &json!([allow("vpc:Describe*", "*"), deny("vpc:*", "acs:vpc:*:*:vswitch/*")])),
    ]);
    let parameters = json!({"RouteTableId": "$vtb", "VSwitchId": "$vsw"});
    let answer = bob(&mut world, "AssociateRouteTable", &parameters);
    assert_eq!(answer["Allowed"], false);
    assert_eq!(answer["Principal"], format!("acs:ram::{ACCOUNT}:user/bob"));
    assert_eq!(answer["Action"], "vpc:AssociateRouteTable");
    let arn =
        |kind: &str, id: &str| world.resolve(&format!("acs:vpc:cn-hangzhou:{ACCOUNT}:{kind}/{id}"));
    let statement = allow("vpc:Associate*", "acs:vpc:*:*:routetable/*").to_string();
    assert_eq!(
        answer["Checks"][0],
        json!({"Resource": arn("routetable", "$vtb"), "Allowed": true, "Decision": "Allowed",
            "DecidedBy": {"PolicyType": "Custom", "PolicyName": "p0", "VersionId": "v1",
                "StatementIndex": 1, "Statement": statement, "Holder": "user bob"}})
    );
    // A deny is not cured by what else allows: no policy is named.
    let statement = deny("vpc:*", "acs:vpc:*:*:vswitch/*").to_string();
    assert_eq!(
        answer["Checks"][1],
        json!({"Resource": arn("vswitch", "$vsw"), "Allowed": false, "Decision": "ExplicitDeny",
            "DecidedBy": {"PolicyType": "Custom", "PolicyName": "p1", "VersionId": "v1",
                "StatementIndex": 1, "Statement": statement, "Holder": "group ops"}})
    );
    assert_eq!(answer["Checks"].as_array().unwrap().len(), 2);
}

#[test]
fn the_version_in_effect_decides() {
    let mut world = world(&[("user", &json!([allow("ram:*", "*")]))]);
    let document = json!({"Version": "1", "Statement": [allow("vpc:*", "*")]}).to_string();
    let version = [("PolicyName", "p0"), ("PolicyDocument", &*document), ("SetAsDefault", "true")];
    world.call("CreatePolicyVersion", &version).unwrap();
    let answer = bob(&mut world, "DescribeVpcs", &json!({}));
    assert_eq!(answer["Allowed"], true);
    assert_eq!(answer["Checks"][0]["DecidedBy"]["VersionId"], "v2");
}

/// A route that is named by its id is decided on its table, as the call itself is.
#[test]
fn what_a_request_means_is_looked_up() {
    let mut world = world(&[]);
    let route =
        [("RouteTableId", "$vtb"), ("DestinationCidrBlock", "10.9.0.0/16"), ("NextHopId", "$i")];
    let made = world.call("CreateRouteEntry", &route).unwrap();
    let parameters = json!({"RouteEntryId": made["RouteEntryId"]});
    let answer = bob(&mut world, "DeleteRouteEntry", &parameters);
    let table = world.resolve(&format!("acs:vpc:cn-hangzhou:{ACCOUNT}:routetable/$vtb"));
    assert_eq!(answer["Checks"][0]["Resource"], table);
}

#[test]
fn what_would_allow_is_what_does_when_it_is_attached() {
    let mut world = world(&[]);
    policy(&mut world, "tables", &json!([allow("vpc:*", "acs:vpc:*:*:routetable/*")]));
    policy(&mut world, "half", &json!([allow("vpc:*", "*"), deny("*", "acs:vpc:*:*:vswitch/*")]));
    policy(&mut world, "other", &json!([allow("ram:*", "*")]));
    let parameters = json!({"RouteTableId": "$vtb", "VSwitchId": "$vsw"});
    let answer = bob(&mut world, "AssociateRouteTable", &parameters);
    let names = |check: &Value| -> Vec<String> {
        let all = check["AllowedBy"].as_array().unwrap();
        all.iter().map(|it| it["PolicyName"].as_str().unwrap().to_owned()).collect()
    };
    let checks = answer["Checks"].as_array().unwrap();
    assert_eq!(names(&checks[0]), ["AdministratorAccess", "AliyunVPCFullAccess", "tables"]);
    assert_eq!(names(&checks[1]), ["AdministratorAccess", "AliyunVPCFullAccess"]);
    let attach =
        [("PolicyType", "System"), ("PolicyName", "AliyunVPCFullAccess"), ("UserName", "bob")];
    world.call("AttachPolicyToUser", &attach).unwrap();
    assert_eq!(bob(&mut world, "AssociateRouteTable", &parameters)["Allowed"], true);
}

#[test]
fn conditions_are_asked_about_the_call_described() {
    let near = json!([{"Effect": "Allow", "Action": "vpc:*", "Resource": "*", "Condition":
        {"IpAddress": {"acs:SourceIp": "192.0.2.0/24"}, "Bool": {"acs:SecureTransport": "true"}}}]);
    let mut world = world(&[("user", &near)]);
    for (address, secure, allowed) in [
        ("192.0.2.7", "true", true),
        ("192.0.2.7", "false", false),
        ("198.51.100.7", "true", false),
    ] {
        let own = [
            ("Operation", "DescribeVpcs"),
            ("UserName", "bob"),
            ("SourceAddress", address),
            ("SecureTransport", secure),
        ];
        assert_eq!(world.call("ExplainAccess", &own).unwrap()["Allowed"], allowed, "{address}");
    }
}

#[test]
fn keys_stand_for_their_users_while_they_are_active() {
    let mut world = world(&[("user", &json!([allow("vpc:*", "*")]))]);
    let key = world.call("CreateAccessKey", &[("UserName", "bob")]).unwrap();
    let id = key["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned();
    let of_key = ("UserAccessKeyId", id.as_str());
    let answer = explain(&mut world, of_key, "DescribeVpcs", &json!({}));
    assert_eq!((&answer["Allowed"], answer.get("KeyState")), (&json!(true), None));
    world.update::<AccessKey>(&id.as_str().into(), |key| key.active = false);
    let answer = explain(&mut world, of_key, "DescribeVpcs", &json!({}));
    assert_eq!((&answer["Allowed"], &answer["KeyState"]), (&json!(false), &json!("Inactive")));
    assert_eq!(answer["Checks"][0]["Allowed"], true);
}

#[test]
fn sessions_need_their_own_policys_word_too() {
    let mut world = world(&[]);
    let trust = json!({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"RAM": [format!("acs:ram::{ACCOUNT}:root")]}}]});
    let role = [("RoleName", "net"), ("AssumeRolePolicyDocument", &*trust.to_string())];
    world.call("CreateRole", &role).unwrap();
    let attach =
        [("PolicyType", "System"), ("PolicyName", "AliyunVPCFullAccess"), ("RoleName", "net")];
    world.call("AttachPolicyToRole", &attach).unwrap();
    assert_eq!(explain(&mut world, ("RoleName", "net"), "CreateVpc", &json!({}))["Allowed"], true);
    let own = json!({"Version": "1", "Statement": [allow("vpc:Describe*", "*"),
        deny("vpc:DescribeVpcs", "*")]});
    let own = own.to_string();
    let role = world.tenant.get::<RamRole>(&"net".into()).unwrap().clone();
    let new =
        NewSession { name: "night", policy: Some(&own), source_identity: None, duration_s: 3600 };
    let started = |txn: &mut Txn| Ok::<_, ()>(RamSession::start(txn, &role, &new).0);
    let id = world.change(started).unwrap().key_id;
    let of_key = ("UserAccessKeyId", &*id);
    let answer = explain(&mut world, of_key, "DescribeVSwitches", &json!({}));
    assert_eq!(answer["Allowed"], true);
    assert_eq!(answer["Principal"], format!("acs:ram::{ACCOUNT}:assumed-role/net/night"));
    assert_eq!(answer["Checks"][0]["DecidedBy"]["Holder"], "role net");
    let check = &explain(&mut world, of_key, "DescribeVpcs", &json!({}))["Checks"][0];
    assert_eq!(check["Decision"], "SessionDeny");
    assert_eq!(check["DecidedBy"]["PolicyType"], "Session");
    assert_eq!(check["DecidedBy"]["StatementIndex"], 1);
    let check = &explain(&mut world, of_key, "CreateVpc", &json!({}))["Checks"][0];
    assert_eq!((&check["Decision"], check.get("DecidedBy")), (&json!("SessionDeny"), None));
    world.context.now = world.context.now.plus_ms(3_600_000);
    let answer = explain(&mut world, of_key, "DescribeVSwitches", &json!({}));
    assert_eq!((&answer["Allowed"], &answer["KeyState"]), (&json!(false), &json!("Expired")));
}

#[test]
fn what_everybody_may_call_needs_no_policy() {
    let answer = bob(&mut world(&[]), "GetCallerIdentity", &json!({}));
    assert_eq!((&answer["Allowed"], &answer["Checks"]), (&json!(true), &json!([])));
}

#[test]
fn refusals_name_what_is_wrong() {
    let mut world = world(&[]);
    for (own, code) in [
        (vec![("Operation", "Fly"), ("UserName", "bob")], "InvalidOperation.NotFound"),
        (vec![("Operation", "DescribeVpcs")], "InvalidPrincipal"),
        (
            vec![("Operation", "DescribeVpcs"), ("UserName", "bob"), ("RoleName", "net")],
            "InvalidPrincipal",
        ),
        (vec![("Operation", "DescribeVpcs"), ("UserName", "eve")], "EntityNotExist.User"),
        (vec![("Operation", "DescribeVpcs"), ("RoleName", "eve")], "EntityNotExist.Role"),
        (
            vec![("Operation", "DescribeVpcs"), ("UserAccessKeyId", "LTAI5tnone")],
            "EntityNotExist.User.AccessKey",
        ),
        (
            vec![("Operation", "DescribeVpcs"), ("UserName", "bob"), ("SourceAddress", "here")],
            "InvalidParameter",
        ),
        (
            vec![("Operation", "DescribeVpcs"), ("UserName", "bob"), ("Parameters", "[]")],
            "InvalidParameter",
        ),
        (vec![("Operation", "DeleteVpc"), ("UserName", "bob")], "MissingVpcId"),
    ] {
        assert_eq!(world.refusal("ExplainAccess", &own).code, code, "{own:?}");
    }
}
