"""A server that limits calls, and a client that comes back when it is told to."""

import time

from darabonba.policy.retry import RetryOptions
from support.refused import Refused
from support.tea import Tea

CODES = ["Throttling.Api", "Throttling.User"]


def patient(server):
    """The SDK, told to retry when it is throttled, for as long as the server says."""
    client = Tea(server)
    condition = {"maxAttempts": 10, "errorCode": CODES, "maxDelay": 5000}
    options = RetryOptions({"retryable": True, "retryCondition": [condition]})
    client.client._retry_options = options
    return client


def codes(call, times):
    """What a client that does not retry meets."""
    met = []
    for _ in range(times):
        try:
            call()
            met.append("ok")
        except Refused as error:
            met.append(error.code)
            retry_after_ms = error.__cause__.retry_after
            assert 1 <= retry_after_ms <= 1000, retry_after_ms
    return met


def test_the_sdk_waits_as_long_as_it_is_told(serve):
    server = serve("--memory", "--throttle", "action=2")
    met = codes(Tea(server).DescribeVpcs, 6)
    assert met[:2] == ["ok", "ok"] and "Throttling.Api" in met, met
    client = patient(server)
    started = time.monotonic()
    for _ in range(6):
        assert client.DescribeVpcs()["TotalCount"] == 0
    # Two at once at most; the other four come half a second apart.
    assert time.monotonic() - started > 1.5


def test_an_account_has_a_limit_over_all_actions(serve):
    server = serve("--memory", "--throttle", "account=2")
    client = Tea(server)
    met = codes(client.DescribeVpcs, 3) + codes(client.DescribeRegions, 3)
    assert "Throttling.User" in met and "Throttling.Api" not in met, met
    patient_client = patient(server)
    assert [patient_client.DescribeVpcs()["TotalCount"] for _ in range(4)] == [0] * 4
