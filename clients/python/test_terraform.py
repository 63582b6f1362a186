"""The call sequences of the Terraform provider's route resources (clients.md 8), with signature V1."""

import uuid

import pytest

from support import raw, world
from support.refused import Refused, refused
from support.waiting import wait_for


def token(action):
    """As the provider makes them: cut at 64 characters."""
    return f"TF-{action}-1763632800-{uuid.uuid4()}"[:64]


class Provider:
    """Sends as tea-rpc does: common parameters and some others in the query, the rest in a form body."""

    def __init__(self, server):
        self.server = server

    def __call__(self, action, query=None, **form):
        params = raw.signed(raw.parameters(action, Format="json", **(query or {}), **form))
        answer = raw.send(self.server, params, body=tuple(form) + ("RegionId",))
        body = answer.json()
        assert isinstance(body, dict)
        if answer.status_code >= 400:
            raise Refused(answer.status_code, body["Code"], body["Message"], body["RequestId"])
        # A stray code in a success would be taken for an error.
        assert "Code" not in body and "code" not in body
        return body


@pytest.fixture
def terraform(server):
    return Provider(server)


@pytest.fixture
def site(old):
    vpc = world.vpc(old)
    gateway = world.gateway(old, vpc)
    return vpc, gateway, world.connection(old, gateway, world.customer_gateway(old))


def retrying(call):
    """The provider's retry of busy codes."""
    busy = {"VpnGateway.Configuring", "TaskConflict", "VpnTask.CONFLICT", "VpnConnection.Configuring"}

    def attempt():
        try:
            return call() and "done"
        except Refused as refusal:
            if refusal.code not in busy:
                raise
            return "busy"

    wait_for(attempt, "done")


def test_vpn_route_entry(terraform, site):
    vpc, gateway, hop = site
    key = {"VpnGatewayId": gateway, "RouteDest": "10.0.0.0/24", "NextHop": hop}
    made = terraform(
        "CreateVpnRouteEntry",
        {"VpnGatewayId": gateway},
        RouteDest="10.0.0.0/24",
        NextHop=hop,
        Weight=0,
        PublishVpc="false",
        ClientToken=token("CreateVpnRouteEntry"),
    )
    resource = f'{made["VpnInstanceId"]}:{made["NextHop"]}:{made["RouteDest"]}'
    assert resource == f"{gateway}:{hop}:10.0.0.0/24"

    def row():
        rows = terraform("DescribeVpnRouteEntries", VpnGatewayId=gateway, PageNumber=1, PageSize=20)
        (found,) = rows["VpnRouteEntries"]["VpnRouteEntry"]
        assert (found["NextHop"], found["RouteDest"]) == (hop, "10.0.0.0/24")
        return found

    assert row()["State"] in ("published", "normal")
    assert (row()["Weight"], row()["State"]) == (0, "normal")
    # The same route once more, with a new token: AlreadyExists, and no state (clients.md 3.4).
    with refused("VpnRouteEntry.AlreadyExists"):
        terraform("CreateVpnRouteEntry", **key, Weight=0, PublishVpc="false", ClientToken=token("CreateVpnRouteEntry"))
    terraform("DeleteVpnRouteEntry", **key, Weight=0, ClientToken=token("DeleteVpnRouteEntry"))
    rows = terraform("DescribeVpnRouteEntries", VpnGatewayId=gateway, PageNumber=1, PageSize=20)
    assert rows["VpnRouteEntries"] == {"VpnRouteEntry": []}


def test_vpn_pbr_route_entry(terraform, site):
    vpc, gateway, hop = site
    key = {"VpnGatewayId": gateway, "RouteSource": "192.168.1.0/24", "RouteDest": "10.0.0.0/24", "NextHop": hop}
    terraform("CreateVpnPbrRouteEntry", **key, Weight=100, PublishVpc="true", ClientToken=token("CreateVpnPbrRouteEntry"))
    rows = terraform("DescribeVpnPbrRouteEntries", VpnGatewayId=gateway, PageNumber=1, PageSize=20)
    (row,) = rows["VpnPbrRouteEntries"]["VpnPbrRouteEntry"]
    assert (row["State"], row["Weight"], row["RouteSource"]) == ("published", 100, "192.168.1.0/24")
    terraform("DeleteVpnPbrRouteEntry", **key, Weight=100, ClientToken=token("DeleteVpnPbrRouteEntry"))
    rows = terraform("DescribeVpnPbrRouteEntries", VpnGatewayId=gateway, PageNumber=1, PageSize=20)
    assert rows["VpnPbrRouteEntries"] == {"VpnPbrRouteEntry": []}


