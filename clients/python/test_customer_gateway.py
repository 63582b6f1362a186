"""CreateCustomerGateway, DescribeCustomerGateway, DescribeCustomerGateways, DeleteCustomerGateway."""

import re

import pytest

from support import world
from support.refused import refused


def test_a_customer_gateway_from_creation_to_deletion(sdk):
    made = sdk.CreateCustomerGateway(IpAddress="203.0.113.10", Asn="65530", Name="Ufer", Description="am Fluß")
    gateway = made["CustomerGatewayId"]
    assert re.fullmatch(r"cgw-[a-z0-9]{21}", gateway)
    assert made["IpAddress"] == "203.0.113.10"
    # semantics.md 2: VPN objects carry integer milliseconds.
    assert isinstance(made["CreateTime"], int) and made["CreateTime"] > 1_600_000_000_000

    seen = sdk.DescribeCustomerGateway(CustomerGatewayId=gateway)
    assert (seen["CustomerGatewayId"], seen["IpAddress"]) == (gateway, "203.0.113.10")
    assert (seen["Name"], seen["Description"]) == ("Ufer", "am Fluß")
    assert str(seen["Asn"]) == "65530"
    assert seen["CreateTime"] == made["CreateTime"]

    sdk.DeleteCustomerGateway(CustomerGatewayId=gateway)
    with refused("InvalidCustomerGatewayInstanceId.NotFound", 404):
        sdk.DescribeCustomerGateway(CustomerGatewayId=gateway)
    with refused("InvalidCustomerGatewayInstanceId.NotFound", 404):
        sdk.DeleteCustomerGateway(CustomerGatewayId=gateway)


def test_customer_gateways_are_listed_in_pages(sdk):
    made = [world.customer_gateway(sdk, f"203.0.113.{n}") for n in range(1, 12)]
    pages = [sdk.DescribeCustomerGateways(PageNumber=n, PageSize=4) for n in (1, 2, 3)]
    listed = [[gateway["CustomerGatewayId"] for gateway in page["CustomerGateways"]["CustomerGateway"]] for page in pages]
    assert [len(page) for page in listed] == [4, 4, 3]
    assert sorted(sum(listed, [])) == sorted(made)
    assert {page["TotalCount"] for page in pages} == {11}
    found = sdk.DescribeCustomerGateways(CustomerGatewayId=made[3])["CustomerGateways"]["CustomerGateway"]
    assert [gateway["CustomerGatewayId"] for gateway in found] == [made[3]]


@pytest.mark.parametrize("address", ["100.64.0.1", "127.0.0.1", "169.254.1.1", "224.0.0.5", "255.1.1.1", "one"])
def test_addresses_no_device_can_have(sdk, address):
    # semantics.md 7.7
    with refused("InvalidIpAddress.WrongFormat"):
        sdk.CreateCustomerGateway(IpAddress=address)


def test_two_gateways_do_not_share_an_address(sdk):
    world.customer_gateway(sdk, "203.0.113.10")
    with refused("InvalidIpAddress.AlreadyExist"):
        world.customer_gateway(sdk, "203.0.113.10")


def test_an_autonomous_system_in_two_halves(sdk):
    # semantics.md 7.7: a.b is a * 65536 + b.
    gateway = sdk.CreateCustomerGateway(IpAddress="203.0.113.10", Asn="123.456")["CustomerGatewayId"]
    assert str(sdk.DescribeCustomerGateway(CustomerGatewayId=gateway)["Asn"]) == "8061384"


def test_a_name_must_not_be_an_address(sdk):
    with refused("InvalidName"):
        sdk.CreateCustomerGateway(IpAddress="203.0.113.10", Name="http://gateway")
