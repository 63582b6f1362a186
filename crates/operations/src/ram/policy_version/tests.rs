//! Versions: which is in effect, how many there may be, which may go.

use crate::ram::tests::{DOCUMENT, ok, refused, world};
use crate::testing::World;

const ROUTES: (&str, &str) = ("PolicyName", "routes");
const CUSTOM: (&str, &str) = ("PolicyType", "Custom");

fn add(world: &mut World, more: &[(&str, &str)]) -> String {
    let request: Vec<_> =
        [ROUTES, ("PolicyDocument", DOCUMENT)].iter().chain(more).copied().collect();
    let made = ok(world, "CreatePolicyVersion", &request)["PolicyVersion"].clone();
    made["VersionId"].as_str().unwrap().to_owned()
}

/// The versions, the one in effect with a star.
fn versions(world: &mut World) -> Vec<String> {
    let listed = ok(world, "ListPolicyVersions", &[ROUTES, CUSTOM]);
    let all = listed["PolicyVersions"]["PolicyVersion"].as_array().unwrap().clone();
    let star = |it: &serde_json::Value| if it["IsDefaultVersion"] == true { "*" } else { "" };
    all.iter().map(|it| it["VersionId"].as_str().unwrap().to_owned() + star(it)).collect()
}

#[test]
fn one_version_is_in_effect() {
    let mut world = world();
    assert_eq!(add(&mut world, &[]), "v2");
    assert_eq!(versions(&mut world), ["v1*", "v2"]);
    assert_eq!(add(&mut world, &[("SetAsDefault", "true")]), "v3");
    assert_eq!(versions(&mut world), ["v1", "v2", "v3*"]);
    let shown = ok(&mut world, "GetPolicy", &[ROUTES, CUSTOM]);
    assert_eq!(shown["Policy"]["DefaultVersion"], "v3");
    assert_eq!(shown["DefaultPolicyVersion"]["VersionId"], "v3");
    ok(&mut world, "SetDefaultPolicyVersion", &[ROUTES, ("VersionId", "v2")]);
    assert_eq!(versions(&mut world), ["v1", "v2*", "v3"]);
    let version = ok(&mut world, "GetPolicyVersion", &[ROUTES, CUSTOM, ("VersionId", "v2")]);
    assert_eq!(version["PolicyVersion"]["IsDefaultVersion"], true);
    assert_eq!(version["PolicyVersion"]["PolicyDocument"], DOCUMENT);

    let default = [ROUTES, ("VersionId", "v2")];
    let code = "DeleteConflict.PolicyVersion.Default";
    refused(&mut world, "DeletePolicyVersion", &default, 409, code);
    refused(&mut world, "DeletePolicy", &[ROUTES], 409, "DeleteConflict.Policy.Version");
    for id in ["v1", "v3"] {
        ok(&mut world, "DeletePolicyVersion", &[ROUTES, ("VersionId", id)]);
    }
    // No number is used twice.
    assert_eq!(add(&mut world, &[]), "v4");
    ok(&mut world, "DeletePolicyVersion", &[ROUTES, ("VersionId", "v4")]);
    ok(&mut world, "DeletePolicy", &[ROUTES]);
}

#[test]
fn five_versions_are_all() {
    let mut world = world();
    for _ in 0..4 {
        add(&mut world, &[]);
    }
    let more = [ROUTES, ("PolicyDocument", DOCUMENT)];
    refused(&mut world, "CreatePolicyVersion", &more, 409, "LimitExceeded.Policy.Version");
    let none = [more[0], more[1], ("RotateStrategy", "None")];
    refused(&mut world, "CreatePolicyVersion", &none, 409, "LimitExceeded.Policy.Version");
    let odd = [more[0], more[1], ("RotateStrategy", "Some")];
    refused(&mut world, "CreatePolicyVersion", &odd, 400, "InvalidParameter.RotateStrategy");
    let rotate = ("RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded");
    add(&mut world, &[rotate]);
    assert_eq!(versions(&mut world), ["v1*", "v3", "v4", "v5", "v6"]);
}

#[test]
fn what_is_not_there_is_told() {
    let mut world = world();
    let none = ("PolicyName", "none");
    let v1 = ("VersionId", "v1");
    for (action, pairs) in [
        ("CreatePolicyVersion", [none, ("PolicyDocument", DOCUMENT), v1]),
        ("GetPolicyVersion", [none, CUSTOM, v1]),
        ("ListPolicyVersions", [none, CUSTOM, v1]),
        ("DeletePolicyVersion", [none, CUSTOM, v1]),
        ("SetDefaultPolicyVersion", [none, CUSTOM, v1]),
    ] {
        refused(&mut world, action, &pairs, 404, "EntityNotExist.Policy");
    }
    for version in ["v2", "1", "v01", "default"] {
        for action in ["GetPolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion"] {
            let pairs = [ROUTES, CUSTOM, ("VersionId", version)];
            refused(&mut world, action, &pairs, 404, "EntityNotExist.Policy.Version");
        }
    }
    let long = DOCUMENT.to_owned() + &" ".repeat(6144);
    for (document, code) in [
        (long.as_str(), "InvalidParameter.PolicyDocument.Length"),
        ("{}", "InvalidParameter.PolicyDocument"),
    ] {
        let request = [ROUTES, ("PolicyDocument", document)];
        refused(&mut world, "CreatePolicyVersion", &request, 400, code);
    }
    let system = [("PolicyName", "ReadOnlyAccess"), ("PolicyType", "System")];
    let listed = ok(&mut world, "ListPolicyVersions", &system);
    assert_eq!(listed["PolicyVersions"]["PolicyVersion"][0]["VersionId"], "v1");
}
