"""RAM users, managed and used with the official SDKs."""

import json

import pytest

from support.ram import Ram
from support.refused import refused
from support.server import ACCOUNT
from support.tea import Tea

DOCUMENT = json.dumps(
    {
        "Version": "1",
        "Statement": [
            {"Effect": "Allow", "Action": "vpc:*", "Resource": "*"},
            {"Effect": "Deny", "Action": ["vpc:Delete*"], "Resource": "acs:vpc:*:*:vpc/*"},
        ],
    }
)


@pytest.fixture
def ram(server):
    return Ram(server)


def test_a_user_lives_and_ends(ram):
    made = ram.CreateUser(UserName="alice", DisplayName="Alice", Comments="of the routes")["User"]
    assert made["UserName"] == "alice" and made["Comments"] == "of the routes"
    shown = ram.GetUser(UserName="alice")["User"]
    assert shown["UserId"] == made["UserId"]
    with refused("EntityAlreadyExists.User", status=409):
        ram.CreateUser(UserName="alice")
    listed = ram.ListUsers(MaxItems=10)
    assert listed["IsTruncated"] is False
    assert [user["UserName"] for user in listed["Users"]["User"]] == ["alice"]
    ram.DeleteUser(UserName="alice")
    with refused("EntityNotExist.User", status=404):
        ram.GetUser(UserName="alice")


def test_policies_are_made_attached_and_removed(ram):
    ram.CreateUser(UserName="alice")
    made = ram.CreatePolicy(PolicyName="routes", PolicyDocument=DOCUMENT, Description="d")["Policy"]
    assert (made["PolicyType"], made["DefaultVersion"]) == ("Custom", "v1")
    with refused("InvalidParameter.PolicyDocument"):
        ram.CreatePolicy(PolicyName="broken", PolicyDocument=DOCUMENT.replace('"1"', '"2"'))
    ram.AttachPolicyToUser(PolicyName="routes", PolicyType="Custom", UserName="alice")
    ram.AttachPolicyToUser(PolicyName="ReadOnlyAccess", PolicyType="System", UserName="alice")
    attached = ram.ListPoliciesForUser(UserName="alice")["Policies"]["Policy"]
    assert {policy["PolicyName"] for policy in attached} == {"routes", "ReadOnlyAccess"}
    shown = ram.GetPolicy(PolicyName="routes", PolicyType="Custom")
    assert shown["Policy"]["AttachmentCount"] == 1
    assert shown["DefaultPolicyVersion"]["PolicyDocument"] == DOCUMENT
    listed = ram.ListPolicies(PolicyType="System", MaxItems=100)["Policies"]["Policy"]
    assert "AdministratorAccess" in {policy["PolicyName"] for policy in listed}
    with refused("DeleteConflict.Policy.User", status=409):
        ram.DeletePolicy(PolicyName="routes")
    ram.DetachPolicyFromUser(PolicyName="routes", PolicyType="Custom", UserName="alice")
    ram.DeletePolicy(PolicyName="routes")


def test_a_user_does_what_policies_allow(server, ram):
    key_id, secret = ram.user("alice")
    ram.CreatePolicy(PolicyName="routes", PolicyDocument=DOCUMENT)
    vpc = Tea(server, key_id, secret)
    with refused("Forbidden.RAM", status=403):
        vpc.CreateVpc()
    ram.AttachPolicyToUser(PolicyName="routes", PolicyType="Custom", UserName="alice")
    made = vpc.CreateVpc()["VpcId"]
    with refused("Forbidden.RAM", status=403) as denied:
        vpc.DeleteVpc(VpcId=made)
    detail = denied.value.__cause__.access_denied_detail
    assert (detail["NoPermissionType"], detail["AuthAction"]) == ("ExplicitDeny", "vpc:DeleteVpc")
    with refused("NoPermission", status=403):
        Ram(server, key_id, secret).CreateUser(UserName="mallory")


def test_keys_are_switched_off(server, ram):
    key_id, secret = ram.user("alice")
    ram.AttachPolicyToUser(PolicyName="AliyunVPCReadOnlyAccess", PolicyType="System", UserName="alice")
    vpc = Tea(server, key_id, secret)
    assert vpc.DescribeVpcs()["TotalCount"] == 0
    ram.UpdateAccessKey(UserName="alice", UserAccessKeyId=key_id, Status="Inactive")
    keys = ram.ListAccessKeys(UserName="alice")["AccessKeys"]["AccessKey"]
    assert [(key["AccessKeyId"], key["Status"]) for key in keys] == [(key_id, "Inactive")]
    with refused("InvalidAccessKeyId.Inactive"):
        vpc.DescribeVpcs()
    ram.DeleteAccessKey(UserName="alice", UserAccessKeyId=key_id)
    with refused("InvalidAccessKeyId.NotFound", status=404):
        vpc.DescribeVpcs()


def test_everybody_may_ask_who_they_are(server, ram):
    assert ram.identity()["Arn"] == f"acs:ram::{ACCOUNT}:root"
    own = Ram(server, *ram.user("alice")).identity()
    assert own["Arn"] == f"acs:ram::{ACCOUNT}:user/alice"
    assert (own["IdentityType"], own["UserId"]) == ("RAMUser", ram.GetUser(UserName="alice")["User"]["UserId"])
