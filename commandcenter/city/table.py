"""A stranger's XLSX or CSV as lines of texts under our own column names, each with its row number.

The limits are the house's (``commandcenter.city.sheet_guard``); the file is never stored (decision 0040).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from commandcenter.city import sheets
from commandcenter.city.sheet_guard import TooMuch, in_time, weighed

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 5_000_000, 5_000, 60
# A text that a spreadsheet would run as a formula (OWASP, CSV injection).
_FORMULA = re.compile(r"^'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"^'('*[=+\-@\t\r])")


def quoted(text: str) -> str:
    """``text`` so that no spreadsheet runs it: a leading = + - @ gets a quote."""
    return f"'{text}" if _FORMULA.match(text) else text


def unquoted(value: Any) -> str:
    """A cell's text as it was before :func:`quoted`, without the blanks around it."""
    return _ESCAPED.sub(r"\1", "" if value is None else str(value).strip())


class SheetRefused(ValueError):
    """The file cannot be used at all; the message is for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` in code, ``heading`` as people read it (Indonesian on every screen: sheets travel)."""

    name: str
    heading: str
    meaning: Any
    required: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where; ``row`` counts as the spreadsheet does, the headings are row 1."""

    row: int
    column: str
    text: str


@dataclass(slots=True)
class Line:
    """One row of the sheet; cells by column name, all texts."""

    row: int
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, column: str, text: str) -> None:
        """Notes a problem of a cell, or of the row (no column)."""
        self.problems.append(Problem(self.row, column, text))


def read(content: bytes, name: str, columns: Sequence[Column]) -> list[Line]:
    """The lines that say anything. SheetRefused for a file that is too large, damaged or of other columns."""
    if len(content) > MOST_BYTES:
        raise SheetRefused(_("The file is larger than 5 MB."))
    rows = _xlsx(content) if name.lower().endswith(".xlsx") else _csv(content)
    if not rows:
        raise SheetRefused(_("The sheet is empty."))
    if len(rows) > MOST_ROWS + 1:
        raise SheetRefused(_("The sheet has more than %(n)d rows.") % {"n": MOST_ROWS})
    places = _places(rows[0], columns)
    lines = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {key: unquoted(row[at]) if at < len(row) else "" for key, at in places.items()}
        if any(cells.values()):
            lines.append(Line(number, {column.name: cells.get(column.name, "") for column in columns}))
    if not lines:
        raise SheetRefused(_("The sheet is empty."))
    return lines


def write(title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], kind: str) -> bytes:
    """A sheet that ``read`` takes again; "xlsx" with a page that explains the columns, or "csv"."""
    headings = [column.heading for column in columns]
    if kind == "csv":
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(headings)
        writer.writerows([quoted(cell) for cell in row] for row in rows)
        return b"\xef\xbb\xbf" + out.getvalue().encode()
    told = [
        (column.heading, _("required") if column.required else _("may be empty"), str(column.meaning))
        for column in columns
    ]
    explained = (_("Columns"), [_("Column"), _("Required"), _("Meaning")], told)
    return sheets.write_book([(title, headings, ([quoted(cell) for cell in row] for row in rows)), explained])


def _places(headings: Sequence[Any], columns: Sequence[Column]) -> dict[str, int]:
    given = [str(heading or "").strip().lower() for heading in headings]
    places: dict[str, int] = {}
    missing = []
    for column in columns:
        wanted = {column.name, column.heading.lower(), *column.also}
        at = [n for n, heading in enumerate(given) if heading in wanted]
        if len(at) > 1:
            raise SheetRefused(_("The column “%(name)s” stands there twice.") % {"name": column.heading})
        if at:
            places[column.name] = at[0]
        elif column.required:
            missing.append(column.heading)
    if missing:
        raise SheetRefused(_("Missing columns: %(names)s.") % {"names": ", ".join(missing)})
    return places


def _xlsx(content: bytes) -> list[list[str]]:
    try:
        book = load_workbook(weighed(content), read_only=True, data_only=True)
        lines = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
        return [[_text(cell) for cell in line] for line in in_time(lines)]
    except TooMuch as error:
        raise SheetRefused(str(error)) from error
    except Exception as error:
        raise SheetRefused(_("This is not an XLSX file, or it is damaged.")) from error


def _text(cell: Any) -> str:
    """A code that the spreadsheet took for a number stays a code: 7.0 is 7."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def _csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetRefused(_("Save the CSV file as UTF-8.")) from error
    if "\x00" in text:
        raise SheetRefused(_("This is not a CSV file."))
    head = text.split("\n", 1)[0]
    mark = max(",;\t", key=head.count)
    try:
        rows = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
            rows.append([cell.strip() for cell in row[:MOST_COLUMNS]])
            if len(rows) > MOST_ROWS + 1:
                break
        return rows
    except csv.Error as error:
        raise SheetRefused(_("This is not a CSV file.")) from error
