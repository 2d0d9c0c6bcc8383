"""Lists for the pages of pay: months, officers of a period, what stands in the way, who waits for a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commandcenter.city.models import Agency
from commandcenter.city.viewers import Viewer
from fieldstaff import rights
from fieldstaff.ledger import Period
from fieldstaff.models import Attendance, Correction, Officer, PayrollPeriod, PaySheet, Reckoning
from fieldstaff.pay import months, reckoning, runs, words
from fieldstaff.pay import shown as shown_rows
from fieldstaff.pay.hindrances import Hindrance, Kind

SAMPLE = 20
"""Rows of one hindrance that are named; the rest is a number."""
WORDS = {
    Kind.NO_SCHEME: gettext_lazy("No pay scheme can be used"),
    Kind.NOT_OVER: gettext_lazy("The month is not over"),
    Kind.OBJECTION: gettext_lazy("Corrections and objections that nobody has decided"),
    Kind.LATE_DATA: gettext_lazy("Days resting on late data that nobody has looked at"),
    Kind.MOCK: gettext_lazy("Days with a mock location that nobody has looked at"),
    Kind.NOT_COMPUTED: gettext_lazy("Shifts whose attendance is not computed"),
    Kind.NOT_FINAL: gettext_lazy("Days that are not final: late data may still come"),
}


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One agency's month in the list; ``step`` is None where it was never closed."""

    agency: Agency
    key: str
    name: str
    step: PayrollPeriod | None
    sheets: int
    why: str = ""
    """Why there is no sheet."""

    @property
    def closed(self) -> bool:
        """Whether it is closed now."""
        return self.step is not None and self.step.step == PayrollPeriod.Step.CLOSED


def months_of(viewer: Viewer, today: date, count: int) -> list[MonthRow]:
    """The last months of every agency with officers whose pay one may read, the newest first."""
    agencies = list(Agency.objects.filter(rights.payrolls(viewer), officers__isnull=False).distinct())
    periods = [months.month_of(today)]
    while len(periods) < count:
        periods.append(months.before(periods[-1]))
    since = periods[-1].first
    ids = [agency.pk for agency in agencies]
    steps = {
        (row.agency_id, row.days.lower): row
        for row in PayrollPeriod.objects.filter(agency__in=ids, days__startswith__gte=since).in_force()
    }
    worked = _worked(ids, since)
    rows = PaySheet.objects.filter(agency__in=ids, days__startswith__gte=since).newest()
    sheets = Counter((agency, days.lower) for agency, days in rows.values_list("agency_id", "days"))
    tried = Reckoning.objects.filter(agency__in=ids, days__startswith__gte=since)
    known = {(row.agency_id, row.days.lower): row for row in tried}
    return [
        MonthRow(
            agency, months.key(period), words.month_name(period.first), steps.get((agency.pk, period.first)),
            sheets[agency.pk, period.first],
            "" if sheets[agency.pk, period.first] else _why_none(known.get((agency.pk, period.first))),
        )
        for period in periods for agency in agencies
        if (agency.pk, period.first) in worked or (agency.pk, period.first) in steps
    ]  # fmt: skip


def _why_none(row: Reckoning | None) -> str:
    """Why an agency's month has no sheet yet, in words."""
    if row is None or row.tried_at is None:
        return _("The first reckoning has not run yet; it comes by itself, at the latest tonight.")
    return runs.trouble_of(row) or _("The last reckoning found nobody to pay.")


def _worked(agencies: Sequence[int], since: date) -> set[tuple[int, date]]:
    """Months in which an agency has days."""
    rows = Attendance.objects.filter(officer__agency__in=agencies, work_date__gte=since).order_by()
    found = rows.values_list("officer__agency", "work_date__year", "work_date__month").distinct()
    return {(agency, date(year, month, 1)) for agency, year, month in found}


