"""What a request of the officers' app says, read into our types: key, time put right, place."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Said:
    """The head of every request that waited in a phone's outbox. ``at`` is ``said_at`` put right."""

    key: uuid.UUID
    at: datetime
    said_at: datetime
    lat: float | None
    lng: float | None


def head(request: HttpRequest, now: datetime | None = None) -> Said:
    """Raises ValidationError by field: ``id``, ``at``. A place that is none is left out."""
    now = now or timezone.now()
    values = request.POST
    try:
        key = uuid.UUID(values.get("id", ""))
    except ValueError as error:
        raise ValidationError({"id": _("Without a usable name of its own.")}) from error
    said = _time(values.get("at", ""), now)
    sent = _time(values.get("sent_at", ""), now)
    if said is None:
        raise ValidationError({"at": _("This time cannot be read.")})
    error_of_clock = now - sent if sent is not None else timedelta()
    lat, lng = _degrees(values.get("lat", ""), 90), _degrees(values.get("lon", ""), 180)
    if lat is None or lng is None:
        lat = lng = None
    return Said(key, min(said + error_of_clock, now), said, lat, lng)


def _time(text: str, now: datetime) -> datetime | None:
    try:
        found = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if abs(found - now) <= YEAR else None


def _degrees(text: str, most: int) -> float | None:
    try:
        found = float(text[:20])
    except ValueError:
        return None
    return found if math.isfinite(found) and abs(found) <= most else None
