"""CreateVpnRouteEntry, DescribeVpnRouteEntries, DeleteVpnRouteEntry."""

from collections import namedtuple

import pytest

from support import world
from support.refused import refused

Site = namedtuple("Site", "vpc gateway first second")


@pytest.fixture
def site(sdk):
    """A gateway for one tunnel, with two connections."""
    vpc = world.vpc(sdk)
    gateway = world.gateway(sdk, vpc)
    hops = [world.connection(sdk, gateway, world.customer_gateway(sdk, f"203.0.113.{n}")) for n in (1, 2)]
    return Site(vpc, gateway, *hops)


@pytest.fixture
def dual(sdk):
    """A gateway for two tunnels, with two connections."""
    vpc = world.vpc(sdk)
    gateway = world.dual_gateway(sdk, vpc)
    customers = [world.customer_gateway(sdk, f"203.0.113.{n}") for n in range(1, 5)]
    hops = [world.dual_connection(sdk, gateway, customers[n : n + 2]) for n in (0, 2)]
    return Site(vpc, gateway, *hops)


def create(sdk, site, destination="10.0.0.0/24", hop=None, weight=100, publish=False, **more):
    return sdk.CreateVpnRouteEntry(
        VpnGatewayId=site.gateway,
        RouteDest=destination,
        NextHop=hop or site.first,
        Weight=weight,
        PublishVpc=publish,
        **more,
    )


def listed(sdk, site):
    return sdk.DescribeVpnRouteEntries(VpnGatewayId=site.gateway)["VpnRouteEntries"]["VpnRouteEntry"]


def test_a_route_from_creation_to_deletion(sdk, site):
    made = create(sdk, site, publish=True, Description="zur Filiale", OverlayMode="Ipsec")
    # S-VR-39, S-VR-40, S-VR-41, S-VR-43, S-VR-48, S-VR-49
    assert (made["NextHop"], made["Weight"], made["RouteDest"]) == (site.first, 100, "10.0.0.0/24")
    assert (made["Description"], made["OverlayMode"]) == ("zur Filiale", "Ipsec")
    assert made["VpnInstanceId"] == site.gateway
    assert made["State"] == "published"  # S-VR-44, S-VR-45
    assert isinstance(made["CreateTime"], int) and made["CreateTime"] > 1_600_000_000_000  # S-VR-47
    (seen,) = listed(sdk, site)
    assert (seen["VpnInstanceId"], seen["RouteDest"], seen["NextHop"]) == (site.gateway, "10.0.0.0/24", site.first)
    assert (seen["Weight"], seen["State"], seen["CreateTime"]) == (100, "published", made["CreateTime"])

    delete = dict(VpnGatewayId=site.gateway, RouteDest="10.0.0.0/24", NextHop=site.first)
    with refused("InvalidRouteEntry.NotFound", 404):
        sdk.DeleteVpnRouteEntry(**delete, Weight=0)
    sdk.DeleteVpnRouteEntry(**delete, Weight=100)
    assert listed(sdk, site) == []
    with refused("InvalidRouteEntry.NotFound", 404):
        sdk.DeleteVpnRouteEntry(**delete, Weight=100)


def test_publishing_puts_a_route_into_the_system_table_only(sdk, site):
    custom = sdk.CreateRouteTable(VpcId=site.vpc.id)["RouteTableId"]
    create(sdk, site, "10.1.0.0/24", publish=True)
    assert create(sdk, site, "10.2.0.0/24", publish=False)["State"] == "normal"  # S-VR-46
    published = world.routes(sdk, site.vpc.table)
    assert set(published) == {"10.1.0.0/24"}  # S-VR-31, S-VR-32
    (hop,) = published["10.1.0.0/24"]["NextHops"]["NextHop"]
    assert (hop["NextHopType"], hop["NextHopId"]) == ("VpnGateway", site.gateway)
    assert world.routes(sdk, custom) == {}  # S-VR-31
    sdk.DeleteVpnRouteEntry(VpnGatewayId=site.gateway, RouteDest="10.1.0.0/24", NextHop=site.first, Weight=100)
    assert world.routes(sdk, site.vpc.table) == {}


def test_an_active_and_a_standby_route(sdk, site):
    create(sdk, site, weight=100)
    with refused("VpnRouteEntry.BackupRoute", 400, "Validate backup route entry failed."):  # S-VR-57
        create(sdk, site, hop=site.second, weight=100)
    create(sdk, site, hop=site.second, weight=0)  # S-VR-28
    assert {(row["NextHop"], row["Weight"]) for row in listed(sdk, site)} == {(site.first, 100), (site.second, 0)}


def test_a_route_exists_once(sdk, site):
    create(sdk, site)
    for weight in (100, 0):
        with refused("VpnRouteEntry.AlreadyExists", 400, "The specified route entry is already exist."):  # S-VR-54
            create(sdk, site, weight=weight)


def test_on_two_tunnels_a_destination_has_one_route(sdk, dual):
    create(sdk, dual, weight=0)
    with refused("VpnRouteEntry.Conflict", 400, "The specified route entry has conflict."):  # S-VR-55
        create(sdk, dual, hop=dual.second, weight=100)
    (seen,) = listed(sdk, dual)
    assert seen["NextHop"] == dual.first


