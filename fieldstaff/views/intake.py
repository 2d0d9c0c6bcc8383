"""The doors of phones. A wrong token learns nothing; a right one is answered once its words are safe.

The answers are those that make the apps empty their queues: see ``docs/field-staff.md``.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from commandcenter.city.middleware import client_address
from fieldstaff import ingest, tokens
from fieldstaff.enrol import news, twice
from fieldstaff.ingest import Overload, Taken
from fieldstaff.orders import intake
from fieldstaff.tokens import Known
from fieldstaff.wire import batch, forms, owntracks
from fieldstaff.wire.batch import Outcome
from fieldstaff.wire.point import MAX_BODY, Bad, Decoded, Decoder, Reason

log = logging.getLogger(__name__)
TEXT, JSON = "text/plain; charset=utf-8", "application/json"
RETRY_S = 30
View = Callable[..., HttpResponse]


def later_without_database(view: View) -> View:
    """503 instead of an error page while the database is away: the apps keep their queues and come again."""

    @wraps(view)
    def calm(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Error as error:
            log.warning("a phone was told to come later: %s", type(error).__name__)
            return _later(503)

    return calm


# The token is the proof here; there is no session that a forged request could ride on.
@csrf_exempt
@later_without_database
def phone(request: HttpRequest, token: str) -> HttpResponse:
    """Traccar Client, OsmAnd, OwnTracks: the secret stands in the path. 404 for a token that is none."""
    known = tokens.check(token)
    if known is None:
        return _answer(b"", 404)
    return serve(request, known, forms.decode)


@csrf_exempt
@later_without_database
def owntracks_http(request: HttpRequest) -> HttpResponse:
    """OwnTracks by Basic login; the token is the password, any name will do. 401 asks for it."""
    if request.method != "POST":
        return _said(owntracks.decode(request.method or "", "", "", {}, b"", timezone.now()))
    known = tokens.check(password(request.headers.get("Authorization", "")))
    if known is None:
        answer = _answer(b"", 401)
        answer.headers["WWW-Authenticate"] = 'Basic realm="OwnTracks"'
        return answer
    return serve(request, known, owntracks.decode)


@csrf_exempt
@later_without_database
def own_batch(request: HttpRequest) -> HttpResponse:
    """Our own app's batches by Bearer token; the answer names each item."""
    if request.method != "POST":
        return _said(batch.decode(request.method or "", "", "", {}, b"", timezone.now()))
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    known = tokens.check(text.strip()) if scheme.lower() == "bearer" else tokens.check("")
    if known is None:
        answer = _answer(json.dumps({"error": "token"}).encode(), 401, JSON)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    return serve(request, known, batch.decode)


def password(header: str) -> str:
    """The password of a Basic header (RFC 7617), empty for anything else."""
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic" or len(coded) > 500:
        return ""
    try:
        return base64.b64decode(coded.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def serve(request: HttpRequest, known: Known, decode: Decoder) -> HttpResponse:
    """Takes what a known phone sent and answers as its app needs it; who it is was proved before."""
    now = timezone.now()
    if settings.HTTPS and not request.is_secure():
        tokens.exposed(known, now)
        log.warning("phone %s came without TLS: change its token", known.prefix)
        return _answer(b"HTTPS only / hanya HTTPS\n", 403)
    try:
        body = request.read(MAX_BODY + 1)
    except (UnreadablePostError, OSError):
        return _answer(b"", 400)
    query = request.META.get("QUERY_STRING", "")
    decoded = decode(request.method or "", "", query, dict(request.headers), body, now)
    if decoded.status >= 400:
        return _said(decoded)
    try:
        taken = ingest.take(known, decoded, now)
    except Overload as overload:
        return _later(overload.status)
    twice.seen(known.pk, client_address(request) or "", now)
    if known.fresh:
        news.heard(known.pk)
    if decode is batch.decode:
        decoded = _by_item(known, decoded, taken, now)
    return _said(decoded)


def _by_item(known: Known, decoded: Decoded, taken: Taken, now: datetime) -> Decoded:
    """Our own app hears of each item what became of it, and of each step how its order stands."""
    if taken.foreign or not decoded.items:
        return decoded
    steps = _steps(known, decoded, taken, now)
    wrong = {index: Reason.ORDER for index, step in steps.items() if step.refused}
    wrong |= dict.fromkeys(taken.untimely, Reason.TIME)
    kept = tuple(point for point in decoded.items if point.index not in wrong)
    left = [point for point in decoded.items if point.index in wrong]
    bad = (*decoded.bad, *(Bad(wrong[point.index], "", salvaged=point) for point in left))
    decoded = replace(decoded, items=kept, bad=bad)
    outcomes = dict.fromkeys(taken.duplicates, Outcome.DUPLICATE)
    outcomes |= {index: step.outcome for index, step in steps.items()}
    more = {index: step.told for index, step in steps.items() if step.told}
    return replace(decoded, reply=batch.reply(decoded, outcomes, more))


def _steps(known: Known, decoded: Decoded, taken: Taken, now: datetime) -> dict[int, intake.Result]:
    """Steps of orders; those whose time is impossible are none."""
    if not any(intake.names_order(point) for point in decoded.items):
        return {}
    request, points = ingest.received(known, decoded, now)
    found = intake.take(known, request, points, now)
    return {index: result for index, result in found.items() if index not in taken.untimely}


def _later(status: int) -> HttpResponse:
    answer = _answer(b"", status)
    answer.headers["Retry-After"] = str(RETRY_S)
    return answer


def _said(decoded: Decoded) -> HttpResponse:
    answer = _answer(decoded.reply, decoded.status, decoded.content_type)
    if decoded.allow:
        answer.headers["Allow"] = decoded.allow
    return answer


def _answer(body: bytes, status: int, content_type: str = TEXT) -> HttpResponse:
    answer = HttpResponse(body, status=status, content_type=content_type)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    # Django would log the address of a refused request, and the secret stands in it.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
