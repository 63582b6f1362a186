"""DescribeRegions and DescribeZones."""

from support.old import Old
from support.refused import refused


def test_regions_are_listed(sdk):
    regions = {region["RegionId"]: region for region in sdk.DescribeRegions()["Regions"]["Region"]}
    assert {"cn-hangzhou", "cn-beijing", "eu-central-1"} <= set(regions)
    assert regions["cn-hangzhou"]["LocalName"]
    assert regions["cn-hangzhou"]["RegionEndpoint"]


def test_zones_are_listed(sdk):
    zones = [zone["ZoneId"] for zone in sdk.DescribeZones()["Zones"]["Zone"]]
    assert len(zones) >= 2, "a gateway with two tunnels needs two"
    assert all(zone.startswith("cn-hangzhou-") for zone in zones)


def test_regions_do_not_share_anything(server, sdk):
    made = sdk.CreateVpc(CidrBlock="10.0.0.0/8")["VpcId"]
    elsewhere = Old(server, region="cn-beijing")
    assert elsewhere.DescribeVpcs()["TotalCount"] == 0
    with refused("InvalidVpcId.NotFound", 404):
        elsewhere.DescribeVpcAttribute(VpcId=made)


def test_a_region_nobody_serves(sdk):
    with refused("InvalidRegionId.NotFound", 404):
        sdk.DescribeVpcs(RegionId="cn-atlantis")
