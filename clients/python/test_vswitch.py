"""CreateVSwitch, DescribeVSwitches, DescribeVSwitchAttributes, DeleteVSwitch."""

import re

import pytest

from support import world
from support.refused import refused


def test_a_vswitch_from_creation_to_deletion(sdk):
    made = sdk.CreateVpc(CidrBlock="192.168.0.0/16")
    vswitch = sdk.CreateVSwitch(
        VpcId=made["VpcId"], CidrBlock="192.168.5.0/24", ZoneId="cn-hangzhou-i", VSwitchName="zone i", Description="five"
    )["VSwitchId"]
    assert re.fullmatch(r"vsw-[a-z0-9]{21}", vswitch)

    seen = sdk.DescribeVSwitchAttributes(VSwitchId=vswitch)
    assert seen["Status"] == "Available"
    assert (seen["VpcId"], seen["CidrBlock"], seen["ZoneId"]) == (made["VpcId"], "192.168.5.0/24", "cn-hangzhou-i")
    assert (seen["VSwitchName"], seen["Description"]) == ("zone i", "five")
    assert seen["RouteTable"] == {"RouteTableId": made["RouteTableId"], "RouteTableType": "System"}
    # clients.md 7: an absent member turns enable_ipv6 on.
    assert seen["Ipv6CidrBlock"] == ""

    (listed,) = sdk.DescribeVSwitches(VpcId=made["VpcId"])["VSwitches"]["VSwitch"]
    assert listed["VSwitchId"] == vswitch
    assert listed["RouteTable"]["RouteTableId"] == made["RouteTableId"]
    vpc = sdk.DescribeVpcAttribute(VpcId=made["VpcId"])
    assert vpc["VSwitchIds"] == {"VSwitchId": [vswitch]}

    sdk.DeleteVSwitch(VSwitchId=vswitch)
    assert sdk.DescribeVSwitches(VpcId=made["VpcId"])["VSwitches"]["VSwitch"] == []


def test_a_vswitch_that_is_gone_answers_as_the_provider_plugin_expects(sdk):
    vpc = world.vpc(sdk)
    sdk.DeleteVSwitch(VSwitchId=vpc.vswitch)
    # clients.md 7: either of the two, or an endless wait.
    with refused("InvalidVSwitchId.NotFound", 404):
        sdk.DescribeVSwitchAttributes(VSwitchId=vpc.vswitch)


def test_pages_of_vswitches_are_full(sdk):
    vpc = sdk.CreateVpc(CidrBlock="192.168.0.0/16")["VpcId"]
    made = [world.vswitch(sdk, vpc, f"192.168.{n}.0/24") for n in range(12)]
    pages = [sdk.DescribeVSwitches(VpcId=vpc, PageNumber=n, PageSize=5) for n in (1, 2, 3)]
    listed = [[vswitch["VSwitchId"] for vswitch in page["VSwitches"]["VSwitch"]] for page in pages]
    assert [len(page) for page in listed] == [5, 5, 2]
    assert sorted(sum(listed, [])) == sorted(made)
    # The default page has ten.
    assert len(sdk.DescribeVSwitches(VpcId=vpc)["VSwitches"]["VSwitch"]) == 10


@pytest.mark.parametrize("block", ["192.168.1.0/24", "192.168.1.128/25", "192.168.0.0/20"])
def test_blocks_do_not_overlap(sdk, block):
    vpc = world.vpc(sdk)
    with refused("InvalidCidrBlock.Overlapped"):
        sdk.CreateVSwitch(VpcId=vpc.id, CidrBlock=block, ZoneId="cn-hangzhou-h")


def test_a_block_outside_the_vpc_is_refused(sdk):
    vpc = world.vpc(sdk)
    with refused("InvalidCidrBlock"):
        sdk.CreateVSwitch(VpcId=vpc.id, CidrBlock="10.0.0.0/24", ZoneId="cn-hangzhou-h")


def test_a_vswitch_brings_its_route_to_every_table(sdk):
    vpc = world.vpc(sdk)
    custom = sdk.CreateRouteTable(VpcId=vpc.id)["RouteTableId"]
    for table in (vpc.table, custom):
        listed = sdk.DescribeRouteEntryList(RouteTableId=table, RouteEntryType="System")["RouteEntrys"]["RouteEntry"]
        blocks = {route["DestinationCidrBlock"]: route["Status"] for route in listed}
        assert blocks == {"192.168.1.0/24": "Available", "100.64.0.0/10": "Available"}
