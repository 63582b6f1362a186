"""The less usual forms in which the SDKs send."""

import asyncio

import pytest
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_vpc20160428 import models
from alibabacloud_vpc20160428.client import Client
from aliyunsdkcore.request import CommonRequest

from support import raw, world
from support.refused import Refused, refused
from support.server import KEY_ID, KEY_SECRET, REGION


def test_tea_asynchronously(tea):
    # This client marks its empty body as an octet stream (wire.md 1.1).
    async def both():
        request = models.CreateVpcRequest(region_id=REGION, cidr_block="10.0.0.0/8", vpc_name="later: a/b@c?")
        made = await tea.client.create_vpc_async(request)
        again = models.DescribeVpcAttributeRequest(region_id=REGION, vpc_id=made.body.vpc_id)
        return await tea.client.describe_vpc_attribute_async(again)

    seen = asyncio.run(both()).body
    assert (seen.vpc_name, seen.status) == ("later: a/b@c?", "Available")


def test_tea_with_a_scheme_in_the_endpoint(server):
    config = Config(access_key_id=KEY_ID, access_key_secret=KEY_SECRET, endpoint=f"http://{server.endpoint}")
    body = Client(config).describe_vpcs(models.DescribeVpcsRequest(region_id=REGION)).body
    assert (body.total_count, body.vpcs.vpc) == (0, [])


def test_tea_with_its_own_names(tea):
    """As its documentation shows it."""
    vpc = tea.client.create_vpc(models.CreateVpcRequest(region_id=REGION, cidr_block="10.0.0.0/8")).body
    hop = world.instance(tea, vpc.vpc_id)
    entry = models.CreateRouteEntriesRequestRouteEntries(
        route_table_id=vpc.route_table_id,
        dst_cidr_block="172.16.0.0/12",
        next_hop=hop,
        next_hop_type="Instance",
        ip_version=4,
    )
    request = models.CreateRouteEntriesRequest(region_id=REGION, route_entries=[entry])
    body = tea.client.create_route_entries(request).body
    assert (body.success_count, body.failed_count, body.failed_route_entries) == (1, 0, [])
    listed = tea.client.describe_route_entry_list(
        models.DescribeRouteEntryListRequest(region_id=REGION, route_table_id=vpc.route_table_id, max_result=100)
    ).body
    (route,) = [entry for entry in listed.route_entrys.route_entry if entry.type == "Custom"]
    assert route.route_entry_id == body.route_entry_ids[0]
    assert route.next_hops.next_hop[0].next_hop_id == hop


def test_a_stale_signature_of_tea(tea, monkeypatch):
    monkeypatch.setattr(Utils, "get_timestamp", staticmethod(lambda: raw.timestamp(-16 * 60)))
    with refused("InvalidTimeStamp.Expired", 400, "Specified time stamp or date value is expired."):
        tea.DescribeVpcs()


def test_a_nonce_of_tea_is_used_once(tea, monkeypatch):
    monkeypatch.setattr(Utils, "get_nonce", staticmethod(lambda: "the same one"))
    assert tea.DescribeVpcs()["TotalCount"] == 0
    with refused("SignatureNonceUsed", 400, "Specified signature nonce was used already."):
        tea.DescribeVpcs()


def test_a_token_nobody_gave_out(server):
    config = Config(
        access_key_id=KEY_ID,
        access_key_secret=KEY_SECRET,
        security_token="CAISnone",
        endpoint=server.endpoint,
        protocol="http",
    )
    with pytest.raises(Exception) as caught:
        Client(config).describe_vpcs(models.DescribeVpcsRequest(region_id=REGION))
    assert caught.value.code == "InvalidSecurityToken.MismatchWithAccessKey"
    assert caught.value.status_code == 400


def test_the_old_core_by_get(old):
    request = old.request("CreateVpc", {"CidrBlock": "10.0.0.0/8", "VpcName": "by get"})
    request.set_method("GET")
    assert b'"VpcId"' in old.send(request)
    (vpc,) = old.DescribeVpcs()["Vpcs"]["Vpc"]
    assert vpc["VpcName"] == "by get"


def test_the_old_core_with_a_body(old):
    # The parameters of the action in a form, the common ones in the query.
    request = CommonRequest(domain=old.endpoint, version="2016-04-28", action_name="CreateVpc")
    request.set_method("POST")
    request.add_body_params("CidrBlock", "10.0.0.0/8")
    request.add_body_params("VpcName", "Körper & Seele")
    old.send(request)
    (vpc,) = old.DescribeVpcs()["Vpcs"]["Vpc"]
    assert vpc["VpcName"] == "Körper & Seele"


def test_a_full_batch_with_long_names(sdk):
    vpc = world.vpc(sdk)
    hop = world.instance(sdk, vpc.id)
    items = [
        {
            "RouteTableId": vpc.table,
            "DstCidrBlock": f"10.{n}.0.0/16",
            "NextHop": hop,
            "NextHopType": "Instance",
            "Name": "n" * 128,
            "Description": "d" * 256,
        }
        for n in range(50)
    ]
    # All of it travels in the query.
    assert sdk.CreateRouteEntries(RouteEntries=items)["SuccessCount"] == 50
    listed = world.routes(sdk, vpc.table, MaxResult=100)
    assert {(len(route["RouteEntryName"]), len(route["Description"])) for route in listed.values()} == {(128, 256)}


def test_a_query_has_an_end(sdk):
    vpc = world.vpc(sdk)
    hop = world.instance(sdk, vpc.id)
    items = [
        {
            "RouteTableId": vpc.table,
            "DstCidrBlock": f"10.{n}.0.0/16",
            "NextHop": hop,
            "NextHopType": "Instance",
            "Name": "路" * 128,
            "Description": "由" * 256,
        }
        for n in range(50)
    ]
    # Nine bytes for each character make more than a request target holds (64 KiB): an error in words, and no harm.
    with pytest.raises(Refused) as caught:
        sdk.CreateRouteEntries(RouteEntries=items)
    assert (caught.value.status, caught.value.code) in [(414, "RequestUriTooLong"), (431, "RequestHeadTooLarge")]
    assert world.routes(sdk, vpc.table) == {}
    # Smaller batches carry the same.
    for start in range(0, 50, 10):
        assert sdk.CreateRouteEntries(RouteEntries=items[start : start + 10])["SuccessCount"] == 10
    (route,) = {route["RouteEntryName"] for route in world.routes(sdk, vpc.table, MaxResult=100).values()}
    assert route == "路" * 128
