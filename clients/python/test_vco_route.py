"""CreateVcoRouteEntry, DescribeVcoRouteEntries, DeleteVcoRouteEntry."""

import pytest

from support import world
from support.refused import refused


@pytest.fixture
def connection(sdk):
    return world.attached(sdk)


def create(sdk, connection, destination="192.168.10.0/24", weight=100, **more):
    return sdk.CreateVcoRouteEntry(
        **{"VpnConnectionId": connection, "RouteDest": destination, "NextHop": connection, "Weight": weight, **more}
    )


def listed(sdk, connection, **filters):
    return sdk.DescribeVcoRouteEntries(VpnConnectionId=connection, **filters)["VcoRouteEntries"]


def test_a_route_from_creation_to_deletion(sdk, connection):
    made = create(sdk, connection, Description="desctest", OverlayMode="Ipsec")
    # S-VCO-24 to S-VCO-32
    assert (made["VpnConnectionId"], made["NextHop"]) == (connection, connection)  # S-VCO-24, S-VCO-26
    assert (made["RouteDest"], made["Weight"]) == ("192.168.10.0/24", 100)  # S-VCO-25, S-VCO-27
    assert (made["OverlayMode"], made["State"]) == ("Ipsec", "published")  # S-VCO-28, S-VCO-29
    assert isinstance(made["CreateTime"], int)  # S-VCO-30
    assert made["Description"] == "desctest"  # S-VCO-32
    # clients.md 7: a flat array, readable at once.
    (seen,) = listed(sdk, connection)
    assert (seen["VpnConnectionId"], seen["RouteDest"], seen["NextHop"]) == (connection, "192.168.10.0/24", connection)
    assert (seen["Weight"], seen["State"]) == (100, "published")

    key = dict(VpnConnectionId=connection, RouteDest="192.168.10.0/24", NextHop=connection)
    with refused("InvalidRouteEntry.NotFound", 404):
        sdk.DeleteVcoRouteEntry(**key, Weight=0)
    sdk.DeleteVcoRouteEntry(**key, Weight=100)
    assert listed(sdk, connection) == []


def test_kinds_of_routes_are_told_apart(sdk, connection):
    create(sdk, connection)
    # clients.md 8.6
    assert len(listed(sdk, connection, RouteEntryType="custom")) == 1
    assert listed(sdk, connection, RouteEntryType="bgp") == []


@pytest.mark.parametrize(
    "defect, code, status",
    [
        ({"VpnConnectionId": "vco-p0w2jpkhi2eeop6q6****"}, "InvalidVpnConnectionInstanceId.NotFound", 404),  # S-VCO-53
        ({"NextHop": "vco-p0w2jpkhi2eeop6q6****"}, "InvalidNextHop.NotFound", 400),  # S-VCO-41, decision A19
        ({"RouteDest": "0.0.0.0/0"}, "IllegalParam.RouteDest", 400),  # S-VCO-42
        ({"RouteDest": "nonsense"}, "IllegalParam.RouteDest", 400),
        ({"RouteDest": "100.64.0.0/16"}, "OperationFailed.InvalidCidrBlock", 400),  # S-VCO-43
        ({"Weight": 50}, "InvalidParameter", 400),
        ({"DryRun": True}, "DryRunOperation", 400),  # S-VCO-50
    ],
)
def test_defects_are_named(sdk, connection, defect, code, status):
    with refused(code, status):
        create(sdk, connection, **defect)
    assert listed(sdk, connection) == []


def test_a_route_exists_once(sdk, connection):
    create(sdk, connection)
    for weight in (100, 0):
        with refused("VpnRouteEntry.AlreadyExists"):  # S-VCO-37
            create(sdk, connection, weight=weight)


def test_a_connection_attached_to_nothing_is_being_configured(sdk):
    customers = [world.customer_gateway(sdk, f"203.0.113.{n}") for n in (1, 2)]
    connection = world.attachment(sdk, customers)
    # semantics.md 6.3
    with refused("VpnConnection.Configuring", 400, "The specified service is configuring."):  # S-VCO-35
        create(sdk, connection)


def test_a_connection_of_a_gateway_has_no_such_routes(sdk):
    vpc = world.vpc(sdk)
    connection = world.connection(sdk, world.gateway(sdk, vpc), world.customer_gateway(sdk))
    with refused("InvalidVpnConnectionInstanceId.NotFound", 404):
        create(sdk, connection)


def test_a_connection_has_twenty_routes(sdk, connection):
    for n in range(20):
        create(sdk, connection, f"10.0.{n}.0/24")
    with refused("CreateDbrRoutesQuotaFull.QuotaFull"):  # S-VCO-49
        create(sdk, connection, "10.0.20.0/24")
    assert [len(listed(sdk, connection, PageNumber=n, PageSize=15)) for n in (1, 2)] == [15, 5]
