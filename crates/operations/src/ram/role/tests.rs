//! Roles: each refusal, and what keeps a role from going.

use crate::ram::tests::{ok, refused, world};

const ROLE: (&str, &str) = ("RoleName", "router");
const TRUST: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
    "Principal":{"RAM":"acs:ram::1234567890123456:root"}}]}"#;

#[test]
fn a_role_comes_changes_and_goes() {
    let mut world = world();
    let trust = ("AssumeRolePolicyDocument", TRUST);
    let request = [ROLE, trust, ("Description", "Routes."), ("MaxSessionDuration", "43200")];
    let made = ok(&mut world, "CreateRole", &request);
    assert_eq!(ok(&mut world, "GetRole", &[ROLE]), made);
    let role = &made["Role"];
    assert_eq!(role["Arn"], "acs:ram::1234567890123456:role/router");
    assert_eq!(role["AssumeRolePolicyDocument"], TRUST);
    assert_eq!(
        (&role["Description"], &role["MaxSessionDuration"]),
        (&"Routes.".into(), &43200.into())
    );
    refused(&mut world, "CreateRole", &[ROLE, trust], 409, "EntityAlreadyExists.Role");
    world.context.quotas.ram_roles = 1;
    let more = [("RoleName", "more"), trust];
    refused(&mut world, "CreateRole", &more, 409, "LimitExceeded.Role");

    let other = TRUST.replace(":root", ":user/alice");
    let change = [
        ROLE,
        ("NewAssumeRolePolicyDocument", other.as_str()),
        ("NewDescription", "More."),
        ("NewMaxSessionDuration", "3600"),
    ];
    let changed = ok(&mut world, "UpdateRole", &change)["Role"].clone();
    assert_eq!(changed["AssumeRolePolicyDocument"], other);
    assert_eq!(
        (&changed["Description"], &changed["MaxSessionDuration"]),
        (&"More.".into(), &3600.into())
    );
    assert_eq!(changed["RoleId"], role["RoleId"]);
    let listed = ok(&mut world, "ListRoles", &[])["Roles"]["Role"][0].clone();
    assert_eq!(listed["RoleName"], "router");
    assert!(listed.get("AssumeRolePolicyDocument").is_none());
    ok(&mut world, "DeleteRole", &[ROLE]);
    for action in ["GetRole", "UpdateRole", "DeleteRole", "ListPoliciesForRole"] {
        refused(&mut world, action, &[ROLE], 404, "EntityNotExist.Role");
    }
}

#[test]
fn settings_of_roles_are_checked() {
    let mut world = world();
    ok(&mut world, "CreateRole", &[ROLE, ("AssumeRolePolicyDocument", TRUST)]);
    let (name, description) = ("x".repeat(65), "x".repeat(1025));
    let (long, nobody) = (TRUST.to_owned() + &" ".repeat(2048), TRUST.replace("acs:ram", "acs:x"));
    for (name, value, code) in [
        ("RoleName", name.as_str(), "RoleName.Length"),
        ("RoleName", "a_b", "RoleName.InvalidChars"),
        ("Description", &description, "Description.Length"),
        ("MaxSessionDuration", "3599", "MaxSessionDuration"),
        ("MaxSessionDuration", "43201", "MaxSessionDuration"),
        ("AssumeRolePolicyDocument", &long, "AssumeRolePolicyDocument.Length"),
        ("AssumeRolePolicyDocument", &nobody, "AssumeRolePolicyDocument"),
        ("AssumeRolePolicyDocument", "{}", "AssumeRolePolicyDocument"),
    ] {
        let mut request = vec![("RoleName", "new"), ("AssumeRolePolicyDocument", TRUST)];
        request.retain(|(known, _)| *known != name);
        request.push((name, value));
        refused(&mut world, "CreateRole", &request, 400, &format!("InvalidParameter.{code}"));
        if name != "RoleName" {
            let change = [ROLE, (&format!("New{name}"), value)];
            let code = format!("InvalidParameter.New{code}");
            refused(&mut world, "UpdateRole", &change, 400, &code);
        }
    }
}

#[test]
fn a_role_keeps_its_policies() {
    let mut world = world();
    ok(&mut world, "CreateRole", &[ROLE, ("AssumeRolePolicyDocument", TRUST)]);
    let routes = [("PolicyName", "routes"), ("PolicyType", "Custom"), ROLE];
    refused(&mut world, "DetachPolicyFromRole", &routes, 404, "EntityNotExist.Role.Policy");
    ok(&mut world, "AttachPolicyToRole", &routes);
    refused(&mut world, "AttachPolicyToRole", &routes, 409, "EntityAlreadyExists.Role.Policy");
    let listed = ok(&mut world, "ListPoliciesForRole", &[ROLE]);
    assert_eq!(listed["Policies"]["Policy"][0]["PolicyName"], "routes");
    refused(&mut world, "DeleteRole", &[ROLE], 409, "DeleteConflict.Role.Policy");
    let none = [("PolicyName", "none"), ("PolicyType", "Custom"), ROLE];
    refused(&mut world, "AttachPolicyToRole", &none, 404, "EntityNotExist.Policy");
    let nobody = [routes[0], routes[1], ("RoleName", "none")];
    for action in ["AttachPolicyToRole", "DetachPolicyFromRole"] {
        refused(&mut world, action, &nobody, 404, "EntityNotExist.Role");
    }
    world.context.quotas.policies_per_role = 0;
    let more = [("PolicyName", "ReadOnlyAccess"), ("PolicyType", "System"), ROLE];
    refused(&mut world, "AttachPolicyToRole", &more, 409, "LimitExceeded.Role.Policy");
    ok(&mut world, "DetachPolicyFromRole", &routes);
    ok(&mut world, "DeleteRole", &[ROLE]);
}
