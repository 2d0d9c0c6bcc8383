"""The attendance of a month as a grid: officers down, days across; for heads, clerks and supervisors.

Cells are made as text in one loop: three hundred officers are nine thousand of them.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, Func, TextField, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commandcenter.city import audit
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff import letters, rights
from fieldstaff.days.ahead import Ahead, ahead
from fieldstaff.models import Attendance, Officer
from fieldstaff.views.listing import OfficerFilter, has_chain, officers_page, table_file

PER_PAGE = 300
MOST = 5_000
COLUMNS = ("officer_id", "work_date", "state", "said", "percent", "credited_s", "required_s", "late_s")
# Nine thousand short texts are read in a fraction of the time of as many arrays.
SAID = Func(F("flags"), Value(" "), function="array_to_string", output_field=TextField())


@dataclass(slots=True)
class Row:
    """One officer's month: by day what :class:`letters.Cell` says, and the sums."""

    officer: Any
    cells: dict[date, letters.Cell] = field(default_factory=dict)
    ahead: dict[date, Ahead] = field(default_factory=dict)
    """Shifts that run and days still to come: shown, and in no sum."""

    def sums(self) -> Sums:
        """What the days come to."""
        states: Counter[str] = Counter()
        credited = required = late = 0
        for cell in self.cells.values():
            states[cell.state] += 1
            credited += cell.credited_s
            required += cell.required_s
            if "late" in cell.flags:
                late += -(-cell.late_s // 60)
        return Sums(states, credited, required, late)


class Sums(NamedTuple):
    """Days by state (of two shifts the worse counts), seconds, and begun minutes late, day by day."""

    states: Counter[str]
    credited: int
    required: int
    late_minutes: int

    @property
    def away(self) -> int:
        """Days of leave, sickness and duty travel."""
        return sum(self.states[state] for state in letters.AWAY)

    @property
    def percent(self) -> int | None:
        """Credited of required, rounded down; None where nothing was."""
        return 100 * self.credited // self.required if self.required else None


def month_of(request: HttpRequest) -> date:
    """The first of the month of the address (``?month=2026-08``); this month where it says none."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)


def days_of(first: date) -> list[date]:
    """Every day of the month."""
    return [first + timedelta(days=n) for n in range(monthrange(first.year, first.month)[1])]


def rows_of(viewer: Viewer, officers: Iterable[Any], days: list[date]) -> list[Row]:
    """The officers' months in their order; the newest version of each day that the viewer may read."""
    rows = {officer.pk: Row(officer) for officer in officers}
    versions = Attendance.objects.visible_to(viewer).filter(officer__in=list(rows))
    # The same as current(), in one pass over the index: nulls of days without a shift are one group.
    newest = (
        versions.on_days(days[0], days[-1])
        .order_by("officer_id", "work_date", "shift_id", "-version")
        .distinct("officer_id", "work_date", "shift_id")
    )
    flags: dict[str, tuple[str, ...]] = {"": ()}
    for officer, day, state, said, percent, *seconds in newest.annotate(said=SAID).values_list(*COLUMNS):
        if said not in flags:
            flags[said] = tuple(said.split())
        cell, cells = letters.Cell(state, flags[said], percent, *seconds), rows[officer].cells
        cells[day] = cells[day].with_another(cell) if day in cells else cell
    for (officer, day), one in ahead(viewer, list(rows), days[0], days[-1]).items():
        rows[officer].ahead[day] = one
    return list(rows.values())


def _foot(rows: list[Row], days: list[date], today: date) -> list[int | str]:
    """How many were present on each day, today's at work among them; a dash where nothing is known."""
    counts: dict[date, int] = {}
    for row in rows:
        for day, cell in row.cells.items():
            counts[day] = counts.get(day, 0) + (cell.state == "present")
        for day, one in row.ahead.items():
            known = row.cells.get(day)
            twice = known is not None and known.state == "present"
            counts[day] = counts.get(day, 0) + (one.state == "in_progress" and not twice)
    return ["" if day > today else counts.get(day, "–") for day in days]


def _asked(request: HttpRequest) -> tuple[Viewer, OfficerFilter, Any, list[date]]:
    viewer = viewer_of(request)
    if not (rights.FIGURES in viewer.permissions or rights.is_clerk(viewer) or has_chain(viewer)):
        raise PermissionDenied
    base = Officer.objects.filter(rights.figures(viewer))
    form, days = OfficerFilter(request.GET, base=base), days_of(month_of(request))
    there = form.narrow(base).employed(days[-1]) | form.narrow(base).employed(days[0])
    return viewer, form, there.order_by("unit", "name", "code"), days


@require_GET
@officers_page
def month(request: HttpRequest) -> HttpResponse:
    """The grid of one month."""
    viewer, form, officers, days = _asked(request)
    listed = Paginator(officers, PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(viewer, listed.object_list, days)
    today = timezone.localdate()
    context = {
        "filter": form,
        "filtered": bool(form.wish),
        "page_obj": listed,
        "days": [
            {"day": day, "today": day == today, "weekend": day.weekday() >= 5, "ahead": day > today}
            for day in days
        ],
        "first": days[0],
        "before": (days[0] - timedelta(days=1)).strftime("%Y-%m"),
        "after": (days[-1] + timedelta(days=1)).strftime("%Y-%m"),
        "body": _body(rows, days),
        "foot": _foot(rows, days, today),
        "key": letters.key(),
        "plan_key": letters.plan_key() if days[-1] >= today else [],
        "marks": letters.marks_key(),
        "empty": not any(row.cells for row in rows),
        "query_text": urlencode([(k, v) for k, v in request.GET.items() if v and k != "page"]),
    }
    return render(request, "fieldstaff/month.html", context)


def _body(rows: list[Row], days: list[date]) -> SafeString:
    """The rows of the table. Every text of people is escaped here; the rest are our own words."""
    parts: list[str] = []
    dated = [(day, f'{day}" data-s="') for day in days]
    looks = _Looks(get_language())
    simulated = f'<span class="cc-chip cc-chip-sim">{_("SIMULATION")}</span> '
    for row in rows:
        one = row.officer
        parts.append(
            f'<tr><th scope="row"><a href="/officers/{one.pk}/">{escape(one.name)}</a>'
            f"<small>{simulated if one.is_simulated else ''}{escape(one.unit or one.code)}</small></th>"
        )
        parts += _cells(row, dated, looks)
        parts += [f'<td class="om-sum">{value}</td>' for value in _sums(row.sums())]
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - escaped above


class _Looks(dict[tuple[Any, ...], str]):
    """The end of a cell by what it shows: a month has thousands of cells and some hundred that differ."""

    def __init__(self, language: str | None) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, key: tuple[Any, ...]) -> str:
        state, flags, percent, shifts, running = key
        letter, shape, words = letters.look(state, flags, self.language)
        words = f"{words} · {percent}%"
        again = f"<sup>{shifts}</sup>" if shifts > 1 else ""
        if running is not None:
            more, _shape, also = letters.look_ahead(running)
            again, words = f"{again}<sup>{more}</sup>", f"{words}; {also}"
        found = f'{shape}" title="{words}">{letter}{letters.marks(flags)}{again}</a></td>'
        self[key] = found
        return found


def _cells(row: Row, dated: list[tuple[date, str]], looks: _Looks) -> Iterator[str]:
    """A row's days; nine thousand go through here, so nothing is looked up that a whole row shares."""
    cells, ahead, pk = row.cells, row.ahead, row.officer.pk
    link = f'<td><a href="/officers/{pk}/?day='
    for day, text in dated:
        cell, one = cells.get(day), ahead.get(day)
        if cell is not None:
            running = one if one is not None and not one.planned else None
            end = looks[(cell.state, cell.flags, cell.percent, cell.shifts, running)]
            yield f"{link}{text}{end}"
        else:
            yield "<td></td>" if one is None else _ahead(pk, day, one)


def _sums(sums: Sums) -> tuple[int | str, ...]:
    """The last columns: present, partial, absent, away, minutes late, hours, per cent."""
    states, credited = sums.states, sums.credited
    return (
        states["present"],
        states["partial"],
        states["absent"],
        sums.away,
        sums.late_minutes,
        f"{credited // 3600}:{credited % 3600 // 60:02d}",
        "–" if sums.percent is None else f"{sums.percent}%",
    )


def _ahead(pk: int, day: date, one: Ahead) -> str:
    letter, shape, words = letters.look_ahead(one)
    if one.planned:
        return f'<td><span data-s="{shape}" title="{words}">{letter}</span></td>'
    return f'<td><a href="/officers/{pk}/?day={day}" data-s="{shape}" title="{words}">{letter}</a></td>'


@require_GET
@officers_page
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The grid with its sums as CSV or XLSX; audited."""
    viewer, form, officers, days = _asked(request)
    wish = {name: str(value) for name, value in form.wish.items()} | {"month": f"{days[0]:%Y-%m}"}
    audit.record(viewer=viewer, action="export.attendance", detail=wish)
    headers = [
        _("Number"), _("Name"), pgettext("column of a sheet", "Data"), _("Agency"), _("Unit"),
        *(day.day for day in days), _("Days present"),
        _("Days partial"), _("Days absent"), _("Days away"), _("Minutes late"), _("Hours credited"),
        _("Hours required"),
    ]  # fmt: skip
    rows = (_line(row, days) for row in rows_of(viewer, officers.select_related("agency")[:MOST], days))
    return table_file(kind, f"kehadiran-{days[0]:%Y-%m}", _("Attendance"), headers, rows)


def _line(row: Row, days: list[date]) -> tuple[Any, ...]:
    one, sums = row.officer, row.sums()
    cells = [letters.text(row.cells.get(day), row.ahead.get(day)) for day in days]
    return (
        one.code, one.name, _("SIMULATION") if one.is_simulated else "", one.agency.short_name, one.unit,
        *cells, sums.states["present"], sums.states["partial"], sums.states["absent"], sums.away,
        sums.late_minutes, round(sums.credited / 3600, 2), round(sums.required / 3600, 2),
    )  # fmt: skip
