"""A month's ledger of every officer of an agency, from stored days alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from fieldstaff.ledger import Ledger, Period, build
from fieldstaff.models import Attendance, LedgerLine, Officer, PayrollPeriod, PaySheet
from fieldstaff.pay import later, lines, months, schemes, stored

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One officer's ledger, the days it was made of, and those of closed periods that it puts right."""

    officer: Officer
    ledger: Ledger
    days: Sequence[Attendance]
    righted: Sequence[Attendance] = ()

    @property
    def sha256(self) -> str:
        """Of its lines and days: the same again is not stored again."""
        return lines.fingerprint(self.ledger.lines, [*self.days, *self.righted])


def officers_of(agency: int, period: Period) -> list[Officer]:
    """Officers of an agency who were in service in the period, by code."""
    rows = Officer.objects.filter(agency=agency).serving(period.first, period.last)
    return list(rows.order_by("code"))


def reckon(
    agency: int, period: Period, officers: Sequence[Officer] | None = None, book: schemes.Book | None = None
) -> Iterator[Reckoned]:
    """The ledgers, officer by officer; nothing is stored. All of the agency's where none are named.

    Raises SchemeError where no scheme holds on the first day, or one cannot be read.
    """
    book = book or schemes.book(agency, period)
    people = officers_of(agency, period) if officers is None else officers
    problem = book.problem({officer.kind for officer in people})
    if problem is not None:
        raise problem
    rows = stored.rows_of([officer.pk for officer in people], period)
    days = dict(stored.by_officer(rows.iterator(chunk_size=BATCH)))
    righted = later.adjustments(agency, period, {officer.pk for officer in people})
    for officer in people:
        own, late = days.get(officer.pk, []), righted.get(officer.pk)
        yield Reckoned(
            officer, _ledger(officer, period, book, own, late), own, late.days if late is not None else ()
        )


def _ledger(
    officer: Officer,
    period: Period,
    book: schemes.Book,
    days: Iterable[Attendance],
    late: later.Righted | None,
) -> Ledger:
    return build(
        period,
        book.versions(officer.kind),
        (stored.day_of(row) for row in days),
        joined=officer.joined_on,
        left=officer.left_on,
        adjustments=late.lines if late is not None else (),
    )


@transaction.atomic
def store(agency: int, period: Period, officers: Sequence[Officer] | None = None) -> int:
    """Reckons and stores a sheet for each officer whose ledger differs from his newest; how many did.

    Raises SchemeError as :func:`reckon`.
    """
    book = schemes.book(agency, period)
    known = _newest(agency, period)
    fresh = [one for one in reckon(agency, period, officers, book) if known.get(one.officer.pk) != one.sha256]
    write(agency, period, fresh, book)
    return len(fresh)


def _newest(agency: int, period: Period) -> dict[int, str]:
    """Fingerprints of the newest sheets by officer."""
    rows = PaySheet.objects.filter(agency=agency).of(*months.stored(period)).newest()
    return dict(rows.values_list("officer_id", "sha256"))


def sheets_for(
    agency: int, period: Period, found: Sequence[Reckoned], book: schemes.Book
) -> list[tuple[PaySheet, list[LedgerLine]]]:
    """Rows of sheets and lines, not yet stored."""
    days = months.stored(period)
    officers = [one.officer.pk for one in found]
    versions = dict(
        PaySheet.objects.filter(officer__in=officers, days=days)
        .values("officer_id").order_by().annotate(last=Max("version")).values_list("officer_id", "last")
    )  # fmt: skip
    policies = {schemes.version_of(row): row for _since, row in book.holding}
    closings = later.closings(agency, period)
    policies |= later.policies_of(agency, closings)
    ids = {first: row.pk for first, row in closings.items()}
    made_at = timezone.now()
    made = []
    for one in found:
        sheet = PaySheet(
            officer=one.officer, agency_id=agency, days=days, code=one.officer.code, name=one.officer.name,
            unit=one.officer.unit, kind=one.officer.kind, total_idr=one.ledger.total_idr, sha256=one.sha256,
            version=versions.get(one.officer.pk, 0) + 1, made_at=made_at,
        )  # fmt: skip
        seen = [*one.days, *one.righted]
        made.append((sheet, lines.to_rows(sheet, one.officer, one.ledger.lines, seen, policies, ids)))
    return made


def write(
    agency: int,
    period: Period,
    found: Sequence[Reckoned],
    book: schemes.Book,
    closing: PayrollPeriod | None = None,
) -> list[tuple[PaySheet, list[LedgerLine]]]:
    """Stores sheets and their lines; ``closing`` is the period's row they belong to for good."""
    made = sheets_for(agency, period, found, book)
    save(made, closing)
    return made


def save(made: Sequence[tuple[PaySheet, list[LedgerLine]]], closing: PayrollPeriod | None = None) -> None:
    """Stores what :func:`sheets_for` made."""
    for sheet, _rows in made:
        sheet.period = closing
    PaySheet.objects.bulk_create([sheet for sheet, _rows in made], batch_size=BATCH)
    LedgerLine.objects.bulk_create([row for _sheet, rows in made for row in rows], batch_size=BATCH)
