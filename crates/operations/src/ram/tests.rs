//! Users, keys, policies and attachments together: each refusal, and what it keeps from going.

use crate::testing::World;
use serde_json::Value;

pub(super) const DOCUMENT: &str =
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"vpc:*","Resource":"*"}]}"#;

pub(super) fn ok(world: &mut World, action: &str, pairs: &[(&str, &str)]) -> Value {
    world.call(action, pairs).unwrap_or_else(|refusal| panic!("{action}: {refusal:?}"))
}

pub(super) fn refused(
    world: &mut World,
    action: &str,
    pairs: &[(&str, &str)],
    status: u16,
    code: &str,
) {
    let refusal = world.refusal(action, pairs);
    assert_eq!((refusal.status, &*refusal.code), (status, code), "{action} {pairs:?}");
}

/// User `alice`, custom policy `routes`.
pub(super) fn world() -> World {
    let mut world = World::new();
    ok(&mut world, "CreateUser", &[("UserName", "alice")]);
    ok(&mut world, "CreatePolicy", &[("PolicyName", "routes"), ("PolicyDocument", DOCUMENT)]);
    world
}

#[test]
fn a_user_comes_and_goes() {
    let mut world = World::new();
    let request = [
        ("UserName", "bob"),
        ("DisplayName", "Bob"),
        ("MobilePhone", "86-18600008888"),
        ("Email", "bob@example.com"),
        ("Comments", "none"),
    ];
    let made = ok(&mut world, "CreateUser", &request)["User"].clone();
    for (name, value) in request {
        assert_eq!(made[name], value);
    }
    assert_eq!(made["UserId"].as_str().unwrap().len(), 18);
    assert_eq!(ok(&mut world, "GetUser", &[("UserName", "bob")])["User"], made);
    refused(&mut world, "CreateUser", &[("UserName", "bob")], 409, "EntityAlreadyExists.User");
    ok(&mut world, "DeleteUser", &[("UserName", "bob")]);
    for action in
        ["GetUser", "DeleteUser", "CreateAccessKey", "ListAccessKeys", "ListPoliciesForUser"]
    {
        refused(&mut world, action, &[("UserName", "bob")], 404, "EntityNotExist.User");
    }
    let again = ok(&mut world, "CreateUser", &[("UserName", "bob")]);
    assert_ne!(again["User"]["UserId"], made["UserId"]);
}

#[test]
fn values_of_users_are_checked_in_order() {
    let long = |length| "x".repeat(length);
    let mut request = [
        ("UserName", long(65)),
        ("DisplayName", long(129)),
        ("MobilePhone", long(65)),
        ("Email", "nobody".into()),
        ("Comments", long(129)),
    ];
    let steps = [
        ("InvalidParameter.UserName.Length", 0, "a b".to_owned()),
        ("InvalidParameter.UserName.InvalidChars", 0, long(64)),
        ("InvalidParameter.DisplayName.Length", 1, long(128)),
        ("InvalidParameter.MobilePhone.Format", 2, long(64)),
        ("InvalidParameter.Email.Format", 3, "@".repeat(129)),
        ("InvalidParameter.Email.Format", 3, "a@b".into()),
        ("InvalidParameter.Comments.Length", 4, long(128)),
    ];
    let mut world = World::new();
    for (code, at, fixed) in steps {
        let pairs: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
        refused(&mut world, "CreateUser", &pairs, 400, code);
        request[at].1 = fixed;
    }
    let pairs: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ok(&mut world, "CreateUser", &pairs);
}

