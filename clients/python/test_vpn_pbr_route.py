"""CreateVpnPbrRouteEntry, DescribeVpnPbrRouteEntries, DeleteVpnPbrRouteEntry."""

from collections import namedtuple

import pytest

from support import world
from support.refused import refused

Site = namedtuple("Site", "vpc gateway first second")


@pytest.fixture
def site(sdk):
    vpc = world.vpc(sdk)
    gateway = world.gateway(sdk, vpc)
    hops = [world.connection(sdk, gateway, world.customer_gateway(sdk, f"203.0.113.{n}")) for n in (1, 2)]
    return Site(vpc, gateway, *hops)


def create(sdk, site, source="192.168.1.0/24", destination="10.0.0.0/24", hop=None, weight=100, publish=False, **more):
    return sdk.CreateVpnPbrRouteEntry(
        VpnGatewayId=site.gateway,
        RouteSource=source,
        RouteDest=destination,
        NextHop=hop or site.first,
        Weight=weight,
        PublishVpc=publish,
        **more,
    )


def listed(sdk, site):
    return sdk.DescribeVpnPbrRouteEntries(VpnGatewayId=site.gateway)["VpnPbrRouteEntries"]["VpnPbrRouteEntry"]


def test_a_route_from_creation_to_deletion(sdk, site):
    made = create(sdk, site, publish=True, Description="desctest", Priority=7)
    # S-PBR-30, S-PBR-31, S-PBR-32, S-PBR-34, S-PBR-39, S-PBR-40, S-PBR-41, S-PBR-42
    assert (made["NextHop"], made["Weight"], made["RouteDest"]) == (site.first, 100, "10.0.0.0/24")
    assert (made["Description"], made["OverlayMode"], made["RouteSource"]) == ("desctest", "Ipsec", "192.168.1.0/24")
    assert (made["VpnInstanceId"], made["Priority"]) == (site.gateway, 7)
    assert made["State"] == "published"  # S-PBR-36
    assert isinstance(made["CreateTime"], int)  # S-PBR-38
    (seen,) = listed(sdk, site)
    assert (seen["RouteSource"], seen["RouteDest"], seen["NextHop"]) == ("192.168.1.0/24", "10.0.0.0/24", site.first)
    assert (seen["Weight"], seen["Priority"], seen["State"]) == (100, 7, "published")
    assert set(world.routes(sdk, site.vpc.table)) == {"10.0.0.0/24"}  # S-PBR-10

    key = dict(
        VpnGatewayId=site.gateway, RouteSource="192.168.1.0/24", RouteDest="10.0.0.0/24", NextHop=site.first, Weight=100
    )
    with refused("InvalidRouteEntry.NotFound", 404):
        sdk.DeleteVpnPbrRouteEntry(**key, Priority=8)
    # Decision A16: without a priority any one matches.
    sdk.DeleteVpnPbrRouteEntry(**key)
    assert listed(sdk, site) == []
    assert world.routes(sdk, site.vpc.table) == {}


def test_ten_is_the_priority_nobody_asked_for(sdk, site):
    assert create(sdk, site)["Priority"] == 10  # S-PBR-14
    assert create(sdk, site, destination="10.1.0.0/24")["State"] == "normal"  # S-PBR-37


@pytest.mark.parametrize("priority", [0, 101, -1])
def test_priorities_end(sdk, site, priority):
    with refused("InvalidParameter"):
        create(sdk, site, Priority=priority)


def test_priorities_reach(sdk, site):
    create(sdk, site, destination="10.1.0.0/24", Priority=1)
    create(sdk, site, destination="10.2.0.0/24", Priority=100)
    assert {row["Priority"] for row in listed(sdk, site)} == {1, 100}