@pytest.mark.parametrize(
    "destination, code",
    [
        ("nonsense", "InvalidCidrBlock.Malformed"),  # S-VR-68
        ("10.0.0.1/24", "IllegalParam.RouteDest"),  # S-VR-60
        ("2001:db8::/32", "IllegalParam.RouteDest"),
        ("0.0.0.0/0", "IllegalParam.RouteDest"),  # S-VR-04
        ("100.64.0.0/10", "OperationFailed.InvalidCidrBlock"),  # S-VR-05, decision A10
        ("100.0.0.0/8", "OperationFailed.InvalidCidrBlock"),
    ],
)
def test_destinations_that_cannot_be(sdk, site, destination, code):
    with refused(code):
        create(sdk, site, destination)
    assert listed(sdk, site) == []


def test_a_vswitch_cannot_be_published_away(sdk, site):
    # S-VR-62
    with refused("OperationFailed.InvalidCidrBlock"):
        create(sdk, site, "192.168.1.0/24", publish=True)
    # clients.md 8.6: inside the VPC but on no vSwitch, and unpublished.
    assert create(sdk, site, "192.168.77.0/24", weight=0)["State"] == "normal"


@pytest.mark.parametrize(
    "defect, code, status",
    [
        ({"VpnGatewayId": "vpn-bp1a3kqjiiq9legfx****"}, "InvalidVpnGatewayInstanceId.NotFound", 404),  # S-VR-72
        ({"NextHop": "vco-bp15oes1py4i66rmd****"}, "InvalidNextHop.NotFound", 400),  # S-VR-59
        ({"Weight": 50}, "VpnRouteEntry.InvalidWeight", 400),  # S-VR-58
        ({"OverlayMode": "Vxlan"}, "InvalidParameter", 400),  # decision A20
        # The gateway is looked for before values are judged (semantics.md 2.1).
        ({"VpnGatewayId": "vpn-none", "Weight": 50, "RouteDest": "x"}, "InvalidVpnGatewayInstanceId.NotFound", 404),
        ({"RegionId": "cn-atlantis"}, "InvalidRegionId.NotFound", 404),
    ],
)
def test_defects_are_named(sdk, site, defect, code, status):
    whole = dict(VpnGatewayId=site.gateway, RouteDest="10.0.0.0/24", NextHop=site.first, Weight=100, PublishVpc=True)
    with refused(code, status):
        sdk.CreateVpnRouteEntry(**{**whole, **defect})
    assert listed(sdk, site) == []


def test_the_next_hop_must_be_on_the_gateway(sdk, site):
    elsewhere = world.gateway(sdk, site.vpc)
    hop = world.connection(sdk, elsewhere, world.customer_gateway(sdk, "203.0.113.99"))
    with refused("InvalidNextHop.NotFound", 400, "The specified NextHop does not exist."):
        create(sdk, site, hop=hop)


def test_a_route_of_another_kind_keeps_its_place(sdk, site):
    hop = world.instance(sdk, site.vpc.id)
    sdk.CreateRouteEntry(
        RouteTableId=site.vpc.table, DestinationCidrBlock="10.0.0.0/24", NextHopType="Instance", NextHopId=hop
    )
    # S-PBR-55 prints this message; semantics.md 4.4 uses it here as well.
    with refused(
        "OperationFailed.RouteConflict",
        400,
        "Operation failed because there is already a route in VPC route table to a non-RI and non-VPN next hop on the"
        " same network block.",
    ):
        create(sdk, site, publish=True)
    other = world.gateway(sdk, site.vpc)
    sdk.CreateRouteEntry(
        RouteTableId=site.vpc.table, DestinationCidrBlock="10.1.0.0/24", NextHopType="VpnGateway", NextHopId=other
    )
    # S-VR-61
    with refused(
        "OperationFailed.RouteConflict",
        400,
        "Operation failed because there is already a route in VPC route table to another VPN on the same network block.",
    ):
        create(sdk, site, "10.1.0.0/24", publish=True)


def test_a_gateway_has_twenty_destination_routes(sdk, site):
    for n in range(20):
        create(sdk, site, f"10.0.{n}.0/24")
    with refused("Resource.QuotaFull", 400, "The quota of resource is full"):  # S-VR-51
        create(sdk, site, "10.0.20.0/24")
    # clients.md 5.3: the provider plugin reads pages of 20 until a short one.
    pages = [
        sdk.DescribeVpnRouteEntries(VpnGatewayId=site.gateway, PageNumber=n, PageSize=20)["VpnRouteEntries"]["VpnRouteEntry"]
        for n in (1, 2)
    ]
    assert [len(page) for page in pages] == [20, 0]


def test_a_dry_run_only_checks(sdk, site):
    with refused("DryRunOperation", 400, "Request validation has been passed with DryRun flag set."):  # S-VR-69, S-VR-36
        create(sdk, site, publish=True, DryRun=True)
    with refused("VpnRouteEntry.InvalidWeight"):
        create(sdk, site, weight=7, DryRun=True)
    assert listed(sdk, site) == []
    assert world.routes(sdk, site.vpc.table) == {}


def test_an_unknown_gateway_has_no_routes_to_list(sdk):
    with refused("InvalidVpnInstanceId.NotFound", 404):
        sdk.DescribeVpnRouteEntries(VpnGatewayId="vpn-bp1a3kqjiiq9legfx****")