#[test]
fn quotas_end_where_they_say() {
    let mut world = world();
    (world.context.quotas.ram_users, world.context.quotas.ram_policies) = (2, 2);
    ok(&mut world, "CreateUser", &[("UserName", "bob")]);
    refused(&mut world, "CreateUser", &[("UserName", "carol")], 409, "LimitExceeded.User");
    let policy = |name| [("PolicyName", name), ("PolicyDocument", DOCUMENT)];
    ok(&mut world, "CreatePolicy", &policy("second"));
    refused(&mut world, "CreatePolicy", &policy("third"), 409, "LimitExceeded.Policy");
    for _ in 0..2 {
        ok(&mut world, "CreateAccessKey", &[("UserName", "bob")]);
    }
    let bob = [("UserName", "bob")];
    refused(&mut world, "CreateAccessKey", &bob, 409, "LimitExceeded.User.AccessKey");
    world.context.quotas.policies_per_user = 1;
    let attach = |name, kind| [("PolicyName", name), ("PolicyType", kind), ("UserName", "bob")];
    ok(&mut world, "AttachPolicyToUser", &attach("second", "Custom"));
    ok(&mut world, "AttachPolicyToUser", &attach("ReadOnlyAccess", "System"));
    let more = attach("routes", "Custom");
    refused(&mut world, "AttachPolicyToUser", &more, 409, "LimitExceeded.User.Policy");
}

#[test]
fn keys_belong_to_their_user() {
    let mut world = world();
    ok(&mut world, "CreateUser", &[("UserName", "bob")]);
    let made = ok(&mut world, "CreateAccessKey", &[("UserName", "alice")])["AccessKey"].clone();
    let (id, secret) = (made["AccessKeyId"].as_str().unwrap(), &made["AccessKeySecret"]);
    assert_eq!((id.len(), &id[..6], secret.as_str().unwrap().len()), (24, "LTAI5t", 30));
    let second = ok(&mut world, "CreateAccessKey", &[("UserName", "alice")])["AccessKey"].clone();
    assert!(second["AccessKeyId"] != made["AccessKeyId"] && second["AccessKeySecret"] != *secret);

    let key = ("UserAccessKeyId", id);
    for user in ["bob", "nobody"] {
        let code =
            if user == "bob" { "EntityNotExist.User.AccessKey" } else { "EntityNotExist.User" };
        let delete = [("UserName", user), key];
        refused(&mut world, "DeleteAccessKey", &delete, 404, code);
        refused(&mut world, "GetAccessKeyLastUsed", &delete, 404, code);
        let update = [("UserName", user), key, ("Status", "Inactive")];
        refused(&mut world, "UpdateAccessKey", &update, 404, code);
    }
    let alice = ("UserName", "alice");
    let odd = [alice, key, ("Status", "Off")];
    refused(&mut world, "UpdateAccessKey", &odd, 400, "InvalidParameter.Status");
    ok(&mut world, "UpdateAccessKey", &[alice, key, ("Status", "Inactive")]);
    let listed = ok(&mut world, "ListAccessKeys", &[alice])["AccessKeys"]["AccessKey"].clone();
    let states: Vec<_> = listed.as_array().unwrap().iter().map(|key| &key["Status"]).collect();
    assert_eq!(states, ["Inactive", "Active"]);
    assert!(listed[0].get("AccessKeySecret").is_none());

    refused(&mut world, "DeleteUser", &[alice], 409, "DeleteConflict.User.AccessKey");
    ok(&mut world, "DeleteAccessKey", &[alice, key]);
    refused(&mut world, "DeleteAccessKey", &[alice, key], 404, "EntityNotExist.User.AccessKey");
    let second = second["AccessKeyId"].as_str().unwrap();
    ok(&mut world, "DeleteAccessKey", &[alice, ("UserAccessKeyId", second)]);
    ok(&mut world, "DeleteUser", &[alice]);
}