def test_conflicts_in_their_order(sdk, site):
    create(sdk, site)
    with refused("VpnRouteEntry.AlreadyExists"):  # S-PBR-46
        create(sdk, site, weight=0)
    with refused(  # S-PBR-62
        "VpnRouteEntry.SrcDestWeightConflict",
        400,
        "The VPN gateway does not support Policy-based routing with the same source CIDR, destination CIDR and weight.",
    ):
        create(sdk, site, hop=site.second)
    with refused(  # S-PBR-63
        "VpnRouteEntry.SamePriorityPbrRoutePrefixOverlap",
        400,
        "The source CIDR and destination CIDR of Policy-based routes with the same priority cannot overlap.",
    ):
        create(sdk, site, source="192.168.0.0/16", destination="10.0.0.0/16")
    create(sdk, site, source="192.168.0.0/16", destination="10.0.0.0/16", Priority=20)
    with refused("VpnRouteEntry.BackupRoute"):  # S-PBR-49: a partner of another priority is none
        create(sdk, site, hop=site.second, weight=0, Priority=11)
    create(sdk, site, hop=site.second, weight=0)  # S-PBR-18, S-PBR-19
    assert len(listed(sdk, site)) == 3


def test_on_two_tunnels_a_pair_of_blocks_has_one_route(sdk):
    vpc = world.vpc(sdk)
    gateway = world.dual_gateway(sdk, vpc)
    customers = [world.customer_gateway(sdk, f"203.0.113.{n}") for n in range(1, 5)]
    dual = Site(vpc, gateway, *[world.dual_connection(sdk, gateway, customers[n : n + 2]) for n in (0, 2)])
    create(sdk, dual)
    with refused("VpnRouteEntry.SrcDestConflict"):  # S-PBR-64
        create(sdk, dual, hop=dual.second, weight=0)
    # Decision A27: everything may be routed, on two tunnels.
    create(sdk, dual, destination="0.0.0.0/0", Priority=50)
    with refused("VpnRouteEntry.InvalidWeight"):  # decision A15: checked, then ignored
        create(sdk, dual, destination="10.9.0.0/16", weight=1)


@pytest.mark.parametrize(
    "defect, code, status",
    [
        ({"VpnGatewayId": "vpn-bp1a3kqjiiq9legfx****"}, "InvalidVpnGatewayInstanceId.NotFound", 404),  # S-PBR-72
        ({"NextHop": "vco-bp15oes1py4i66rmd****"}, "InvalidNextHop.NotFound", 400),  # S-PBR-51
        ({"Weight": 50}, "VpnRouteEntry.InvalidWeight", 400),  # S-PBR-50
        ({"RouteDest": "nonsense"}, "InvalidCidrBlock.Malformed", 400),  # S-PBR-67
        ({"RouteSource": "nonsense"}, "InvalidCidrBlock.Malformed", 400),
        ({"RouteDest": "0.0.0.0/0"}, "IllegalParam.RouteDest", 400),  # S-PBR-52
        ({"RouteDest": "100.64.1.0/24"}, "OperationFailed.InvalidCidrBlock", 400),  # S-PBR-54
        ({"DryRun": True}, "DryRunOperation", 400),  # S-PBR-68
    ],
)
def test_defects_are_named(sdk, site, defect, code, status):
    whole = dict(
        VpnGatewayId=site.gateway,
        RouteSource="192.168.1.0/24",
        RouteDest="10.0.0.0/24",
        NextHop=site.first,
        Weight=100,
        PublishVpc=True,
    )
    with refused(code, status):
        sdk.CreateVpnPbrRouteEntry(**{**whole, **defect})
    assert listed(sdk, site) == []


def test_a_gateway_has_twenty_policy_routes(sdk, site):
    for n in range(20):
        create(sdk, site, destination=f"10.0.{n}.0/24")
    with refused("CreatePbrRoutesQuotaFull.QuotaFull", 400, "The number of policy routes exceeds the quota limit."):
        create(sdk, site, destination="10.0.20.0/24")  # S-PBR-66
    assert len(listed(sdk, site)) == 10
    page = sdk.DescribeVpnPbrRouteEntries(VpnGatewayId=site.gateway, PageNumber=1, PageSize=20)
    assert len(page["VpnPbrRouteEntries"]["VpnPbrRouteEntry"]) == 20
    assert page["TotalCount"] == 20
