"""Causeway's own operations of a rehearsal, through the SDKs' generic call: what would happen, what is wrong, and a clock
that waits."""

import json

import pytest

from support import world
from support.ram import Ram, policy
from support.refused import refused
from support.tea import Tea


@pytest.fixture
def site(sdk):
    """A VPC whose default route leads to an instance."""
    vpc = world.vpc(sdk)
    hop = world.instance(sdk, vpc.id)
    route = sdk.CreateRouteEntry(
        RouteTableId=vpc.table, DestinationCidrBlock="0.0.0.0/0", NextHopType="Instance", NextHopId=hop
    )["RouteEntryId"]
    return vpc, hop, route


def test_what_a_change_would_do_is_told_and_not_done(sdk, site):
    vpc, hop, route = site
    told = sdk.own("DescribeImpact", Operation="DeleteRouteEntry", Parameters=json.dumps({"RouteEntryId": route}))
    (table,) = told["Tables"]
    (move,) = [move for move in table["Moves"] if move["Effect"] == "Lost"]
    assert table["Id"] == vpc.table and "0.0.0.0/2" in move["Destinations"]
    assert move["Before"][0]["Via"] == [hop]
    assert list(world.routes(sdk, vpc.table)) == ["0.0.0.0/0"]
    with refused("InvalidRouteEntry.NotFound", 404):
        sdk.own("DescribeImpact", Operation="DeleteRouteEntry", Parameters=json.dumps({"RouteEntryId": "rte-none"}))
    with refused("InvalidOperation.NoImpact", 400):
        sdk.own("DescribeImpact", Operation="DescribeVpcs")


def test_faults_are_found_and_gone_when_mended(sdk, site):
    vpc, _, _ = site
    gateway = world.gateway(sdk, vpc)
    assert sdk.own("LintTenant")["ErrorCount"] == 0
    sdk.CreateRouteEntry(
        RouteTableId=vpc.table, DestinationCidrBlock="10.0.0.0/24", NextHopType="VpnGateway", NextHopId=gateway
    )
    found = sdk.own("LintTenant")
    assert found["ErrorCount"] == 1
    assert (found["Findings"][0]["Code"], found["Findings"][0]["ResourceId"]) == ("BlackHole", vpc.table)
    hop = world.connection(sdk, gateway, world.customer_gateway(sdk))
    sdk.CreateVpnRouteEntry(VpnGatewayId=gateway, RouteDest="10.0.0.0/24", NextHop=hop, Weight=100, PublishVpc=False)
    assert sdk.own("LintTenant")["ErrorCount"] == 0


def test_links_are_listed(sdk):
    vpc = world.vpc(sdk)
    hop = world.connection(sdk, world.gateway(sdk, vpc), world.customer_gateway(sdk))
    sdk.own("SetLinkState", LinkId=hop, LossPercent=30)
    links = sdk.own("ListLinks")["Links"]
    (own,) = [link for link in links if link["LinkId"] == hop]
    assert (own["Kind"], own["State"], own["LossPercent"], own["Status"]) == ("VpnConnection", "up", 30, "up")


def test_time_passes_when_it_is_told_to(serve):
    sdk = Tea(serve("--memory", "--clock", "frozen:2026-11-20T10:00:00Z", tasks="90s"))
    vpc = sdk.CreateVpc(CidrBlock="10.0.0.0/8")["VpcId"]
    assert sdk.own("AdvanceClock", Seconds=89)["Now"] == "2026-11-20T10:01:29Z"
    assert sdk.DescribeVpcAttribute(VpcId=vpc)["Status"] == "Pending"
    sdk.own("AdvanceClock", Until="2026-11-20T10:01:30Z")
    assert sdk.DescribeVpcAttribute(VpcId=vpc)["Status"] == "Available"


def test_what_a_peer_announces_is_learned_and_forgotten(sdk):
    vpc = world.vpc(sdk)
    gateway = world.gateway(sdk, vpc)
    customer = sdk.CreateCustomerGateway(IpAddress="203.0.113.9", Asn="65010")["CustomerGatewayId"]
    bgp = json.dumps({"EnableBgp": "true", "LocalAsn": "45104", "TunnelCidr": "169.254.11.0/30", "LocalBgpIp": "169.254.11.1"})
    hop = world.connection(sdk, gateway, customer, BgpConfig=bgp)
    assert sdk.own("AnnounceBgpRoute", VpnConnectionId=hop, RouteDest="172.30.0.0/16")["Learned"] is True

    def learned():
        rows = sdk.DescribeVpnRouteEntries(VpnGatewayId=gateway, RouteEntryType="bgp")["VpnRouteEntries"]["VpnRouteEntry"]
        return [(row["RouteDest"], row["NextHop"]) for row in rows]

    assert learned() == [("172.30.0.0/16", hop)]
    sdk.own("SetLinkState", LinkId=hop, State="down")
    assert learned() == []
    sdk.own("SetLinkState", LinkId=hop, State="up")
    sdk.own("WithdrawBgpRoute", VpnConnectionId=hop, RouteDest="172.30.0.0/16")
    assert learned() == []


def test_policies_explain_themselves(server, tea):
    ram = Ram(server)
    ram.CreateUser(UserName="alice")
    ask = {"UserName": "alice", "Operation": "CreateVpc"}
    assert tea.own("ExplainAccess", **ask)["Allowed"] is False
    ram.CreatePolicy(PolicyName="vpcs", PolicyDocument=policy("vpc:CreateVpc"))
    ram.AttachPolicyToUser(PolicyName="vpcs", PolicyType="Custom", UserName="alice")
    assert tea.own("ExplainAccess", **ask)["Allowed"] is True


def test_the_last_use_of_a_key_is_told(server):
    ram = Ram(server)
    key, secret = ram.user("alice")
    used = {"UserName": "alice", "UserAccessKeyId": key}
    assert ram.GetAccessKeyLastUsed(**used)["AccessKeyLastUsed"].get("LastUsedDate", "") == ""
    Ram(server, key, secret).identity()
    # The use is noted beside the call, and is there with the next change at the latest.
    ram.CreateUser(UserName="bob")
    assert ram.GetAccessKeyLastUsed(**used)["AccessKeyLastUsed"]["LastUsedDate"] != ""