#[test]
fn policies_are_read_before_they_are_taken() {
    let mut world = world();
    let long = DOCUMENT.to_owned() + &" ".repeat(6144);
    let name = "n".repeat(129);
    let description = "d".repeat(1025);
    for (name, description, document, code) in [
        (name.as_str(), "", "{", "InvalidParameter.PolicyName.Length"),
        ("a_b", "", "{", "InvalidParameter.PolicyName.InvalidChars"),
        ("a", &description, "{", "InvalidParameter.Description.Length"),
        ("a", "", &long, "InvalidParameter.PolicyDocument.Length"),
        ("routes", "", "{", "InvalidParameter.PolicyDocument"),
    ] {
        let request =
            [("PolicyName", name), ("Description", description), ("PolicyDocument", document)];
        refused(&mut world, "CreatePolicy", &request, 400, code);
    }
    let same = [("PolicyName", "routes"), ("PolicyDocument", DOCUMENT)];
    refused(&mut world, "CreatePolicy", &same, 409, "EntityAlreadyExists.Policy");
    let system_name = [("PolicyName", "ReadOnlyAccess"), ("PolicyDocument", DOCUMENT)];
    ok(&mut world, "CreatePolicy", &system_name);
    let shown = |world: &mut World, kind| {
        ok(world, "GetPolicy", &[("PolicyName", "ReadOnlyAccess"), ("PolicyType", kind)])
    };
    let (custom, system) = (shown(&mut world, "Custom"), shown(&mut world, "System"));
    assert_eq!(custom["DefaultPolicyVersion"]["PolicyDocument"], DOCUMENT);
    assert_eq!(custom["Policy"]["PolicyDocument"], DOCUMENT);
    assert_ne!(system["Policy"]["PolicyDocument"], DOCUMENT);
    for (name, kind) in [("none", "Custom"), ("routes", "System"), ("routes", "custom")] {
        let request = [("PolicyName", name), ("PolicyType", kind)];
        refused(&mut world, "GetPolicy", &request, 404, "EntityNotExist.Policy");
    }
}

#[test]
fn an_attachment_keeps_both_ends() {
    let mut world = world();
    let attach =
        |name, kind, user| [("PolicyName", name), ("PolicyType", kind), ("UserName", user)];
    let routes = attach("routes", "Custom", "alice");
    for (request, code) in [
        (attach("routes", "Custom", "nobody"), "EntityNotExist.User"),
        (attach("none", "Custom", "alice"), "EntityNotExist.Policy"),
        (attach("routes", "System", "alice"), "EntityNotExist.Policy"),
    ] {
        refused(&mut world, "AttachPolicyToUser", &request, 404, code);
    }
    ok(&mut world, "AttachPolicyToUser", &routes);
    refused(&mut world, "AttachPolicyToUser", &routes, 409, "EntityAlreadyExists.User.Policy");
    ok(&mut world, "AttachPolicyToUser", &attach("AliyunVPCFullAccess", "System", "alice"));
    let listed = ok(&mut world, "ListPoliciesForUser", &[("UserName", "alice")]);
    let names: Vec<_> = listed["Policies"]["Policy"].as_array().unwrap().iter().collect();
    let names: Vec<_> = names.iter().map(|it| (&it["PolicyName"], &it["PolicyType"])).collect();
    let pair = |name: &str, kind: &str| (Value::from(name), Value::from(kind));
    let expected = [pair("AliyunVPCFullAccess", "System"), pair("routes", "Custom")];
    assert_eq!(names, expected.iter().map(|(name, kind)| (name, kind)).collect::<Vec<_>>());

    refused(&mut world, "DeleteUser", &[("UserName", "alice")], 409, "DeleteConflict.User.Policy");
    let delete = [("PolicyName", "routes")];
    refused(&mut world, "DeletePolicy", &delete, 409, "DeleteConflict.Policy.User");
    for (request, code) in [
        (attach("routes", "Custom", "nobody"), "EntityNotExist.User"),
        (attach("routes", "System", "alice"), "EntityNotExist.User.Policy"),
        (attach("routes", "other", "alice"), "EntityNotExist.User.Policy"),
    ] {
        refused(&mut world, "DetachPolicyFromUser", &request, 404, code);
    }
    ok(&mut world, "DetachPolicyFromUser", &routes);
    ok(&mut world, "DeletePolicy", &delete);
    refused(&mut world, "DeletePolicy", &delete, 404, "EntityNotExist.Policy");
}

