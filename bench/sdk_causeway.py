"""Creates routes on Causeway with the official SDK: ADDRESS CLIENTS REQUESTS-EACH. Prints one line of JSON."""

import sys

from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from alibabacloud_tea_util.models import RuntimeOptions
from alibabacloud_vpc20160428 import models
from alibabacloud_vpc20160428.client import Client

import sdk

REGION = "cn-hangzhou"


def set_up(address):
    client = Client(
        Config(
            access_key_id="bench-ak",
            access_key_secret="bench-sk",
            endpoint=address,
            protocol="http",
        )
    )
    vpc = client.create_vpc(
        models.CreateVpcRequest(region_id=REGION, cidr_block="192.168.0.0/16")
    ).body
    register = Params(
        action="RegisterResource",
        version="2026-11-20",
        protocol="HTTP",
        method="POST",
        pathname="/",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    query = {"RegionId": REGION, "ResourceType": "Instance", "VpcId": vpc.vpc_id}
    answer = client.call_api(register, OpenApiRequest(query=query), RuntimeOptions())
    hop = answer["body"]["ResourceId"]

    def create(destination):
        client.create_route_entry(
            models.CreateRouteEntryRequest(
                region_id=REGION,
                route_table_id=vpc.route_table_id,
                destination_cidr_block=destination,
                next_hop_id=hop,
            )
        )

    return create


if __name__ == "__main__":
    sdk.measure(set_up, *sys.argv[1:])
