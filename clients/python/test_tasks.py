"""Asynchronous work: the states on the way, and who has to wait for whom.

Where a state must be seen before it passes, it lasts half a second, so that a busy machine sees it as well.
"""

import pytest

from support import world
from support.refused import Refused, refused
from support.waiting import wait_for


def route(table, destination, hop):
    return {"RouteTableId": table, "DstCidrBlock": destination, "NextHop": hop, "NextHopType": "Instance"}


@pytest.mark.tasks("500ms")
def test_states_pass_by_themselves(sdk):
    made = sdk.CreateVpc(CidrBlock="192.168.0.0/16")
    seen = wait_for(lambda: sdk.DescribeVpcAttribute(VpcId=made["VpcId"])["Status"], "Available")
    assert seen == ["Pending", "Available"]

    vswitch = world.vswitch(sdk, made["VpcId"], "192.168.1.0/24")
    seen = wait_for(lambda: sdk.DescribeVSwitchAttributes(VSwitchId=vswitch)["Status"], "Available")
    assert seen == ["Pending", "Available"]

    hop = world.instance(sdk, made["VpcId"])
    answer = sdk.CreateRouteEntries(RouteEntries=[route(made["RouteTableId"], "10.0.0.0/8", hop)])
    assert answer["SuccessCount"] == 1
    # S-RE-02 to S-RE-05, in the words of decision A2: listed at once, then done.
    seen = wait_for(lambda: world.routes(sdk, made["RouteTableId"])["10.0.0.0/8"]["Status"], "Available")
    assert seen == ["Pending", "Available"]


@pytest.mark.tasks("500ms")
def test_gateways_and_their_routes_take_time(sdk):
    made = sdk.CreateVpc(CidrBlock="192.168.0.0/16")
    wait_for(lambda: sdk.DescribeVpcAttribute(VpcId=made["VpcId"])["Status"], "Available")
    vswitch = world.vswitch(sdk, made["VpcId"], "192.168.1.0/24")
    wait_for(lambda: sdk.DescribeVSwitchAttributes(VSwitchId=vswitch)["Status"], "Available")
    gateway = sdk.CreateVpnGateway(VpcId=made["VpcId"], VSwitchId=vswitch, Bandwidth=10)["VpnGatewayId"]

    def status():
        return sdk.DescribeVpnGateway(VpnGatewayId=gateway)["Status"]

    assert wait_for(status, "active") == ["init", "active"]
    connection = world.connection(sdk, gateway, world.customer_gateway(sdk))
    wait_for(lambda: sdk.DescribeVpnConnection(VpnConnectionId=connection)["State"], "active")
    wait_for(status, "active")
    answer = sdk.CreateVpnRouteEntry(
        VpnGatewayId=gateway, RouteDest="10.0.0.0/24", NextHop=connection, Weight=100, PublishVpc=True
    )
    assert answer["State"] == "published"
    assert wait_for(status, "active") == ["updating", "active"]  # S-VR-06 to S-VR-09
    sdk.DeleteVpnRouteEntry(VpnGatewayId=gateway, RouteDest="10.0.0.0/24", NextHop=connection, Weight=100)
    assert wait_for(status, "active") == ["updating", "active"]


@pytest.mark.tasks("500ms")
def test_a_transit_routers_connection_is_attached_again(sdk):
    connection = world.attachment(sdk, [world.customer_gateway(sdk, f"203.0.113.{n}") for n in (20, 21)])

    def state():
        return sdk.DescribeVpnConnection(VpnConnectionId=connection)["State"]

    wait_for(state, "init")
    world.attach(sdk, connection)
    wait_for(state, "attached")
    sdk.CreateVcoRouteEntry(VpnConnectionId=connection, RouteDest="10.0.0.0/24", NextHop=connection, Weight=100)
    assert wait_for(state, "attached") == ["updating", "attached"]


@pytest.fixture
def vpc(sdk):
    """A VPC on a server whose tasks end when told."""
    made = sdk.CreateVpc(CidrBlock="192.168.0.0/16")
    world.complete(sdk)
    vswitch = world.vswitch(sdk, made["VpcId"], "192.168.1.0/24")
    world.complete(sdk)
    return world.Vpc(made["VpcId"], made["VRouterId"], made["RouteTableId"], vswitch)


@pytest.fixture
def gateway(sdk, vpc):
    made = sdk.CreateVpnGateway(VpcId=vpc.id, VSwitchId=vpc.vswitch, Bandwidth=10)
    world.complete(sdk)
    return made["VpnGatewayId"]


@pytest.mark.tasks("manual")
def test_one_batch_at_a_time(sdk, vpc):
    hop = world.instance(sdk, vpc.id)
    sdk.CreateRouteEntries(RouteEntries=[route(vpc.table, "10.1.0.0/16", hop)])
    assert world.routes(sdk, vpc.table)["10.1.0.0/16"]["Status"] == "Pending"
    busy = "The operation is too frequent, please wait a moment and try again."
    with refused("TaskConflict", 400, busy):  # S-RE-06
        sdk.CreateRouteEntries(RouteEntries=[route(vpc.table, "10.2.0.0/16", hop)])
    with refused("TaskConflict", 400, busy):
        sdk.CreateRouteEntry(
            RouteTableId=vpc.table, DestinationCidrBlock="10.2.0.0/16", NextHopType="Instance", NextHopId=hop
        )
    world.complete(sdk)
    assert world.routes(sdk, vpc.table)["10.1.0.0/16"]["Status"] == "Available"
    assert sdk.CreateRouteEntries(RouteEntries=[route(vpc.table, "10.2.0.0/16", hop)])["SuccessCount"] == 1


