//! Groups: each refusal, and what keeps a group from going.

use crate::ram::tests::{ok, refused, world};
use serde_json::Value;

const WRITERS: (&str, &str) = ("GroupName", "writers");
const ALICE: (&str, &str) = ("UserName", "alice");

fn names(listed: &Value, name: &str) -> Vec<String> {
    let all = listed.as_array().unwrap().iter();
    all.map(|it| it[name].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_group_comes_and_goes() {
    let mut world = world();
    let made = ok(&mut world, "CreateGroup", &[WRITERS, ("Comments", "They write.")]);
    assert_eq!(ok(&mut world, "GetGroup", &[WRITERS]), made);
    assert_eq!(made["Group"]["Comments"], "They write.");
    assert_eq!(made["Group"]["GroupId"].as_str().unwrap().len(), 18);
    refused(&mut world, "CreateGroup", &[WRITERS], 409, "EntityAlreadyExists.Group");
    for name in ["b", "c"] {
        ok(&mut world, "CreateGroup", &[("GroupName", name)]);
    }
    let first = ok(&mut world, "ListGroups", &[("MaxItems", "2")]);
    assert_eq!(names(&first["Groups"]["Group"], "GroupName"), ["b", "c"]);
    assert_eq!((&first["IsTruncated"], &first["Marker"]), (&true.into(), &"c".into()));
    let rest = ok(&mut world, "ListGroups", &[("Marker", "c")]);
    assert_eq!(names(&rest["Groups"]["Group"], "GroupName"), ["writers"]);
    ok(&mut world, "DeleteGroup", &[WRITERS]);
    for action in ["GetGroup", "DeleteGroup", "UpdateGroup", "ListUsersForGroup"] {
        refused(&mut world, action, &[WRITERS], 404, "EntityNotExist.Group");
    }
    refused(&mut world, "ListPoliciesForGroup", &[WRITERS], 404, "EntityNotExist.Group");
    world.context.quotas.ram_groups = 2;
    refused(&mut world, "CreateGroup", &[WRITERS], 409, "LimitExceeded.Group");
}

#[test]
fn values_of_groups_are_checked() {
    let mut world = world();
    ok(&mut world, "CreateGroup", &[WRITERS]);
    ok(&mut world, "CreateGroup", &[("GroupName", "b")]);
    let (name, comments) = ("x".repeat(65), "x".repeat(129));
    for (given, code) in [
        (("GroupName", name.as_str()), "InvalidParameter.GroupName.Length"),
        (("GroupName", "a b"), "InvalidParameter.GroupName.InvalidChars"),
        (("Comments", &comments), "InvalidParameter.Comments.Length"),
    ] {
        let name = if given.0 == "GroupName" { given } else { ("GroupName", "new") };
        refused(&mut world, "CreateGroup", &[name, given], 400, code);
        let new = format!("New{}", given.0);
        let code = code.replace("Parameter.", "Parameter.New");
        refused(&mut world, "UpdateGroup", &[WRITERS, (&new, given.1)], 400, &code);
    }
    let taken = [WRITERS, ("NewGroupName", "b")];
    refused(&mut world, "UpdateGroup", &taken, 409, "EntityAlreadyExists.Group");
}

#[test]
fn users_join_and_leave() {
    let mut world = world();
    ok(&mut world, "CreateUser", &[("UserName", "bob"), ("DisplayName", "Bob")]);
    ok(&mut world, "CreateGroup", &[WRITERS]);
    ok(&mut world, "CreateGroup", &[("GroupName", "b")]);
    for (pairs, code) in [
        ([("UserName", "nobody"), WRITERS], "EntityNotExist.User"),
        ([ALICE, ("GroupName", "none")], "EntityNotExist.Group"),
    ] {
        refused(&mut world, "AddUserToGroup", &pairs, 404, code);
        refused(&mut world, "RemoveUserFromGroup", &pairs, 404, code);
    }
    let member = [ALICE, WRITERS];
    refused(&mut world, "RemoveUserFromGroup", &member, 404, "EntityNotExist.User.Group");
    ok(&mut world, "AddUserToGroup", &member);
    refused(&mut world, "AddUserToGroup", &member, 409, "EntityAlreadyExists.User.Group");
    ok(&mut world, "AddUserToGroup", &[("UserName", "bob"), WRITERS]);
    world.context.quotas.groups_per_user = 1;
    let more = [ALICE, ("GroupName", "b")];
    refused(&mut world, "AddUserToGroup", &more, 409, "LimitExceeded.User.Group");
    refused(&mut world, "DeleteGroup", &[WRITERS], 409, "DeleteConflict.Group.User");

    let users = ok(&mut world, "ListUsersForGroup", &[WRITERS, ("MaxItems", "1")]);
    assert_eq!(names(&users["Users"]["User"], "UserName"), ["alice"]);
    let rest = ok(&mut world, "ListUsersForGroup", &[WRITERS, ("Marker", "alice")]);
    assert_eq!(rest["Users"]["User"][0]["DisplayName"], "Bob");
    let groups = ok(&mut world, "ListGroupsForUser", &[ALICE]);
    assert_eq!(names(&groups["Groups"]["Group"], "GroupName"), ["writers"]);
    let nobody = [("UserName", "nobody")];
    refused(&mut world, "ListGroupsForUser", &nobody, 404, "EntityNotExist.User");
}

#[test]
fn policies_stay_with_a_renamed_group() {
    let mut world = world();
    ok(&mut world, "CreateGroup", &[WRITERS]);
    ok(&mut world, "AddUserToGroup", &[ALICE, WRITERS]);
    let routes = [("PolicyName", "routes"), ("PolicyType", "Custom")];
    let attach = [routes[0], routes[1], WRITERS];
    refused(&mut world, "DetachPolicyFromGroup", &attach, 404, "EntityNotExist.Group.Policy");
    ok(&mut world, "AttachPolicyToGroup", &attach);
    refused(&mut world, "AttachPolicyToGroup", &attach, 409, "EntityAlreadyExists.Group.Policy");
    for (pairs, code) in [
        ([("PolicyName", "none"), routes[1], WRITERS], "EntityNotExist.Policy"),
        ([routes[0], routes[1], ("GroupName", "none")], "EntityNotExist.Group"),
    ] {
        refused(&mut world, "AttachPolicyToGroup", &pairs, 404, code);
    }
    world.context.quotas.policies_per_group = 0;
    let more = [("PolicyName", "ReadOnlyAccess"), ("PolicyType", "System"), WRITERS];
    refused(&mut world, "AttachPolicyToGroup", &more, 409, "LimitExceeded.Group.Policy");

    let renamed = [WRITERS, ("NewGroupName", "authors"), ("NewComments", "renamed")];
    ok(&mut world, "UpdateGroup", &renamed);
    let authors = ("GroupName", "authors");
    let policies = ok(&mut world, "ListPoliciesForGroup", &[authors]);
    assert_eq!(names(&policies["Policies"]["Policy"], "PolicyName"), ["routes"]);
    let users = ok(&mut world, "ListUsersForGroup", &[authors]);
    assert_eq!(names(&users["Users"]["User"], "UserName"), ["alice"]);
    refused(&mut world, "GetGroup", &[WRITERS], 404, "EntityNotExist.Group");
    ok(&mut world, "RemoveUserFromGroup", &[ALICE, authors]);
    refused(&mut world, "DeleteGroup", &[authors], 409, "DeleteConflict.Group.Policy");
    ok(&mut world, "DetachPolicyFromGroup", &[routes[0], routes[1], authors]);
    ok(&mut world, "DeleteGroup", &[authors]);
}