#[test]
fn lists_go_on_where_they_stopped() {
    let mut world = world();
    for name in ["bob", "carol"] {
        ok(&mut world, "CreateUser", &[("UserName", name)]);
    }
    let first = ok(&mut world, "ListUsers", &[("MaxItems", "2")]);
    assert_eq!((&first["IsTruncated"], &first["Marker"]), (&true.into(), &"bob".into()));
    let rest = ok(&mut world, "ListUsers", &[("MaxItems", "2"), ("Marker", "bob")]);
    assert_eq!(rest["IsTruncated"], false);
    assert_eq!(rest["Users"]["User"][0]["UserName"], "carol");
    assert!(rest.get("Marker").is_none());
    refused(&mut world, "ListUsers", &[("MaxItems", "0")], 400, "InvalidParameter");

    let count = |world: &mut World, pairs: &[(&str, &str)]| {
        ok(world, "ListPolicies", pairs)["Policies"]["Policy"].as_array().unwrap().len()
    };
    let system = causeway_ram::system::POLICIES.len();
    assert_eq!(count(&mut world, &[]), system + 1);
    assert_eq!(count(&mut world, &[("PolicyType", "System")]), system);
    assert_eq!(count(&mut world, &[("PolicyType", "Custom")]), 1);
    assert_eq!(count(&mut world, &[("Marker", "ReadOnlyAccess")]), 1);
    let odd = [("PolicyType", "Other")];
    refused(&mut world, "ListPolicies", &odd, 400, "InvalidParameter.PolicyType");
}

#[test]
fn a_renamed_user_stays_the_same() {
    let mut world = world();
    let alice = ("UserName", "alice");
    let before = ok(&mut world, "GetUser", &[alice])["User"].clone();
    ok(&mut world, "CreateAccessKey", &[alice]);
    ok(&mut world, "CreateGroup", &[("GroupName", "writers")]);
    ok(&mut world, "AddUserToGroup", &[alice, ("GroupName", "writers")]);
    let routes = [("PolicyName", "routes"), ("PolicyType", "Custom")];
    ok(&mut world, "AttachPolicyToUser", &[alice, routes[0], routes[1]]);
    ok(&mut world, "CreateUser", &[("UserName", "bob")]);

    let to = |name| [alice, ("NewUserName", name)];
    refused(&mut world, "UpdateUser", &to("bob"), 409, "EntityAlreadyExists.User");
    refused(&mut world, "UpdateUser", &[("UserName", "x")], 404, "EntityNotExist.User");
    let chars = "InvalidParameter.NewUserName.InvalidChars";
    refused(&mut world, "UpdateUser", &to("a b"), 400, chars);
    let long = "x".repeat(129);
    for (name, code) in [
        ("NewUserName", "InvalidParameter.NewUserName.Length"),
        ("NewDisplayName", "InvalidParameter.NewDisplayName.Length"),
        ("NewMobilePhone", "InvalidParameter.NewMobilePhone.Format"),
        ("NewEmail", "InvalidParameter.NewEmail.Format"),
        ("NewComments", "InvalidParameter.NewComments.Length"),
    ] {
        refused(&mut world, "UpdateUser", &[alice, (name, &long)], 400, code);
    }

    world.context.now = world.context.now.plus_ms(60_000);
    let change = [alice, ("NewUserName", "ann"), ("NewComments", "renamed")];
    let made = ok(&mut world, "UpdateUser", &change)["User"].clone();
    let ann = ("UserName", "ann");
    assert_eq!(ok(&mut world, "GetUser", &[ann])["User"], made);
    assert_eq!(made["UserId"], before["UserId"]);
    assert_eq!((&made["UserName"], &made["Comments"]), (&"ann".into(), &"renamed".into()));
    assert_eq!(made["CreateDate"], before["CreateDate"]);
    assert_ne!(made["UpdateDate"], before["UpdateDate"]);
    refused(&mut world, "GetUser", &[alice], 404, "EntityNotExist.User");
    let keys = ok(&mut world, "ListAccessKeys", &[ann]);
    let key = keys["AccessKeys"]["AccessKey"][0]["AccessKeyId"].as_str().unwrap();
    let groups = ok(&mut world, "ListGroupsForUser", &[ann]);
    assert_eq!(groups["Groups"]["Group"][0]["GroupName"], "writers");
    let users = ok(&mut world, "ListUsersForGroup", &[("GroupName", "writers")]);
    assert_eq!(users["Users"]["User"][0]["UserName"], "ann");
    let policies = ok(&mut world, "ListPoliciesForUser", &[ann]);
    assert_eq!(policies["Policies"]["Policy"][0]["PolicyName"], "routes");

    let group = [ann, ("GroupName", "writers")];
    ok(&mut world, "DeleteAccessKey", &[ann, ("UserAccessKeyId", key)]);
    ok(&mut world, "DetachPolicyFromUser", &[ann, routes[0], routes[1]]);
    refused(&mut world, "DeleteUser", &[ann], 409, "DeleteConflict.User.Group");
    ok(&mut world, "RemoveUserFromGroup", &group);
    ok(&mut world, "DeleteUser", &[ann]);
}