def test_vpn_gateway_vco_route(terraform, old):
    connection = world.attached(old)
    key = {"VpnConnectionId": connection, "RouteDest": "192.168.12.0/24", "NextHop": connection, "Weight": 100}
    same = token("CreateVcoRouteEntry")
    terraform("CreateVcoRouteEntry", {"OverlayMode": "Ipsec"}, **key, ClientToken=same)

    def rows():
        return terraform("DescribeVcoRouteEntries", VpnConnectionId=connection, PageNumber=1, PageSize=20)["VcoRouteEntries"]

    # Read at once, without a wait; Weight must print as 100.
    (row,) = rows()
    assert (row["State"], f'{row["Weight"]}') == ("published", "100")
    # The token is kept through retries, so that a lost answer is recovered.
    terraform("CreateVcoRouteEntry", {"OverlayMode": "Ipsec"}, **key, ClientToken=same)
    assert len(rows()) == 1
    terraform("DeleteVcoRouteEntry", **key, ClientToken=token("DeleteVcoRouteEntry"))
    # Three absences in a row.
    assert [rows() for _ in range(3)] == [[], [], []]


def test_vpc_route_entry(terraform, site, old):
    vpc, _, _ = site
    hop = world.instance(old, vpc.id)
    key = {"RouteTableId": vpc.table, "DestinationCidrBlock": "172.20.0.0/16"}
    same = token("CreateRouteEntry")
    create = dict(NextHopType="Instance", NextHopId=hop, RouteEntryName="tf", Description="by terraform", ClientToken=same)
    made = terraform("CreateRouteEntry", key, **create)
    assert terraform("CreateRouteEntry", key, **create)["RouteEntryId"] == made["RouteEntryId"]
    listed = terraform("DescribeRouteEntryList", key)["RouteEntrys"]["RouteEntry"]
    assert listed[0]["RouteEntryId"] == made["RouteEntryId"]
    # An empty list of hops is a panic.
    assert listed[0]["NextHops"]["NextHop"][0]["NextHopId"] == hop
    assert (listed[0]["RouteEntryName"], listed[0]["Description"]) == ("tf", "by terraform")
    terraform("DeleteRouteEntry", key, NextHopId=hop)
    assert terraform("DescribeRouteEntryList", key)["RouteEntrys"] == {"RouteEntry": []}


def test_route_entry(old, site):
    """The legacy resource, which polls the table's every entry."""
    vpc, _, _ = site
    hop = world.instance(old, vpc.id)

    def entries():
        (table,) = old.DescribeRouteTables(RouteTableId=vpc.table)["RouteTables"]["RouteTable"]
        assert table["VRouterId"] == vpc.router
        assert all(entry["Status"] == "Available" for entry in table["RouteEntrys"]["RouteEntry"])
        return table["RouteEntrys"]["RouteEntry"]

    before = len(entries())
    old.CreateRouteEntry(
        RouteTableId=vpc.table,
        DestinationCidrBlock="172.20.0.0/16",
        NextHopType="Instance",
        NextHopId=hop,
        ClientToken=token("CreateRouteEntry"),
        RouteEntryName="legacy",
    )
    (entry,) = [entry for entry in entries() if entry["DestinationCidrBlock"] == "172.20.0.0/16"]
    assert (entry["NextHopType"], entry["InstanceId"], entry["RouteEntryName"]) == ("Instance", hop, "legacy")
    old.DeleteRouteEntry(RouteTableId=vpc.table, DestinationCidrBlock="172.20.0.0/16", NextHopId=hop)
    assert len(entries()) == before


@pytest.mark.tasks("50ms")
def test_several_routes_of_one_gateway_take_turns(terraform, old):
    vpc = old.CreateVpc(CidrBlock="192.168.0.0/16")["VpcId"]
    wait_for(lambda: old.DescribeVpcAttribute(VpcId=vpc)["Status"], "Available")
    vswitch = world.vswitch(old, vpc, "192.168.1.0/24")
    wait_for(lambda: old.DescribeVSwitchAttributes(VSwitchId=vswitch)["Status"], "Available")
    gateway = old.CreateVpnGateway(VpcId=vpc, VSwitchId=vswitch, Bandwidth=10)["VpnGatewayId"]
    wait_for(lambda: old.DescribeVpnGateway(VpnGatewayId=gateway)["Status"], "active")
    hop = world.connection(old, gateway, world.customer_gateway(old))
    wait_for(lambda: old.DescribeVpnConnection(VpnConnectionId=hop)["State"], "active")
    for n in range(3):
        key = {"VpnGatewayId": gateway, "RouteDest": f"10.{n}.0.0/24", "NextHop": hop}
        retrying(
            lambda: terraform(
                "CreateVpnRouteEntry", **key, Weight=100, PublishVpc="true", ClientToken=token("CreateVpnRouteEntry")
            )
        )
    rows = terraform("DescribeVpnRouteEntries", VpnGatewayId=gateway, PageNumber=1, PageSize=20)
    assert {row["State"] for row in rows["VpnRouteEntries"]["VpnRouteEntry"]} == {"published"}
    assert len(rows["VpnRouteEntries"]["VpnRouteEntry"]) == 3
