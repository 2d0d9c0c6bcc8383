"""Taking a report in: the one verb all twelve channels call."""

from __future__ import annotations

import uuid as uuids
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter import live
from commandcenter.city.models import Agency
from commandcenter.city.viewers import Viewer
from complaints import answers, numbers, rights, signals
from complaints.models import (
    Attachment,
    Category,
    CategoryChange,
    Channel,
    ChannelKind,
    Envelope,
    Message,
    Priority,
    PriorityChange,
    Report,
    Reporter,
    ReportKind,
    StatusChange,
)
from complaints.services import classifying, clocks, rooms, routed, telling
from complaints.services.hearing import heard
from complaints.services.writing import TOPIC, actor
from complaints.suggesting import Guess, suggest
from complaints.texts import clean_text
from complaints.workflow import Status

TEXT_LIMIT = 10_000
ADDRESS_LIMIT = 300
FUTURE = timedelta(minutes=10)
TRIES = 5
SPOKEN = frozenset({ChannelKind.CALL112, ChannelKind.PHONE, ChannelKind.WALK_IN})
"""Channels where a person types for another: a form's questions never keep a report out."""


@dataclass(slots=True)
class NewReport:
    """What a channel knows of a report. ``uuid`` is the client's or provider's: a repeat is the same report.

    Times are aware; ``sent_at`` is the provider's word and never later than ours.
    """

    channel: Channel
    text: str
    uuid: uuids.UUID = field(default_factory=uuids.uuid4)
    category: Category | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    # The category's questions were put to the sender. Who was not asked (a telephone call, a phone's form) is
    # not refused for an answer he could not give: least of all when something burns.
    asked: bool = False
    lat: float | None = None
    lng: float | None = None
    address: str = ""
    occurred_at: datetime | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    reporter: Reporter | None = None
    anonymous: bool = False
    secret: bool = False
    is_test: bool = False
    priority: str = ""
    envelope: Envelope | None = None
    external_id: str = ""
    draft: uuids.UUID | None = None
    # Of the draft's files, those the sender still wants; None: all.
    wanted: frozenset[uuids.UUID] | None = None
    flags: tuple[str, ...] = ()
    kind: str = ReportKind.COMPLAINT
    origin: str = "real"
    follows: Report | None = None
    proof: str = ""
    # The uuid was drawn by the sender's own browser, and nobody else knows it: a repeat gets the same PIN.
    senders_key: bool = False
    need: str = ""
    hospital: Agency | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """The report; ``pin`` is empty for a repeat (``created`` False) but by its sender's own key."""

    report: Report
    pin: str
    created: bool


def file_report(new: NewReport, *, viewer: Viewer | None = None) -> Filed:
    """Stores the report with its first history rows, starts its clocks, routes it and tells the desks.

    Raises ValidationError by field (text, category, answers, lat, address, occurred_at); nothing is stored
    then. The same ``uuid`` again gives the same report.
    """
    known = Report.objects.filter(uuid=new.uuid).first()
    if known is not None:
        return _repeated(new, known)
    _check(new)
    for attempt in range(TRIES):
        number, pin = numbers.draw_number(settings.REPORT_PREFIX), _pin(new)
        try:
            with transaction.atomic():
                report = _store(new, number, pin, viewer)
            return Filed(report, pin, created=True)
        except IntegrityError:
            # Somebody sent the same at the same moment, or the number is taken: one chance in 10^12.
            known = Report.objects.filter(uuid=new.uuid).first()
            if known is not None:
                return _repeated(new, known)
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _pin(new: NewReport) -> str:
    return numbers.pin_of_key(new.uuid, settings.SECRET_KEY) if new.senders_key else numbers.draw_pin()


def _repeated(new: NewReport, known: Report) -> Filed:
    """A phone whose first answer was lost on the way asks again, and must not lose its PIN with it."""
    pin = _pin(new) if new.senders_key else ""
    fits = bool(pin) and numbers.pin_fits(pin, known.number, known.pin_digest, settings.SECRET_KEY)
    return Filed(known, pin if fits else "", created=False)


