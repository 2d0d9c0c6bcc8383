"""Which reports a browser opened by their PINs.

Beside the key of each stands a mark of the PIN as it was: when the PIN is emptied (an erasure) or changed,
the report is closed in every browser at once.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest

from complaints.models import Report

OPENED = "report_opened"
MOST = 10


def opened_by(request: HttpRequest) -> list[int]:
    """The reports whose PIN this browser has shown, and that still have it."""
    kept = _kept(request)
    if not kept:
        return []
    rows = Report.objects.filter(pk__in=kept).exclude(pin_digest="").values_list("pk", "pin_digest")
    fits = {pk for pk, sealed in rows if hmac.compare_digest(_mark(sealed), kept[pk])}
    return [pk for pk in kept if pk in fits]


def keep_open(request: HttpRequest, report: Report) -> None:
    """Its PIN fitted: from now on under a new session key; who planted the old one does not look on."""
    request.session.cycle_key()
    kept = {pk: mark for pk, mark in _kept(request).items() if pk != report.pk}
    _keep(request, {**dict([*kept.items()][1 - MOST :]), report.pk: _mark(report.pin_digest)})


def shut(request: HttpRequest, pk: int | None) -> None:
    """Ends it in this browser."""
    _keep(request, {one: mark for one, mark in _kept(request).items() if one != pk})


def _kept(request: HttpRequest) -> dict[int, str]:
    """What the session holds; what is no pair was kept before there were marks, and opens nothing."""
    rows = request.session.get(OPENED, [])
    return {row[0]: row[1] for row in rows if isinstance(row, list) and len(row) == 2}


def _keep(request: HttpRequest, kept: dict[int, str]) -> None:
    request.session[OPENED] = [[pk, mark] for pk, mark in kept.items()]


def _mark(sealed: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"opened by {sealed}".encode(), hashlib.sha256).hexdigest()[:24]
