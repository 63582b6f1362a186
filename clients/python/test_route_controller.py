"""The calls of the Kubernetes route controller, field by field (clients.md 9)."""

import pytest

from support import world
from support.refused import Refused

BATCH = 50
# Outcomes the controller takes for success.
CREATED = {"VPC_ROUTE_ENTRY_CIDR_BLOCK_DUPLICATE", "VPC_ROUTE_ENTRY_STATUS_ERROR"}
DELETED = {"VPC_ROUTER_ENTRY_NOT_EXIST"}


class Controller:
    """What it keeps: one table, and a next hop per node block."""

    def __init__(self, sdk, vpc_id):
        self.sdk = sdk
        tables = sdk.DescribeRouteTableList(VpcId=vpc_id)["RouterTableList"]["RouterTableListType"]
        (self.table,) = [table["RouteTableId"] for table in tables]

    def routes(self):
        """Its reading: custom routes to instances, with one hop, whatever their status."""
        found, token = {}, ""
        while True:
            page = self.sdk.DescribeRouteEntryList(
                RouteTableId=self.table,
                RouteEntryType="Custom",
                NextHopType="Instance",
                MaxResult=500,
                **({"NextToken": token} if token else {}),
            )
            for route in page["RouteEntrys"]["RouteEntry"]:
                hops = route["NextHops"]["NextHop"]
                if len(hops) == 1 and hops[0]["NextHopType"] == "Instance":
                    found[route["DestinationCidrBlock"]] = hops[0]["NextHopId"]
            token = page.get("NextToken", "")
            if not token:
                return found

    def items(self, wanted):
        return [{"RouteTableId": self.table, "DstCidrBlock": block, "NextHop": hop} for block, hop in wanted.items()]

    def add(self, wanted):
        """Adds in batches; the nodes that failed, found by their next hop alone."""
        failed = set()
        items = [{**item, "NextHopType": "Instance"} for item in self.items(wanted)]
        for start in range(0, len(items), BATCH):
            answer = self.sdk.CreateRouteEntries(RouteEntries=items[start : start + BATCH])
            failed |= {entry["NextHop"] for entry in answer["FailedRouteEntries"] if entry["FailedCode"] not in CREATED}
        return failed

    def remove(self, unwanted):
        answer = self.sdk.DeleteRouteEntries(RouteEntries=self.items(unwanted))
        return {entry["NextHop"] for entry in answer["FailedRouteEntries"] if entry["FailedCode"] not in DELETED}

    def reconcile(self, wanted):
        """The periodic pass: conflicting routes go one by one, then the missing ones are added."""
        for block, hop in self.routes().items():
            if block in wanted and wanted[block] != hop:
                self.sdk.DeleteRouteEntry(RouteTableId=self.table, DestinationCidrBlock=block, NextHopId=hop)
        present = self.routes()
        for block, hop in wanted.items():
            if block not in present:
                self.create_one(block, hop)

    def create_one(self, block, hop):
        try:
            self.sdk.CreateRouteEntry(
                RouteTableId=self.table, DestinationCidrBlock=block, NextHopType="Instance", NextHopId=hop
            )
        except Refused as refusal:
            if "InvalidCIDRBlock.Duplicate" not in str(refusal):
                raise


@pytest.fixture
def cluster(old):
    """A controller, and the blocks of sixty nodes."""
    vpc = world.vpc(old, cidr="172.16.0.0/12", block="172.16.0.0/24")
    hops = world.instances(old, vpc.id, 60)
    return Controller(old, vpc.id), {f"10.0.{n}.0/24": hop for n, hop in enumerate(hops)}


def test_every_node_gets_its_route(cluster):
    controller, nodes = cluster
    assert controller.add(nodes) == set()
    assert controller.routes() == nodes


def test_adding_again_is_success(cluster):
    controller, nodes = cluster
    controller.add(nodes)
    assert controller.add(nodes) == set()
    assert controller.routes() == nodes


def test_a_node_that_is_no_instance_fails_alone(cluster):
    controller, nodes = cluster
    nodes["10.1.0.0/24"] = "i-bp1ghost"
    assert controller.add(nodes) == {"i-bp1ghost"}
    assert len(controller.routes()) == 60


def test_nodes_leave(cluster):
    controller, nodes = cluster
    controller.add(nodes)
    leaving = dict(list(nodes.items())[:20])
    assert controller.remove(leaving) == set()
    assert controller.remove(leaving) == set(), "gone already is as good"
    assert controller.routes() == {block: hop for block, hop in nodes.items() if block not in leaving}


def test_a_deleted_route_is_healed_and_a_conflicting_one_replaced(cluster, old):
    controller, nodes = cluster
    controller.add(nodes)
    old.DeleteRouteEntry(
        RouteTableId=controller.table, DestinationCidrBlock="10.0.3.0/24", NextHopId=nodes["10.0.3.0/24"]
    )
    nodes["10.0.7.0/24"] = nodes["10.0.8.0/24"]
    controller.reconcile(nodes)
    assert controller.routes() == nodes


def test_a_single_route_is_found(cluster, old):
    controller, nodes = cluster
    controller.add(nodes)
    answer = old.DescribeRouteEntryList(
        RouteTableId=controller.table,
        RouteEntryType="Custom",
        MaxResult=10,
        DestinationCidrBlock="10.0.5.0/24",
        NextHopId=nodes["10.0.5.0/24"],
        NextHopType="Instance",
    )
    assert [route["DestinationCidrBlock"] for route in answer["RouteEntrys"]["RouteEntry"]] == ["10.0.5.0/24"]


@pytest.mark.tasks("manual")
def test_a_route_in_the_making_is_listed_and_counts_as_made(old):
    made = old.CreateVpc(CidrBlock="172.16.0.0/12")["VpcId"]
    world.complete(old)
    hops = world.instances(old, made, 2)
    controller = Controller(old, made)
    assert controller.add({"10.0.0.0/24": hops[0]}) == set()
    assert controller.routes() == {"10.0.0.0/24": hops[0]}
    # Meanwhile a whole batch is refused, and queued again.
    with pytest.raises(Refused, match="TaskConflict"):
        controller.add({"10.0.1.0/24": hops[1]})
    world.complete(old)
    assert controller.add({"10.0.0.0/24": hops[0], "10.0.1.0/24": hops[1]}) == set()
    assert set(controller.routes()) == {"10.0.0.0/24", "10.0.1.0/24"}
