"""Things to test with. Each function works at once on a server whose tasks are immediate."""

from collections import namedtuple

ZONES = ("cn-hangzhou-h", "cn-hangzhou-i")
ROUTER = "tr-bp1client0000000000001"
Vpc = namedtuple("Vpc", "id router table vswitch")


def vpc(sdk, cidr="192.168.0.0/16", block="192.168.1.0/24", zone=ZONES[0], **parameters):
    """A VPC with a vSwitch; `table` is its system table."""
    made = sdk.CreateVpc(CidrBlock=cidr, **parameters)
    place = vswitch(sdk, made["VpcId"], block, zone)
    return Vpc(made["VpcId"], made["VRouterId"], made["RouteTableId"], place)


def vswitch(sdk, vpc_id, block, zone=ZONES[0]):
    return sdk.CreateVSwitch(VpcId=vpc_id, CidrBlock=block, ZoneId=zone)["VSwitchId"]


def instance(sdk, vpc_id, resource_id="i-bp1client000000000001", kind="Instance"):
    """A next hop of another product, registered by hand."""
    sdk.own("RegisterResource", ResourceType=kind, ResourceId=resource_id, VpcId=vpc_id)
    return resource_id


def instances(sdk, vpc_id, count):
    return [instance(sdk, vpc_id, f"i-bp1client{number:012}") for number in range(1, count + 1)]


def customer_gateway(sdk, address="203.0.113.10"):
    return sdk.CreateCustomerGateway(IpAddress=address)["CustomerGatewayId"]


def gateway(sdk, place, second=None):
    """A VPN gateway; with a second vSwitch its connections have two tunnels."""
    more = {"DisasterRecoveryVSwitchId": second} if second else {}
    made = sdk.CreateVpnGateway(VpcId=place.id, VSwitchId=place.vswitch, Bandwidth=10, **more)
    return made["VpnGatewayId"]


def dual_gateway(sdk, place):
    return gateway(sdk, place, vswitch(sdk, place.id, "192.168.2.0/24", ZONES[1]))


def connection(sdk, gateway_id, customer, name="branch", **more):
    """A connection with one tunnel, for routes by destination."""
    made = sdk.CreateVpnConnection(
        VpnGatewayId=gateway_id,
        CustomerGatewayId=customer,
        LocalSubnet="0.0.0.0/0",
        RemoteSubnet="0.0.0.0/0",
        Name=name,
        AutoConfigRoute=False,
        **more,
    )
    return made["VpnConnectionId"]


def dual_connection(sdk, gateway_id, customers, name="branch"):
    made = sdk.CreateVpnConnection(
        VpnGatewayId=gateway_id,
        LocalSubnet="0.0.0.0/0",
        RemoteSubnet="0.0.0.0/0",
        Name=name,
        AutoConfigRoute=False,
        TunnelOptionsSpecification=[
            {"CustomerGatewayId": customer, "Role": role, "TunnelIkeConfig": {"Psk": f"psk-{role}"}}
            for customer, role in zip(customers, ("master", "slave"))
        ],
    )
    return made["VpnConnectionId"]


def attachment(sdk, customers):
    """A connection made for a transit router, attached to nothing yet."""
    made = sdk.CreateVpnAttachment(
        LocalSubnet="0.0.0.0/0",
        RemoteSubnet="0.0.0.0/0",
        Name="to-the-router",
        TunnelOptionsSpecification=[
            {"CustomerGatewayId": customer, "TunnelIndex": index} for index, customer in enumerate(customers, 1)
        ],
    )
    return made["VpnConnectionId"]


def attach(sdk, connection_id):
    """Attaches such a connection to `ROUTER` and tells the attachment's id."""
    made = sdk.own(
        "RegisterResource",
        ResourceType="TransitRouterVpnAttachment",
        TransitRouterId=ROUTER,
        VpnConnectionId=connection_id,
    )
    return made["ResourceId"]


def attached(sdk):
    connection_id = attachment(sdk, [customer_gateway(sdk, "203.0.113.20"), customer_gateway(sdk, "203.0.113.21")])
    attach(sdk, connection_id)
    return connection_id


def complete(sdk):
    """Ends all work of a server whose tasks are manual."""
    return sdk.own("CompleteTasks")


def routes(sdk, table, **filters):
    """Custom routes of a table by destination."""
    answer = sdk.DescribeRouteEntryList(RouteTableId=table, RouteEntryType="Custom", **filters)
    return {route["DestinationCidrBlock"]: route for route in answer["RouteEntrys"]["RouteEntry"]}
