"""What a provider's answer to a sent message means: sent, try again, or never."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from complaints.channels import shapes
from complaints.channels.errors import Permanent, Retryable, SendFailed
from complaints.channels.http import Answer, Http
from complaints.channels.signing import header

# A token is mended by a person: asking every few seconds changes nothing and may lock the account.
TOKEN_WAIT = 900.0
_LONGEST = 86_400.0


def post_json(http: Http, url: str, value: Any, headers: Mapping[str, str]) -> Answer:
    """POST of a JSON value."""
    return http.call(
        "POST", url, headers={"Content-Type": "application/json", **headers}, body=shapes.dump(value)
    )


def bearer(token: object) -> dict[str, str]:
    """The header a token travels in.

    Raises:
        Retryable: for the whole channel, when there is no token or one that is no header value.
    """
    plain = str(token or "").strip()
    if not plain or not plain.isascii() or not plain.isprintable():
        raise not_set_up("token")
    return {"Authorization": f"Bearer {plain}"}


def not_set_up(what: str) -> Retryable:
    """The channel lacks a setting: the message waits until somebody fills it in."""
    return Retryable("not_set_up", what, after=TOKEN_WAIT, channel_wide=True)


def required(values: Mapping[str, Any], name: str) -> str:
    """A setting that must be there."""
    value = shapes.ident(values.get(name))
    if not value:
        raise not_set_up(name)
    return value


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Seconds the provider asks to wait (Retry-After, RFC 9110 §10.2.3), at most a day; None when it does
    not.
    """
    written = header(answer.headers, "Retry-After")
    if not written:
        return None
    seconds = shapes.number(written)
    if seconds is None:
        try:
            seconds = (parsedate_to_datetime(written) - now).total_seconds()
        except (TypeError, ValueError, OverflowError):
            return None
    return min(max(seconds, 1.0), _LONGEST)


def failure(answer: Answer, now: datetime, detail: str = "") -> SendFailed | None:
    """The failure an HTTP status means by itself, None for 2xx."""
    status = answer.status
    if 200 <= status < 300:
        return None
    detail = detail or f"HTTP {status}"
    if status == 429:
        return Retryable("rate_limited", detail, after=retry_after(answer, now))
    if status == 401:
        return Retryable("token_refused", detail, after=TOKEN_WAIT, channel_wide=True)
    if status >= 500 or status == 408:
        # A gateway that gave up waiting does not know whether the service behind it went on.
        unsure = status in (408, 502, 504)
        return Retryable("provider_down", detail, after=retry_after(answer, now), maybe_sent=unsure)
    return Permanent("refused", detail)


def taken_as(external_id: str) -> str:
    """The id of a message the provider took; without one we cannot follow it, and sending again would double
    it.
    """
    if not external_id:
        raise Permanent("answer_not_understood")
    return external_id
