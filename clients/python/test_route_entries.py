"""CreateRouteEntries and DeleteRouteEntries: many routes in one call."""

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


def entry(table, destination, hop, **more):
    return {"RouteTableId": table, "DstCidrBlock": destination, "NextHop": hop, "NextHopType": "Instance", **more}


def failures(answer):
    return [(failed["DstCidrBlock"], failed["FailedCode"]) for failed in answer["FailedRouteEntries"]]


def test_a_batch_adds_its_routes(sdk, vpc, hop):
    answer = sdk.CreateRouteEntries(
        RouteEntries=[
            entry(vpc.table, "10.0.0.0/8", hop, Name="ten", Description="all of ten", IpVersion=4),
            entry(vpc.table, "172.16.0.0/12", hop),
        ]
    )
    # S-RE-51, S-RE-52, S-RE-53, S-RE-54, S-RE-60
    assert (answer["SuccessCount"], answer["FailedCount"]) == (2, 0)
    assert answer["FailedRouteEntries"] == []
    assert len(answer["RouteEntryIds"]) == 2
    assert all(re.fullmatch(r"rte-[a-z0-9]{21}", route) for route in answer["RouteEntryIds"])  # S-RE-61
    assert answer["RequestId"]

    listed = world.routes(sdk, vpc.table)
    assert [listed[block]["RouteEntryId"] for block in ("10.0.0.0/8", "172.16.0.0/12")] == answer["RouteEntryIds"]
    ten = listed["10.0.0.0/8"]
    # S-RE-25, S-RE-26, S-RE-28, S-RE-45, S-RE-46
    assert (ten["RouteEntryName"], ten["Description"]) == ("ten", "all of ten")
    assert (ten["Status"], ten["Type"], ten["RouteTableId"]) == ("Available", "Custom", vpc.table)  # S-RE-05
    (next_hop,) = ten["NextHops"]["NextHop"]
    assert (next_hop["NextHopType"], next_hop["NextHopId"]) == ("Instance", hop)  # S-RE-31


def test_lists_are_in_order_beyond_nine(sdk, vpc, hop):
    # Sorted as text, 10 comes before 2: the members of an item must not be torn apart.
    blocks = [f"10.{n}.0.0/16" for n in range(1, 24)]
    answer = sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, block, hop, Name=f"n{block}") for block in blocks])
    assert answer["SuccessCount"] == 23
    listed = world.routes(sdk, vpc.table, MaxResult=100)
    assert [listed[block]["RouteEntryId"] for block in blocks] == answer["RouteEntryIds"]
    assert all(listed[block]["RouteEntryName"] == f"n{block}" for block in blocks)


def test_a_batch_has_fifty_items(sdk, vpc, hop):
    items = [entry(vpc.table, f"10.{n}.0.0/16", hop) for n in range(51)]
    with refused("InvalidParameter"):
        sdk.CreateRouteEntries(RouteEntries=items)
    assert world.routes(sdk, vpc.table) == {}
    assert sdk.CreateRouteEntries(RouteEntries=items[:50])["SuccessCount"] == 50  # S-RE-25


def test_an_item_that_fails_leaves_the_others_alone(sdk, vpc, hop):
    sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, "10.1.0.0/16", hop)])
    answer = sdk.CreateRouteEntries(
        RouteEntries=[
            entry(vpc.table, "10.1.0.0/16", hop),
            entry(vpc.table, "10.2.0.0/16", hop),
            entry(vpc.table, "10.3.0.0/16", "i-bp1nosuchinstance0000"),
        ]
    )
    assert (answer["SuccessCount"], answer["FailedCount"]) == (1, 2)
    assert failures(answer) == [
        ("10.1.0.0/16", "VPC_ROUTE_ENTRY_CIDR_BLOCK_DUPLICATE"),  # S-RE-58
        ("10.3.0.0/16", "IllegalParam.NextHopId"),
    ]
    # S-RE-59
    assert answer["FailedRouteEntries"][0]["FailedMessage"] == (
        "Specified CIDR block is already exists, entry.cidrBlock=10.1.0.0/16"
    )
    assert len(answer["RouteEntryIds"]) == 1
    assert set(world.routes(sdk, vpc.table)) == {"10.1.0.0/16", "10.2.0.0/16"}


