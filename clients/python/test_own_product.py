"""Causeway's own product through the SDKs' generic calls."""

import pytest

from support import world
from support.refused import Refused, refused


def test_a_resource_is_registered_listed_and_taken_away(sdk):
    vpc = world.vpc(sdk)
    made = sdk.own("RegisterResource", ResourceType="Instance", VpcId=vpc.id)["ResourceId"]
    assert made.startswith("i-")
    world.instance(sdk, vpc.id, "ngw-bp1client000000000001", "NatGateway")

    listed = sdk.own("ListResources", VpcId=vpc.id)
    assert listed["TotalCount"] == 2
    assert {row["ResourceId"] for row in listed["Resources"]} == {made, "ngw-bp1client000000000001"}
    (gateway,) = sdk.own("ListResources", ResourceType="NatGateway")["Resources"]
    assert (gateway["ResourceType"], gateway["VpcId"]) == ("NatGateway", vpc.id)

    sdk.own("UnregisterResource", ResourceId=made)
    assert sdk.own("ListResources", ResourceType="Instance")["Resources"] == []


def test_what_routes_point_to_stays(sdk):
    vpc = world.vpc(sdk)
    hop = world.instance(sdk, vpc.id)
    sdk.CreateRouteEntry(
        RouteTableId=vpc.table, DestinationCidrBlock="10.0.0.0/8", NextHopType="Instance", NextHopId=hop
    )
    with pytest.raises(Refused) as caught:
        sdk.own("UnregisterResource", ResourceId=hop)
    assert caught.value.status == 400
    sdk.DeleteRouteEntry(RouteTableId=vpc.table, DestinationCidrBlock="10.0.0.0/8", NextHopId=hop)
    sdk.own("UnregisterResource", ResourceId=hop)
    assert sdk.own("ListResources")["TotalCount"] == 0


def test_a_resource_needs_a_type_and_a_place(sdk):
    vpc = world.vpc(sdk)
    with refused("InvalidResourceType"):
        sdk.own("RegisterResource", ResourceType="Teapot", VpcId=vpc.id)
    with refused("InvalidResourceId.Malformed"):
        sdk.own("RegisterResource", ResourceType="Instance", VpcId=vpc.id, ResourceId="eni-bp1client")
    with refused("InvalidVpcId.NotFound", 404):
        sdk.own("RegisterResource", ResourceType="Instance", VpcId="vpc-bp1none")


@pytest.mark.tasks("manual")
def test_tasks_are_listed_and_ended(sdk):
    made = [sdk.CreateVpc(CidrBlock="10.0.0.0/8")["VpcId"] for _ in range(3)]
    tasks = sdk.own("ListTasks")
    assert tasks["TotalCount"] == 3
    assert {task["ResourceId"] for task in tasks["Tasks"]} == set(made)

    assert sdk.own("CompleteTasks", ResourceId=made[0])["CompletedCount"] == 1
    states = [sdk.DescribeVpcAttribute(VpcId=vpc)["Status"] for vpc in made]
    assert states == ["Available", "Pending", "Pending"]
    assert sdk.own("CompleteTasks")["CompletedCount"] == 2
    assert sdk.own("CompleteTasks")["CompletedCount"] == 0
    assert sdk.own("ListTasks")["Tasks"] == []


def test_a_gateway_of_an_old_version_knows_no_priorities(sdk):
    vpc = world.vpc(sdk)
    gateway = sdk.own("RegisterResource", ResourceType="VpnGateway", VpcId=vpc.id, PbrSupport="no-priority")["ResourceId"]
    hop = world.connection(sdk, gateway, world.customer_gateway(sdk))
    with refused("VpnPbrRouteEntryPriority.NotSupport"):  # S-PBR-57
        sdk.CreateVpnPbrRouteEntry(
            VpnGatewayId=gateway,
            RouteSource="192.168.1.0/24",
            RouteDest="10.0.0.0/24",
            NextHop=hop,
            Weight=100,
            PublishVpc=False,
            Priority=5,
        )
    older = sdk.own("RegisterResource", ResourceType="VpnGateway", VpcId=vpc.id, PbrSupport="none")["ResourceId"]
    hop = world.connection(sdk, older, world.customer_gateway(sdk, "203.0.113.11"))
    with refused("VpnPbrRouteEntry.NotSupport"):  # S-PBR-69
        sdk.CreateVpnPbrRouteEntry(
            VpnGatewayId=older,
            RouteSource="192.168.1.0/24",
            RouteDest="10.0.0.0/24",
            NextHop=hop,
            Weight=100,
            PublishVpc=False,
        )
