"""CreateRouteTable, DescribeRouteTableList, DeleteRouteTable, AssociateRouteTable, UnassociateRouteTable."""

import re

import pytest

from support import world
from support.refused import Refused, refused


def listed(sdk, **filters):
    return sdk.DescribeRouteTableList(**filters)["RouterTableList"]["RouterTableListType"]


def test_a_route_table_from_creation_to_deletion(sdk):
    vpc = world.vpc(sdk)
    table = sdk.CreateRouteTable(VpcId=vpc.id, RouteTableName="branch", Description="for branches")["RouteTableId"]
    assert re.fullmatch(r"vtb-[a-z0-9]{21}", table)
    (seen,) = listed(sdk, RouteTableId=table)
    assert (seen["RouteTableId"], seen["VpcId"], seen["RouterId"]) == (table, vpc.id, vpc.router)
    assert (seen["RouteTableName"], seen["RouteTableType"], seen["RouterType"]) == ("branch", "Custom", "VRouter")
    assert (seen["Status"], seen["AssociateType"]) == ("Available", "VSwitch")
    # clients.md 7: a JSON boolean and an object, or a panic.
    assert seen["RoutePropagationEnable"] is True
    assert seen["VSwitchIds"] == {"VSwitchId": []}
    sdk.DeleteRouteTable(RouteTableId=table)
    assert listed(sdk, RouteTableId=table) == []


def test_every_vpc_has_one_system_table(sdk):
    one, other = world.vpc(sdk), world.vpc(sdk)
    (table,) = listed(sdk, VpcId=one.id)
    assert (table["RouteTableId"], table["RouteTableType"], table["VpcId"]) == (one.table, "System", one.id)
    assert table["VSwitchIds"] == {"VSwitchId": [one.vswitch]}
    assert {table["RouteTableId"] for table in listed(sdk)} == {one.table, other.table}


def test_a_vswitch_moves_between_tables(sdk):
    vpc = world.vpc(sdk)
    tables = [sdk.CreateRouteTable(VpcId=vpc.id)["RouteTableId"] for _ in range(2)]

    def bound():
        seen = sdk.DescribeVSwitchAttributes(VSwitchId=vpc.vswitch)
        assert seen["Status"] == "Available"
        return seen["RouteTable"]["RouteTableId"], seen["RouteTable"]["RouteTableType"]

    for table in tables:
        sdk.AssociateRouteTable(RouteTableId=table, VSwitchId=vpc.vswitch)
        assert bound() == (table, "Custom")
        (seen,) = listed(sdk, RouteTableId=table)
        assert seen["VSwitchIds"] == {"VSwitchId": [vpc.vswitch]}
    assert listed(sdk, RouteTableId=tables[0])[0]["VSwitchIds"] == {"VSwitchId": []}
    sdk.UnassociateRouteTable(RouteTableId=tables[1], VSwitchId=vpc.vswitch)
    assert bound() == (vpc.table, "System")


def test_a_bound_table_stays(sdk):
    vpc = world.vpc(sdk)
    table = sdk.CreateRouteTable(VpcId=vpc.id)["RouteTableId"]
    sdk.AssociateRouteTable(RouteTableId=table, VSwitchId=vpc.vswitch)
    with refused("DependencyViolation.VSwitch"):
        sdk.DeleteRouteTable(RouteTableId=table)
    assert [seen["RouteTableId"] for seen in listed(sdk, RouteTableId=table)] == [table]


def test_a_table_with_custom_routes_stays(sdk):
    vpc = world.vpc(sdk)
    table = sdk.CreateRouteTable(VpcId=vpc.id)["RouteTableId"]
    hop = world.instance(sdk, vpc.id)
    sdk.CreateRouteEntry(RouteTableId=table, DestinationCidrBlock="10.0.0.0/8", NextHopType="Instance", NextHopId=hop)
    with refused("DependencyViolation.RouteEntry"):
        sdk.DeleteRouteTable(RouteTableId=table)


