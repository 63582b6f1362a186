"""What each SDK makes of the server's errors."""

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException, ClientException
from alibabacloud_vpc20160428 import models

from support.old import Old
from support.refused import Refused, refused
from support.server import REGION
from support.tea import Tea


def test_tea_tells_code_status_and_data(tea):
    request = models.DescribeVpcAttributeRequest(region_id=REGION, vpc_id="vpc-none")
    with pytest.raises(ClientException) as caught:
        tea.client.describe_vpc_attribute(request)
    error = caught.value
    assert (error.code, error.status_code) == ("InvalidVpcId.NotFound", 404)
    assert error.message.startswith("code: 404, ")
    assert error.request_id in error.message
    assert error.data["Code"] == "InvalidVpcId.NotFound"
    assert error.data["RequestId"] == error.request_id
    assert error.data["Recommend"].startswith("https://")
    # Throttling is told by another type.
    assert error.retry_after is None


def test_tea_names_a_wrong_secret(server):
    with refused("SignatureDoesNotMatch", 400):
        Tea(server, secret="wrong").DescribeVpcs()
    assert Tea(server).DescribeVpcs()["TotalCount"] == 0


def test_tea_with_the_older_signature(server):
    # signature_algorithm='v2' is wire.md's V1, with the parameters of tea.
    tea = Tea(server, signature="v2")
    made = tea.CreateVpc(CidrBlock="10.0.0.0/8", VpcName="a b+c/d~*")
    assert tea.DescribeVpcAttribute(VpcId=made["VpcId"])["VpcName"] == "a b+c/d~*"
    with refused("SignatureDoesNotMatch", 400):
        Tea(server, signature="v2", secret="wrong").DescribeVpcs()


def test_the_old_core_sees_a_wrong_secret_for_what_it_is(server):
    # It compares the text after the first colon with its own string to sign (wire.md 4.2).
    with pytest.raises(ServerException) as caught:
        old = Old(server, secret="wrong")
        old.client.do_action_with_exception(prepared(old, "DescribeVpcs"))
    assert caught.value.get_error_code() == "InvalidAccessKeySecret"
    assert caught.value.get_error_msg().startswith("The AccessKeySecret is incorrect.")
    assert caught.value.get_http_status() == 400


def test_even_with_characters_that_invite_another_encoding(server):
    old = Old(server, secret="wrong")
    with pytest.raises(ServerException) as caught:
        old.client.do_action_with_exception(prepared(old, "CreateVpc", CidrBlock="10.0.0.0/8", VpcName="ä: *~ +%&="))
    assert caught.value.get_error_code() == "InvalidAccessKeySecret"


def test_the_old_core_tells_code_status_and_request(old):
    with pytest.raises(ServerException) as caught:
        old.client.do_action_with_exception(prepared(old, "DescribeVpcAttribute", VpcId="vpc-none"))
    error = caught.value
    assert (error.get_error_code(), error.get_http_status()) == ("InvalidVpcId.NotFound", 404)
    assert error.get_error_msg() and error.get_request_id()


def prepared(old, action, **parameters):
    request = old.request(action, parameters)
    request.set_endpoint(old.endpoint)
    request.set_protocol_type("http")
    return request


@pytest.mark.parametrize("kind", [Tea, Old])
def test_an_unknown_key(server, kind):
    with refused("InvalidAccessKeyId.NotFound", 404, "Specified access key is not found."):
        kind(server, key_id="nobody").DescribeVpcs()


def test_an_unknown_action(sdk):
    message = "Specified api is not found, please check your url and method."
    with refused("InvalidAction.NotFound", 404, message):
        sdk.generic("2016-04-28", "TeleportVpc")
    # An action of one version is not one of another.
    with refused("InvalidAction.NotFound", 404, message):
        sdk.generic("2016-04-28", "CompleteTasks")


def test_an_unknown_version(sdk):
    with refused("InvalidVersion", 400, "Specified parameter Version is not valid."):
        sdk.generic("1999-12-31", "DescribeVpcs")


def test_a_missing_parameter_is_named(sdk):
    with pytest.raises(Refused) as caught:
        sdk.generic("2016-04-28", "CreateVpnRouteEntry")
    assert caught.value.status == 400
    assert caught.value.code.startswith("Missing")
    assert caught.value.code != "Missing"


def test_a_number_that_is_none(sdk):
    with pytest.raises(Refused) as caught:
        sdk.generic("2016-04-28", "DescribeVpcs", PageSize="many")
    assert caught.value.status == 400
    assert "PageSize" in caught.value.code + caught.value.message


def test_no_message_names_another_code(sdk):
    # clients.md 6.1: the provider plugin looks for code names in the whole body.
    with refused("InvalidVpcId.NotFound", 404) as caught:
        sdk.DescribeVpcAttribute(VpcId="TaskConflict")
    assert "TaskConflict" not in caught.value.message


def test_the_exceptions_are_of_the_documented_family(tea):
    with pytest.raises(AlibabaCloudException):
        tea.client.describe_vpn_gateway(models.DescribeVpnGatewayRequest(region_id=REGION, vpn_gateway_id="vpn-none"))
