"""CreateRouteEntry, DeleteRouteEntry, DescribeRouteEntryList, DescribeRouteTables: one route at a time, and reading."""

import re

import pytest

from support import world
from support.refused import refused


@pytest.fixture
def vpc(sdk):
    return world.vpc(sdk)


@pytest.fixture
def hop(sdk, vpc):
    return world.instance(sdk, vpc.id)


def create(sdk, table, destination, hop, **more):
    return sdk.CreateRouteEntry(
        RouteTableId=table, DestinationCidrBlock=destination, NextHopType="Instance", NextHopId=hop, **more
    )["RouteEntryId"]


def listed(sdk, table, **filters):
    return sdk.DescribeRouteEntryList(RouteTableId=table, **filters)["RouteEntrys"]["RouteEntry"]


def test_a_route_from_creation_to_deletion(sdk, vpc, hop):
    route = create(sdk, vpc.table, "10.0.0.0/8", hop, RouteEntryName="ten", Description="all of ten")
    assert re.fullmatch(r"rte-[a-z0-9]{21}", route)
    # clients.md 5.1: readable at once, exactly filtered, at element 0.
    (seen,) = listed(sdk, vpc.table, DestinationCidrBlock="10.0.0.0/8")
    assert (seen["RouteEntryId"], seen["RouteEntryName"], seen["Description"]) == (route, "ten", "all of ten")
    assert (seen["Status"], seen["Type"], seen["IpVersion"]) == ("Available", "Custom", "ipv4")
    assert seen["NextHops"]["NextHop"][0]["NextHopId"] == hop
    sdk.DeleteRouteEntry(RouteTableId=vpc.table, DestinationCidrBlock="10.0.0.0/8", NextHopId=hop)
    assert listed(sdk, vpc.table, DestinationCidrBlock="10.0.0.0/8") == []
    with refused("InvalidRouteEntry.NotFound", 404):
        sdk.DeleteRouteEntry(RouteTableId=vpc.table, DestinationCidrBlock="10.0.0.0/8", NextHopId=hop)


def test_a_route_can_be_deleted_by_id(sdk, vpc, hop):
    route = create(sdk, vpc.table, "10.0.0.0/8", hop)
    sdk.DeleteRouteEntry(RouteEntryId=route)
    assert world.routes(sdk, vpc.table) == {}


def test_a_duplicate_is_called_one(sdk, vpc, hop):
    create(sdk, vpc.table, "10.0.0.0/8", hop)
    # clients.md 6.4: the provider plugin and the route controller look for this code.
    with refused("InvalidCIDRBlock.Duplicate", 400, "Specified CIDR block is already exists."):
        create(sdk, vpc.table, "10.0.0.0/8", hop)


def test_one_route_may_be_wider_than_a_vswitch(sdk, vpc, hop):
    # semantics.md 3.5: only the batch refuses this (decision A1).
    create(sdk, vpc.table, "192.168.0.0/16", hop)
    with refused("InvalidCidrBlock"):
        create(sdk, vpc.table, "192.168.1.0/25", hop)


def test_six_routes_to_one_interface(sdk, vpc):
    # clients.md 8.6
    interface = world.instance(sdk, vpc.id, "eni-bp1client0000000001", "NetworkInterface")
    for n in range(6):
        sdk.CreateRouteEntry(
            RouteTableId=vpc.table,
            DestinationCidrBlock=f"10.{n}.0.0/16",
            NextHopType="NetworkInterface",
            NextHopId=interface,
        )
    assert len(world.routes(sdk, vpc.table)) == 6


def test_a_dry_run_creates_no_route(sdk, vpc, hop):
    with refused("DryRunOperation"):
        create(sdk, vpc.table, "10.0.0.0/8", hop, DryRun=True)
    assert world.routes(sdk, vpc.table) == {}
    create(sdk, vpc.table, "10.0.0.0/8", hop)
    with refused("DryRunOperation"):
        sdk.DeleteRouteEntry(RouteTableId=vpc.table, DestinationCidrBlock="10.0.0.0/8", NextHopId=hop, DryRun=True)
    assert set(world.routes(sdk, vpc.table)) == {"10.0.0.0/8"}


def test_an_unknown_table_has_two_names(sdk, vpc, hop):
    unknown = "vtb-bp145q7glnuzd****"
    # semantics.md 10.3: the read answers one code, the change another, both 404.
    with refused("InvalidRouteTable.NotFound", 404):
        listed(sdk, unknown)
    with refused("InvalidRouteTableId.NotFound", 404):
        create(sdk, unknown, "10.0.0.0/8", hop)


