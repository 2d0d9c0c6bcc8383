"""An incident that an officer meets on his way, in two taps: a photo and a category. It becomes a report."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Attachment, Category, Channel, ChannelKind, Report, Reporter, ReportKind
from complaints.services import files
from complaints.services.filing import Filed, NewReport, file_report
from complaints.services.reporters import reporter_for
from fieldstaff.pwa.identity import Holder

SLUG = "petugas"
FIRST = (
    "SPH-01", "DRN-03", "PHN-02", "JLN-01", "PJU-01", "LLN-01", "DRT-02", "DRT-01", "DRN-02", "TRT-01",
)  # fmt: skip
"""Codes of the seed whose buttons are there at once; the others are one tap further."""
MARK = uuid.UUID("6f0e2f3a-9a8d-4d55-8f0b-5e7f3a1c2b10")


@dataclass(frozen=True, slots=True)
class Incident:
    """What the phone kept. ``key`` is its own name of it: a repeat is the same report."""

    key: uuid.UUID
    category: Category | None
    at: datetime
    text: str = ""
    lat: float | None = None
    lng: float | None = None


def officers_channel() -> Channel:
    """The way in that says "a field officer saw this"; made when the first of them reports."""
    values = {
        "kind": ChannelKind.WALK_IN, "name": "Petugas lapangan", "order": 900, "quiet_after_h": 0,
    }  # fmt: skip
    row, _created = Channel.objects.get_or_create(slug=SLUG, defaults=values)
    return row


def offered() -> list[Category]:
    """Categories an officer may choose, the city's order; none whose report would be secret."""
    rows = Category.objects.offered().public().exclude(kind=ReportKind.ROOM)
    return list(rows.select_related("parent").order_by("parent__order", "order"))


def buttons() -> tuple[list[Category], list[Category]]:
    """The first buttons, and the others in the city's order."""
    rows = offered()
    by_code = {row.code: row for row in rows}
    first = [by_code[code] for code in FIRST if code in by_code] or rows[: len(FIRST)]
    taken = {row.pk for row in first}
    return first, [row for row in rows if row.pk not in taken]


def mark_of(holder: Holder, key: uuid.UUID) -> uuid.UUID:
    """The report's own name, out of the officer's and the phone's: nobody meets another's report by a key."""
    return uuid.uuid5(MARK, f"{holder.officer.pk}/{key}")


def file_incident(
    holder: Holder, incident: Incident, photo: Iterable[bytes] | None = None, *, name: str = "foto.jpg"
) -> Filed:
    """Files the report with its photo; the same key is the same report. Raises ValidationError by field."""
    mark = mark_of(holder, incident.key)
    known = Report.objects.filter(uuid=mark).first()
    if known is not None:
        return Filed(known, "", created=False)
    if photo is not None:
        files.take(photo, name=name, draft=mark, viewer=holder.viewer, declared="image/jpeg")
    with transaction.atomic():
        channel = officers_channel()
        new = NewReport(
            channel=channel, text=incident.text.strip() or _words(incident), uuid=mark,
            category=incident.category, lat=incident.lat, lng=incident.lng,
            occurred_at=min(incident.at, timezone.now()), reporter=_reporter(holder, channel), draft=mark,
            origin=holder.officer.origin,
        )  # fmt: skip
        return file_report(new, viewer=holder.viewer if holder.viewer.kind == "user" else None)


def _words(incident: Incident) -> str:
    if incident.category is None:
        return _("Seen by a field officer; see the photo.")
    return _("%(what)s, seen by a field officer.") % {"what": incident.category.name}


def _reporter(holder: Holder, channel: Channel) -> Reporter:
    """The officer as the agencies know him: by name and number, proved by his phone."""
    officer = holder.officer
    name = f"{officer.name} ({officer.code})"
    return reporter_for(channel=channel, address=f"officer:{officer.pk}", name=name, wrote_at=timezone.now())


def photos_of(report: Report) -> int:
    """How many files came with it."""
    return Attachment.objects.filter(report=report).count()
