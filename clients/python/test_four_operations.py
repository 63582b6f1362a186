"""What the pages of the four operations have in common, held for each of them."""

import pytest

from support import world
from support.refused import refused


def batch(sdk):
    place = world.vpc(sdk)
    entry = {
        "RouteTableId": place.table,
        "DstCidrBlock": "10.0.0.0/24",
        "NextHop": world.instance(sdk, place.id),
        "NextHopType": "Instance",
    }

    def destinations():
        return set(world.routes(sdk, place.table))

    return sdk.CreateRouteEntries, {"RouteEntries": [entry]}, destinations


def gateway(sdk):
    site = world.gateway(sdk, world.vpc(sdk))
    hop = world.connection(sdk, site, world.customer_gateway(sdk))
    return site, {"VpnGatewayId": site, "NextHop": hop, "RouteDest": "10.0.0.0/24", "Weight": 100, "PublishVpc": False}


def destination(sdk):
    site, route = gateway(sdk)

    def destinations():
        rows = sdk.DescribeVpnRouteEntries(VpnGatewayId=site)["VpnRouteEntries"]["VpnRouteEntry"]
        return {row["RouteDest"] for row in rows}

    return sdk.CreateVpnRouteEntry, route, destinations


def policy(sdk):
    site, route = gateway(sdk)

    def destinations():
        rows = sdk.DescribeVpnPbrRouteEntries(VpnGatewayId=site)["VpnPbrRouteEntries"]["VpnPbrRouteEntry"]
        return {row["RouteDest"] for row in rows}

    return sdk.CreateVpnPbrRouteEntry, {**route, "RouteSource": "192.168.1.0/24"}, destinations


def attached(sdk):
    connection = world.attached(sdk)
    route = {"VpnConnectionId": connection, "NextHop": connection, "RouteDest": "10.0.0.0/24", "Weight": 100}

    def destinations():
        rows = sdk.DescribeVcoRouteEntries(VpnConnectionId=connection)["VcoRouteEntries"]
        return {row["RouteDest"] for row in rows}

    return sdk.CreateVcoRouteEntry, route, destinations


@pytest.fixture(params=[batch, destination, policy, attached], ids=lambda operation: operation.__name__)
def operation(sdk, request):
    """Each operation, a request it takes, and the destinations that exist."""
    return request.param(sdk)


def test_a_dry_run_leaves_nothing_and_its_absence_acts(operation):
    create, route, destinations = operation
    # S-RE-48, S-VR-36, S-PBR-27, S-VCO-21
    with refused("DryRunOperation", 400, "Request validation has been passed with DryRun flag set."):
        create(**route, DryRun=True)
    assert destinations() == set()
    # S-RE-49, S-VR-37, S-PBR-28, S-VCO-22
    create(**route, DryRun=False)
    # S-RE-01, S-VR-01, S-PBR-01, S-VCO-01
    assert destinations() == {"10.0.0.0/24"}


def test_an_answer_is_an_object_with_its_request(operation):
    create, route, _ = operation
    answer = create(**route)
    assert isinstance(answer, dict)  # S-RE-50, S-VR-38, S-PBR-29, S-VCO-23
    assert len(answer["RequestId"]) == 36  # S-RE-53, S-VR-42, S-PBR-33, S-VCO-31
    # S-VR-46, S-PBR-25, S-VCO-29: what nobody asked to publish is not, except to a transit router.
    states = {"VpnConnectionId": "published", "VpnGatewayId": "normal", "RouteEntries": None}
    (state,) = (states[name] for name in states if name in route)
    assert answer.get("State") == state


def test_without_a_token_each_request_stands_for_itself(operation):
    create, route, destinations = operation
    first = create(**route)
    if "RouteEntries" in route:
        second = create(**route)
        assert (first["SuccessCount"], second["SuccessCount"]) == (1, 0)
        assert second["FailedRouteEntries"][0]["FailedCode"] == "VPC_ROUTE_ENTRY_CIDR_BLOCK_DUPLICATE"  # S-RE-58
    else:
        with refused("VpnRouteEntry.AlreadyExists"):  # S-VR-20, S-VCO-10
            create(**route)
    assert destinations() == {"10.0.0.0/24"}
