"""An error answer, the same whichever SDK met it."""

from contextlib import contextmanager

import pytest


class Refused(Exception):
    """What the server said, with the SDK's own exception as `__cause__`."""

    def __init__(self, status, code, message, request_id):
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id


@contextmanager
def refused(code, status=400, message=None):
    """The calls within answer this error; an error says exactly this and nothing else will do."""
    with pytest.raises(Refused) as caught:
        yield caught
    error = caught.value
    assert (error.status, error.code) == (status, code), error
    assert error.message, "an error without words"
    assert error.request_id, "an error without a RequestId"
    if message is not None:
        assert error.message == message
