"""The audit trail, looked up with ActionTrail's official SDK."""

import pytest

from support.ram import Ram
from support.refused import refused
from support.server import ACCOUNT, KEY_ID, REGION
from support.tea import Tea
from support.trail import Trail


@pytest.fixture
def trail(server):
    return Trail(server)


def test_a_change_is_looked_up_at_once(tea, trail):
    made = tea.CreateVpc(CidrBlock="10.0.0.0/8", VpcName="lab")
    (event,) = trail.all(EventName="CreateVpc")
    assert event["requestId"] == made["RequestId"]
    assert event["requestParameters"]["CidrBlock"] == "10.0.0.0/8"
    assert event["responseElements"]["VpcId"] == made["VpcId"]
    assert (event["eventType"], event["eventRW"], event["acsRegion"]) == ("ApiCall", "Write", REGION)
    assert event["userIdentity"] == {
        "type": "root-account",
        "principalId": ACCOUNT,
        "accountId": ACCOUNT,
        "accessKeyId": KEY_ID,
        "userName": "root",
    }
    assert "AlibabaCloud" in event["userAgent"]
    for condition in ({"ResourceName": made["VpcId"]}, {"EventId": event["eventId"]}, {"User": "root"}):
        assert trail.all(**condition) == [event]


def test_pages_run_in_both_directions(tea, trail):
    for number in range(7):
        tea.CreateVpc(VpcName=f"v{number}")
    names = lambda events: [event["requestParameters"]["VpcName"] for event in events]
    oldest_first = [f"v{number}" for number in range(7)]
    assert names(trail.all(size="3", direction="FORWARD")) == oldest_first
    assert names(trail.all(size="3")) == oldest_first[::-1]
    page = trail.page(max_results="3")
    assert len(page["Events"]) == 3 and page["NextToken"]
    assert page["StartTime"] < page["EndTime"]


def test_denied_and_failed_calls_are_there_with_their_codes(server, trail):
    key_id, secret = Ram(server).user("alice")
    alice = Tea(server, key_id, secret)
    with refused("Forbidden.RAM", status=403):
        alice.CreateVpc()
    with refused("NoPermission", status=403):
        Trail(server, key_id, secret).page()
    (denied,) = trail.wait(1, EventName="CreateVpc")
    assert (denied["errorCode"], denied["userIdentity"]["userName"]) == ("Forbidden.RAM", "alice")
    assert len(trail.wait(2, EventAccessKeyId=key_id)) == 2
    assert len(trail.all(EventRW="Write", ServiceName="Ram")) == 2


def test_secrets_are_not_in_it(server, tea, trail):
    _, secret = Ram(server).user("alice")
    tea.CreateCustomerGateway(IpAddress="203.0.113.9", AuthKey="hush-hush")
    (event,) = trail.all(EventName="CreateCustomerGateway")
    assert event["requestParameters"]["AuthKey"] == "******"
    everything = str(trail.all())
    assert "hush" not in everything and secret not in everything


def test_reads_are_recorded_if_asked_for(serve):
    server = serve("--memory", "--audit-reads")
    Tea(server).DescribeVpcs()
    (event,) = Trail(server).wait(1, EventName="DescribeVpcs")
    assert event["eventRW"] == "Read" and "errorCode" not in event


def test_what_is_wrong_is_refused(trail):
    with refused("InvalidParameter"):
        trail.page(start_time="yesterday")
    with refused("InvalidParameter"):
        trail.page({"Colour": "red"})