def test_binding_refuses_what_the_documentation_says_it_refuses(sdk):
    vpc, other = world.vpc(sdk), world.vpc(sdk)
    table = sdk.CreateRouteTable(VpcId=vpc.id)["RouteTableId"]
    sdk.AssociateRouteTable(RouteTableId=table, VSwitchId=vpc.vswitch)
    with refused("OperationDenied.SwitchToSystemRouteTable"):
        sdk.AssociateRouteTable(RouteTableId=vpc.table, VSwitchId=vpc.vswitch)
    # Statuses as published: 404 for states and mismatches, 400 for an unknown table.
    with refused("Forbidden.NotInSameVpc", 404):
        sdk.AssociateRouteTable(RouteTableId=table, VSwitchId=other.vswitch)
    with refused("InvalidRouteTableId.NotFound", 400):
        sdk.AssociateRouteTable(RouteTableId="vtb-bp1nosuchtable0000000", VSwitchId=vpc.vswitch)


def test_the_system_table_cannot_be_deleted(sdk):
    vpc = world.vpc(sdk)
    with pytest.raises(Refused) as caught:
        sdk.DeleteRouteTable(RouteTableId=vpc.table)
    # No page prints the code.
    assert 400 <= caught.value.status < 500
    assert [table["RouteTableId"] for table in listed(sdk, VpcId=vpc.id)] == [vpc.table]


def test_a_vpc_holds_nine_custom_tables(sdk):
    # semantics.md 3.8
    vpc = world.vpc(sdk)
    for _ in range(9):
        sdk.CreateRouteTable(VpcId=vpc.id)
    with refused("QuotaExceeded.RouteTable"):
        sdk.CreateRouteTable(VpcId=vpc.id)
    assert len(listed(sdk, VpcId=vpc.id, PageSize=50)) == 10


def test_tags_are_kept_beyond_nine(sdk):
    vpc = world.vpc(sdk)
    tags = [{"Key": f"key-{n:02}", "Value": f"value {n}"} for n in range(1, 13)]
    table = sdk.CreateRouteTable(VpcId=vpc.id, Tag=tags)["RouteTableId"]
    (seen,) = listed(sdk, RouteTableId=table)
    by_key = sorted(seen["Tags"]["Tag"], key=lambda tag: tag["Key"])
    assert [(tag["Key"], tag["Value"]) for tag in by_key] == [(tag["Key"], tag["Value"]) for tag in tags]


def test_a_gateway_table_sends_what_comes_in_through_a_firewall(sdk):
    vpc = world.vpc(sdk)
    gateway = world.instance(sdk, vpc.id, "ipv4gw-bp1client0000000000001", kind="Ipv4Gateway")
    firewall = world.instance(sdk, vpc.id)
    sdk.CreateRouteEntry(
        RouteTableId=vpc.table, DestinationCidrBlock="0.0.0.0/0", NextHopType="Ipv4Gateway", NextHopId=gateway
    )
    table = sdk.CreateRouteTable(VpcId=vpc.id, AssociateType="Gateway")["RouteTableId"]

    def entry():
        """Where a packet from outside goes, and the table that says so."""
        trace = sdk.own("TracePath", SourceAddress="8.8.8.8", DestinationAddress="192.168.1.10")["Out"]
        return trace["Hops"][1]["Id"], trace["Outcome"]["To"]["Id"]

    assert entry() == (vpc.table, vpc.vswitch)
    bound = {"RouteTableId": table, "GatewayId": gateway, "GatewayType": "Ipv4Gateway"}
    sdk.AssociateRouteTableWithGateway(**bound)
    assert listed(sdk, RouteTableId=table)[0]["GatewayIds"] == {"GatewayIds": [gateway]}
    assert entry() == (table, vpc.vswitch)
    place = {"RouteTableId": table, "DestinationCidrBlock": "192.168.1.0/24"}
    sdk.ModifyRouteEntry(**place, NewNextHopType="Instance", NewNextHopId=firewall)
    assert entry() == (table, firewall)
    with refused("ResourceAlreadyAssociated.RouteTable", 400):
        sdk.AssociateRouteTableWithGateway(**bound)
    with refused("OperationDenied.GatewayAssociated", 400):
        sdk.DeleteRouteTable(RouteTableId=table)
    sdk.ModifyRouteEntry(**place, NewNextHopType="Local")
    assert entry() == (table, vpc.vswitch)
    sdk.DissociateRouteTableFromGateway(**bound)
    assert entry() == (vpc.table, vpc.vswitch)
    with refused("ResourceNotAssociated.RouteTable", 400):
        sdk.DissociateRouteTableFromGateway(**bound)
    sdk.DeleteRouteTable(RouteTableId=table)
