"""CreateVpnAttachment, DescribeVpnAttachments, DeleteVpnAttachment: connections for a transit router."""

import re

import pytest

from support import world
from support.refused import Refused, refused


@pytest.fixture
def customers(sdk):
    return [world.customer_gateway(sdk, f"203.0.113.{n}") for n in (20, 21)]


def listed(sdk, **filters):
    return {row["InstanceId"]: row for row in sdk.DescribeVpnAttachments(**filters)["VpnAttachments"]}


def test_an_attachment_from_creation_to_deletion(sdk, customers):
    connection = world.attachment(sdk, customers)
    assert re.fullmatch(r"vco-[a-z0-9]{21}", connection)
    seen = sdk.DescribeVpnConnection(VpnConnectionId=connection)
    assert (seen["State"], seen["AttachType"]) == ("init", "NO_ASSOCIATED")
    tunnels = seen["TunnelOptionsSpecification"]["TunnelOptions"]
    assert [(tunnel["TunnelIndex"], tunnel["CustomerGatewayId"]) for tunnel in tunnels] == [
        (1, customers[0]),
        (2, customers[1]),
    ]
    # semantics.md 7.5: the defaults of two tunnels.
    assert {(tunnel["TunnelIkeConfig"]["IkeVersion"], tunnel["TunnelIkeConfig"]["IkeAuthAlg"]) for tunnel in tunnels} == {
        ("ikev2", "sha1")
    }
    row = listed(sdk)[connection]
    assert row["AttachType"] == "NO_ASSOCIATED"

    attachment = world.attach(sdk, connection)
    seen = sdk.DescribeVpnConnection(VpnConnectionId=connection)
    assert (seen["State"], seen["AttachType"]) == ("attached", "CEN")
    assert seen["TransitRouterId"] == world.ROUTER
    assert set(listed(sdk, AttachType="CEN")) == {connection}
    assert listed(sdk, AttachType="NO_ASSOCIATED") == {}

    sdk.own("UnregisterResource", ResourceId=attachment)
    assert sdk.DescribeVpnConnection(VpnConnectionId=connection)["State"] == "init"
    sdk.DeleteVpnAttachment(VpnConnectionId=connection)
    assert listed(sdk) == {}
    with refused("InvalidVpnConnectionInstanceId.NotFound", 404):
        sdk.DescribeVpnConnection(VpnConnectionId=connection)


def test_an_attached_connection_stays(sdk):
    connection = world.attached(sdk)
    with pytest.raises(Refused) as caught:
        sdk.DeleteVpnAttachment(VpnConnectionId=connection)
    # No page prints the code.
    assert 400 <= caught.value.status < 500
    assert sdk.DescribeVpnConnection(VpnConnectionId=connection)["State"] == "attached"


def test_one_tunnel_is_refused(sdk, customers):
    # clients.md 6.4
    with refused("VpnConnection.InvalidCreateTunnelOptions"):
        sdk.CreateVpnAttachment(LocalSubnet="0.0.0.0/0", RemoteSubnet="0.0.0.0/0", CustomerGatewayId=customers[0])
    assert listed(sdk) == {}


def test_a_dry_run_attaches_nothing(sdk, customers):
    with refused("DryRunOperation"):
        sdk.CreateVpnAttachment(
            DryRun=True,
            LocalSubnet="0.0.0.0/0",
            RemoteSubnet="0.0.0.0/0",
            TunnelOptionsSpecification=[
                {"CustomerGatewayId": customer, "TunnelIndex": n} for n, customer in enumerate(customers, 1)
            ],
        )
    assert listed(sdk) == {}


def test_a_success_has_no_code_in_it(old):
    # pop-core takes a top-level Code for an error (wire.md 4.1).
    customers = [world.customer_gateway(old, f"203.0.113.{n}") for n in (20, 21)]
    answer = old.CreateVpnAttachment(
        LocalSubnet="0.0.0.0/0",
        RemoteSubnet="0.0.0.0/0",
        TunnelOptionsSpecification=[
            {"CustomerGatewayId": customer, "TunnelIndex": n} for n, customer in enumerate(customers, 1)
        ],
    )
    assert "Code" not in answer


def test_pages_of_attachments_are_full(sdk):
    made = [
        world.attachment(sdk, [world.customer_gateway(sdk, f"203.0.{n}.{m}") for m in (1, 2)]) for n in range(1, 4)
    ]
    pages = [sdk.DescribeVpnAttachments(PageNumber=n, PageSize=2) for n in (1, 2)]
    assert [len(page["VpnAttachments"]) for page in pages] == [2, 1]
    assert {page["TotalCount"] for page in pages} == {3}
    assert {row["InstanceId"] for page in pages for row in page["VpnAttachments"]} == set(made)
