"""An envelope made into reports and messages: once, whoever is killed in between.

A message joins a report only where the citizen said so: it answers one of our messages, names the number, the
report waits for him, or it comes within ten minutes of his last one (people send a text, then a photo, then
the place). Everything else is a new report.
"""

from __future__ import annotations

import logging
import re
import uuid
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import abuse
from complaints.channels import contract, email
from complaints.channels.delivery import forward_only
from complaints.models import Channel, ChannelKind, Direction, Envelope, Message, Outbox, Report, Reporter
from complaints.numbers import ALPHABET, read_number
from complaints.services import classifying, talking
from complaints.services.filing import NewReport, file_report
from complaints.services.receiving import adapter_for, secrets_of
from complaints.services.reporters import reporter_for
from complaints.services.writing import Conflict, lock, save
from complaints.workflow import Status

NAMESPACE = uuid.UUID("5f8f5c1f-7f3a-4c53-bb0b-0b8f9a9b5f10")
BURST = timedelta(minutes=10)
MOST_TRIES = 40
log = logging.getLogger(__name__)
_NUMBER = re.compile(rf"\b[A-Z]{{2,5}}[-\s]?[{ALPHABET}]{{4}}[-\s]?[{ALPHABET}]{{4}}\b", re.IGNORECASE)


class NotYet(Exception):
    """It speaks of something that has not arrived: an edit before its message."""


def handle(pk: int) -> bool:
    """Handles one envelope; False where somebody else has it or it is done."""
    try:
        with transaction.atomic():
            rows = Envelope.objects.waiting().select_for_update(skip_locked=True, of=("self",))
            row = rows.select_related("channel").filter(pk=pk).first()
            if row is None:
                return False
            problem = _apply(row)
            row.handled_at, row.problem = timezone.now(), problem[:200]
            row.save(update_fields=["handled_at", "problem"])
    except (NotYet, Conflict) as reason:
        _later(pk, type(reason).__name__)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        # One event that nothing can be made of must not keep the sweep from those behind it.
        log.exception("envelope %s could not be handled", pk)
        _later(pk, type(error).__name__)
    return True


def _later(pk: int, problem: str) -> None:
    """Tried again by the sweep; after many tries it is kept for a person."""
    row = Envelope.objects.filter(pk=pk).first()
    if row is not None:
        row.tries, row.problem = row.tries + 1, problem
        row.handled_at = timezone.now() if row.tries >= MOST_TRIES else None
        row.save(update_fields=["tries", "problem", "handled_at"])


def sweep(limit: int = 300) -> int:
    """What was stored and not handled: lost tasks, early edits."""
    pks = list(Envelope.objects.waiting().values_list("pk", flat=True)[:limit])
    return sum(handle(pk) for pk in pks)


def _apply(row: Envelope) -> str:
    adapter = adapter_for(row.channel)
    if adapter is None:
        return "no adapter"
    problems = [_one(row, item) for item in adapter.normalise(bytes(row.raw))]
    return "; ".join(problem for problem in problems if problem)


def _one(row: Envelope, item: contract.Inbound) -> str:
    if isinstance(item, contract.InboundMessage):
        _message(row, item)
    elif isinstance(item, contract.InboundEdit):
        _changed(row, item.external_id, item.text, item.at, Message.Kind.EDIT)
    elif isinstance(item, contract.InboundDelete):
        _changed(row, item.external_id, "", item.at, Message.Kind.DELETION)
    elif isinstance(item, contract.DeliveryStatus):
        _status(row.channel, item)
    else:
        return f"{type(item).__name__.lower()}: {item.reason}"
    return ""


