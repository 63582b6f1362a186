"""Creates routes on moto's server with boto3: ADDRESS CLIENTS REQUESTS-EACH. Prints one line of JSON."""

import sys

import boto3
from botocore.config import Config

import sdk


def connect(address):
    return boto3.client(
        "ec2",
        endpoint_url=f"http://{address}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 0}),
    )


def set_up(address):
    client = connect(address)
    vpc = client.create_vpc(CidrBlock="192.168.0.0/16")["Vpc"]["VpcId"]
    table = client.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    gateway = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]

    def create(destination):
        client.create_route(
            RouteTableId=table, DestinationCidrBlock=destination, GatewayId=gateway
        )

    return create


if __name__ == "__main__":
    sdk.measure(set_up, *sys.argv[1:])
