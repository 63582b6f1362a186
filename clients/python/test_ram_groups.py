"""Groups, roles and versions of policies, managed with the official SDK."""

import json

import pytest

from support.ram import Ram, policy
from support.refused import refused
from support.server import ACCOUNT
from support.tea import Tea

TRUST = json.dumps(
    {
        "Version": "1",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{ACCOUNT}:root"]}}
        ],
    }
)


@pytest.fixture
def ram(server):
    return Ram(server)


def test_a_groups_policies_count_for_its_users(server, ram):
    vpc = Tea(server, *ram.user("alice"))
    made = ram.CreateGroup(GroupName="readers", Comments="They read.")["Group"]
    assert ram.GetGroup(GroupName="readers")["Group"]["GroupId"] == made["GroupId"]
    ram.AttachPolicyToGroup(PolicyName="AliyunVPCReadOnlyAccess", PolicyType="System", GroupName="readers")
    with refused("Forbidden.RAM", status=403):
        vpc.DescribeVpcs()
    ram.AddUserToGroup(UserName="alice", GroupName="readers")
    assert vpc.DescribeVpcs()["TotalCount"] == 0
    with refused("Forbidden.RAM", status=403):
        vpc.CreateVpc()
    ram.UpdateGroup(GroupName="readers", NewGroupName="watchers")
    assert vpc.DescribeVpcs()["TotalCount"] == 0
    users = ram.ListUsersForGroup(GroupName="watchers", MaxItems=10)["Users"]["User"]
    assert [user["UserName"] for user in users] == ["alice"]
    groups = ram.ListGroupsForUser(UserName="alice")["Groups"]["Group"]
    assert [group["GroupName"] for group in groups] == ["watchers"]
    assert [group["GroupName"] for group in ram.ListGroups()["Groups"]["Group"]] == ["watchers"]
    with refused("DeleteConflict.Group.User", status=409):
        ram.DeleteGroup(GroupName="watchers")
    ram.RemoveUserFromGroup(UserName="alice", GroupName="watchers")
    with refused("Forbidden.RAM", status=403):
        vpc.DescribeVpcs()
    attached = ram.ListPoliciesForGroup(GroupName="watchers")["Policies"]["Policy"]
    assert [it["PolicyName"] for it in attached] == ["AliyunVPCReadOnlyAccess"]
    ram.DetachPolicyFromGroup(PolicyName="AliyunVPCReadOnlyAccess", PolicyType="System", GroupName="watchers")
    ram.DeleteGroup(GroupName="watchers")


def test_the_default_version_has_effect(server, ram):
    vpc = Tea(server, *ram.user("alice"))
    name = {"PolicyName": "routes"}
    ram.CreatePolicy(**name, PolicyDocument=policy("vpc:Describe*"))
    ram.AttachPolicyToUser(**name, PolicyType="Custom", UserName="alice")
    made = ram.CreatePolicyVersion(**name, PolicyDocument=policy("vpc:*"))["PolicyVersion"]
    assert (made["VersionId"], made["IsDefaultVersion"]) == ("v2", False)
    with refused("Forbidden.RAM", status=403):
        vpc.CreateVpc()
    ram.SetDefaultPolicyVersion(**name, VersionId="v2")
    vpc.CreateVpc()
    listed = ram.ListPolicyVersions(**name, PolicyType="Custom")["PolicyVersions"]["PolicyVersion"]
    assert [(it["VersionId"], it["IsDefaultVersion"]) for it in listed] == [("v1", False), ("v2", True)]
    shown = ram.GetPolicyVersion(**name, PolicyType="Custom", VersionId="v1")["PolicyVersion"]
    assert shown["PolicyDocument"] == policy("vpc:Describe*")
    with refused("DeleteConflict.PolicyVersion.Default", status=409):
        ram.DeletePolicyVersion(**name, VersionId="v2")
    ram.DeletePolicyVersion(**name, VersionId="v1")
    for _ in range(4):
        ram.CreatePolicyVersion(**name, PolicyDocument=policy("vpc:*"), SetAsDefault=False)
    with refused("LimitExceeded.Policy.Version", status=409):
        ram.CreatePolicyVersion(**name, PolicyDocument=policy("vpc:*"))


def test_a_role_is_managed(ram):
    made = ram.CreateRole(RoleName="router", AssumeRolePolicyDocument=TRUST, Description="Routes.")["Role"]
    assert made["Arn"] == f"acs:ram::{ACCOUNT}:role/router"
    shown = ram.GetRole(RoleName="router")["Role"]
    assert (shown["RoleId"], shown["AssumeRolePolicyDocument"]) == (made["RoleId"], TRUST)
    changed = ram.UpdateRole(RoleName="router", NewMaxSessionDuration=7200, NewDescription="More.")["Role"]
    assert (changed["MaxSessionDuration"], changed["Description"]) == (7200, "More.")
    assert [role["RoleName"] for role in ram.ListRoles()["Roles"]["Role"]] == ["router"]
    ram.AttachPolicyToRole(PolicyName="ReadOnlyAccess", PolicyType="System", RoleName="router")
    attached = ram.ListPoliciesForRole(RoleName="router")["Policies"]["Policy"]
    assert [it["PolicyName"] for it in attached] == ["ReadOnlyAccess"]
    entities = ram.ListEntitiesForPolicy(PolicyName="ReadOnlyAccess", PolicyType="System")
    assert [role["RoleName"] for role in entities["Roles"]["Role"]] == ["router"]
    assert (entities["Users"]["User"], entities["Groups"]["Group"]) == ([], [])
    with refused("DeleteConflict.Role.Policy", status=409):
        ram.DeleteRole(RoleName="router")
    ram.DetachPolicyFromRole(PolicyName="ReadOnlyAccess", PolicyType="System", RoleName="router")
    ram.DeleteRole(RoleName="router")
    with refused("InvalidParameter.AssumeRolePolicyDocument"):
        ram.CreateRole(RoleName="open", AssumeRolePolicyDocument=TRUST.replace(f"acs:ram::{ACCOUNT}:root", "*"))


def test_a_renamed_user_keeps_its_key(server, ram):
    vpc = Tea(server, *ram.user("alice"))
    ram.AttachPolicyToUser(PolicyName="AliyunVPCReadOnlyAccess", PolicyType="System", UserName="alice")
    changed = ram.UpdateUser(UserName="alice", NewUserName="ann", NewComments="renamed")["User"]
    assert (changed["UserName"], changed["Comments"]) == ("ann", "renamed")
    assert vpc.DescribeVpcs()["TotalCount"] == 0
    ram.CreatePolicy(PolicyName="routes", PolicyDocument=policy("vpc:*"))
    described = ram.UpdatePolicyDescription(PolicyName="routes", NewDescription="May write.")["Policy"]
    assert described["Description"] == "May write."
