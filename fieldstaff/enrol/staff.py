"""The verbs of people: an officer written down or changed, and the times he need not be there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from fieldstaff.models import Leave, Officer, Training
from fieldstaff.querysets.enrolment import MANAGE, agencies_of, kept_by

LONGEST = timedelta(days=366)


@transaction.atomic
def save_officer(*, viewer: Viewer, officer: Officer) -> Officer:
    """Writes a person down, or what changed of him; never into others' agencies. ValidationError by field."""
    new = officer.pk is None
    if not viewer.can(MANAGE) or not agencies_of(viewer, MANAGE).filter(pk=officer.agency_id).exists():
        raise PermissionDenied
    mine = Officer.objects.filter(kept_by(viewer, MANAGE))
    if not new and not mine.filter(pk=officer.pk).exists():
        raise PermissionDenied
    officer.full_clean()
    officer.save()
    action = "officer.added" if new else "officer.changed"
    audit.record(viewer=viewer, action=action, subject=officer)
    return officer


@transaction.atomic
def add_training(
    *, viewer: Viewer, officer: Officer, topic: str, on: date, valid_until: date | None = None
) -> Training:
    """One thing learned. ValidationError where it stands there already."""
    _must_keep(viewer, officer)
    row = Training(officer=officer, topic=topic, on=on, valid_until=valid_until)
    row.full_clean()
    row.save()
    audit.record(viewer=viewer, action="officer.training_added", subject=officer, detail={"topic": topic})
    return row


@transaction.atomic
def add_leave(
    *, viewer: Viewer, officer: Officer, kind: str, first: date, last: date, start: time | None = None,
    end: time | None = None, note: str = "", document: str = "",
) -> Leave:  # fmt: skip
    """Leave, sickness, duty travel: whole days in the city's zone, or from ``start`` to ``end`` by the clock.

    Never one's own (PermissionDenied). ValidationError names what it would overlap. The reason is encrypted
    and in no audit row.
    """
    _must_not_be(viewer, officer)
    begin, until = _span(first, last, start, end)
    if until <= begin:
        raise ValidationError({"last": _("It ends before it begins.")})
    if until - begin > LONGEST:
        raise ValidationError({"last": _("A year at most; write down the rest later.")})
    Officer.objects.select_for_update(no_key=True).get(pk=officer.pk)
    for known in Leave.objects.filter(officer=officer).during(begin, until):
        values = {"kind": known.get_kind_display(), **_days(known)}
        told = _("%(kind)s from %(first)s to %(last)s is written down already; these times overlap.")
        raise ValidationError({"first": told % values})
    row = Leave(
        officer=officer, kind=kind, span=(begin, until), note=note, document=document,
        approved_by_id=viewer.pk, origin=officer.origin,
    )  # fmt: skip
    row.clean_fields(exclude=["officer", "span"])
    row.save()
    audit.record(viewer=viewer, action="officer.leave_added", subject=officer, detail={"leave": row.pk})
    return row


@transaction.atomic
def end_leave(*, viewer: Viewer, leave: Leave) -> None:
    """Takes it away again; closed days keep what they were computed with."""
    _must_not_be(viewer, leave.officer)
    detail = {"leave": leave.pk, **_days(leave)}
    leave.delete()
    audit.record(viewer=viewer, action="officer.leave_removed", subject=leave.officer, detail=detail)


def _span(first: date, last: date, start: time | None, end: time | None) -> tuple[datetime, datetime]:
    zone = timezone.get_current_timezone()
    begin = datetime.combine(first, start or time(0), tzinfo=zone)
    if end is not None:
        return begin, datetime.combine(last, end, tzinfo=zone)
    return begin, datetime.combine(last + timedelta(days=1), time(0), tzinfo=zone)


def _days(leave: Leave) -> dict[str, Any]:
    first = timezone.localtime(leave.span.lower)
    last = timezone.localtime(leave.span.upper - timedelta(microseconds=1))
    return {"first": f"{first:%d-%m-%Y}", "last": f"{last:%d-%m-%Y}"}


def _must_not_be(viewer: Viewer, officer: Officer) -> None:
    """A day away is a day paid: nobody writes himself off."""
    _must_keep(viewer, officer)
    if officer.user_id is not None and officer.user_id == viewer.pk:
        raise PermissionDenied


def _must_keep(viewer: Viewer, officer: Officer) -> None:
    if not viewer.can(MANAGE) or not Officer.objects.filter(kept_by(viewer, MANAGE), pk=officer.pk).exists():
        raise PermissionDenied
