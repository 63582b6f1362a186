"""Two accounts on one server, each through the official SDKs: neither finds what the other has."""

import json

import pytest

from support import world
from support.ram import Ram
from support.refused import refused
from support.server import ACCOUNT
from support.tea import Tea

OTHER = "1111222233334444"
OTHER_KEY = ("other-ak", "other-sk")


@pytest.fixture
def server(serve):
    return serve("--memory", "--other-account", f"{OTHER}={':'.join(OTHER_KEY)}")


@pytest.fixture
def other(server):
    return Tea(server, *OTHER_KEY)


def test_the_key_decides_the_account(server):
    own = Ram(server).identity()
    assert (own["AccountId"], own["Arn"]) == (ACCOUNT, f"acs:ram::{ACCOUNT}:root")
    assert Ram(server, *OTHER_KEY).identity()["AccountId"] == OTHER


def test_what_another_account_has_is_not_found(tea, other):
    vpc = world.vpc(tea)
    gateway = world.gateway(tea, vpc)
    hop = world.connection(tea, gateway, world.customer_gateway(tea))
    assert other.DescribeVpcs()["TotalCount"] == 0
    with refused("InvalidVpcId.NotFound", 404):
        other.DescribeVpcAttribute(VpcId=vpc.id)
    with refused("InvalidVpnGatewayInstanceId.NotFound", 404):
        other.CreateVpnRouteEntry(
            VpnGatewayId=gateway, RouteDest="10.0.0.0/24", NextHop=hop, Weight=100, PublishVpc=True
        )
    with refused("InvalidRouteTableId.NotFound", 404):
        other.CreateRouteEntry(
            RouteTableId=vpc.table, DestinationCidrBlock="10.0.0.0/24", NextHopType="VpnGateway", NextHopId=gateway
        )
    # The same blocks, and other ids.
    mine = world.vpc(other)
    assert mine.id != vpc.id and other.DescribeVpcs()["TotalCount"] == 1
    assert tea.DescribeVpcs()["Vpcs"]["Vpc"][0]["VpcId"] == vpc.id


def test_users_of_the_same_name_are_two(server):
    own, others = Ram(server), Ram(server, *OTHER_KEY)
    own.CreateUser(UserName="alice")
    others.CreateUser(UserName="alice")
    key = others.CreateAccessKey(UserName="alice")["AccessKey"]
    identity = Ram(server, key["AccessKeyId"], key["AccessKeySecret"]).identity()
    assert identity["Arn"] == f"acs:ram::{OTHER}:user/alice"
    own.DeleteUser(UserName="alice")
    assert [user["UserName"] for user in others.ListUsers()["Users"]["User"]] == ["alice"]


def test_a_role_is_taken_on_from_an_account_it_trusts(server, other):
    own, others = Ram(server), Ram(server, *OTHER_KEY)
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [f"acs:ram::{ACCOUNT}:root"]}}
    others.CreateRole(
        RoleName="reader", AssumeRolePolicyDocument=json.dumps({"Version": "1", "Statement": [trust]})
    )
    others.AttachPolicyToRole(PolicyName="AliyunVPCFullAccess", PolicyType="System", RoleName="reader")
    maker = Ram(server, *own.user("maker"))
    own.AttachPolicyToUser(PolicyName="AliyunSTSAssumeRoleAccess", PolicyType="System", UserName="maker")
    role = f"acs:ram::{OTHER}:role/reader"
    made = maker.assume(RoleArn=role, RoleSessionName="visit")
    assert made["AssumedRoleUser"]["Arn"] == f"{role}/visit"
    key = made["Credentials"]
    session = Ram(server, key["AccessKeyId"], key["AccessKeySecret"], key["SecurityToken"])
    identity = session.identity()
    assert (identity["AccountId"], identity["Arn"]) == (OTHER, f"acs:ram::{OTHER}:assumed-role/reader/visit")
    with refused("EntityNotExist.Role", 404):
        maker.assume(RoleArn=f"acs:ram::{OTHER}:role/absent", RoleSessionName="visit")
