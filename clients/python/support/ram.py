"""`alibabacloud_ram20150501` and `alibabacloud_sts20150401`: identities, managed the provider's way."""

import json

from alibabacloud_ram20150501 import models
from alibabacloud_ram20150501.client import Client
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_sts20150401.models import AssumeRoleRequest
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions

from .server import KEY_ID, KEY_SECRET
from .tea import answer

METHODS = {
    name.removesuffix("_with_options").replace("_", ""): name
    for name in dir(Client)
    if name.endswith("_with_options")
}


def policy(action):
    """A document that allows this on everything."""
    return json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


class Ram:
    """`ram.CreateUser(UserName=...)` is `client.create_user_with_options(CreateUserRequest(...), runtime).body`."""

    def __init__(self, server, key_id=KEY_ID, secret=KEY_SECRET, token=None):
        self.config = Config(
            access_key_id=key_id,
            access_key_secret=secret,
            security_token=token,
            endpoint=server.endpoint,
            protocol="http",
        )
        self.client = Client(self.config)
        self.runtime = RuntimeOptions()

    def __getattr__(self, action):
        def call(**parameters):
            request = getattr(models, f"{action}Request")().from_map(parameters)
            unknown = set(parameters) - set(request.to_map())
            assert not unknown, f"{action}Request would drop {unknown}"
            method = getattr(self.client, METHODS[action.lower()])
            return answer(lambda: method(request, self.runtime).body.to_map())

        return call

    def identity(self):
        client = StsClient(self.config)
        return answer(lambda: client.get_caller_identity_with_options(self.runtime).body.to_map())

    def assume(self, **parameters):
        """`AssumeRole` of the STS SDK."""
        request = AssumeRoleRequest().from_map(parameters)
        client = StsClient(self.config)
        return answer(lambda: client.assume_role_with_options(request, self.runtime).body.to_map())

    def user(self, name):
        """A new user with an access key: its id and secret."""
        self.CreateUser(UserName=name)
        key = self.CreateAccessKey(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["AccessKeySecret"]
