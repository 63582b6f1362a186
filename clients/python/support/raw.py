"""Requests signed by hand (signature V1), for what no SDK can be made to send."""

import base64
import hashlib
import hmac
import uuid
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import requests

from .server import KEY_ID, KEY_SECRET


def encode(text):
    return quote(str(text), safe="-_.~")


def timestamp(shift_s=0):
    return (datetime.now(timezone.utc) + timedelta(seconds=shift_s)).strftime("%Y-%m-%dT%H:%M:%SZ")


def parameters(action, version="2016-04-28", **more):
    """The common parameters and the action's own; `None` leaves one out."""
    common = {
        "Action": action,
        "Version": version,
        "Format": "JSON",
        "RegionId": "cn-hangzhou",
        "AccessKeyId": KEY_ID,
        "Timestamp": timestamp(),
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": uuid.uuid4().hex,
    }
    return {name: value for name, value in {**common, **more}.items() if value is not None}


def signed(params, method="POST", secret=KEY_SECRET):
    """The parameters with their signature (wire.md 2)."""
    query = "&".join(f"{encode(name)}={encode(params[name])}" for name in sorted(params))
    text = f"{method}&%2F&{encode(query)}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    return {**params, "Signature": base64.b64encode(digest).decode()}


def send(server, params, method="POST", body=(), session=requests):
    """Sends parameters in the query, those named in `body` in a form."""
    query = {name: value for name, value in params.items() if name not in body}
    form = {name: value for name, value in params.items() if name in body}
    return session.request(method, f"http://{server.endpoint}/", params=query, data=form or None, timeout=10)


def call(server, action, method="POST", secret=KEY_SECRET, body=(), session=requests, **more):
    return send(server, signed(parameters(action, **more), method, secret), method, body, session)
