"""`alibabacloud_vpc20160428`: signature V3, parameters in the query, some in a form body."""

from alibabacloud_tea_openapi.client import Client as OpenApiClient
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_vpc20160428 import models
from alibabacloud_vpc20160428.client import Client
from darabonba.runtime import RuntimeOptions

from .refused import Refused
from .server import KEY_ID, KEY_SECRET, REGION

METHODS = {
    name.removesuffix("_with_options").replace("_", ""): name
    for name in dir(Client)
    if name.endswith("_with_options")
}


class Tea:
    """`tea.CreateVpc(CidrBlock=...)` is `client.create_vpc_with_options(CreateVpcRequest(...), runtime).body`."""

    def __init__(self, server, key_id=KEY_ID, secret=KEY_SECRET, protocol="http", ca=None, signature=None):
        config = Config(
            access_key_id=key_id,
            access_key_secret=secret,
            endpoint=server.endpoint,
            protocol=protocol,
            ca=ca,
            signature_algorithm=signature,
        )
        self.client = Client(config)
        self.runtime = RuntimeOptions(ca=ca)

    def __getattr__(self, action):
        def call(**parameters):
            request = self.request(action, parameters)
            method = getattr(self.client, METHODS[action.lower()])
            return answer(lambda: method(request, self.runtime).body.to_map())

        return call

    def request(self, action, parameters):
        request_type = getattr(models, f"{action}Request")
        request = request_type().from_map({"RegionId": REGION, **parameters})
        unknown = set(parameters) - set(request.to_map())
        assert not unknown, f"{request_type.__name__} would drop {unknown}"
        return request

    def own(self, action, **parameters):
        """Causeway's own product, through the generic call."""
        return self.generic("2026-11-20", action, **parameters)

    def generic(self, version, action, **parameters):
        """Any action of any version."""
        params = Params(
            action=action,
            version=version,
            protocol=self.client._protocol,
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        request = OpenApiRequest(query=Utils.query({"RegionId": REGION, **parameters}))
        return answer(lambda: OpenApiClient.call_api(self.client, params, request, self.runtime)["body"])


def answer(call):
    try:
        return call()
    except AlibabaCloudException as error:
        said = error.data or {}
        raise Refused(error.status_code, error.code, said.get("Message"), error.request_id) from error
