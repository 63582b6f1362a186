"""Fixtures: a server of each test's own, and the SDKs that drive it."""

import os

import pytest

from support.old import Old
from support.server import Server
from support.tea import Tea

# The server is on loopback; the SDKs honour these.
for name in ("NO_PROXY", "no_proxy"):
    os.environ[name] = "127.0.0.1,localhost"


@pytest.fixture
def serve():
    """Starts servers that end with the test."""
    servers = []

    def start(*arguments, **options):
        servers.append(Server(*arguments, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def server(serve, request):
    """The test's server; `@pytest.mark.tasks("manual")` sets how long its work takes."""
    mark = request.node.get_closest_marker("tasks")
    return serve(tasks=mark.args[0] if mark else "immediate")


@pytest.fixture
def tea(server):
    return Tea(server)


@pytest.fixture
def old(server):
    return Old(server)


@pytest.fixture(params=[Tea, Old], ids=["tea", "old"])
def sdk(server, request):
    """Each SDK in turn."""
    return request.param(server)
