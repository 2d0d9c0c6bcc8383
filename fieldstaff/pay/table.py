"""A period as a table: one row a line, and one for each day without any. The CSV and the XLSX hold the same.

Texts are Indonesian whoever downloads it. The CSV of a closed period is kept byte for byte.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from django.utils.translation import override

from commandcenter.city import sheets
from commandcenter.city.region import Region
from complaints.statistics.sheet import safe
from fieldstaff.ledger import Period
from fieldstaff.models import Attendance, FrozenDay, LedgerLine, PayExport, PayrollPeriod, PaySheet
from fieldstaff.pay import months, stored, words
from fieldstaff.pay.clocks import clocks

COLUMNS = (
    "periode", "putaran", "ditutup_oleh", "ditutup_pada", "nomor_petugas", "nama", "unit", "jenis", "tanggal",
    "status_hari", "tanda", "menit_diakui", "menit_wajib", "aturan", "keterangan", "versi_skema",
    "versi_aturan_hadir", "menit", "jumlah", "satuan", "tarif_rp", "per", "nilai_rp", "rentang_waktu",
    "untuk_periode", "data",
)  # fmt: skip
MADE_UP = "SIMULASI"
"""In the column ``data`` of officers of the demo; empty for real ones."""
NUMBERS = frozenset(
    {"putaran", "menit_diakui", "menit_wajib", "menit", "jumlah", "tarif_rp", "per", "nilai_rp"}
)
OPEN = "BELUM DITUTUP"
Row = list[Any]
Sheets = Iterable[tuple[PaySheet, Sequence[LedgerLine]]]


def rows(
    closing: PayrollPeriod | None, made: Sheets, days: Mapping[int, Sequence[Attendance]]
) -> Iterator[Row]:
    """The rows under COLUMNS, officer by officer. ``closing`` is None while the period is open."""
    zone = Region.current().zone_info
    with override("id"):
        for sheet, lines in made:
            head = [*_head(closing, sheet), sheet.code, sheet.name, sheet.unit, sheet.kind]
            mark = MADE_UP if sheet.officer.is_simulated else ""
            by_day: dict[int | None, list[LedgerLine]] = defaultdict(list)
            for line in lines:
                by_day[line.attendance_id if line.period_id is None else None].append(line)
            for line in by_day[None]:
                yield [*head, *_day_cells(line, None), *_line_cells(line, zone), mark]
            for day in days.get(sheet.officer_id, ()):
                for line in by_day.get(day.pk, ()):
                    yield [*head, *_day_cells(line, day), *_line_cells(line, zone), mark]
                if day.pk not in by_day:
                    yield [*head, *_day_cells(None, day), *_no_line(day, zone), mark]


def _head(closing: PayrollPeriod | None, sheet: PaySheet) -> Row:
    days: Any = sheet.days
    first = days[0] if isinstance(days, tuple) else days.lower
    month = f"{first:%Y-%m}"
    if closing is None:
        return [month, 0, OPEN, ""]
    return [month, closing.version, closing.by_name, closing.at.isoformat()]


def _day_cells(line: LedgerLine | None, day: Attendance | None) -> Row:
    if day is None:
        return [(line.evidence["date"] if line else None) or "", "", "", "", ""]
    flags = ", ".join(words.kinds(day.flags))
    return [
        day.work_date.isoformat(), words.state(day.state), flags, day.credited_s // 60, day.required_s // 60
    ]  # fmt: skip


def _line_cells(line: LedgerLine, zone: Any) -> Row:
    found = line.evidence
    return [
        line.rule, words.rule(line), found["scheme"], found["rules"], found["minutes"], int(line.quantity),
        words.unit(line.unit), int(line.rate), found["per"], line.amount_idr,
        clocks(found["spans"], zone, "id"), (found["of"] or "")[:7],
    ]  # fmt: skip


def _no_line(day: Attendance, zone: Any) -> Row:
    rules = f"v{day.policy_id}" if day.policy_id else ""
    online = clocks(stored.seconds(day.online), zone, "id")
    return ["", words.nothing_taken(), "", rules, "", "", "", "", "", 0, online, ""]


def csv_bytes(closing: PayrollPeriod | None, found: Iterable[Row]) -> bytes:
    """The file; a text that a spreadsheet would run gets an apostrophe, numbers stay numbers."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in found:
        writer.writerow([safe(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def xlsx_bytes(content: bytes) -> bytes:
    """The rows of the CSV as a book, numbers as numbers, with the totals on a sheet of their own."""
    # The file's own columns: a month closed earlier keeps those of its day.
    columns, *read = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    typed = [[_cell(name, text) for name, text in zip(columns, row, strict=True)] for row in read]
    totals: dict[tuple[str, str, str], int] = defaultdict(int)
    for named in (dict(zip(columns, row, strict=True)) for row in typed):
        totals[named["nomor_petugas"], named["nama"], named.get("data", "")] += named["nilai_rp"]
    summary: list[list[Any]] = [[code, name, total, mark] for (code, name, mark), total in totals.items()]
    summary.append(["", "JUMLAH", sum(totals.values()), ""])
    heads = ("nomor_petugas", "nama", "nilai_rp", "data")
    return sheets.write_book([("Rincian", columns, typed), ("Jumlah per petugas", heads, summary)])


def _cell(name: str, text: str) -> Any:
    if name in NUMBERS:
        return int(text) if text else None
    # A cell of type text is never run: there the apostrophe would only be seen.
    return text[1:] if text.startswith("'") and safe(text[1:]) == text else text


def file_of(agency: int, period: Period) -> tuple[PayrollPeriod | None, bytes]:
    """The CSV of a period: the kept one of its closing, else what was reckoned last."""
    step = (
        PayrollPeriod.objects.filter(agency=agency, days=months.stored(period)).order_by("-version").first()
    )
    if step is not None and step.step == PayrollPeriod.Step.CLOSED:
        return step, gzip.decompress(bytes(PayExport.objects.get(period=step).csv_gz))
    made = list(open_sheets(agency, period))
    ids = [sheet.officer_id for sheet, _lines in made]
    days = dict(stored.by_officer(stored.rows_of(ids, period)))
    return None, csv_bytes(None, rows(None, made, days))


def open_sheets(agency: int, period: Period) -> Iterator[tuple[PaySheet, list[LedgerLine]]]:
    """What was reckoned last for each officer of an open period, by code."""
    found = PaySheet.objects.filter(agency=agency).of(*months.stored(period)).newest()
    for sheet in found.select_related("officer").order_by("code").prefetch_related("lines"):
        yield sheet, list(sheet.lines.all())


def frozen_days(closing: PayrollPeriod, officer: int) -> list[Attendance]:
    """An officer's days as a closing keeps them."""
    rows = FrozenDay.objects.filter(period=closing, officer=officer).select_related("attendance__shift")
    return [row.attendance for row in rows.order_by("work_date", "pk")]
