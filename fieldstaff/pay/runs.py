"""What is kept about reckonings: who holds a month now, how the last one went, which are asked for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city.viewers import Viewer
from fieldstaff.ledger import Period
from fieldstaff.models import Attendance, Reckoning
from fieldstaff.pay import months, words
from fieldstaff.payscheme import SchemeError


def hold(agency: int, period: Period) -> bool:
    """Nobody else reckons, closes or opens this month until this transaction ends; False: somebody does."""
    with connection.cursor() as cursor:
        name = f"fieldstaff_pay:{agency}:{period.first:%Y%m%d}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def row_of(agency: int, period: Period) -> Reckoning | None:
    """The last reckoning of a month."""
    found: Reckoning | None = Reckoning.objects.filter(agency=agency, days=months.stored(period)).first()
    return found


def made_at(agency: int, days: Any) -> datetime | None:
    """When the month that covers ``days`` (a stored range) was reckoned last; None: never."""
    found: datetime | None = (
        Reckoning.objects.filter(agency=agency, days=days).values_list("made_at", flat=True).first()
    )
    return found


def made(agency: int, period: Period, at: datetime, fresh: int, viewer: Viewer | None = None) -> None:
    """Notes one that began at ``at`` and went well; without a viewer it went by itself."""
    _note(
        agency, period, made_at=at, tried_at=at, new_sheets=fresh, trouble={},
        by_id=viewer.pk if viewer else None, by_name=viewer.name[:160] if viewer else "",
    )  # fmt: skip


def failed(agency: int, period: Period, at: datetime, error: Exception) -> None:
    """Notes one that did not; what was reckoned before stands."""
    trouble: dict[str, Any] = {"failed": type(error).__name__}
    if isinstance(error, SchemeError):
        values = {name: str(value) for name, value in error.values.items()}
        trouble = {"field": error.field, "text": error.text, "values": values}
    _note(agency, period, tried_at=at, trouble=trouble)


def _note(agency: int, period: Period, **values: Any) -> None:
    Reckoning.objects.update_or_create(agency_id=agency, days=months.stored(period), defaults=values)


def ask(agencies: Collection[int] | None, since: date) -> int:
    """Has the months that hold ``since`` or come after it reckoned again soon; None: of all agencies.

    A month that was never reckoned is due anyway; one that is closed is passed over when its turn comes.
    """
    rows = Reckoning.objects.filter(days__endswith__gt=since)
    if agencies is not None:
        rows = rows.filter(agency__in=agencies)
    return int(rows.update(due_at=timezone.now()))


def trouble_of(row: Reckoning) -> str:
    """What came in the way of the last try, in words; empty: nothing."""
    if not row.trouble:
        return ""
    if "text" not in row.trouble:
        return _("It failed for a reason that is in the server's log, and is tried again every hour.")
    found = row.trouble
    return words.mistake(SchemeError(found["field"], found["text"], **found["values"]))


def changed_since(agency: int, period: Period, at: datetime) -> int:
    """Officer-days of a month that were computed after ``at``."""
    rows = Attendance.objects.filter(officer__agency=agency, computed_at__gt=at)
    found = rows.on_days(period.first, period.last).order_by().values("officer", "work_date")
    return int(found.distinct().count())