/// A policy goes only when nobody holds it; who does is told by its code and listed.
#[test]
fn a_policy_knows_its_holders() {
    let mut world = world();
    let trust = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{"RAM":"acs:ram::1234567890123456:root"}}]}"#;
    ok(&mut world, "CreateGroup", &[("GroupName", "writers")]);
    let role = [("RoleName", "router"), ("AssumeRolePolicyDocument", trust)];
    ok(&mut world, "CreateRole", &role);
    let routes = [("PolicyName", "routes"), ("PolicyType", "Custom")];
    let holders = [
        ("User", ("UserName", "alice")),
        ("Group", ("GroupName", "writers")),
        ("Role", ("RoleName", "router")),
    ];
    for (kind, holder) in holders {
        let request = [routes[0], routes[1], holder];
        ok(&mut world, &format!("AttachPolicyTo{kind}"), &request);
        let delete = format!("DeleteConflict.Policy.{kind}");
        refused(&mut world, "DeletePolicy", &routes[..1], 409, &delete);
        let listed = ok(&mut world, "ListEntitiesForPolicy", &routes);
        let of_kind = &listed[format!("{kind}s")][kind];
        assert_eq!(of_kind[0][holder.0], holder.1);
        let shown = ok(&mut world, "GetPolicy", &routes);
        assert_eq!(shown["Policy"]["AttachmentCount"], 1);
        ok(&mut world, &format!("DetachPolicyFrom{kind}"), &request);
    }
    let listed = ok(&mut world, "ListEntitiesForPolicy", &routes);
    for (kind, _) in holders {
        assert_eq!(listed[format!("{kind}s")][kind], serde_json::json!([]));
    }
    let none = [("PolicyName", "none"), ("PolicyType", "Custom")];
    refused(&mut world, "ListEntitiesForPolicy", &none, 404, "EntityNotExist.Policy");
    let text = "d".repeat(1025);
    let long = [("PolicyName", "routes"), ("NewDescription", text.as_str())];
    let code = "InvalidParameter.NewDescription.Length";
    refused(&mut world, "UpdatePolicyDescription", &long, 400, code);
    let none = [("PolicyName", "none"), ("NewDescription", "x")];
    refused(&mut world, "UpdatePolicyDescription", &none, 404, "EntityNotExist.Policy");
    ok(&mut world, "DeletePolicy", &routes[..1]);
}
