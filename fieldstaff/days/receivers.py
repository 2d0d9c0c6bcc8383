"""What changes about leave, shifts, outages, phones, holidays and rules has days computed again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_save
from django.utils import timezone

from commandcenter.city.office import CalendarDay
from fieldstaff.days import due
from fieldstaff.days.periods import open_days
from fieldstaff.models import Attendance, DeviceBinding, Leave, Outage, Policy, Shift
from fieldstaff.partitions import KEEP_DAYS

_BEFORE = "_days_before"


def connect() -> None:
    """Called once at start-up."""
    for model in (Leave, Shift, Outage, DeviceBinding, Policy):
        name = model.__name__.lower()
        pre_save.connect(remember, sender=model, dispatch_uid=f"fieldstaff.days.before.{name}")
        post_save.connect(saved, sender=model, dispatch_uid=f"fieldstaff.days.saved.{name}")
        post_delete.connect(gone, sender=model, dispatch_uid=f"fieldstaff.days.gone.{name}")
    for signal, word in ((post_save, "saved"), (post_delete, "gone")):
        signal.connect(calendar, sender=CalendarDay, dispatch_uid=f"fieldstaff.days.calendar.{word}")


def remember(sender: type[Model], instance: Any, **_about: Any) -> None:
    """What the row touched before (``pre_save``)."""
    before = sender._default_manager.filter(pk=instance.pk).first() if instance.pk else None
    setattr(instance, _BEFORE, touched(before) if before is not None else set())


def saved(sender: type[Model], instance: Any, **_about: Any) -> None:
    """What it touched before and touches now (``post_save``)."""
    due.mark(touched(instance) | getattr(instance, _BEFORE, set()), sender.__name__.lower())


def gone(sender: type[Model], instance: Any, **_about: Any) -> None:
    """What it touched (``post_delete``)."""
    due.mark(touched(instance), sender.__name__.lower())


def calendar(instance: CalendarDay, **_about: Any) -> None:
    """A holiday that came or went changes everybody's day."""
    due.mark(_computed(instance.day, instance.day), "calendar")


def touched(row: Any) -> set[tuple[int, date]]:
    """The computed days that a row decides about; what was never computed is looked for by the sweeps."""
    if isinstance(row, Shift):
        return _computed(row.work_date, row.work_date, officer=row.officer_id)
    if isinstance(row, Policy):
        return _ruled(row)
    if isinstance(row, Outage):
        # Everybody's: which of them it is about, the computation asks itself.
        return _computed(*_dates(row.span)) if row.confirmed_at is not None else set()
    span = row.valid if isinstance(row, DeviceBinding) else row.span
    return _computed(*_dates(span), officer=row.officer_id)


def _ruled(row: Policy) -> set[tuple[int, date]]:
    """Days that other numbers of attendance may change: open ones whose trail is still there to compute from.

    Newer rules and an agency's own may hold on some of them; those days come out as they were.
    """
    if row.subject != Policy.Subject.ATTENDANCE:
        return set()
    first = max(row.valid_from, timezone.localdate() - timedelta(days=KEEP_DAYS - 1))
    rows = Attendance.objects.filter(work_date__gte=first)
    if row.agency_id is not None:
        rows = rows.filter(officer__agency=row.agency_id)
    return open_days(set(rows.values_list("officer", "work_date")))


def _computed(first: date, last: date, officer: int | None = None) -> set[tuple[int, date]]:
    rows = Attendance.objects.filter(work_date__range=(first, last))
    if officer is not None:
        rows = rows.filter(officer=officer)
    return set(rows.values_list("officer", "work_date"))


def _dates(span: Any) -> tuple[date, date]:
    """The work dates that a time can be about, in any zone and of a night shift; an open one lasts until now.

    Forms give ranges, code often pairs.
    """
    lower, upper = (span.lower, span.upper) if hasattr(span, "lower") else span
    day = timedelta(days=1)
    return (lower - day).date(), ((upper or timezone.now()) + day).date()
