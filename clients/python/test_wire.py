"""What travels: methods, bodies, formats, timestamps, nonces. Signed by hand, with the forms SDKs use."""

import socket
import uuid
from xml.etree import ElementTree

import pytest
import requests

from support import raw, world
from support.old import Old


def code(answer):
    return answer.status_code, answer.json()["Code"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_both_methods_serve_every_action(server, method):
    answer = raw.call(server, "CreateVpc", method, CidrBlock="10.0.0.0/8", VpcName=f"by {method}")
    assert answer.status_code == 200
    vpc = answer.json()["VpcId"]
    seen = raw.call(server, "DescribeVpcAttribute", method, VpcId=vpc).json()
    assert seen["VpcName"] == f"by {method}"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_do_not(server, method):
    answer = raw.call(server, "DescribeVpcs", method)
    assert code(answer) == (400, "UnsupportedHTTPMethod")


def test_parameters_may_be_split_between_query_and_body(server):
    answer = raw.call(server, "CreateVpc", body=("CidrBlock", "ClientToken"), CidrBlock="10.0.0.0/8", ClientToken="t")
    assert answer.status_code == 200
    everything = raw.signed(raw.parameters("DescribeVpcs"))
    answer = raw.send(server, everything, body=tuple(everything))
    assert (answer.status_code, answer.json()["TotalCount"]) == (200, 1)


def test_a_body_may_come_in_chunks(server):
    params = raw.signed(raw.parameters("CreateVpc", CidrBlock="10.0.0.0/8", VpcName="in pieces"))
    form = "&".join(f"{raw.encode(name)}={raw.encode(value)}" for name, value in params.items()).encode()
    pieces = (form[n : n + 7] for n in range(0, len(form), 7))
    answer = requests.post(
        f"http://{server.endpoint}/",
        data=pieces,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=10,
    )
    assert answer.status_code == 200
    assert raw.call(server, "DescribeVpcAttribute", VpcId=answer.json()["VpcId"]).json()["VpcName"] == "in pieces"


def test_success_has_the_gateways_headers(server):
    answer = raw.call(server, "DescribeVpcs")
    # wire.md 4.1
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert answer.headers["x-acs-request-id"] == answer.json()["RequestId"]
    assert len(answer.headers["x-acs-trace-id"]) == 32
    assert answer.headers["keep-alive"] == "timeout=25"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "location" not in answer.headers


def test_an_error_is_an_object_of_text(server):
    answer = raw.call(server, "DescribeVpcAttribute", VpcId="vpc-none")
    body = answer.json()
    # wire.md 4.2: one client panics on anything but text.
    assert answer.status_code == 404
    assert {"RequestId", "HostId", "Code", "Message", "Recommend"} <= set(body)
    assert all(isinstance(value, str) for value in body.values())
    assert body["HostId"] == "127.0.0.1"
    assert answer.headers["content-type"] == "application/json;charset=utf-8"


def test_without_a_format_the_answer_is_xml(server):
    answer = raw.call(server, "DescribeVpcs", Format=None)
    assert answer.headers["content-type"] == "text/xml;charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "DescribeVpcsResponse"
    assert root.findtext("TotalCount") == "0"
    error = raw.call(server, "DescribeVpcAttribute", Format=None, VpcId="vpc-none")
    root = ElementTree.fromstring(error.content)
    assert (error.status_code, root.tag, root.findtext("Code")) == (404, "Error", "InvalidVpcId.NotFound")


def in_xml(old, action, parameters):
    request = old.request(action, parameters)
    request.set_endpoint(old.endpoint)
    request.set_accept_format("XML")
    # The call that raises exceptions insists on JSON.
    return ElementTree.fromstring(old.client.do_action(request))


def test_the_old_sdk_can_ask_for_xml(server, old):
    vpc = world.vpc(old, VpcName='<"Büro" & Lager>')
    hop = world.instance(old, vpc.id)
    root = in_xml(old, "DescribeVpcs", {"VpcId": vpc.id})
    assert root.tag == "DescribeVpcsResponse"
    # A wrapped list has its own element; wire.md 4.2.
    (listed,) = root.findall("./Vpcs/Vpc")
    assert (listed.findtext("VpcId"), listed.findtext("VpcName")) == (vpc.id, '<"Büro" & Lager>')
    items = [
        {"RouteTableId": vpc.table, "DstCidrBlock": f"10.{n}.0.0/16", "NextHop": hop, "NextHopType": "Instance"}
        for n in range(3)
    ]
    root = in_xml(old, "CreateRouteEntries", {"RouteEntries": items})
    # A bare list repeats its name.
    assert len(root.findall("./RouteEntryIds")) == 3
    assert root.findtext("SuccessCount") == "3"
    assert root.findall("./FailedRouteEntries") == []


@pytest.mark.parametrize("shift_s", [-16 * 60, 16 * 60])
def test_time_stamps_expire(server, shift_s):
    answer = raw.call(server, "DescribeVpcs", Timestamp=raw.timestamp(shift_s))
    assert code(answer) == (400, "InvalidTimeStamp.Expired")
    assert answer.json()["Message"] == "Specified time stamp or date value is expired."


@pytest.mark.parametrize("shift_s", [-14 * 60, 14 * 60])
def test_clocks_may_differ(server, shift_s):
    assert raw.call(server, "DescribeVpcs", Timestamp=raw.timestamp(shift_s)).status_code == 200


def test_time_stamps_have_a_form(server):
    answer = raw.call(server, "DescribeVpcs", Timestamp="20 November 2026")
    assert code(answer) == (400, "InvalidTimeStamp.Format")


def test_a_nonce_is_used_once(server):
    params = raw.signed(raw.parameters("CreateVpc", CidrBlock="10.0.0.0/8"))
    assert raw.send(server, params).status_code == 200
    again = raw.send(server, params)
    assert code(again) == (400, "SignatureNonceUsed")
    assert again.json()["Message"] == "Specified signature nonce was used already."
    assert raw.call(server, "DescribeVpcs").json()["TotalCount"] == 1


def test_a_nonce_of_a_forgery_is_not_used_up(server):
    nonce = uuid.uuid4().hex
    assert raw.call(server, "DescribeVpcs", secret="wrong", SignatureNonce=nonce).status_code == 400
    assert raw.call(server, "DescribeVpcs", SignatureNonce=nonce).status_code == 200


@pytest.mark.parametrize(
    "missing, expected",
    [
        ("Version", "InvalidVersion"),
        ("AccessKeyId", "MissingAccessKeyId"),
        ("Timestamp", "MissingTimestamp"),
        ("SignatureNonce", "MissingSignatureNonce"),
    ],
)
def test_common_parameters_are_required(server, missing, expected):
    answer = raw.call(server, "DescribeVpcs", **{missing: None})
    assert code(answer) == (400, expected)


def test_a_tampered_parameter_breaks_the_signature(server):
    params = raw.signed(raw.parameters("CreateVpc", CidrBlock="10.0.0.0/8"))
    answer = raw.send(server, {**params, "CidrBlock": "172.16.0.0/12"})
    assert code(answer) == (400, "SignatureDoesNotMatch")
    assert raw.call(server, "DescribeVpcs").json()["TotalCount"] == 0


@pytest.mark.parametrize("flag, enabled", [("true", True), ("True", True), ("TRUE", True), ("False", False)])
def test_booleans_come_in_every_case(server, flag, enabled):
    # The Python SDKs send True and False.
    vpc = raw.call(server, "CreateVpc", CidrBlock="10.0.0.0/8", EnableIpv6=flag).json()["VpcId"]
    block = raw.call(server, "DescribeVpcAttribute", VpcId=vpc).json().get("Ipv6CidrBlock", "")
    assert bool(block) == enabled


def test_unknown_parameters_are_accepted(server):
    # clients.md 8.4 and 11: newer clients send what nobody here knows.
    answer = raw.call(server, "CreateVpc", CidrBlock="10.0.0.0/8", Newest="yes", OwnerId="7", **{"New.1.Er": "x"})
    assert answer.status_code == 200


def test_gaps_in_lists_are_closed(server):
    old = Old(server)
    vpc = world.vpc(old)
    hop = world.instance(old, vpc.id)
    entries = {}
    for index, block in ((2, "10.2.0.0/16"), (7, "10.7.0.0/16"), (11, "10.11.0.0/16")):
        entries |= {
            f"RouteEntries.{index}.RouteTableId": vpc.table,
            f"RouteEntries.{index}.DstCidrBlock": block,
            f"RouteEntries.{index}.NextHop": hop,
            f"RouteEntries.{index}.NextHopType": "Instance",
        }
    answer = raw.call(server, "CreateRouteEntries", **entries)
    assert answer.json()["SuccessCount"] == 3


def test_noise_does_not_stop_the_server(server):
    with socket.create_connection((server.host, server.port), timeout=10) as stream:
        stream.sendall(b"\x00\xff not http at all\r\n\r\n")
        stream.settimeout(10)
        stream.recv(1024)
    assert raw.call(server, "DescribeVpcs").status_code == 200
