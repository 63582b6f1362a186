"""`causeway env`: an SDK that knows only its environment reaches the server."""

import json
import os
import subprocess
import sys

import pytest

from support.server import KEY_ID, KEY_SECRET, binary

# A user's script: the key comes from the default credential chain, the endpoint from its variable.
TEA = """
import os, sys
from alibabacloud_credentials.client import Client as Credential
from alibabacloud_tea_openapi.models import Config
from alibabacloud_vpc20160428.client import Client
from alibabacloud_vpc20160428 import models
endpoint, region = os.environ["VPC_ENDPOINT"], os.environ["ALIBABA_CLOUD_REGION"]
client = Client(Config(credential=Credential(), endpoint=endpoint, protocol=sys.argv[1]))
made = client.create_vpc(models.CreateVpcRequest(region_id=region, cidr_block="10.0.0.0/8"))
print(client.describe_vpc_attribute(models.DescribeVpcAttributeRequest(region_id=region, vpc_id=made.body.vpc_id)).body.status)
"""

OLD = """
import json, os, sys
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.http import protocol_type
from aliyunsdkvpc.request.v20160428.CreateVpcRequest import CreateVpcRequest
host, port = os.environ["VPC_ENDPOINT"].split(":")
names = "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_REGION"
client = AcsClient(*(os.environ[name] for name in names), port=int(port))
request = CreateVpcRequest()
request.set_endpoint(host)
request.set_protocol_type({"http": protocol_type.HTTP, "https": protocol_type.HTTPS}[sys.argv[1]])
request.set_CidrBlock("10.0.0.0/8")
print("Available" if json.loads(client.do_action_with_exception(request))["VpcId"] else "none")
"""


@pytest.fixture
def server(serve, tmp_path):
    return serve("--data", str(tmp_path / "data"))


@pytest.fixture
def environment(server, tmp_path):
    """The variables that `causeway env` prints, and nothing else of ours."""
    line = [str(binary()), "env", "json", "--data", str(tmp_path / "data"), "--root-key", f"{KEY_ID}:{KEY_SECRET}"]
    told = json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout)
    assert told["VPC_ENDPOINT"] == server.endpoint
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", **told}


def run(script, protocol, environment):
    done = subprocess.run(
        [sys.executable, "-c", script, protocol], env=environment, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip(), done.stderr


@pytest.mark.parametrize("script", [TEA, OLD], ids=["tea", "old"])
def test_an_sdk_over_http(environment, script):
    said, trouble = run(script, "http", environment)
    assert said == "Available", trouble


def test_the_old_core_trusts_what_a_variable_names(environment, server):
    # tea reads no such variable: it takes the `ca` option, see test_https.py.
    said, trouble = run(OLD, "https", {**environment, "ALIBABA_CLOUD_CA_BUNDLE": server.greeting["ca"]})
    assert said == "Available", trouble
    said, trouble = run(OLD, "https", environment)
    assert said == "" and "certificate" in trouble.lower()
