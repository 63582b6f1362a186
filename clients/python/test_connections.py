"""Connections to the server: kept alive after errors, many at once."""

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from support import raw, world
from support.old import Old
from support.refused import Refused
from support.tea import Tea


def test_a_connection_serves_on_after_errors(server):
    connection = HTTPConnection(server.host, server.port, timeout=10)
    connection.connect()
    connection.auto_open = 0  # From here on a closed connection is an exception.
    for action, secret, status in [
        ("DescribeVpcs", "test-sk", 200),
        ("DescribeVpcs", "wrong", 400),
        ("TeleportVpc", "test-sk", 404),
        ("DescribeVpcAttribute", "test-sk", 400),
        ("DescribeVpcs", "test-sk", 200),
    ]:
        query = urlencode(raw.signed(raw.parameters(action), secret=secret))
        connection.request("POST", f"/?{query}")
        answer = connection.getresponse()
        assert answer.read().startswith(b"{")
        assert answer.status == status
    connection.close()


@pytest.mark.parametrize("kind", [Tea, Old])
def test_many_clients_at_once(server, kind):
    def work(number):
        sdk = kind(server)
        customer = sdk.CreateCustomerGateway(IpAddress=f"203.0.{number}.1", Name=f"client {number}")["CustomerGatewayId"]
        seen = sdk.DescribeCustomerGateway(CustomerGatewayId=customer)
        return customer, seen["Name"] == f"client {number}"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(1, 33)))
    assert all(right for _, right in results)
    assert len({customer for customer, _ in results}) == 32
    assert kind(server).DescribeCustomerGateways()["TotalCount"] == 32


@pytest.mark.parametrize("kind", [Tea, Old])
def test_one_of_many_gets_the_route(server, kind):
    sdk = kind(server)
    vpc = world.vpc(sdk)
    hop = world.instance(sdk, vpc.id)

    def create(_):
        try:
            return kind(server).CreateRouteEntry(
                RouteTableId=vpc.table, DestinationCidrBlock="10.0.0.0/8", NextHopType="Instance", NextHopId=hop
            )["RouteEntryId"]
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(create, range(16)))
    (made,) = [result for result in results if result.startswith("rte-")]
    # The others met the route, or its making (decision A9).
    assert set(results) - {made} <= {"InvalidCIDRBlock.Duplicate", "TaskConflict"}
    assert world.routes(sdk, vpc.table)["10.0.0.0/8"]["RouteEntryId"] == made


@pytest.mark.parametrize("kind", [Tea, Old])
def test_one_token_from_many_is_one_vpc(server, kind):
    def create(_):
        try:
            return kind(server).CreateVpc(CidrBlock="10.0.0.0/8", ClientToken="shared")["VpcId"]
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        results = set(pool.map(create, range(16)))
    assert len([result for result in results if result.startswith("vpc-")]) == 1
    assert {result for result in results if not result.startswith("vpc-")} <= {"LastTokenProcessing"}
    assert kind(server).DescribeVpcs()["TotalCount"] == 1
