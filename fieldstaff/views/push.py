"""A browser asks to be told, asks no more, and says that somebody looked. JSON, by token or by login."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from complaints.channels.errors import ChannelError
from complaints.channels.http import Http
from fieldstaff import push
from fieldstaff.models import Officer, PushSubscription
from fieldstaff.models.push import endpoint_digest
from fieldstaff.views.callers import by_token, forged, later_without_database
from fieldstaff.webpush import crypto

MAX_BODY = 8192
MOST = 10
"""Browsers of one person; the oldest makes room."""


@csrf_exempt
@later_without_database
def subscription(request: HttpRequest) -> JsonResponse:
    """GET: ``{"key", "count"}``. POST: what ``PushSubscription.toJSON()`` says, and ``device``."""
    owner = _owner(request)
    return _told({"error": "token"}, 401) if owner is None else subscribed(request, owner)


def subscribed(request: HttpRequest, owner: dict[str, Any]) -> JsonResponse:
    """The same for an owner whom another door knows: ``user_id`` or ``officer_id``, or both."""
    rows = PushSubscription.objects.filter(**owner)
    if request.method != "POST":
        return _told({"key": push.vapid().public, "count": rows.count()})
    said = _body(request)
    problem = _problem(said)
    if problem:
        return _told({"error": problem}, 400)
    keys = said["keys"]
    # Whoever holds the browser now: another person's notifications must not arrive there any more.
    PushSubscription.objects.update_or_create(
        endpoint_digest=endpoint_digest(said["endpoint"]),
        defaults={
            "user_id": None, "officer_id": None, **owner, "endpoint": said["endpoint"],
            "p256dh": keys["p256dh"], "auth": keys["auth"], "device": str(said.get("device", ""))[:120],
            "failures": 0,
        },
    )  # fmt: skip
    rows.filter(pk__in=list(rows.order_by("-pk").values_list("pk", flat=True)[MOST:])).delete()
    return _told({"result": "subscribed"}, 201)


@csrf_exempt
@require_POST
@later_without_database
def unsubscribe(request: HttpRequest) -> JsonResponse:
    """POST ``{"endpoint"}``: nothing more arrives there."""
    owner = _owner(request)
    return _told({"error": "token"}, 401) if owner is None else unsubscribed(request, owner)


def unsubscribed(request: HttpRequest, owner: dict[str, Any]) -> JsonResponse:
    """The same for an owner whom another door knows."""
    digest = endpoint_digest(str(_body(request).get("endpoint", "")))
    gone, _by_model = PushSubscription.objects.filter(endpoint_digest=digest, **owner).delete()
    return _told({"result": "unsubscribed" if gone else "unknown"})


@csrf_exempt  # a service worker has no form; the number came sealed to this browser alone
@require_POST
@later_without_database
def seen(request: HttpRequest) -> JsonResponse:
    """POST ``{"id"}``: the notification was opened."""
    try:
        number = str(UUID(str(_body(request).get("id", ""))))
    except ValueError:
        return _told({"error": "id"}, 400)
    return _told({"result": "opened" if push.opened(number) else "unknown"})


def _owner(request: HttpRequest) -> dict[str, Any] | None:
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        caller = by_token(request)
        officer = caller.officer if caller else None
        return {"officer_id": officer.pk} if officer else None
    user = request.user
    if not user.is_authenticated or not user.is_active or forged(request):
        return None
    officer = Officer.objects.filter(user=user.pk).first()
    return {"user_id": user.pk, "officer_id": officer.pk if officer else None}


def _problem(said: dict[str, Any]) -> str:
    """Why this is no subscription; empty for one. The address is judged again each time it is dialled."""
    endpoint, keys = said.get("endpoint"), said.get("keys")
    if not isinstance(endpoint, str) or not 12 <= len(endpoint) <= 1000 or not isinstance(keys, dict):
        return "shape"
    try:
        crypto.public_of(crypto.unb64(str(keys.get("p256dh", ""))[:200]))
        if len(crypto.unb64(str(keys.get("auth", ""))[:100])) != 16:
            return "keys"
    except ValueError:
        return "keys"
    return _refused(endpoint)


def _refused(endpoint: str) -> str:
    http = Http(allow_hosts=settings.CHANNEL_ALLOW_HOSTS)
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        if parts.username or parts.scheme not in {"https", "http"}:
            return "address"
        if parts.scheme == "http":
            return "" if http.trusts(host, port) else "address"
        http.server(host, port)
    except ChannelError as error:
        return "address" if error.code == "address_refused" else ""
    except ValueError:
        return "address"
    return ""


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.read(MAX_BODY))
    except (ValueError, OSError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _told(answer: dict[str, Any], status: int = 200) -> JsonResponse:
    told = JsonResponse(answer, status=status)
    told.headers["Cache-Control"] = "no-store"
    return told
