"""ClientToken: the same call twice is one call."""

from support import world
from support.refused import refused


def test_a_replay_gives_the_first_result(sdk):
    first = sdk.CreateVpc(CidrBlock="10.0.0.0/8", ClientToken="one")
    again = sdk.CreateVpc(CidrBlock="10.0.0.0/8", ClientToken="one")
    # Decision A17: the same words under a new RequestId.
    assert {**again, "RequestId": ""} == {**first, "RequestId": ""}
    assert again["RequestId"] != first["RequestId"]
    assert sdk.DescribeVpcs()["TotalCount"] == 1


def test_without_a_token_each_call_counts(sdk):
    for _ in range(2):
        sdk.CreateVpc(CidrBlock="10.0.0.0/8")
    assert sdk.DescribeVpcs()["TotalCount"] == 2


def test_other_parameters_do_not_match(sdk):
    sdk.CreateVpc(CidrBlock="10.0.0.0/8", ClientToken="one")
    with refused("IdempotentParameterMismatch"):
        sdk.CreateVpc(CidrBlock="10.0.0.0/8", VpcName="renamed", ClientToken="one")
    assert sdk.DescribeVpcs()["TotalCount"] == 1


def test_another_action_may_use_the_token(sdk):
    vpc = sdk.CreateVpc(CidrBlock="192.168.0.0/16", ClientToken="one")["VpcId"]
    made = sdk.CreateVSwitch(VpcId=vpc, CidrBlock="192.168.1.0/24", ZoneId="cn-hangzhou-h", ClientToken="one")
    assert made["VSwitchId"].startswith("vsw-")


def test_case_matters(sdk):
    one = sdk.CreateVpc(CidrBlock="10.0.0.0/8", ClientToken="token")
    other = sdk.CreateVpc(CidrBlock="10.0.0.0/8", ClientToken="TOKEN")
    assert one["VpcId"] != other["VpcId"]


def test_a_failure_is_not_remembered(sdk):
    vpc = world.vpc(sdk)
    hop = "i-bp1client000000000001"

    def create():
        return sdk.CreateRouteEntry(
            RouteTableId=vpc.table,
            DestinationCidrBlock="10.0.0.0/8",
            NextHopType="Instance",
            NextHopId=hop,
            ClientToken="again",
        )

    with refused("IllegalParam.NextHopId"):
        create()
    world.instance(sdk, vpc.id, hop)
    assert create()["RouteEntryId"] == create()["RouteEntryId"]


def test_a_dry_run_is_not_remembered(sdk):
    with refused("DryRunOperation"):
        sdk.CreateVpc(CidrBlock="10.0.0.0/8", ClientToken="one", DryRun=True)
    assert sdk.CreateVpc(CidrBlock="10.0.0.0/8", ClientToken="one")["VpcId"]


def test_tokens_have_sixty_four_characters_at_most(sdk):
    # clients.md 3.4: the provider plugin cuts its own at 64.
    token = "TF-CreateVpnRouteEntry-1700000000-".ljust(64, "x")
    assert sdk.CreateVpc(CidrBlock="10.0.0.0/8", ClientToken=token)["VpcId"]
    for bad in (token + "x", "zürich"):
        with refused("InvalidParameter"):
            sdk.CreateVpc(CidrBlock="10.0.0.0/8", ClientToken=bad)


def test_a_vpn_route_is_replayed_after_a_lost_answer(sdk):
    vpc = world.vpc(sdk)
    gateway = world.gateway(sdk, vpc)
    hop = world.connection(sdk, gateway, world.customer_gateway(sdk))
    call = dict(VpnGatewayId=gateway, RouteDest="10.0.0.0/24", NextHop=hop, Weight=100, PublishVpc=True)
    first = sdk.CreateVpnRouteEntry(**call, ClientToken="lost")
    again = sdk.CreateVpnRouteEntry(**call, ClientToken="lost")  # S-VR-19
    assert (again["CreateTime"], again["State"]) == (first["CreateTime"], "published")
    with refused("VpnRouteEntry.AlreadyExists"):  # S-VR-20
        sdk.CreateVpnRouteEntry(**call)
