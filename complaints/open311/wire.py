"""How answers look on the wire: XML and JSON as GeoReport v2 and its Spark convention want them.

In JSON a container of one kind of child is an array even with one child, an empty element is null, codes and
ids are always strings, lists are bare root arrays. XML has no namespace and names UTF-8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpResponse

TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The name of one child of a list, by the name of the list.
CHILDREN = {
    "services": "service", "attributes": "attribute", "values": "value", "service_requests": "request",
    "errors": "error", "endpoints": "endpoint", "formats": "format",
    "service_request_updates": "request_update",
    "notes": "note", "photos": "photo",
}  # fmt: skip


class Problem(Exception):
    """An error of the caller: ``status`` is 400, 403 or 404, as the standard wants; 500 is our own fault.

    ``code`` may be more specific; ``after`` seconds the same request may be repeated.
    """

    def __init__(
        self, status: int, description: str, code: int | None = None, *, after: int | None = None
    ) -> None:
        super().__init__(description)
        self.status, self.code, self.after = status, code or status, after


def w3c(moment: datetime | None, zone: Any) -> str | None:
    """ISO 8601 with the city's offset."""
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None


def answer(name: str, value: Any, form: str, status: int = 200) -> HttpResponse:
    """``value`` (a list of dicts, or a dict) as the document ``name``."""
    body = _json(value) if form == "json" else _xml(name, value)
    return HttpResponse(body, content_type=TYPES[form], status=status)


def errors(problems: Sequence[Problem], form: str) -> HttpResponse:
    """Several problems in the asked format; the first one's status."""
    rows = [{"code": problem.code, "description": str(problem)} for problem in problems]
    response = answer("errors", rows, form, problems[0].status)
    if problems[0].after is not None:
        response["Retry-After"] = str(problems[0].after)
    return response


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _xml(name: str, value: Any) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + _element(name, value)


def _element(name: str, value: Any) -> str:
    if value is None or value == "":
        return f"<{name}/>"
    if isinstance(value, dict):
        inside = "".join(_element(key, item) for key, item in value.items())
    elif isinstance(value, list):
        child = CHILDREN.get(name, "item")
        inside = "".join(_element(child, item) for item in value)
    elif isinstance(value, bool):
        inside = "true" if value else "false"
    else:
        inside = escape(_NO_XML.sub("", str(value)))
    return f"<{name}>{inside}</{name}>"
