"""Roles taken on with the official SDKs: by `AssumeRole`, and by their own credential provider."""

import json

import pytest
import requests
from alibabacloud_credentials.client import Client as Credential
from alibabacloud_credentials.models import Config as CredentialConfig
from alibabacloud_tea_openapi.models import Config
from alibabacloud_vpc20160428 import models
from alibabacloud_vpc20160428.client import Client as VpcClient

from support.ram import Ram, policy
from support.refused import refused
from support.server import ACCOUNT, REGION
from test_ram_groups import TRUST

ROLE = f"acs:ram::{ACCOUNT}:role/router"


def scene(server):
    """A role that may do everything with VPCs, and a user who may take it on: the user's key."""
    ram = Ram(server)
    ram.CreateRole(RoleName="router", AssumeRolePolicyDocument=TRUST)
    ram.AttachPolicyToRole(PolicyName="AliyunVPCFullAccess", PolicyType="System", RoleName="router")
    key = ram.user("maker")
    ram.AttachPolicyToUser(PolicyName="AliyunSTSAssumeRoleAccess", PolicyType="System", UserName="maker")
    return key


def vpc_with(server, credentials):
    return VpcClient(
        Config(
            access_key_id=credentials["AccessKeyId"],
            access_key_secret=credentials["AccessKeySecret"],
            security_token=credentials["SecurityToken"],
            endpoint=server.endpoint,
            protocol="http",
        )
    )


def create(client):
    return client.create_vpc(models.CreateVpcRequest(region_id=REGION)).body.vpc_id


def count(client):
    return client.describe_vpcs(models.DescribeVpcsRequest(region_id=REGION)).body.total_count


def test_a_temporary_key_acts_as_its_role(server):
    maker = Ram(server, *scene(server))
    made = maker.assume(RoleArn=ROLE, RoleSessionName="deploy", DurationSeconds=900)
    assert made["AssumedRoleUser"]["Arn"] == f"{ROLE}/deploy"
    client = vpc_with(server, made["Credentials"])
    assert create(client).startswith("vpc-")
    session = Ram(server, **{
        "key_id": made["Credentials"]["AccessKeyId"],
        "secret": made["Credentials"]["AccessKeySecret"],
        "token": made["Credentials"]["SecurityToken"],
    })
    identity = session.identity()
    assert identity["IdentityType"] == "AssumedRoleUser"
    assert identity["Arn"] == f"acs:ram::{ACCOUNT}:assumed-role/router/deploy"
    with refused("NoPermission", status=403) as denied:
        session.ListUsers()
    detail = denied.value.__cause__.access_denied_detail
    assert (detail["AuthPrincipalType"], detail["AuthPrincipalDisplayName"]) == ("AssumedRoleUser", "router:deploy")


def test_a_sessions_policy_narrows_it(server):
    maker = Ram(server, *scene(server))
    made = maker.assume(RoleArn=ROLE, RoleSessionName="reads", Policy=policy("vpc:Describe*"))
    client = vpc_with(server, made["Credentials"])
    assert count(client) == 0
    with pytest.raises(Exception, match="not authorized"):
        create(client)


def test_refusals(server):
    maker = Ram(server, *scene(server))
    with refused("NoPermission", status=403):
        Ram(server).assume(RoleArn=ROLE, RoleSessionName="root")
    with refused("EntityNotExist.Role", status=404):
        maker.assume(RoleArn=ROLE + "x", RoleSessionName="none")
    with refused("InvalidParameter.RoleSessionName"):
        maker.assume(RoleArn=ROLE, RoleSessionName="a b")
    with refused("InvalidParameter.PolicyGrammar"):
        maker.assume(RoleArn=ROLE, RoleSessionName="deploy", Policy="{}")
    made = maker.assume(RoleArn=ROLE, RoleSessionName="deploy")["Credentials"]
    with refused("InvalidSecurityToken.Malformed"):
        Ram(server, made["AccessKeyId"], made["AccessKeySecret"], "CAIS").identity()
    with refused("MissingSecurityToken"):
        Ram(server, made["AccessKeyId"], made["AccessKeySecret"]).identity()


def test_the_credential_provider_takes_on_the_role(serve, tmp_path, monkeypatch):
    """It speaks HTTPS only, and trusts what the machine trusts: here, also the server's authority."""
    server = serve("--data", str(tmp_path / "data"))
    authority = server.greeting["ca"]
    monkeypatch.setattr("Tea.core.certifi.where", lambda: authority)
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", authority)
    key_id, secret = scene(server)
    credential = Credential(
        CredentialConfig(
            type="ram_role_arn",
            access_key_id=key_id,
            access_key_secret=secret,
            role_arn=ROLE,
            role_session_name="provider",
            role_session_expiration=900,
            policy=json.dumps(json.loads(policy("vpc:*")), separators=(",", ":")),
            sts_endpoint=server.endpoint,
        )
    )
    given = credential.get_credential()
    assert given.access_key_id.startswith("STS.") and given.security_token
    client = VpcClient(Config(credential=credential, endpoint=server.endpoint, protocol="http"))
    create(client)
    assert count(client) == 1
