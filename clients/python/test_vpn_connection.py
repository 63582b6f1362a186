"""CreateVpnConnection, with one tunnel and with two, DescribeVpnConnection, DescribeVpnConnections, DeleteVpnConnection."""

import json
import re

import pytest

from support import world
from support.refused import refused


@pytest.fixture
def vpc(sdk):
    return world.vpc(sdk)


def test_a_connection_with_one_tunnel(sdk, vpc):
    gateway, customer = world.gateway(sdk, vpc), world.customer_gateway(sdk)
    made = sdk.CreateVpnConnection(
        VpnGatewayId=gateway,
        CustomerGatewayId=customer,
        LocalSubnet="192.168.0.0/16,172.17.0.0/16",
        RemoteSubnet="10.0.0.0/8",
        Name="branch",
        EnableDpd=True,
        EnableNatTraversal=False,
        AutoConfigRoute=False,
        EffectImmediately=True,
        IkeConfig=json.dumps({"Psk": "pre&shared+secret%20=", "IkeVersion": "ikev2", "IkeLifetime": 3600}),
        IpsecConfig=json.dumps({"IpsecEncAlg": "aes256", "IpsecLifetime": 7200}),
        HealthCheckConfig=json.dumps({"enable": "true", "dip": "10.0.0.1", "sip": "192.168.1.1", "interval": 2, "retry": 5}),
        BgpConfig=json.dumps(
            {"EnableBgp": "true", "LocalAsn": "65000", "TunnelCidr": "169.254.11.0/30", "LocalBgpIp": "169.254.11.1"}
        ),
    )
    connection = made["VpnConnectionId"]
    assert re.fullmatch(r"vco-[a-z0-9]{21}", connection)
    assert made["Name"] == "branch"
    assert isinstance(made["CreateTime"], int)

    seen = sdk.DescribeVpnConnection(VpnConnectionId=connection)
    assert (seen["VpnConnectionId"], seen["VpnGatewayId"], seen["CustomerGatewayId"]) == (connection, gateway, customer)
    # clients.md 5.1: State is polled, Status only shown.
    assert seen["State"] == "active"
    assert (seen["LocalSubnet"], seen["RemoteSubnet"]) == ("192.168.0.0/16,172.17.0.0/16", "10.0.0.0/8")
    assert (seen["AttachType"], seen["EffectImmediately"]) == ("VPNGW", True)
    assert (seen["EnableDpd"], seen["EnableNatTraversal"]) == (True, False)
    ike, ipsec = seen["IkeConfig"], seen["IpsecConfig"]
    assert (ike["Psk"], ike["IkeVersion"], ike["IkeLifetime"]) == ("pre&shared+secret%20=", "ikev2", 3600)
    # semantics.md 7.4: the defaults.
    assert (ike["IkeMode"], ike["IkeEncAlg"], ike["IkeAuthAlg"], ike["IkePfs"]) == ("main", "aes", "md5", "group2")
    assert (ipsec["IpsecEncAlg"], ipsec["IpsecLifetime"]) == ("aes256", 7200)
    assert (ipsec["IpsecAuthAlg"], ipsec["IpsecPfs"]) == ("md5", "group2")
    check = seen["VcoHealthCheck"]
    # The SDK types Enable as text.
    assert str(check["Enable"]).lower() == "true"
    assert (check["Dip"], check["Sip"], check["Interval"], check["Retry"]) == ("10.0.0.1", "192.168.1.1", 2, 5)
    bgp = seen["VpnBgpConfig"]
    assert str(bgp["EnableBgp"]).lower() == "true"
    assert (int(bgp["LocalAsn"]), bgp["TunnelCidr"], bgp["LocalBgpIp"]) == (65000, "169.254.11.0/30", "169.254.11.1")


def test_a_connection_with_two_tunnels(sdk, vpc):
    gateway = world.dual_gateway(sdk, vpc)
    customers = [world.customer_gateway(sdk, f"203.0.113.{n}") for n in (1, 2)]
    # The tunnels travel in a form body, the rest in the query (wire.md 1.1).
    made = sdk.CreateVpnConnection(
        VpnGatewayId=gateway,
        LocalSubnet="0.0.0.0/0",
        RemoteSubnet="0.0.0.0/0",
        Name="two tunnels",
        AutoConfigRoute=True,
        EnableTunnelsBgp=True,
        TunnelOptionsSpecification=[
            {
                "CustomerGatewayId": customer,
                "Role": role,
                "EnableDpd": True,
                "EnableNatTraversal": False,
                "TunnelIkeConfig": {"Psk": f"secret&of+{role}", "IkeVersion": "ikev2", "IkeLifetime": 27000},
                "TunnelIpsecConfig": {"IpsecPfs": "group14"},
                "TunnelBgpConfig": {"LocalAsn": 65001, "TunnelCidr": f"169.254.{net}.0/30", "LocalBgpIp": f"169.254.{net}.1"},
            }
            for customer, role, net in zip(customers, ("master", "slave"), (20, 21))
        ],
    )
    seen = sdk.DescribeVpnConnection(VpnConnectionId=made["VpnConnectionId"])
    assert seen["State"] == "active"
    tunnels = {tunnel["Role"]: tunnel for tunnel in seen["TunnelOptionsSpecification"]["TunnelOptions"]}
    assert set(tunnels) == {"master", "slave"}
    for customer, role, net in zip(customers, ("master", "slave"), (20, 21)):
        tunnel = tunnels[role]
        assert tunnel["CustomerGatewayId"] == customer
        assert re.fullmatch(r"tun-[a-z0-9]{18}", tunnel["TunnelId"])
        assert tunnel["TunnelIkeConfig"]["Psk"] == f"secret&of+{role}"
        assert tunnel["TunnelIkeConfig"]["IkeVersion"] == "ikev2"
        assert int(tunnel["TunnelIkeConfig"]["IkeLifetime"]) == 27000
        assert tunnel["TunnelIpsecConfig"]["IpsecPfs"] == "group14"
        # clients.md 7: these are booleans, or text of one.
        assert str(tunnel["EnableDpd"]).lower() == "true"
        assert str(tunnel["EnableNatTraversal"]).lower() == "false"
        assert int(tunnel["TunnelBgpConfig"]["LocalAsn"]) == 65001
        assert tunnel["TunnelBgpConfig"]["TunnelCidr"] == f"169.254.{net}.0/30"
    gateway = sdk.DescribeVpnGateway(VpnGatewayId=gateway)
    assert {tunnel["InternetIp"] for tunnel in tunnels.values()} == {
        gateway["InternetIp"],
        gateway["DisasterRecoveryInternetIp"],
    }


