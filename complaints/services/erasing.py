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
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from complaints.models import (
    Assignment,
    Attachment,
    CategoryChange,
    Direction,
    Envelope,
    LocationChange,
    Message,
    Outbox,
    PartnerReport,
    Rating,
    Report,
    Reporter,
    RoomChange,
    StatusChange,
    Subscription,
    Tombstone,
)
from complaints.services import files, moving, remote_files, talking
from complaints.services.writing import lock, must, save
from complaints.workflow import OUTCOMES, Status

CHUNK = 500
GONE = "–"
BY_CITIZEN = (Status.REOPEN_ASKED.value, Status.REOPENED.value)


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

    So does what others gave: the house's photos and words, those of partners and of followers.

    An open report ends with it, unless others support it: then it goes on for them without its words and its
    reporter. The desk needs the right to erase; a citizen who showed his PIN is None.
    """
    must(viewer, "erase_report")
    report = lock(pk, viewer=viewer)
    shared = _others_support(report)
    if report.status not in OUTCOMES and not shared:
        moving.put(report, Status.REJECTED, viewer=viewer, text=_("Withdrawn by its reporter."))
    counts = _words(report)
    counts |= _contact(report)
    report.text, report.answers, report.address = GONE, {}, ""
    report.pin_digest, report.reporter = "", None
    report.anonymised_at = None if shared else timezone.now()
    save(report, "text", "answers", "address", "pin_digest", "reporter", "anonymised_at")
    _tombstone(report, reason, counts, viewer)
    audit.record(viewer=viewer, action="report.erased", subject=report, detail={"reason": reason, **counts})
    return report


def _others_support(report: Report) -> bool:
    """Whether somebody besides its reporter stands behind it."""
    follow = Subscription.objects.filter(report=report, ended_at__isnull=True)
    return report.supporters > 0 or follow.exclude(reporter=report.reporter_id).exists()


def _own_messages(report: Report) -> QuerySet[Message]:
    """What the reporter said himself, and what was said to him: nobody else's word."""
    said = Q(direction=Direction.IN, reporter=report.reporter_id) & ~Q(actor_kind=talking.PARTNER)
    told = Q(direction=Direction.OUT, reporter=report.reporter_id)
    return Message.objects.filter(said | told, report=report)


def _words(report: Report) -> dict[str, int]:
    """Messages, ratings, files and the provider's raw posts."""
    found: dict[str, int] = {}
    with history_opened():
        own = list(_own_messages(report).values_list("pk", flat=True))
        found["messages"] = Message.objects.filter(pk__in=own).update(
            text=GONE, external_id="", about_external_id=""
        )
        RoomChange.objects.filter(report=report).update(text="")
        _words_of_moves(report)
        found["ratings"] = Rating.objects.filter(report=report).update(text="")
    # Locked: a worker that brings a file at this moment finds the row erased, and takes its bytes away.
    attached = list(
        Attachment.objects.select_for_update(of=("self",))
        .filter(report=report)
        .sent_by_reporter()
        .exclude(state=Attachment.State.ERASED)
        .order_by("pk")
    )
    for row in attached:
        files.erase(row)
    found["files"] = len(attached)
    remote_files.forget(report)
    PartnerReport.objects.filter(report=report).update(account_id="")
    posts = Envelope.objects.filter(reports=report) | Envelope.objects.filter(
        pk__in=Message.objects.filter(pk__in=own).values("envelope")
    )
    marks = list(posts.values_list("pk", flat=True))
    found["posts"] = Envelope.objects.filter(pk__in=marks).update(raw=b"", erased_at=timezone.now())
    return found


def _words_of_moves(report: Report) -> None:
    """Where it was, what was guessed from the words, and what the citizen wrote to have it opened again.

    What colleagues wrote stays: it is the desk's own word.
    """
    LocationChange.objects.filter(report=report).update(address="")
    CategoryChange.objects.filter(report=report).update(why={})
    of_citizen = StatusChange.objects.filter(report=report, target__in=BY_CITIZEN)
    of_citizen.exclude(actor_kind="user").update(text="")
    Assignment.objects.filter(report=report, actor_kind="public").update(text="")


def _contact(report: Report) -> dict[str, int]:
    """Who it was, unless another report of his is still being worked on."""
    person = report.reporter
    Outbox.objects.filter(report=report, reporter=person).exclude(reporter=None).update(to="", body="")
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
    person.aliases.all().delete()
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
    messages = _own_messages(report).order_by("pk")
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
        "files": list(report.attachments.sent_by_reporter().values("created_at", "kind", "state", "caption")),
    }