@pytest.mark.parametrize("hop", ["i-J6C2FP57Q8RR4JLU****", " i-spaces ", "ünïcode", "i-j6c2fp57q8rr4jlu****"])
def test_a_failure_repeats_the_callers_own_words(sdk, vpc, hop):
    # S-RE-56, S-RE-57: the route controller finds its request by the next hop's text.
    answer = sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, " 10.0.0.0/8", hop)])
    (failed,) = answer["FailedRouteEntries"]
    assert (failed["DstCidrBlock"], failed["NextHop"]) == (" 10.0.0.0/8", hop)


DESTINATIONS = [
    ("nonsense", "InvalidCidrBlock.Malformed"),
    ("10.0.0.5/24", "InvalidCidrBlock.Malformed"),  # decision A3
    ("192.168.1.0/24", "InvalidCidrBlock"),  # S-RE-08: equal to a vSwitch
    ("192.168.1.128/25", "InvalidCidrBlock"),  # S-RE-08: inside one
    ("192.168.0.0/16", "InvalidCidrBlock"),  # S-RE-08: around one, decision A1
    ("100.64.0.0/10", "InvalidCidrBlock"),  # S-RE-09
    ("100.100.0.0/16", "InvalidCidrBlock"),  # S-RE-09
    ("2001:db8::/32", "OperationDenied.VpcIpv6NotEnabled"),
]


@pytest.mark.parametrize("destination, code", DESTINATIONS)
def test_destinations_that_cannot_be(sdk, vpc, hop, destination, code):
    answer = sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, destination, hop)])
    assert failures(answer) == [(destination, code)]
    assert world.routes(sdk, vpc.table) == {}


@pytest.mark.parametrize(
    "given, stored", [("10.9.8.7", "10.9.8.7/32"), ("0.0.0.0/0", "0.0.0.0/0"), ("100.0.0.0/8", "100.0.0.0/8")]
)
def test_destinations_that_can(sdk, vpc, hop, given, stored):
    # S-RE-11 for the plain address.
    assert sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, given, hop)])["SuccessCount"] == 1
    assert set(world.routes(sdk, vpc.table)) == {stored}


@pytest.mark.parametrize(
    "given, stored", [("2001:0DB8:0:0::/32", "2001:db8::/32"), ("2001:db8::1", "2001:db8::1/128"), ("::/0", "::/0")]
)
def test_ipv6_destinations(sdk, given, stored):
    vpc = world.vpc(sdk, EnableIpv6=True)
    hop = world.instance(sdk, vpc.id)
    answer = sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, given, hop, IpVersion=6)])
    assert (answer["SuccessCount"], answer["FailedRouteEntries"]) == (1, [])  # S-RE-27
    route = world.routes(sdk, vpc.table)[stored]
    assert route["IpVersion"] == "ipv6"
    found = sdk.DescribeRouteEntryList(RouteTableId=vpc.table, DestinationCidrBlock=stored)["RouteEntrys"]["RouteEntry"]
    assert [entry["RouteEntryId"] for entry in found] == [route["RouteEntryId"]]


def test_the_version_must_be_the_destinations(sdk, vpc, hop):
    answer = sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, "10.0.0.0/8", hop, IpVersion=6)])
    assert failures(answer) == [("10.0.0.0/8", "InvalidCidrBlock.Malformed")]  # S-RE-27


@pytest.mark.parametrize(
    "member, text, code",
    [
        ("Name", "http://name", "InvalidRouteEntryName.Malformed"),  # S-RE-45
        ("Name", "x" * 129, "InvalidRouteEntryName.Malformed"),
        ("Description", "https://words", "InvalidDescription.Malformed"),  # S-RE-46
        ("Description", "x" * 257, "InvalidDescription.Malformed"),
    ],
)
def test_names_and_descriptions_have_rules(sdk, vpc, hop, member, text, code):
    answer = sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, "10.0.0.0/8", hop, **{member: text})])
    assert failures(answer) == [("10.0.0.0/8", code)]


def test_two_items_of_one_request_must_differ(sdk, vpc, hop):
    with refused("InvalidCIDRBlock.Duplicate", 400, "Specified CIDR block is already exists."):  # S-RE-64
        sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, "10.0.0.0/8", hop), entry(vpc.table, "10.0.0.0/8", hop)])
    custom = sdk.CreateRouteTable(VpcId=vpc.id)["RouteTableId"]
    # S-RE-10 is about one table; two tables may agree, and so may next hops (S-RE-12).
    answer = sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, "10.0.0.0/8", hop), entry(custom, "10.0.0.0/8", hop)])
    assert answer["SuccessCount"] == 2


