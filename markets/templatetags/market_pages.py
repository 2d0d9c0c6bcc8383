"""Drawings and words of the market pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from markets.condition import Bands
from markets.models import ConditionAudit, ProgrammePoint, ProgrammeStep, Way
from markets.words import GRADE_STATES, GRADES, STAGE_STATES

register = template.Library()
WIDTH, HEIGHT = 760, 260
LEFT, RIGHT, TOP, BOTTOM = 40, 14, 12, 30
FLOOR = HEIGHT - BOTTOM


def _up(total: float) -> float:
    return TOP + (100 - total) / 100 * (FLOOR - TOP)


@dataclass(frozen=True, slots=True)
class Days:
    """The axis of days, from the first audit to the last."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """The place of a day in the drawing."""
        span = max(1, (self.last - self.first).days)
        return LEFT + (day - self.first).days / span * (WIDTH - LEFT - RIGHT)


def _text(x: float, y: float, words: object, anchor: str = "start", kind: str = "") -> SafeString:
    return format_html(
        '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>',
        kind, f"{x:.1f}", f"{y:.1f}", anchor, words,
    )  # fmt: skip


def _path(kind: str, drawn: str) -> SafeString:
    return format_html('<path class="{}" d="{}"/>', kind, drawn)


@register.simple_tag
def condition_curve(audits: Sequence[ConditionAudit], rebuilt: date | None = None) -> SafeString:
    """Scores over the days, oldest first: a dot is a visit, a square a look over the cameras.

    The figures stand in the table beside it; the drawing only says what it is of.
    """
    if not audits:
        return format_html("")
    days = Days(audits[0].day, audits[-1].day)
    label = _("Condition of the market over time, %(n)d audits from %(first)s to %(last)s") % {
        "n": len(audits), "first": date_format(days.first, "j F Y"), "last": date_format(days.last, "j F Y"),
    }  # fmt: skip
    line = "M" + "L".join(f"{days.x(row.day):.1f} {_up(row.total or 0):.1f}" for row in audits)
    parts = [*_bands(), *_rebuilt(days, rebuilt), _path("cc-curve-line", line)]
    parts += [_mark(days.x(row.day), _up(row.total or 0), row) for row in audits]
    parts.append(_text(LEFT, HEIGHT - 8, date_format(days.first, "M Y")))
    if len(audits) > 1:
        parts.append(_text(WIDTH - RIGHT, HEIGHT - 8, date_format(days.last, "M Y"), "end"))
    return format_html(
        '<svg class="cc-curve" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH, HEIGHT, label, format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def _bands() -> list[SafeString]:
    """The lines at which a class begins, with their figure and word."""
    bands, words = Bands(), dict(GRADES)
    parts = []
    for at, grade in ((bands.good, "good"), (bands.light, "light"), (bands.medium, "medium"), (0, "")):
        parts.append(_path("cc-curve-band", f"M{LEFT} {_up(at):.1f}H{WIDTH - RIGHT}"))
        parts.append(_text(LEFT - 6, _up(at) + 4, f"{at:.0f}", "end"))
        if grade:
            parts.append(_text(LEFT + 4, _up(at) - 4, words[grade], kind="cc-curve-word"))
    return parts


def _rebuilt(days: Days, day: date | None) -> list[SafeString]:
    if day is None or not days.first < day <= days.last:
        return []
    at = days.x(day)
    drawn = _path("cc-curve-rebuilt", f"M{at:.1f} {TOP}V{FLOOR}")
    return [drawn, _text(at + 5, FLOOR - 6, _("revitalised"))]


def _mark(x: float, y: float, row: ConditionAudit) -> SafeString:
    state = GRADE_STATES.get(row.grade, "paused")
    if row.way == Way.REMOTE:
        shape = '<rect data-state="{}" x="{}" y="{}" width="10" height="10" fill="var(--st)"/>'
        return format_html(shape, state, f"{x - 5:.1f}", f"{y - 5:.1f}")
    shape = '<circle data-state="{}" cx="{}" cy="{}" r="6" fill="var(--st)"/>'
    return format_html(shape, state, f"{x:.1f}", f"{y:.1f}")


@register.simple_tag
def rollout_line(points: Sequence[ProgrammePoint]) -> SafeString:
    """A row a point, its steps on a line over the months; the table below says the same in words."""
    steps = {point.pk: list(point.steps.all()) for point in points}
    dates = [step.day for rows in steps.values() for step in rows]
    dates += [point.planned_on for point in points if point.planned_on]
    if not dates:
        return format_html("")
    days = Days(min(dates), max(dates))
    height = 26 * len(points) + 30
    parts = [part for place, point in enumerate(points) for part in _row(days, place, point, steps[point.pk])]
    for day, x, anchor in ((days.first, NAMES, "start"), (days.last, WIDTH - RIGHT, "end")):
        parts.append(_text(x, height - 6, date_format(day, "M Y"), anchor))
    return format_html(
        '<svg class="cc-rollout" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH, height,
        _("When each point reached its stage; an open ring is the day it is planned to be live"),
        format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


NAMES = 170


def _row(days: Days, place: int, point: ProgrammePoint, steps: Sequence[ProgrammeStep]) -> list[SafeString]:
    def x(day: date) -> float:
        return NAMES + (days.x(day) - LEFT) / (WIDTH - LEFT - RIGHT) * (WIDTH - RIGHT - NAMES - 8)

    y = 26 * place + 16
    drawn = [_text(0, y + 4, str(point.market)[:26])]
    ends = [step.day for step in steps] + ([point.planned_on] if point.planned_on else [])
    if ends:
        drawn.append(_path("cc-rollout-line", f"M{x(min(ends)):.1f} {y}H{x(max(ends)):.1f}"))
    shape = '<circle data-state="{}" cx="{}" cy="{}" r="6" fill="var(--st)"><title>{}</title></circle>'
    for step in steps:
        told = f"{date_format(step.day, 'j F Y')}: {step.get_target_display()}"
        drawn.append(format_html(shape, STAGE_STATES[step.target], f"{x(step.day):.1f}", y, told))
    if point.planned_on and point.stage not in ("live", "handed_over"):
        ring = '<circle cx="{}" cy="{}" r="6" fill="none" stroke="currentColor" stroke-width="2"/>'
        drawn.append(format_html(ring, f"{x(point.planned_on):.1f}", y))
    return drawn