def _check(new: NewReport) -> None:
    new.text = clean_text(new.text, TEXT_LIMIT)
    new.address = clean_text(new.address, ADDRESS_LIMIT)
    errors: dict[str, Any] = {}
    if not new.text:
        errors["text"] = _("Write what is wrong.")
    if not _on_earth(new.lat, new.lng):
        errors["lat"] = _("Give both latitude (-90 to 90) and longitude (-180 to 180).")
    if new.occurred_at is not None and new.occurred_at > timezone.now() + FUTURE:
        errors["occurred_at"] = _("This moment has not come yet.")
    if new.priority and new.priority not in Priority.values:
        errors["priority"] = _("Choose from the lists.")
    if new.category is not None and (new.asked or new.answers):
        later = new.channel.kind in SPOKEN or new.category.kind == ReportKind.ROOM
        problems = answers.problems(new.category, new.answers, complete=not later)
        if problems:
            errors["answers"] = problems
    if errors:
        raise ValidationError(errors)


def _on_earth(lat: float | None, lng: float | None) -> bool:
    if lat is None and lng is None:
        return True
    return lat is not None and lng is not None and -90 <= lat <= 90 and -180 <= lng <= 180


def _store(new: NewReport, number: str, pin: str, viewer: Viewer | None) -> Report:
    now = new.received_at or timezone.now()
    category = new.category
    guess = suggest(new.text)
    kind = category.kind if category else new.kind
    room = kind == ReportKind.ROOM
    report = Report.objects.create(
        uuid=new.uuid, number=number, pin_digest=numbers.seal_pin(pin, number, settings.SECRET_KEY),
        kind=kind, channel=new.channel, envelope=new.envelope,
        reporter=new.reporter, text=new.text, answers=new.answers, anonymous=new.anonymous,
        secret=new.secret or room or bool(category and category.private), is_test=new.is_test,
        flags=sorted(set(new.flags)), occurred_at=new.occurred_at, sent_at=min(new.sent_at or now, now),
        received_at=now, status=Status.NEW.value, status_at=now, category=category,
        priority=new.priority or _priority(category, room=room),
        severity=category.severity if category else "light", origin=new.origin, follows=new.follows,
    )  # fmt: skip
    _first_rows(report, new, guess, viewer)
    if new.lat is not None or new.address:
        classifying.locate(
            report, lat=new.lat, lng=new.lng, address=new.address, viewer=viewer, by_hand=False, at=now
        )
    if new.draft is not None:
        _adopt_files(report, new)
    clocks.start(report)
    routed.route(report)
    if room:
        rooms.open_for(report, need=new.need, hospital=new.hospital, viewer=viewer)
    report.save()
    telling.received(report)
    _announce(report)
    return report


def _adopt_files(report: Report, new: NewReport) -> None:
    uploads = Attachment.objects.filter(draft=new.draft, report__isnull=True)
    if new.wanted is not None:
        uploads = uploads.filter(uuid__in=new.wanted)
    uploads.update(report=report, draft=None)


def _first_rows(report: Report, new: NewReport, guess: Guess, viewer: Viewer | None) -> None:
    """Status, category with what was suggested, priority, and the reporter's words."""
    who = actor(viewer)
    StatusChange.objects.create(report=report, at=report.received_at, source="", target=Status.NEW, **who)
    CategoryChange.objects.create(
        report=report, at=report.received_at, category=report.category, suggested=guess.category,
        confidence=guess.confidence, why=guess.why, **who,
    )  # fmt: skip
    PriorityChange.objects.create(
        report=report, at=report.received_at, priority=report.priority, severity=report.severity, **who
    )
    Message.objects.create(
        report=report, at=report.received_at, direction="in", channel=new.channel, reporter=new.reporter,
        envelope=new.envelope, external_id=new.external_id, text=new.text, sent_at=report.sent_at,
        proof=new.proof, **who,
    )  # fmt: skip


def _priority(category: Category | None, *, room: bool) -> str:
    if category is not None:
        return str(category.priority)
    return Priority.URGENT if room else Priority.NORMAL


def _announce(report: Report) -> None:
    live.publish(TOPIC, id=report.pk, rev=report.rev, scopes=sorted(rights.scopes_for(report)))
    pk, alarming = report.pk, report.is_urgent or report.kind == ReportKind.ROOM
    channel, at = report.channel, report.received_at
    # A provider's post was noted at the door; a demo's report says nothing of a real channel.
    heard_of = report.envelope_id is None and not report.is_test and report.origin in ("real", channel.origin)

    def send_signal() -> None:
        signals.report_filed.send_robust(sender=Report, pk=pk, alarming=alarming)
        if heard_of:
            heard(channel, at)

    transaction.on_commit(send_signal, robust=True)
