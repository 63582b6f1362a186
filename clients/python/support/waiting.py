"""Polling, as clients do it."""

import time


def wait_for(read, wanted, deadline_s=5):
    """Polls until `read` gives what is wanted; returns all distinct values seen on the way, in order."""
    seen = []
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        value = read()
        if value not in seen:
            seen.append(value)
        if value == wanted:
            return seen
        time.sleep(0.01)
    raise AssertionError(f"never {wanted!r}, only {seen}")
