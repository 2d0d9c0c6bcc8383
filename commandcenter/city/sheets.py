"""XLSX in and out, with the care that strangers' files need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import IO, Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from commandcenter.city.sheet_guard import TooMuch, in_time, weighed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 5_000_000
MOST_ROWS = 5_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class SheetError(ValueError):
    """The file cannot be used; the message is for the person who chose it."""


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, str):
        value = _CONTROL.sub("", value)[:32_000]
    elif not isinstance(value, int | float | datetime | None):
        value = str(value)
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        # A text that begins with = is a text, not a formula to be run by whoever opens the file.
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def write(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet; aware times become the current zone's wall clock."""
    return write_book([(title, headers, rows)])


def write_book(pages: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """A book of sheets, each (title, headers, rows) as in `write`."""
    book = Workbook(write_only=True)
    for title, headers, rows in pages:
        sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
        sheet.freeze_panes = "A2"
        for number in range(len(headers)):
            sheet.column_dimensions[chr(65 + number % 26)].width = 22
        sheet.append([_cell(sheet, str(header), bold=True) for header in headers])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def attachment(content: bytes, name: str) -> HttpResponse:
    """The sheet as a download."""
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def read(file: IO[bytes], names: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Rows of the first sheet as texts under our own column names.

    ``names`` maps our name to the accepted headers (lower case). Blank rows are left out.
    Raises SheetError for a file that is no XLSX, too large, or lacks a column.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise SheetError(_("The file is larger than 5 MB."))
    try:
        book = load_workbook(weighed(content), read_only=True, data_only=True)
        rows = [
            ["" if v is None else str(v).strip() for v in row]
            for row in in_time(
                book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=60, values_only=True)
            )
        ]
    except TooMuch as error:
        raise SheetError(str(error)) from error
    except Exception as error:
        raise SheetError(_("This is not an XLSX file, or it is damaged.")) from error
    return _named(rows, names)


def _named(rows: list[list[str]], names: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    if not rows:
        raise SheetError(_("The sheet is empty."))
    if len(rows) > MOST_ROWS + 1:
        raise SheetError(_("The sheet has more than %(n)d rows.") % {"n": MOST_ROWS})
    headers = [header.lower().strip() for header in rows[0]]
    places = {}
    for name, accepted in names.items():
        place = next((headers.index(h) for h in (name, *accepted) if h in headers), None)
        if place is None:
            raise SheetError(_("The column “%(name)s” is missing.") % {"name": (*accepted, name)[0]})
        places[name] = place
    table = [{n: row[at] if at < len(row) else "" for n, at in places.items()} for row in rows[1:]]
    return [row for row in table if any(row.values())]
