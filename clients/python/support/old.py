"""`aliyun-python-sdk-core` with `aliyun-python-sdk-vpc`: signature V1."""

import json
from importlib import import_module

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.http import protocol_type
from aliyunsdkcore.request import CommonRequest

from .refused import Refused
from .server import KEY_ID, KEY_SECRET, REGION


class Old:
    """`old.CreateVpc(CidrBlock=...)` sets each parameter on a `CreateVpcRequest` and sends it."""

    def __init__(self, server, key_id=KEY_ID, secret=KEY_SECRET, protocol="http", ca=None, region=REGION):
        self.endpoint = server.host
        # The SDK compares by identity, and takes any other text of the same letters for HTTP.
        self.protocol = {"http": protocol_type.HTTP, "https": protocol_type.HTTPS}[protocol]
        self.client = AcsClient(key_id, secret, region, port=server.port, auto_retry=False, verify=ca)

    def __getattr__(self, action):
        def call(**parameters):
            return json.loads(self.send(self.request(action, parameters)))

        return call

    def request(self, action, parameters):
        module = import_module(f"aliyunsdkvpc.request.v20160428.{action}Request")
        request = getattr(module, f"{action}Request")()
        for name, value in parameters.items():
            # Setters of repeated parameters have a plural s; what is newer than the SDK goes in by name.
            setter = getattr(request, f"set_{name}", None) or getattr(request, f"set_{name}s", None)
            if setter:
                setter(value)
            else:
                request.add_query_param(name, value)
        return request

    def own(self, action, **parameters):
        """Causeway's own product, through the generic call."""
        return self.generic("2026-11-20", action, **parameters)

    def generic(self, version, action, **parameters):
        """Any action of any version."""
        request = CommonRequest(domain=self.endpoint, version=version, action_name=action)
        request.set_method("POST")
        for name, value in flat(parameters):
            request.add_query_param(name, value)
        return json.loads(self.send(request))

    def send(self, request):
        request.set_endpoint(self.endpoint)
        request.set_protocol_type(self.protocol)
        try:
            return self.client.do_action_with_exception(request)
        except ServerException as error:
            status, request_id = error.get_http_status(), error.get_request_id()
            raise Refused(status, error.get_error_code(), error.get_error_msg(), request_id) from error


def flat(value, prefix=""):
    """Lists and objects as `Name.1.Member`."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from flat(member, f"{prefix}.{name}" if prefix else name)
    elif isinstance(value, list):
        for index, member in enumerate(value, 1):
            yield from flat(member, f"{prefix}.{index}")
    else:
        yield prefix, value
