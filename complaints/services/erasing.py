"""What the law and the schedule take away (UU PDP 27/2022, articles 8 and 42 to 44), and what stays.

The one place that may touch history rows: it says so to the database for its own transaction, and leaves a
row that tells what was taken, when and why, without a word of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from complaints.models import (
    Attachment,
    Direction,
    Envelope,
    Message,
    Outbox,
    Rating,
    Report,
    Reporter,
    Subscription,
    Tombstone,
)
from complaints.services import files, moving
from complaints.services.writing import lock, must, save
from complaints.workflow import OUTCOMES, Status

CHUNK = 500
GONE = "–"


@contextmanager
def history_opened() -> Iterator[None]:
    """Lets this transaction, and no other, take words out of history rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cc.erasing', 'on', true)")
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('cc.erasing', 'off', true)")


@transaction.atomic
def erase(*, pk: int, viewer: Viewer | None, reason: str) -> Report:
    """Takes every word, file and contact of the citizen; the number, the moves and the times stay.

    An open report ends with it. The desk needs the right to erase; a citizen who showed his PIN is None.
    """
    must(viewer, "erase_report")
    report = lock(pk, viewer=viewer)
    if report.status not in OUTCOMES:
        moving.put(report, Status.REJECTED, viewer=viewer, text=_("Withdrawn by its reporter."))
    counts = _words(report)
    counts |= _contact(report)
    report.text, report.answers, report.address = GONE, {}, ""
    report.pin_digest, report.anonymised_at = "", timezone.now()
    save(report, "text", "answers", "address", "pin_digest", "anonymised_at")
    _tombstone(report, reason, counts, viewer)
    audit.record(viewer=viewer, action="report.erased", subject=report, detail={"reason": reason, **counts})
    return report


def _words(report: Report) -> dict[str, int]:
    """Messages, ratings, files and the provider's raw posts."""
    found: dict[str, int] = {}
    with history_opened():
        incoming = Message.objects.filter(report=report)
        found["messages"] = incoming.update(text=GONE, external_id="", about_external_id="")
        found["ratings"] = Rating.objects.filter(report=report).update(text="")
    attached = list(Attachment.objects.filter(report=report).exclude(state=Attachment.State.ERASED))
    for row in attached:
        files.erase(row)
    found["files"] = len(attached)
    posts = Envelope.objects.filter(reports=report) | Envelope.objects.filter(
        pk__in=Message.objects.filter(report=report).values("envelope")
    )
    marks = list(posts.values_list("pk", flat=True))
    found["posts"] = Envelope.objects.filter(pk__in=marks).update(raw=b"", erased_at=timezone.now())
    return found


def _contact(report: Report) -> dict[str, int]:
    """Who it was, unless another report of his is still being worked on."""
    Outbox.objects.filter(report=report).update(to="", body="")
    person = report.reporter
    if person is None or person.reports.exclude(pk=report.pk).open().exists():
        return {"contacts": 0}
    return {"contacts": int(forget(person))}


def forget(person: Reporter) -> bool:
    """Empties a reporter; False where he was empty already."""
    if person.erased_at is not None:
        return False
    for name in ("name", "phone", "email", "address", "phone_digest", "email_digest", "address_digest"):
        setattr(person, name, "")
    person.erased_at = timezone.now()
    person.save()
    Outbox.objects.filter(reporter=person).update(to="", body="")
    Subscription.objects.filter(reporter=person).update(ended_at=timezone.now())
    return True


def _tombstone(report: Report, reason: str, counts: dict[str, int], viewer: Viewer | None) -> None:
    Tombstone.objects.create(
        report=report, number=report.number, at=timezone.now(), reason=reason, detail=counts,
        actor_name=viewer.name if viewer else "",
    )  # fmt: skip


def retention(now: datetime | None = None) -> int:
    """Contacts leave a year (a setting) after the last report of their person was closed; how many."""
    moment = now or timezone.now()
    before = moment - timedelta(days=settings.CONTACT_DAYS)
    people = Reporter.objects.filter(erased_at__isnull=True, reports__closed_at__lt=before).distinct()
    done = 0
    for person in people[:CHUNK]:
        kept = person.reports.filter(closed_at__gte=before).exists() or person.reports.open().exists()
        if not kept:
            done += _forgotten(person, before)
    return done


@transaction.atomic
def _forgotten(person: Reporter, before: datetime) -> bool:
    if not forget(person):
        return False
    marks = Message.objects.filter(reporter=person, envelope__isnull=False).values("envelope")
    Envelope.objects.filter(pk__in=marks).update(raw=b"", erased_at=timezone.now())
    for report in person.reports.all():
        _tombstone(report, "retention", {"contacts": 1}, None)
    return True


def own_data(report: Report) -> dict[str, Any]:
    """Everything we hold of the citizen who shows the PIN, as one document."""
    person = report.reporter
    messages = Message.objects.filter(report=report).order_by("pk")
    return {
        "number": report.number,
        "text": report.text,
        "answers": report.answers,
        "place": {"lat": report.lat, "lng": report.lng, "address": report.address},
        "sent_at": report.sent_at,
        "received_at": report.received_at,
        "anonymous": report.anonymous,
        "secret": report.secret,
        "contact": {"name": person.name, "phone": person.phone, "email": person.email} if person else None,
        "messages": [
            {"at": row.at, "from": "citizen" if row.direction == Direction.IN else "city", "text": row.text}
            for row in messages
        ],
        "ratings": list(report.ratings.values("at", "score", "text")),
        "files": list(report.attachments.values("created_at", "kind", "state", "caption")),
    }