def test_items_need_their_parts(sdk, vpc, hop):
    whole = entry(vpc.table, "10.0.0.0/8", hop)
    for part, code in [
        ("RouteTableId", "MissingParam.RouteTableId"),  # S-RE-65
        ("DstCidrBlock", "MissingParam.DstCidrBlock"),
        ("NextHop", "MissingParam.NextHop"),
    ]:
        with refused(code, 400, f"The parameter {part} is missing."):
            sdk.CreateRouteEntries(RouteEntries=[{name: whole[name] for name in whole if name != part}])
    # S-RE-31: Instance is the default (decision A6).
    del whole["NextHopType"]
    assert sdk.CreateRouteEntries(RouteEntries=[whole])["SuccessCount"] == 1


def test_tables_must_exist_and_be_of_one_vpc(sdk, vpc, hop):
    with refused("InvalidRouteTableId.NotFound", 404):
        sdk.CreateRouteEntries(RouteEntries=[entry("vtb-bp145q7glnuzd****", "10.0.0.0/8", hop)])
    other = world.vpc(sdk)
    with refused("InvalidParameter"):  # decision A7
        sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, "10.1.0.0/16", hop), entry(other.table, "10.2.0.0/16", hop)])


def test_the_next_hop_must_be_in_the_vpc(sdk, vpc):
    elsewhere = world.instance(sdk, world.vpc(sdk).id)
    answer = sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, "10.0.0.0/8", elsewhere)])
    assert failures(answer) == [("10.0.0.0/8", "OperationFailed.InstanceDismatchCurrentVpc")]  # S-RE-13


def test_a_table_holds_two_hundred_custom_routes(sdk, vpc, hop):
    # S-RE-07
    for batch in range(4):
        items = [entry(vpc.table, f"10.{batch}.{n}.0/24", hop) for n in range(50)]
        assert sdk.CreateRouteEntries(RouteEntries=items)["SuccessCount"] == 50
    answer = sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, "10.9.0.0/16", hop)])
    assert failures(answer) == [("10.9.0.0/16", "QuotaExceeded")]


def test_a_dry_run_only_checks(sdk, vpc, hop):
    # S-RE-47, S-RE-48, S-RE-63
    with refused("DryRunOperation", 400, "Request validation has been passed with DryRun flag set."):
        sdk.CreateRouteEntries(DryRun=True, RouteEntries=[entry(vpc.table, "10.0.0.0/8", hop)])
    with refused("MissingParam.RouteTableId"):
        sdk.CreateRouteEntries(DryRun=True, RouteEntries=[{"DstCidrBlock": "10.0.0.0/8", "NextHop": hop}])
    assert world.routes(sdk, vpc.table) == {}
    # S-RE-49
    assert sdk.CreateRouteEntries(DryRun=False, RouteEntries=[entry(vpc.table, "10.0.0.0/8", hop)])["SuccessCount"] == 1


def test_a_batch_removes_routes(sdk, vpc, hop):
    blocks = ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"]
    made = sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, block, hop) for block in blocks])["RouteEntryIds"]

    def item(block):
        return {"RouteTableId": vpc.table, "DstCidrBlock": block, "NextHop": hop}

    by_id = {"RouteTableId": vpc.table, "RouteEntryId": made[2]}
    answer = sdk.DeleteRouteEntries(RouteEntries=[item("10.1.0.0/16"), item("10.77.0.0/16"), by_id])
    assert (answer["SuccessCount"], answer["FailedCount"]) == (2, 1)
    (failed,) = answer["FailedRouteEntries"]
    assert (failed["DstCidrBlock"], failed["NextHop"]) == ("10.77.0.0/16", hop)
    assert (failed["FailedCode"], failed["FailedMessage"]) == ("VPC_ROUTER_ENTRY_NOT_EXIST", "vRouterEntry not exists")
    assert set(world.routes(sdk, vpc.table)) == {"10.2.0.0/16"}


def test_a_dry_run_of_a_removal_removes_nothing(sdk, vpc, hop):
    sdk.CreateRouteEntries(RouteEntries=[entry(vpc.table, "10.0.0.0/8", hop)])
    with refused("DryRunOperation"):
        sdk.DeleteRouteEntries(
            DryRun=True, RouteEntries=[{"RouteTableId": vpc.table, "DstCidrBlock": "10.0.0.0/8", "NextHop": hop}]
        )
    assert set(world.routes(sdk, vpc.table)) == {"10.0.0.0/8"}
