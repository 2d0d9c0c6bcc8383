"""GeoReport v2 as a client: what other servers answer, read generously, asked through the careful client.

Servers differ: some wrap lists in an object (FixMyStreet), answer errors as web pages, print numbers where
the standard has texts, or give a token. What cannot be read is an error with a code, never a guess.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from complaints.channels.errors import Permanent, Retryable
from complaints.channels.http import Answer, Http

FORM = "application/x-www-form-urlencoded; charset=utf-8"
_LATER = {408, 409, 429}
MOST = 1000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and as whom: ``url`` ends before ``/services.json``."""

    url: str
    jurisdiction: str = ""
    key: str = ""


class Client:
    """One party's server. Raises Retryable or Permanent, and nothing else for whatever it answers."""

    def __init__(self, endpoint: Endpoint, http: Http) -> None:
        self._to = endpoint
        self._http = http

    def services(self) -> list[dict[str, str]]:
        """Code, name and group of each service."""
        rows = self._get("services", {}, "service")
        names = ("service_code", "service_name", "group")
        return [{name: _text(row.get(name)) for name in names} for row in rows if row.get("service_code")]

    def create(self, values: Mapping[str, str]) -> tuple[str, str]:
        """(their number, token); one of both is there."""
        body = urlencode({**self._who(), "api_key": self._to.key, **values}).encode()
        answer = self._http.call("POST", self._url("requests"), headers={"Content-Type": FORM}, body=body)
        row = next(iter(self._rows(answer, "request")), {})
        number, token = _text(row.get("service_request_id")), _text(row.get("token"))
        if not number and not token:
            raise Permanent("answer_not_understood")
        return number[:100], token[:100]

    def number_of(self, token: str) -> str:
        """The number behind a token, empty while there is none."""
        rows = self._get(f"tokens/{quote(token, safe='')}", {}, "request")
        return _text(next(iter(rows), {}).get("service_request_id"))[:100]

    def request(self, number: str) -> dict[str, Any]:
        """One request as it stands."""
        return next(iter(self._get(f"requests/{quote(number, safe='')}", {}, "request")), {})

    def updates(self, start: datetime, end: datetime) -> list[dict[str, str]]:
        """Updates of a window; Permanent where the server offers none."""
        window = {
            "start_date": start.isoformat(timespec="seconds"),
            "end_date": end.isoformat(timespec="seconds"),
        }
        rows = self._get("servicerequestupdates", {**window, "api_key": self._to.key}, "request_update")
        names = ("update_id", "service_request_id", "status", "description", "updated_datetime")
        return [{name: _text(row.get(name)) for name in names} for row in rows]

    def _who(self) -> dict[str, str]:
        return {"jurisdiction_id": self._to.jurisdiction} if self._to.jurisdiction else {}

    def _url(self, page: str) -> str:
        return f"{self._to.url.rstrip('/')}/{page}.json"

    def _get(self, page: str, values: Mapping[str, str], child: str) -> list[dict[str, Any]]:
        query = urlencode({name: value for name, value in {**self._who(), **values}.items() if value})
        return self._rows(self._http.call("GET", self._url(page) + (f"?{query}" if query else "")), child)

    def _rows(self, answer: Answer, child: str) -> list[dict[str, Any]]:
        try:
            value = json.loads(answer.body)
        except (ValueError, RecursionError):
            value = None
        if answer.status >= 400:
            raise _problem(answer, value)
        rows = _unwrapped(value, child)
        if answer.status != 200 or rows is None:
            raise Retryable("answer_not_understood", f"HTTP {answer.status}", maybe_sent=True)
        return rows[:MOST]


def _unwrapped(value: Any, child: str) -> list[dict[str, Any]] | None:
    """A bare list, ``{"services": [...]}``, ``{"service_requests": {"request": [...]}}`` or one object."""
    for _depth in range(3):
        if isinstance(value, list):
            rows = [
                row.get(child, row) if isinstance(row, dict) and set(row) == {child} else row for row in value
            ]
            return [row for row in rows if isinstance(row, dict)]
        if not isinstance(value, dict):
            return None
        if child in value:
            value = value[child]
        elif len(value) == 1 and isinstance(next(iter(value.values())), list | dict):
            value = next(iter(value.values()))
        else:
            return [value]
    return [value] if isinstance(value, dict) else None


def _problem(answer: Answer, value: Any) -> Permanent | Retryable:
    """Their error by its code: what may pass is tried again, the rest is for a person."""
    rows = _unwrapped(value, "error") or []
    said = next((row for row in rows if row.get("description") or row.get("code")), {})
    code = int(_text(said.get("code"))) if _text(said.get("code")).isdecimal() else answer.status
    detail = f"HTTP {answer.status} {_text(said.get('description'))[:120]}".strip()
    if code in _LATER or answer.status in _LATER or answer.status >= 500:
        after = answer.headers.get("Retry-After", "")
        return Retryable("provider_down", detail, after=float(after) if after.isdecimal() else None)
    return Permanent("refused", detail)


def _text(value: Any) -> str:
    """A code or a number as a text; nothing for what is neither."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).replace("\x00", "").strip()
