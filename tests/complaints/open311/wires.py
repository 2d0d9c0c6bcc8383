"""The server as a partner's program sees it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from urllib.parse import quote

from django.test import Client

V2 = "/open311/v2"


def both(path: str, **query: str):
    """The same address in both formats: (JSON value, XML root)."""
    text = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    js, xml = (Client().get(f"{V2}/{path}.{form}?{text}") for form in ("json", "xml"))
    assert js.status_code == xml.status_code
    assert js["Content-Type"] == "application/json; charset=utf-8"
    assert xml["Content-Type"] == "text/xml; charset=utf-8"
    assert xml.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return json.loads(js.content), ElementTree.fromstring(xml.content), js.status_code


def post(key: str, form: str = "json", **values):
    values = {"api_key": key, **{name.replace("__", "["): value for name, value in values.items()}}
    return Client().post(f"{V2}/requests.{form}", values)