def test_routes_are_listed_through_tokens(sdk, vpc, hop):
    blocks = [f"10.{n}.0.0/16" for n in range(25)]
    items = [{"RouteTableId": vpc.table, "DstCidrBlock": block, "NextHop": hop, "NextHopType": "Instance"} for block in blocks]
    sdk.CreateRouteEntries(RouteEntries=items)
    seen, token, sizes = [], None, []
    while token != "":
        page = sdk.DescribeRouteEntryList(
            RouteTableId=vpc.table, RouteEntryType="Custom", MaxResult=10, **({"NextToken": token} if token else {})
        )
        sizes.append(len(page["RouteEntrys"]["RouteEntry"]))
        seen += [route["DestinationCidrBlock"] for route in page["RouteEntrys"]["RouteEntry"]]
        assert page["TotalCount"] == 25
        token = page.get("NextToken", "")
    assert sizes == [10, 10, 5]
    assert sorted(seen) == sorted(blocks)
    # Ten is the default, and more than the documented hundred is no error (semantics.md 10.3).
    assert len(listed(sdk, vpc.table, RouteEntryType="Custom")) == 10
    assert len(listed(sdk, vpc.table, RouteEntryType="Custom", MaxResult=500)) == 25


def test_lists_can_be_narrowed(sdk, vpc, hop):
    first = create(sdk, vpc.table, "10.1.0.0/16", hop, RouteEntryName="first")
    interface = world.instance(sdk, vpc.id, "eni-bp1client0000000001", "NetworkInterface")
    second = sdk.CreateRouteEntry(
        RouteTableId=vpc.table, DestinationCidrBlock="10.2.0.0/16", NextHopType="NetworkInterface", NextHopId=interface
    )["RouteEntryId"]
    for filters, expected in [
        ({"RouteEntryType": "Custom"}, {first, second}),
        ({"RouteEntryId": first}, {first}),
        ({"RouteEntryName": "first"}, {first}),
        ({"DestinationCidrBlock": "10.2.0.0/16"}, {second}),
        ({"DestCidrBlockList": ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"]}, {first, second}),
        ({"NextHopType": "NetworkInterface"}, {second}),
        ({"NextHopId": hop}, {first}),
        ({"NextHopId": hop, "DestinationCidrBlock": "10.2.0.0/16"}, set()),
        ({"IpVersion": "ipv6"}, set()),
    ]:
        assert {route["RouteEntryId"] for route in listed(sdk, vpc.table, **filters)} == expected, filters


def test_the_old_form_of_the_table(sdk, vpc, hop):
    create(sdk, vpc.table, "10.0.0.0/8", hop, RouteEntryName="ten")
    (table,) = sdk.DescribeRouteTables(RouteTableId=vpc.table)["RouteTables"]["RouteTable"]
    # clients.md 7: VRouterId is part of an id, every Status is polled, InstanceId is the next hop.
    assert (table["RouteTableId"], table["VRouterId"], table["RouteTableType"]) == (vpc.table, vpc.router, "System")
    entries = {route["DestinationCidrBlock"]: route for route in table["RouteEntrys"]["RouteEntry"]}
    assert set(entries) == {"10.0.0.0/8", "192.168.1.0/24", "100.64.0.0/10"}
    assert {route["Status"] for route in entries.values()} == {"Available"}
    ten = entries["10.0.0.0/8"]
    assert (ten["Type"], ten["NextHopType"], ten["InstanceId"]) == ("Custom", "Instance", hop)
    assert entries["192.168.1.0/24"]["Type"] == "System"


HOPS = [
    ("HaVip", "havip-bp1client00000000001"),
    ("RouterInterface", "ri-bp1client0000000000001"),
    ("NetworkInterface", "eni-bp1client0000000001"),
    ("NatGateway", "ngw-bp1client000000000001"),
    ("Attachment", "tr-attach-client00000001"),
    ("VpcPeer", "pcc-client000000000001"),
    ("Ipv4Gateway", "ipv4gw-bp1client000000001"),
    ("Ecr", "ecr-assoc-client0000001"),
    ("CenBasic", "cen-client000000000001"),
    ("GatewayEndpoint", "vpce-bp1client00000000001"),
    ("GatewayLoadBalancerEndpoint", "ep-bp1client0000000000001"),
]


@pytest.mark.parametrize("kind, hop", HOPS)
def test_next_hops_of_every_kind(sdk, vpc, kind, hop):
    # S-RE-30: the types and the rows after it.
    world.instance(sdk, vpc.id, hop, kind)
    item = {"RouteTableId": vpc.table, "DstCidrBlock": "10.0.0.0/8", "NextHop": hop, "NextHopType": kind}
    answer = sdk.CreateRouteEntries(RouteEntries=[item])
    assert answer["FailedRouteEntries"] == []
    (seen,) = world.routes(sdk, vpc.table)["10.0.0.0/8"]["NextHops"]["NextHop"]
    assert (seen["NextHopType"], seen["NextHopId"]) == (kind, hop)


def test_a_vpn_gateway_is_a_next_hop(sdk, vpc):
    gateway = world.gateway(sdk, vpc)
    sdk.CreateRouteEntry(
        RouteTableId=vpc.table, DestinationCidrBlock="10.0.0.0/8", NextHopType="VpnGateway", NextHopId=gateway
    )
    (seen,) = world.routes(sdk, vpc.table)["10.0.0.0/8"]["NextHops"]["NextHop"]
    assert (seen["NextHopType"], seen["NextHopId"]) == ("VpnGateway", gateway)  # S-RE-35
    with refused("InvalidVpnInstanceId.NotFound"):
        sdk.CreateRouteEntry(
            RouteTableId=vpc.table, DestinationCidrBlock="10.0.0.0/8", NextHopType="VpnGateway", NextHopId="vpn-none"
        )


def test_active_and_standby_interfaces(sdk, vpc):
    hops = [world.instance(sdk, vpc.id, f"ri-bp1client000000000000{n}", "RouterInterface") for n in (1, 2)]
    pair = [{"NextHopType": "RouterInterface", "NextHopId": hop, "Weight": w} for hop, w in zip(hops, (100, 0))]
    sdk.CreateRouteEntry(RouteTableId=vpc.table, DestinationCidrBlock="10.0.0.0/8", NextHopList=pair)
    seen = world.routes(sdk, vpc.table)["10.0.0.0/8"]["NextHops"]["NextHop"]
    assert [(hop["NextHopId"], hop["Weight"]) for hop in seen] == list(zip(hops, (100, 0)))
    sdk.DeleteRouteEntry(
        RouteTableId=vpc.table,
        DestinationCidrBlock="10.0.0.0/8",
        NextHopList=[{"NextHopType": "RouterInterface", "NextHopId": hop} for hop in hops],
    )
    assert world.routes(sdk, vpc.table) == {}


def test_a_route_is_renamed_and_led_elsewhere(sdk, vpc):
    # clients.md: the provider plugin's update names table and destination, and waits for nothing.
    first, second = world.instances(sdk, vpc.id, 2)
    route = create(sdk, vpc.table, "10.0.0.0/8", first, RouteEntryName="ten")
    place = {"RouteTableId": vpc.table, "DestinationCidrBlock": "10.0.0.0/8"}
    sdk.ModifyRouteEntry(**place, Description="all of ten")
    sdk.ModifyRouteEntry(**place, NewNextHopType="Instance", NewNextHopId=second)
    (seen,) = listed(sdk, vpc.table, DestinationCidrBlock="10.0.0.0/8")
    assert (seen["RouteEntryId"], seen["RouteEntryName"], seen["Description"]) == (route, "ten", "all of ten")
    assert (seen["Status"], seen["NextHops"]["NextHop"][0]["NextHopId"]) == ("Available", second)
    with refused("InvalidNextHop.NotFound", 400):
        sdk.ModifyRouteEntry(RouteEntryId=route, NewNextHopType="Instance", NewNextHopId="i-none")
    with refused("DryRunOperation", 400):
        sdk.ModifyRouteEntry(RouteEntryId=route, RouteEntryName="other", DryRun=True)
    assert listed(sdk, vpc.table, DestinationCidrBlock="10.0.0.0/8")[0]["RouteEntryName"] == "ten"


@pytest.mark.tasks("manual")
def test_a_route_under_change_keeps_forwarding(sdk):
    vpc = sdk.CreateVpc(CidrBlock="192.168.0.0/16")
    table = vpc["RouteTableId"]
    world.complete(sdk)
    world.vswitch(sdk, vpc["VpcId"], "192.168.1.0/24")
    world.complete(sdk)
    first, second = world.instances(sdk, vpc["VpcId"], 2)
    create(sdk, table, "10.0.0.0/8", first)
    world.complete(sdk)
    place = {"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8"}
    sdk.ModifyRouteEntry(**place, NewNextHopType="Instance", NewNextHopId=second)
    assert listed(sdk, table, DestinationCidrBlock="10.0.0.0/8")[0]["Status"] == "Modifying"
    trace = sdk.own("TracePath", SourceAddress="192.168.1.10", DestinationAddress="10.0.0.7")
    assert trace["Out"]["Outcome"]["To"]["Id"] == second
    with refused("TaskConflict", 400):
        sdk.ModifyRouteEntry(**place, NewNextHopType="Instance", NewNextHopId=first)
    world.complete(sdk)
    assert listed(sdk, table, DestinationCidrBlock="10.0.0.0/8")[0]["Status"] == "Available"
