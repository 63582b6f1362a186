"""HTTPS on the same port, with the local authority trusted by name."""

import pytest
import requests

from support import raw, world
from support.old import Old
from support.tea import Tea


@pytest.fixture
def server(serve, tmp_path):
    """A server with a data directory, where it keeps its authority."""
    return serve("--data", str(tmp_path / "data"))


@pytest.fixture
def ca(server):
    return server.greeting["ca"]


@pytest.fixture(params=[Tea, Old], ids=["tea", "old"])
def sdk(server, ca, request):
    return request.param(server, protocol="https", ca=ca)


def test_a_vpc_over_https(sdk):
    vpc = world.vpc(sdk)
    hop = world.instance(sdk, vpc.id)
    item = {"RouteTableId": vpc.table, "DstCidrBlock": "10.0.0.0/8", "NextHop": hop, "NextHopType": "Instance"}
    assert sdk.CreateRouteEntries(RouteEntries=[item])["SuccessCount"] == 1
    assert world.routes(sdk, vpc.table)["10.0.0.0/8"]["Status"] == "Available"


@pytest.mark.parametrize("kind", [Tea, Old])
def test_an_sdk_without_the_authority_refuses(server, kind):
    # If this passed in silence, the tests around it would not be about HTTPS.
    with pytest.raises(Exception, match="(?i)certificate|ssl"):
        kind(server, protocol="https").DescribeVpcs()


def test_both_protocols_see_the_same(server, sdk):
    made = sdk.CreateVpc(CidrBlock="10.0.0.0/8", VpcName="over https")["VpcId"]
    assert Old(server).DescribeVpcAttribute(VpcId=made)["VpcName"] == "over https"


def test_tunnels_travel_in_a_body_over_https(sdk):
    vpc = world.vpc(sdk)
    gateway = world.dual_gateway(sdk, vpc)
    customers = [world.customer_gateway(sdk, f"203.0.113.{n}") for n in (1, 2)]
    connection = world.dual_connection(sdk, gateway, customers)
    tunnels = sdk.DescribeVpnConnection(VpnConnectionId=connection)["TunnelOptionsSpecification"]["TunnelOptions"]
    assert [tunnel["CustomerGatewayId"] for tunnel in tunnels] == customers


def test_the_certificate_is_for_this_server_only(server, ca):
    url = f"https://{server.endpoint}/"
    answer = requests.post(url, params=raw.signed(raw.parameters("DescribeVpcs")), verify=ca, timeout=10)
    assert answer.status_code == 200
    # The authority is not one that the world trusts.
    with pytest.raises(requests.exceptions.SSLError):
        requests.post(url, verify=True, timeout=10)
    # Names it is also reached by.
    local = requests.get(f"https://localhost:{server.port}/", verify=ca, timeout=10)
    assert local.status_code >= 400


def test_the_authority_outlives_the_server(serve, tmp_path):
    arguments = ("--data", str(tmp_path / "data"))
    first = serve(*arguments)
    made = Tea(first, protocol="https", ca=first.greeting["ca"]).CreateVpc(CidrBlock="10.0.0.0/8")["VpcId"]
    first.stop()
    second = serve(*arguments)
    again = Tea(second, protocol="https", ca=first.greeting["ca"])
    assert again.DescribeVpcAttribute(VpcId=made)["Status"] == "Available"


def test_a_file_named_by_the_user_holds_the_certificate(serve, tmp_path):
    file = tmp_path / "ca.pem"
    server = serve("--memory", "--ca-file", str(file))
    assert Old(server, protocol="https", ca=str(file)).DescribeVpcs()["TotalCount"] == 0