@dataclass(slots=True)
class Person:
    """One officer of a period: his total (None: not reckoned), and what a person should look at."""

    officer: Officer
    code: str
    name: str
    total_idr: int | None = None
    made_at: datetime | None = None
    exceptions: int = 0


def people(
    agency: int, period: Period, closed: PayrollPeriod | None, found: Sequence[Hindrance]
) -> list[Person]:
    """Officers with what they get, those with exceptions first, then by code."""
    rows = PaySheet.objects.filter(agency=agency).select_related("officer")
    rows = rows.filter(period=closed) if closed else rows.of(*months.stored(period)).newest()
    sheets = {sheet.officer_id: sheet for sheet in rows}
    troubles = Counter(row.officer_id for item in found for row in item.rows)
    listed: dict[int, Person] = {}
    if closed is None:
        for officer in reckoning.officers_of(agency, period):
            listed[officer.pk] = Person(officer, officer.code, officer.name)
    for pk, sheet in sheets.items():
        person = listed.setdefault(pk, Person(sheet.officer, sheet.code, sheet.name))
        person.total_idr, person.made_at = sheet.total_idr, sheet.made_at
    for pk, person in listed.items():
        person.exceptions = troubles[pk]
    return sorted(listed.values(), key=lambda person: (-person.exceptions, person.code))


@dataclass(frozen=True, slots=True)
class ShownHindrance:
    """One kind of obstacle in words; ``rows`` are (officer, date) to go to, ``more`` how many beyond."""

    title: str
    count: int
    rows: Sequence[tuple[Officer, date]]
    more: int
    is_queue: bool
    note: str


def shown(found: Sequence[Hindrance]) -> list[ShownHindrance]:
    """What stands in the way, in words."""
    notes = {
        Kind.NOT_FINAL: _("A day becomes final one day after its shift ended."),
        Kind.NOT_COMPUTED: _("They are computed by themselves; if not, look at the officer's roster."),
    }
    return [
        ShownHindrance(
            title=str(WORDS[item.kind]),
            count=len(item.rows),
            rows=[(row.officer, row.work_date) for row in item.rows[:SAMPLE]],
            more=max(0, len(item.rows) - SAMPLE),
            is_queue=item.kind is Kind.OBJECTION,
            note=words.mistake(item.error) if item.error else notes.get(item.kind, ""),
        )
        for item in found
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """The last reckoning of an open month, for its page; ``by`` is empty where it went by itself."""

    made_at: datetime | None
    by: str
    tried_at: datetime | None
    trouble: str
    changed: int
    """Officer-days computed since."""


def run_of(agency: int, period: Period) -> Run | None:
    """None: nobody has tried yet."""
    row = runs.row_of(agency, period)
    if row is None:
        return None
    changed = runs.changed_since(agency, period, row.made_at) if row.made_at else 0
    return Run(row.made_at, row.by_name, row.tried_at, runs.trouble_of(row), changed)


def history(agency: int, period: Period) -> list[PayrollPeriod]:
    """Every step of a period, the newest first."""
    rows = PayrollPeriod.objects.filter(agency=agency, days=months.stored(period))
    return list(rows.order_by("-version"))


def waiting(viewer: Viewer) -> QuerySet[Correction]:
    """Corrections and objections that wait for a word of somebody, of officers one may read."""
    rows: QuerySet[Correction] = Correction.objects.visible_to(viewer).waiting()
    return rows.select_related("officer__agency", "shift").order_by("work_date", "pk")


def day_about(row: Correction) -> shown_rows.ShownDay | None:
    """The day that a correction is about, as it stands."""
    rows = Attendance.objects.current().filter(officer=row.officer, work_date=row.work_date)
    found = (rows.filter(shift=row.shift) if row.shift_id else rows).select_related("shift").first()
    return shown_rows.day_of(found, []) if found is not None else None


def payable(viewer: Viewer) -> Q:
    """Officers whose rupiah one may read."""
    return rights.pay(viewer)
