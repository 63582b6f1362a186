"""CreateVpc, DescribeVpcs, DescribeVpcAttribute, DeleteVpc."""

import re

import pytest

from support.refused import refused
from support.server import REGION

REQUEST_ID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_a_vpc_from_creation_to_deletion(sdk):
    made = sdk.CreateVpc(CidrBlock="10.0.0.0/8", VpcName="lab", Description="a place to try things")
    assert re.fullmatch(r"vpc-[a-z0-9]{21}", made["VpcId"])
    assert re.fullmatch(r"vrt-[a-z0-9]{21}", made["VRouterId"])
    assert re.fullmatch(r"vtb-[a-z0-9]{21}", made["RouteTableId"])
    assert REQUEST_ID.fullmatch(made["RequestId"])

    seen = sdk.DescribeVpcAttribute(VpcId=made["VpcId"])
    assert seen["Status"] == "Available"
    assert seen["VpcId"] == made["VpcId"]
    assert seen["VRouterId"] == made["VRouterId"]
    assert seen["CidrBlock"] == "10.0.0.0/8"
    assert (seen["VpcName"], seen["Description"]) == ("lab", "a place to try things")
    assert seen["RegionId"] == REGION
    assert TIME.fullmatch(seen["CreationTime"])

    sdk.DeleteVpc(VpcId=made["VpcId"])
    with refused("InvalidVpcId.NotFound", 404):
        sdk.DescribeVpcAttribute(VpcId=made["VpcId"])
    assert sdk.DescribeVpcs()["TotalCount"] == 0


def test_a_list_is_filled_page_by_page(sdk):
    made = [sdk.CreateVpc(CidrBlock="10.0.0.0/8", VpcName=f"lab-{n}")["VpcId"] for n in range(5)]
    pages = [sdk.DescribeVpcs(PageNumber=n, PageSize=2) for n in (1, 2, 3, 4)]
    assert [page["TotalCount"] for page in pages] == [5, 5, 5, 5]
    assert [page["PageNumber"] for page in pages] == [1, 2, 3, 4]
    assert [page["PageSize"] for page in pages] == [2, 2, 2, 2]
    listed = [[vpc["VpcId"] for vpc in page["Vpcs"]["Vpc"]] for page in pages]
    assert [len(page) for page in listed] == [2, 2, 1, 0]
    assert sorted(sum(listed, [])) == sorted(made)


def test_a_list_can_be_narrowed(sdk):
    one = sdk.CreateVpc(CidrBlock="10.0.0.0/8", VpcName="one")["VpcId"]
    sdk.CreateVpc(CidrBlock="172.16.0.0/12", VpcName="two")
    for narrowed in ({"VpcId": one}, {"VpcName": "one"}):
        page = sdk.DescribeVpcs(**narrowed)
        assert [vpc["VpcId"] for vpc in page["Vpcs"]["Vpc"]] == [one]
        assert page["TotalCount"] == 1


def test_a_listed_vpc_has_every_wrapper_clients_reach_into(old):
    made = old.CreateVpc(CidrBlock="10.0.0.0/8")
    (vpc,) = old.DescribeVpcs()["Vpcs"]["Vpc"]
    # clients.md 7: their absence is a panic in a data source.
    assert vpc["SecondaryCidrBlocks"] == {"SecondaryCidrBlock": []}
    assert vpc["UserCidrs"] == {"UserCidr": []}
    assert vpc["VSwitchIds"] == {"VSwitchId": []}
    assert vpc["VRouterId"] == made["VRouterId"]
    assert vpc["IsDefault"] is False


def test_an_empty_list_is_a_list(sdk):
    page = sdk.DescribeVpcs()
    assert page["Vpcs"] == {"Vpc": []}
    assert page["TotalCount"] == 0


@pytest.mark.parametrize("name", ["北京-办公网", "naïve café", "a b+c%20d&e=f", "🛣️ road", "x" * 128])
def test_names_arrive_as_they_were_sent(sdk, name):
    made = sdk.CreateVpc(CidrBlock="10.0.0.0/8", VpcName=name)
    assert sdk.DescribeVpcAttribute(VpcId=made["VpcId"])["VpcName"] == name


def test_ipv6_gives_the_vpc_a_block(sdk):
    made = sdk.CreateVpc(CidrBlock="10.0.0.0/8", EnableIpv6=True)
    block = sdk.DescribeVpcAttribute(VpcId=made["VpcId"])["Ipv6CidrBlock"]
    assert re.fullmatch(r"[0-9a-f:]+::/56", block)
    plain = sdk.CreateVpc(CidrBlock="10.0.0.0/8", EnableIpv6=False)
    assert sdk.DescribeVpcAttribute(VpcId=plain["VpcId"]).get("Ipv6CidrBlock", "") == ""


def test_a_vpc_in_use_stays(sdk):
    made = sdk.CreateVpc(CidrBlock="192.168.0.0/16")
    sdk.CreateVSwitch(VpcId=made["VpcId"], CidrBlock="192.168.1.0/24", ZoneId="cn-hangzhou-h")
    with refused("DependencyViolation.VSwitch"):
        sdk.DeleteVpc(VpcId=made["VpcId"])
    assert sdk.DescribeVpcAttribute(VpcId=made["VpcId"])["Status"] == "Available"


def test_what_is_not_there_is_not_found(sdk):
    with refused("InvalidVpcId.NotFound", 404):
        sdk.DescribeVpcAttribute(VpcId="vpc-bp1nosuchvpc000000000")
    with refused("InvalidVpcId.NotFound", 404):
        sdk.DescribeVpcAttribute(VpcId="vpc-bp1a3kqjiiq9legfx****")


def test_a_dry_run_leaves_nothing_behind(sdk):
    with refused("DryRunOperation", 400, "Request validation has been passed with DryRun flag set."):
        sdk.CreateVpc(CidrBlock="10.0.0.0/8", DryRun=True)
    assert sdk.DescribeVpcs()["TotalCount"] == 0