@pytest.mark.tasks("manual")
def test_a_route_leaves_when_its_task_ends(sdk, vpc):
    hop = world.instance(sdk, vpc.id)
    sdk.CreateRouteEntries(RouteEntries=[route(vpc.table, "10.1.0.0/16", hop)])
    world.complete(sdk)
    sdk.DeleteRouteEntries(RouteEntries=[{"RouteTableId": vpc.table, "DstCidrBlock": "10.1.0.0/16", "NextHop": hop}])
    assert world.routes(sdk, vpc.table)["10.1.0.0/16"]["Status"] == "Deleting"
    world.complete(sdk)
    assert world.routes(sdk, vpc.table) == {}


@pytest.mark.tasks("manual")
def test_other_vpcs_do_not_wait(sdk, vpc):
    hop = world.instance(sdk, vpc.id)
    sdk.CreateRouteEntries(RouteEntries=[route(vpc.table, "10.1.0.0/16", hop)])
    other = sdk.CreateVpc(CidrBlock="10.0.0.0/8")
    assert sdk.DescribeVpcAttribute(VpcId=other["VpcId"])["Status"] == "Pending"
    assert world.routes(sdk, vpc.table)["10.1.0.0/16"]["Status"] == "Pending"


@pytest.mark.tasks("manual")
def test_one_change_of_a_gateway_at_a_time(sdk, vpc, gateway):
    first = world.connection(sdk, gateway, world.customer_gateway(sdk))
    world.complete(sdk)
    create = dict(VpnGatewayId=gateway, NextHop=first, Weight=100, PublishVpc=False)
    sdk.CreateVpnRouteEntry(**create, RouteDest="10.1.0.0/24")
    assert sdk.DescribeVpnGateway(VpnGatewayId=gateway)["Status"] == "updating"  # S-VR-08
    with refused("VpnGateway.Configuring", 400, "The specified service is configuring."):  # S-VR-10, S-VR-52
        sdk.CreateVpnRouteEntry(**create, RouteDest="10.2.0.0/24")
    with refused("VpnGateway.Configuring"):  # S-PBR-60
        sdk.CreateVpnPbrRouteEntry(**create, RouteDest="10.2.0.0/24", RouteSource="192.168.1.0/24")
    with refused("VpnGateway.Configuring"):
        sdk.CreateVpnRouteEntry(**create, RouteDest="10.2.0.0/24", DryRun=True)  # decision A18
    world.complete(sdk)
    assert sdk.DescribeVpnGateway(VpnGatewayId=gateway)["Status"] == "active"  # S-VR-09
    assert sdk.CreateVpnRouteEntry(**create, RouteDest="10.2.0.0/24")["RouteDest"] == "10.2.0.0/24"


@pytest.mark.tasks("manual")
def test_one_change_of_an_attached_connection_at_a_time(sdk):
    connection = world.attachment(sdk, [world.customer_gateway(sdk, f"203.0.113.{n}") for n in (20, 21)])
    world.complete(sdk)
    world.attach(sdk, connection)
    world.complete(sdk)
    create = dict(VpnConnectionId=connection, NextHop=connection, Weight=100)
    sdk.CreateVcoRouteEntry(**create, RouteDest="10.1.0.0/24")
    assert sdk.DescribeVpnConnection(VpnConnectionId=connection)["State"] == "updating"
    with refused("VpnConnection.Configuring"):  # S-VCO-35
        sdk.CreateVcoRouteEntry(**create, RouteDest="10.2.0.0/24")
    world.complete(sdk)
    assert sdk.CreateVcoRouteEntry(**create, RouteDest="10.2.0.0/24")["State"] == "published"


@pytest.mark.tasks("manual")
def test_a_vpc_in_the_making_takes_no_routes(sdk):
    made = sdk.CreateVpc(CidrBlock="192.168.0.0/16")
    assert sdk.DescribeVpcAttribute(VpcId=made["VpcId"])["Status"] == "Pending"
    with refused("IncorrectVpcStatus"):
        sdk.CreateRouteEntries(RouteEntries=[route(made["RouteTableId"], "10.0.0.0/8", "i-bp1client000000000001")])


@pytest.mark.tasks("manual")
def test_a_connection_in_the_making_is_no_next_hop_yet(sdk, vpc, gateway):
    connection = world.connection(sdk, gateway, world.customer_gateway(sdk))
    assert sdk.DescribeVpnConnection(VpnConnectionId=connection)["State"] != "active"
    with pytest.raises(Refused) as caught:
        sdk.CreateVpnRouteEntry(
            VpnGatewayId=gateway, RouteDest="10.1.0.0/24", NextHop=connection, Weight=100, PublishVpc=False
        )
    # Decision A9: the gateway's state, or the connection's own task; clients retry on both.
    assert caught.value.code in ("VpnGateway.Configuring", "VpnTask.CONFLICT")
    world.complete(sdk)
    assert sdk.DescribeVpnConnection(VpnConnectionId=connection)["State"] == "active"
