"""CreateVpnGateway, DescribeVpnGateway, DescribeVpnGateways, DeleteVpnGateway."""

import re

from support import world
from support.refused import refused


def test_a_gateway_from_creation_to_deletion(sdk):
    vpc = world.vpc(sdk)
    made = sdk.CreateVpnGateway(VpcId=vpc.id, VSwitchId=vpc.vswitch, Bandwidth=10, Name="edge", EnableSsl=True)
    gateway = made["VpnGatewayId"]
    assert re.fullmatch(r"vpn-[a-z0-9]{21}", gateway)
    assert made["Name"] == "edge"

    seen = sdk.DescribeVpnGateway(VpnGatewayId=gateway)
    assert (seen["VpnGatewayId"], seen["VpcId"], seen["VSwitchId"]) == (gateway, vpc.id, vpc.vswitch)
    # clients.md 7: all these are compared or parsed.
    assert (seen["Status"], seen["BusinessStatus"]) == ("active", "Normal")  # S-VR-09
    assert (seen["Spec"], seen["IpsecVpn"], seen["SslVpn"]) == ("10M", "enable", "enable")
    assert seen["ChargeType"] == "PostpayByFlow"
    assert seen["AutoPropagate"] is False
    assert isinstance(seen["CreateTime"], int)
    assert re.fullmatch(r"\d+\.\d+\.\d+\.\d+", seen["InternetIp"])

    sdk.DeleteVpnGateway(VpnGatewayId=gateway)
    with refused("InvalidVpnGatewayInstanceId.NotFound", 404):
        sdk.DescribeVpnGateway(VpnGatewayId=gateway)


def test_a_second_vswitch_gives_two_addresses(sdk):
    vpc = world.vpc(sdk)
    seen = sdk.DescribeVpnGateway(VpnGatewayId=world.dual_gateway(sdk, vpc))
    assert seen["DisasterRecoveryVSwitchId"] not in ("", seen["VSwitchId"])
    assert re.fullmatch(r"\d+\.\d+\.\d+\.\d+", seen["DisasterRecoveryInternetIp"])
    assert seen["DisasterRecoveryInternetIp"] != seen["InternetIp"]


def test_gateways_are_listed_and_filtered(sdk):
    one, other = world.vpc(sdk), world.vpc(sdk)
    first, second = world.gateway(sdk, one), world.gateway(sdk, other)

    def listed(**filters):
        page = sdk.DescribeVpnGateways(**filters)
        return {gateway["VpnGatewayId"]: gateway for gateway in page["VpnGateways"]["VpnGateway"]}

    assert set(listed()) == {first, second}
    assert set(listed(VpcId=one.id)) == {first}
    assert listed(Status="init") == {}
    assert len(listed(PageSize=1, PageNumber=2)) == 1
    # clients.md 7: numbers, or a panic in the data source.
    assert isinstance(listed()[first]["CreateTime"], int)


def test_a_gateway_with_connections_stays(sdk):
    vpc = world.vpc(sdk)
    gateway = world.gateway(sdk, vpc)
    connection = world.connection(sdk, gateway, world.customer_gateway(sdk))
    with refused("DependencyViolation.VpnConnection"):
        sdk.DeleteVpnGateway(VpnGatewayId=gateway)
    assert sdk.DescribeVpnGateway(VpnGatewayId=gateway)["Status"] == "active"
    sdk.DeleteVpnConnection(VpnConnectionId=connection)
    sdk.DeleteVpnGateway(VpnGatewayId=gateway)
    assert sdk.DescribeVpnGateways()["VpnGateways"]["VpnGateway"] == []


def test_what_a_gateway_needs(sdk):
    vpc = world.vpc(sdk)
    with refused("InvalidVpcId.NotFound", 404):
        sdk.CreateVpnGateway(VpcId="vpc-bp1ub1yt9cvakoelj****", Bandwidth=10)
    with refused("InvalidVSwitchId.NotFound", 404):
        sdk.CreateVpnGateway(VpcId=vpc.id, VSwitchId="vsw-bp1j5miw2bae9s2vt****", Bandwidth=10)
    with refused("InvalidParameter"):
        sdk.CreateVpnGateway(VpcId=vpc.id, Bandwidth=7)
