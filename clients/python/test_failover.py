"""A failover from end to end: a pair of routes, a link that fails, the switch, the way, and back."""

import json

import pytest

from support import world
from support.waiting import wait_for

CHECK = json.dumps({"enable": "true", "dip": "10.0.0.1", "sip": "192.168.0.1", "interval": 1, "retry": 2})


@pytest.fixture
def site(sdk):
    """A VPC with a vSwitch, and a gateway with two connections that are probed."""
    vpc = world.vpc(sdk)
    gateway = world.gateway(sdk, vpc)
    hops = [
        world.connection(sdk, gateway, world.customer_gateway(sdk, f"203.0.113.{n}"), HealthCheckConfig=CHECK)
        for n in (1, 2)
    ]
    for hop, weight in zip(hops, (100, 0)):
        sdk.CreateVpnRouteEntry(
            VpnGatewayId=gateway, RouteDest="172.30.0.0/24", NextHop=hop, Weight=weight, PublishVpc=True
        )
        wait_for(lambda: sdk.DescribeVpnGateway(VpnGatewayId=gateway)["Status"], "active")
    return gateway, hops


def carrier(sdk, source):
    """The connection that carries a packet to the far end."""
    trace = sdk.own("TracePath", SourceAddress=source, DestinationAddress="172.30.0.7")
    outcome = trace["Out"]["Outcome"]
    return outcome["To"]["Connection"] if outcome["Result"] == "Delivered" else outcome["Cause"]["Kind"]


def health(sdk, hop):
    return sdk.DescribeVpnConnection(VpnConnectionId=hop)["VcoHealthCheck"]["Status"]


def test_the_standby_link_takes_over_and_gives_back(sdk, site):
    gateway, (active, standby) = site
    vswitch = sdk.DescribeVSwitches()["VSwitches"]["VSwitch"][0]
    source = vswitch["CidrBlock"].replace(".0/24", ".10")
    assert carrier(sdk, source) == active
    assert health(sdk, active) == "success"

    # The link fails; nothing moves until the check has lost its probes (S-VR-25).
    failed = sdk.own("SetLinkState", LinkId=active, State="down")
    assert failed["Changed"] is True
    assert carrier(sdk, source) == "LinkDownUnnoticed"
    wait_for(lambda: carrier(sdk, source), standby, deadline_s=8)
    assert health(sdk, active) == "failed"

    sdk.own("SetLinkState", LinkId=active, State="up")
    wait_for(lambda: carrier(sdk, source), active, deadline_s=8)
    wait_for(lambda: health(sdk, active), "success")

    back, over = sdk.own("ListFailovers")["Failovers"][:2]
    assert (over["Cause"], over["From"], over["To"]) == ("ProbesLost", active, standby)
    assert (back["Cause"], back["From"], back["To"]) == ("ProbeAnswered", standby, active)
    assert over["By"] == gateway and over["Traffic"] == "172.30.0.0/24"
    # Two probes a second apart, a second's wait for each answer, and the time to the first of them.
    assert 2000 <= over["LostMs"] <= 4000 and back["LostMs"] == 0
