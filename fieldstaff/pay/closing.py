"""Closing a pay period, opening it again, and saying of a marked day that it may be paid.

Every step is a row that nobody can change; who closed does not reopen; two people at once is a Conflict.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.models import Agency
from commandcenter.city.viewers import Viewer
from complaints.texts import clean_text
from fieldstaff import rights
from fieldstaff.days.periods import hold_for_closing
from fieldstaff.ledger import Period
from fieldstaff.models import Attendance, DayReview, FrozenDay, LedgerLine, PayExport, PayrollPeriod, PaySheet
from fieldstaff.pay import hindrances, months, reckoning, runs, schemes, table

Sheets = Sequence[tuple[PaySheet, list[LedgerLine]]]


class Conflict(Exception):
    """Somebody else did something to this period meanwhile: HTTP 409, nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has just changed this period. Look at it again, then repeat."))


class Hindered(ValidationError):
    """It cannot be closed yet; ``found`` says why."""

    def __init__(self, found: list[hindrances.Hindrance]) -> None:
        """``found``: at least one."""
        super().__init__(_("This period cannot be closed yet. The list says what is still to do."))
        self.found = found


def agency_of(viewer: Viewer, pk: int) -> Agency | None:
    """An agency whose pay the viewer may read."""
    found: Agency | None = Agency.objects.filter(rights.payrolls(viewer), pk=pk).distinct().first()
    return found


def step_of(agency: int, period: Period) -> PayrollPeriod | None:
    """The newest step of a period; None: never closed."""
    rows = PayrollPeriod.objects.filter(agency=agency, days=months.stored(period))
    found: PayrollPeriod | None = rows.order_by("-version").first()
    return found


def is_closed(agency: int, period: Period) -> bool:
    """Whether its days and lines are frozen now."""
    step = step_of(agency, period)
    return step is not None and step.step == PayrollPeriod.Step.CLOSED


def _may(viewer: Viewer, agency: int) -> None:
    if not viewer.can(rights.CLOSE) or agency_of(viewer, agency) is None:
        raise PermissionDenied


def _held(agency: int, period: Period, seen: int) -> PayrollPeriod | None:
    """The newest step, held for this transaction. Raises Conflict if another than ``seen`` is."""
    if not runs.hold(agency, period):
        raise Conflict
    step = step_of(agency, period)
    if (step.version if step else 0) != seen:
        raise Conflict
    return step


@transaction.atomic
def reckon_period(*, viewer: Viewer, agency: int, period: Period) -> int:
    """Stores what each officer would get if it were closed now; how many sheets are new.

    Raises PermissionDenied, Conflict (it is closed, or reckoned by somebody else this moment), SchemeError.
    """
    _may(viewer, agency)
    began = timezone.now()
    if not runs.hold(agency, period) or is_closed(agency, period):
        raise Conflict
    fresh = reckoning.store(agency, period)
    runs.made(agency, period, began, fresh, viewer)
    label = f"{Agency.objects.get(pk=agency).short_name} {months.key(period)}"
    audit.record(
        viewer=viewer, action="payrollperiod.reckoned", subject_label=label, detail={"new_sheets": fresh}
    )
    return fresh


@transaction.atomic
def close_period(
    *, viewer: Viewer, agency: int, period: Period, seen: int, now: datetime | None = None
) -> PayrollPeriod:
    """Freezes every officer-day and its lines. ``seen`` is the version of the step on the page (0: none).

    Raises PermissionDenied, Conflict, Hindered, SchemeError.
    """
    now = (now or timezone.now()).replace(microsecond=0)
    _may(viewer, agency)
    step = _held(agency, period, seen)
    if step is not None and step.step == PayrollPeriod.Step.CLOSED:
        raise Conflict
    hold_for_closing(agency)
    found = hindrances.find(agency, period, now)
    if found:
        raise Hindered(found)
    book = schemes.book(agency, period)
    reckoned = list(reckoning.reckon(agency, period, book=book))
    made = reckoning.sheets_for(agency, period, reckoned, book)
    row = PayrollPeriod(
        agency_id=agency, days=months.stored(period), version=seen + 1, by_id=viewer.pk or 0, at=now,
        by_name=viewer.name[:160], total_idr=sum(sheet.total_idr for sheet, _rows in made),
    )  # fmt: skip
    days = {one.officer.pk: list(one.days) for one in reckoned}
    content = table.csv_bytes(row, table.rows(row, made, days))
    row.sha256 = sha256(content).hexdigest()
    _insert(row)
    reckoning.save(made, row)
    _freeze(row, made, days)
    PayExport.objects.create(period=row, csv_gz=gzip.compress(content, mtime=0))
    _tell(viewer, row, "closed", {"sha256": row.sha256, "total_idr": row.total_idr, "officers": len(made)})
    return row


