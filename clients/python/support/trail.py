"""`alibabacloud_actiontrail20200706`: what was called."""

import time

from alibabacloud_actiontrail20200706 import models
from alibabacloud_actiontrail20200706.client import Client
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions

from .server import KEY_ID, KEY_SECRET
from .tea import answer


class Trail:
    """Looks events up; conditions are keywords, such as `EventName="CreateVpc"`."""

    def __init__(self, server, key_id=KEY_ID, secret=KEY_SECRET):
        config = Config(access_key_id=key_id, access_key_secret=secret, endpoint=server.endpoint, protocol="http")
        self.client = Client(config)
        self.runtime = RuntimeOptions()

    def page(self, conditions=None, **parameters):
        attribute = models.LookupEventsRequestLookupAttribute
        attributes = [attribute(key=key, value=value) for key, value in (conditions or {}).items()]
        request = models.LookupEventsRequest(lookup_attribute=attributes or None, **parameters)
        return answer(lambda: self.client.lookup_events_with_options(request, self.runtime).body.to_map())

    def all(self, size="50", direction=None, **conditions):
        """The events of all pages."""
        events, token = [], None
        while True:
            page = self.page(conditions, max_results=size, next_token=token, direction=direction)
            events += page["Events"]
            token = page.get("NextToken")
            if not token:
                return events

    def wait(self, count, **conditions):
        """The events, once there are so many: refused calls are recorded a moment later."""
        deadline = time.monotonic() + 10
        while True:
            events = self.all(**conditions)
            if len(events) == count:
                return events
            assert time.monotonic() < deadline, f"{count} events of {conditions}, not {events}"
            time.sleep(0.05)
