"""A request and an answer, and the answers providers give when something is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """One request, read whole."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> list[str]:
        """The path's parts, still quoted."""
        return urlsplit(self.target).path.strip("/").split("/")

    def query(self, name: str) -> str:
        """A parameter of the address."""
        return parse_qs(urlsplit(self.target).query).get(name, [""])[0]

    def json(self) -> dict[str, Any]:
        """The body's object, an empty one when it is none."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def bearer(self, token: str) -> bool:
        """Whether the token was shown."""
        return self.headers.get("Authorization") == f"Bearer {token}"


@dataclass(frozen=True)
class Answer:
    """One answer."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def said(value: Any, status: int = 200, **headers: str) -> Answer:
    """An answer of JSON; underscores in header names are dashes."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json", **named})


def graph_error(status: int, code: int, message: str, subcode: int = 0, **headers: str) -> Answer:
    """Meta's kind of error."""
    error: dict[str, Any] = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code}
    if subcode:
        error["error_subcode"] = subcode
    return said({"error": error | {"fbtrace_id": "sim"}}, status, **headers)


def telegram_error(status: int, text: str, **parameters: int) -> Answer:
    """Telegram's kind of error."""
    value: dict[str, Any] = {"ok": False, "error_code": status, "description": text}
    if parameters:
        value["parameters"] = parameters
    return said(value, status)


def problem(status: int, title: str, **headers: str) -> Answer:
    """Everybody else's kind of error (RFC 9457)."""
    return said({"title": title, "detail": title, "status": status}, status, **headers)


def too_many(channel: str, after: int, now: float) -> Answer:
    """Each provider's way to ask for patience."""
    if channel == "telegram":
        return telegram_error(429, f"Too Many Requests: retry after {after}", retry_after=after)
    if channel == "x":
        return problem(429, "Too Many Requests", x_rate_limit_reset=str(int(now) + after))
    if channel in ("whatsapp", "messenger", "instagram"):
        return graph_error(429, 130429, "Rate limit hit", Retry_After=str(after))
    return problem(429, "Too Many Requests", Retry_After=str(after))


def expired(channel: str) -> Answer:
    """Each provider's way to say that a token is over."""
    if channel == "telegram":
        return telegram_error(401, "Unauthorized")
    if channel in ("whatsapp", "messenger", "instagram"):
        return graph_error(401, 190, "Error validating access token: Session has expired")
    return problem(401, "Unauthorized")


def broken(channel: str, code: int) -> Answer:
    """Each provider's kind of body around a status."""
    if channel == "telegram":
        return telegram_error(code, "Internal Server Error")
    if channel in ("whatsapp", "messenger", "instagram"):
        return graph_error(code, 131000 if code >= 500 else 100, "Something went wrong")
    return problem(code, "Something went wrong")