def _message(row: Envelope, item: contract.InboundMessage) -> None:
    channel, sent_at = row.channel, item.sent_at or row.received_at
    reporter = reporter_for(
        channel=channel, address=item.conversation_id or item.sender_id, name=item.sender_name,
        phone=item.sender_phone, email=item.sender_email, wrote_at=min(sent_at, timezone.now()),
    )  # fmt: skip
    text = _text_of(item)
    report = _belongs_to(row, item, reporter, text)
    if report is None:
        flags = tuple(str(flag.sign) for flag in abuse.check(item.text))
        point = item.point
        new = NewReport(
            channel=channel, text=text, uuid=uuid.uuid5(NAMESPACE, f"{channel.pk}:{item.external_id}"),
            lat=point.lat if point else None, lng=point.lng if point else None, address=_place(point),
            sent_at=sent_at, received_at=row.received_at, reporter=reporter, envelope=row,
            external_id=item.external_id, flags=flags, origin=channel.origin,
        )  # fmt: skip
        file_report(new)
        return
    talking.receive(
        pk=report.pk, channel=channel, reporter=reporter, text=text, sent_at=sent_at, envelope=row,
        external_id=item.external_id,
    )  # fmt: skip
    if item.point is not None and report.lat is None:
        locked, point = lock(report.pk), item.point
        classifying.locate(
            locked, lat=point.lat, lng=point.lng, address=_place(point), viewer=None, by_hand=False
        )
        save(locked, "lat", "lng", "address", "area")


def _text_of(item: contract.InboundMessage) -> str:
    """What was said; a picture or a place alone says at least that."""
    parts = [item.subject, item.text, *(ref.caption for ref in item.attachments)]
    text = "\n".join(part for part in dict.fromkeys(parts) if part)
    if item.attachments:
        text += "\n" * bool(text) + _("[%(n)d files were sent]") % {"n": len(item.attachments)}
    return text or (_("[a place was sent]") if item.point else _("[an empty message]"))


def _place(point: contract.Point | None) -> str:
    return " ".join(part for part in (point.name, point.address) if part)[:300] if point else ""


def _belongs_to(row: Envelope, item: contract.InboundMessage, reporter: Reporter, text: str) -> Report | None:
    """The report this message goes on with, or None."""
    mine = Report.objects.filter(reporter=reporter, anonymised_at__isnull=True)
    if item.reply_to:
        outgoing = Outbox.objects.filter(channel=row.channel, external_id=item.reply_to, report__isnull=False)
        told = outgoing.select_related("report").first()
        known: Report | None = told.report if told else None
        known = known or _of_message(row.channel, item.reply_to)
        if known is not None and (known.reporter_id == reporter.pk):
            return known
    if row.channel.kind == ChannelKind.EMAIL and item.thread:
        reference = email.read_token(item.thread, secrets_of(row.channel))
        number = read_number(reference, settings.REPORT_PREFIX) if reference else None
        found = _first(Report.objects.filter(number=number or ""))
        if found is not None:
            return found
    if named := _NUMBER.search(text):
        number = read_number(named[0], settings.REPORT_PREFIX)
        found = _first(mine.filter(number=number or ""))
        if found is not None:
            return found
    waiting: list[Report] = list(mine.filter(status=Status.WAITING.value)[:2])
    if len(waiting) == 1:
        return waiting[0]
    fresh = mine.open().filter(received_at__gte=row.received_at - BURST, status=Status.NEW.value)
    return _first(fresh.order_by("-pk"))


def _first(rows: QuerySet[Report]) -> Report | None:
    return rows.first()


def _of_message(channel: Channel, external_id: str) -> Report | None:
    rows = Message.objects.filter(channel=channel, external_id=external_id).select_related("report")
    message: Message | None = rows.first()
    return message.report if message else None


def _changed(row: Envelope, about: str, text: str, at: datetime | None, kind: str) -> None:
    """An edit or a deletion is a row of its own; what was said first stays in the history."""
    incoming = Message.objects.filter(channel=row.channel, external_id=about, direction=Direction.IN)
    original = incoming.filter(kind=Message.Kind.TEXT).first()
    if original is None:
        raise NotYet
    talking.receive(
        pk=original.report_id, channel=row.channel, reporter=original.reporter, text=text,
        sent_at=at or row.received_at, envelope=row, external_id=row.external_id, kind=kind, about=about,
    )  # fmt: skip


def _status(channel: Channel, item: contract.DeliveryStatus) -> None:
    """Forward only, in whatever order they come."""
    rows = Outbox.objects.select_for_update().filter(channel=channel)
    if item.external_id:
        rows = rows.filter(external_id=item.external_id)
    else:
        found = reporter_for(channel=channel, address=item.conversation_id)
        rows = rows.filter(reporter=found, sent_at__lte=item.at or timezone.now()).exclude(external_id="")
    for row in rows:
        state = forward_only(row.state, item.state.value)
        if state != row.state:
            row.state, row.problem = state, item.error[:200]
            row.save(update_fields=["state", "problem"])
