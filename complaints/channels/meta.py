"""What WhatsApp, Messenger and Instagram share: Meta's handshake, signature, Graph calls and error codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from complaints.channels import answers, shapes
from complaints.channels.contract import Headers, Permanent, Retryable, Secrets, SendFailed, Settings
from complaints.channels.http import Answer, Http
from complaints.channels.signing import check, header, hex_signature, same, secrets_of

GRAPH = "https://graph.facebook.com"
VERSION = "v21.0"

# Meta's codes (Graph API and WhatsApp Cloud API error references); anything else goes by its HTTP status.
_TOKEN = {102, 190, 467}
_RATE = {4, 17, 32, 341, 613, 80006, 80007, 130429, 131048, 131056}
_DOWN = {1, 2, 1200, 130472, 131000, 131016, 131057, 133004}
_PERMANENT: dict[int, str] = {
    131047: "window_closed",
    131026: "recipient_unknown",
    131030: "recipient_unknown",
    131021: "recipient_unknown",
    131062: "recipient_unknown",
    131050: "blocked",
    551: "blocked",
    368: "account_restricted",
    131031: "account_restricted",
    131042: "account_restricted",
    **dict.fromkeys((132000, 132001, 132005, 132007, 132012, 132015, 132016), "template_refused"),
}
_BY_SUBCODE: dict[tuple[int, int], str] = {
    (10, 2018278): "window_closed",
    (10, 2534022): "window_closed",
    (100, 2018001): "recipient_unknown",
    (100, 2534014): "recipient_unknown",
}


def challenge(params: Mapping[str, str], secrets: Secrets) -> tuple[int, str]:
    """``hub.challenge`` back as text for whoever knows our verify token, else 403."""
    expected = secrets_of(secrets, "verify_token")
    asked = params.get("hub.mode") == "subscribe"
    if asked and expected and same(params.get("hub.verify_token", ""), expected[0]):
        return 200, params.get("hub.challenge", "")
    return 403, ""


def verify(headers: Headers, raw: bytes, secrets: Secrets, *names: str) -> None:
    """X-Hub-Signature-256 over the raw bytes, with any of the named app secrets; the old SHA-1 counts for
    nothing.
    """
    expected = [hex_signature(secret, raw) for secret in secrets_of(secrets, *names)]
    check(header(headers, "X-Hub-Signature-256"), expected)


def base_of(settings: Settings, default: str = GRAPH) -> str:
    """``https://graph.facebook.com/v21.0``, or what the settings name instead."""
    base = str(settings.get("api_base") or default).rstrip("/")
    return f"{base}/{settings.get('api_version') or VERSION}"


def call(http: Http, url: str, token: object, now: datetime, value: Any = None) -> dict[str, Any]:
    """A Graph call, POST when there is a value; its answer, or what its failure means."""
    headers = answers.bearer(token)
    answer = (
        http.call("GET", url, headers=headers)
        if value is None
        else answers.post_json(http, url, value, headers)
    )
    found = failure(answer, now)
    if found is not None:
        raise found
    return shapes.obj(shapes.parse(answer.body))


def failure(answer: Answer, now: datetime) -> SendFailed | None:
    """What Graph's answer means; an ``error`` counts even when the status says 200."""
    error = shapes.obj(shapes.parse(answer.body), "error")
    code, subcode = shapes.whole(error.get("code")), shapes.whole(error.get("error_subcode"))
    if not error:
        return answers.failure(answer, now)
    detail = f"{code}/{subcode}" if subcode else str(code)
    named = named_failure(code, subcode, detail, answers.retry_after(answer, now))
    if named is not None:
        return named
    return answers.failure(answer, now, detail) or Permanent("refused", detail)


def named_failure(code: int, subcode: int, detail: str, after: float | None) -> SendFailed | None:
    """What one of Meta's codes means, None for a code we do not know."""
    if code in _TOKEN:
        return Retryable("token_refused", detail, after=answers.TOKEN_WAIT, channel_wide=True)
    if code in _RATE:
        return Retryable("rate_limited", detail, after=after)
    if code in _DOWN:
        return Retryable("provider_down", detail, after=after)
    reason = _BY_SUBCODE.get((code, subcode)) or _PERMANENT.get(code)
    return Permanent(reason, detail) if reason else None


def entries(value: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each ``entry`` of a post with the post's outer members."""
    outer = {name: item for name, item in value.items() if name != "entry"}
    for entry in shapes.objs(value.get("entry")):
        yield outer, entry


def alone(outer: Mapping[str, Any], entry: Mapping[str, Any], name: str, item: Any) -> dict[str, Any]:
    """A post with this one event in it."""
    return {**outer, "entry": [{**shapes.sub(entry, "id", "time"), name: [item]}]}