def test_policy_routes_come_with_a_connection_of_specific_subnets(sdk, vpc):
    # semantics.md 7.4: AutoConfigRoute adds a policy route per pair of blocks.
    gateway, customer = world.gateway(sdk, vpc), world.customer_gateway(sdk)
    connection = sdk.CreateVpnConnection(
        VpnGatewayId=gateway,
        CustomerGatewayId=customer,
        LocalSubnet="192.168.1.0/24,192.168.3.0/24",
        RemoteSubnet="10.0.0.0/24,10.0.1.0/24",
        AutoConfigRoute=True,
    )["VpnConnectionId"]
    rows = sdk.DescribeVpnPbrRouteEntries(VpnGatewayId=gateway)["VpnPbrRouteEntries"]["VpnPbrRouteEntry"]
    assert {(row["RouteSource"], row["RouteDest"]) for row in rows} == {
        (source, dest) for source in ("192.168.1.0/24", "192.168.3.0/24") for dest in ("10.0.0.0/24", "10.0.1.0/24")
    }
    assert {row["NextHop"] for row in rows} == {connection}


def test_connections_are_listed_and_filtered(sdk, vpc):
    gateway = world.gateway(sdk, vpc)
    customers = [world.customer_gateway(sdk, f"203.0.113.{n}") for n in (1, 2, 3)]
    made = [world.connection(sdk, gateway, customer) for customer in customers]

    def listed(**filters):
        page = sdk.DescribeVpnConnections(**filters)
        return [connection["VpnConnectionId"] for connection in page["VpnConnections"]["VpnConnection"]]

    assert sorted(listed(VpnGatewayId=gateway)) == sorted(made)
    assert listed(CustomerGatewayId=customers[1]) == [made[1]]
    assert [len(listed(PageSize=2, PageNumber=page)) for page in (1, 2, 3)] == [2, 1, 0]


def test_a_connection_is_deleted(sdk, vpc):
    gateway = world.gateway(sdk, vpc)
    connection = world.connection(sdk, gateway, world.customer_gateway(sdk))
    sdk.DeleteVpnConnection(VpnConnectionId=connection)
    for read in (sdk.DescribeVpnConnection, sdk.DeleteVpnConnection):
        with refused("InvalidVpnConnectionInstanceId.NotFound", 404):
            read(VpnConnectionId=connection)
    assert sdk.DescribeVpnGateway(VpnGatewayId=gateway)["Status"] == "active"


def test_what_a_connection_needs(sdk, vpc):
    gateway, customer = world.gateway(sdk, vpc), world.customer_gateway(sdk)
    whole = {
        "VpnGatewayId": gateway,
        "CustomerGatewayId": customer,
        "LocalSubnet": "192.168.0.0/16",
        "RemoteSubnet": "10.0.0.0/8",
        "AutoConfigRoute": False,
    }
    with refused("InvalidVpnGatewayInstanceId.NotFound", 404):
        sdk.CreateVpnConnection(**{**whole, "VpnGatewayId": "vpn-bp1a3kqjiiq9legfx****"})
    with refused("InvalidCustomerGatewayInstanceId.NotFound", 404):
        sdk.CreateVpnConnection(**{**whole, "CustomerGatewayId": "cgw-bp1a3kqjiiq9legfx****"})
    with refused("IllegalParam.LocalSubnet", 400, 'The specified "LocalSubnet" (192.168.0.0/33) is invalid.'):
        sdk.CreateVpnConnection(**{**whole, "LocalSubnet": "192.168.0.0/33"})
    with refused("IllegalParam.RemoteSubnet", 400, 'The specified "RemoteSubnet" (ten) is invalid.'):
        sdk.CreateVpnConnection(**{**whole, "RemoteSubnet": "ten"})
    with refused("DryRunOperation"):
        sdk.CreateVpnConnection(**whole, DryRun=True)
    assert sdk.DescribeVpnConnections(VpnGatewayId=gateway)["TotalCount"] == 0


def test_tags_are_told_in_two_places(old):
    # clients.md 7: Tags.Tag in the one answer, Tag.Tag in the other.
    vpc = world.vpc(old)
    connection = old.CreateVpnConnection(
        VpnGatewayId=world.gateway(old, vpc),
        CustomerGatewayId=world.customer_gateway(old),
        LocalSubnet="0.0.0.0/0",
        RemoteSubnet="0.0.0.0/0",
        Tags=[{"Key": "team", "Value": "net"}],
    )["VpnConnectionId"]
    expected = [{"Key": "team", "Value": "net"}]
    assert old.DescribeVpnConnection(VpnConnectionId=connection)["Tags"]["Tag"] == expected
    (listed,) = old.DescribeVpnConnections()["VpnConnections"]["VpnConnection"]
    assert listed["Tag"]["Tag"] == expected