def _insert(row: PayrollPeriod) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict from error


def _freeze(row: PayrollPeriod, made: Sheets, days: dict[int, list[Attendance]]) -> None:
    """One row for each officer-day; the period's row says who and when."""
    worth: dict[int | None, int] = defaultdict(int)
    for line in _flat(lines for _sheet, lines in made):
        if line.period_id is None:
            worth[line.attendance_id] += line.amount_idr
    frozen = [
        FrozenDay(
            period=row, attendance=day, officer_id=day.officer_id, work_date=day.work_date,
            total_idr=worth[day.pk],
        )
        for held in days.values() for day in held
    ]  # fmt: skip
    FrozenDay.objects.bulk_create(frozen, batch_size=reckoning.BATCH)


def _flat(groups: Iterable[list[LedgerLine]]) -> Iterable[LedgerLine]:
    return (line for group in groups for line in group)


@transaction.atomic
def reopen_period(*, viewer: Viewer, agency: int, period: Period, seen: int, reason: str) -> PayrollPeriod:
    """Opens a closed period again; the next closing has another export and another fingerprint.

    Raises PermissionDenied, Conflict, ValidationError (no reason; the person who closed it).
    """
    _may(viewer, agency)
    step = _held(agency, period, seen)
    if step is None or step.step != PayrollPeriod.Step.CLOSED:
        raise Conflict
    reason = clean_text(reason, 500).strip()
    if not reason:
        raise ValidationError(_("Say why the period is opened again."))
    if step.by_id == viewer.pk:
        raise ValidationError(_("A second person opens it again: you closed it yourself."))
    row = PayrollPeriod(
        agency_id=agency, days=months.stored(period), version=seen + 1, step=PayrollPeriod.Step.REOPENED,
        reason=reason, by_id=viewer.pk or 0, by_name=viewer.name[:160],
    )  # fmt: skip
    _insert(row)
    _tell(viewer, row, "reopened", {"reason": reason, "was": step.sha256})
    return row


def _tell(viewer: Viewer, row: PayrollPeriod, deed: str, detail: dict[str, object]) -> None:
    label = f"{Agency.objects.get(pk=row.agency_id).short_name} {row.days[0]:%Y-%m} v{row.version}"
    audit.record(
        viewer=viewer, action=f"payrollperiod.{deed}", subject=row, subject_label=label, detail=detail
    )


@transaction.atomic
def review_day(*, viewer: Viewer, attendance: Attendance, text: str) -> DayReview:
    """A person's word that a marked day may be paid by its figures. Nobody says so of himself.

    Raises PermissionDenied, Conflict (somebody was faster, or the day has a newer version), ValidationError.
    """
    if not viewer.can(rights.CLOSE) or attendance.officer.user_id == viewer.pk:
        raise PermissionDenied
    if not Attendance.objects.visible_to(viewer).filter(pk=attendance.pk).exists():
        raise PermissionDenied
    text = clean_text(text, 500).strip()
    if not text:
        raise ValidationError(_("Say what you found."))
    if not Attendance.objects.current().filter(pk=attendance.pk).exists():
        raise Conflict
    try:
        with transaction.atomic():
            row = DayReview.objects.create(
                attendance=attendance, text=text, by_id=viewer.pk or 0, by_name=viewer.name[:160]
            )
    except IntegrityError as error:
        raise Conflict from error
    audit.record(viewer=viewer, action="attendance.reviewed", subject=attendance, detail={"text": text})
    return row
