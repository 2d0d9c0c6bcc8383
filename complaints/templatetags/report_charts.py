"""Charts of citizen reports as SVG from the server: no script, no foreign library, sharp on paper."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commandcenter.city.templatetags.city import day, number

register = template.Library()

DOT = '<circle class="rs-dot" data-line="{}" cx="{}" cy="{}" r="5"><title>{}</title></circle>'
NOTCH = '<rect class="rs-notch" x="{}" y="0" width="8" height="12"/>'
LIMIT = '<rect class="rs-limit" x="{}" y="0" width="6" height="12"/>'
PART = '<rect data-state="{}" class="rs-part" x="{}" width="{}" height="28"><title>{}</title></rect>'

WIDE, HIGH, LEFT, FOOT, TOP = 720, 240, 44, 28, 12


def nice(value: float) -> int:
    """The next round number at or above ``value``: 1, 2 or 5 times a power of ten, at least 4."""
    if value <= 4:
        return 4
    power = 10 ** math.floor(math.log10(value))
    return int(next(step * power for step in (1, 2, 5, 10) if step * power >= value))


@register.simple_tag
def trend(weeks: Sequence[Mapping[str, Any]]) -> SafeString:
    """Received, closed and the period before. Weeks: ``start`` (a date) and the three counts."""
    if not weeks:
        return SafeString("")
    series = ("before", "received", "closed")
    top = nice(max(week[name] or 0 for week in weeks for name in series))
    step = (WIDE - LEFT - 16) / max(1, len(weeks) - 1)

    def place(index: int, value: float) -> tuple[float, float]:
        return LEFT + index * step, TOP + (HIGH - TOP - FOOT) * (1 - value / top)

    lines = format_html_join(
        "",
        '<path class="rs-line" data-line="{}" d="{}"/>',
        ((name, _path(place(n, week[name]) for n, week in enumerate(weeks))) for name in series),
    )
    dots = format_html_join("", DOT, (
        (name, *(f"{at:.1f}" for at in place(n, week[name])), _said(name, week))
        for n, week in enumerate(weeks) for name in ("received", "closed")
    ))  # fmt: skip
    return format_html(
        '<svg class="rs-chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}</svg>',
        WIDE, HIGH, _("Reports received and closed by week; the table below has the figures."),
        _grid(top), _weeks(weeks, step), lines, dots,
    )  # fmt: skip


def _path(points: Iterable[tuple[float, float]]) -> str:
    found = [f"{x:.1f} {y:.1f}" for x, y in points]
    return f"M{found[0]}h.1" if len(found) == 1 else "M" + "L".join(found)


def _said(name: str, week: Mapping[str, Any]) -> str:
    words = {"received": _("received"), "closed": _("closed")}
    return f"{day(week['start'])}: {number(week[name])} {words[name]}"


def _grid(top: int) -> SafeString:
    parts = 4 if top % 4 == 0 else 5
    marks = [top * part / parts for part in range(parts + 1)]
    return format_html_join(
        "",
        '<path class="rs-grid" d="M{} {}H{}"/>'
        '<text class="rs-tick" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (LEFT, f"{y:.1f}", WIDE - 8, LEFT - 8, f"{y + 4:.1f}", number(mark))
            for mark in marks
            for y in [TOP + (HIGH - TOP - FOOT) * (1 - mark / top)]
        ),
    )


def _weeks(weeks: Sequence[Mapping[str, Any]], step: float) -> SafeString:
    every = max(1, math.ceil(len(weeks) / 8))
    return format_html_join(
        "",
        '<text class="rs-tick" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (f"{LEFT + n * step:.1f}", HIGH - 8, _short(week["start"]))
            for n, week in enumerate(weeks)
            if n % every == 0
        ),
    )


def _short(start: date) -> str:
    return day(start).rsplit("\u00a0", 1)[0]


@register.simple_tag
def hours_grid(hours: Mapping[tuple[int, int], int]) -> SafeString:
    """When reports come in: a square for each hour of the week, the fuller the busier."""
    most = max(hours.values(), default=0)
    names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    boxes = format_html_join(
        "",
        '<rect class="rs-hour" x="{}" y="{}" width="22" height="22" rx="3" fill-opacity="{}">'
        "<title>{}</title></rect>",
        (
            (
                44 + hour * 25,
                4 + (weekday - 1) * 25,
                f"{0.06 + 0.94 * hours.get((weekday, hour), 0) / most if most else 0.06:.2f}",
                f"{names[weekday - 1]} {hour:02}.00: {number(hours.get((weekday, hour), 0))}",
            )
            for weekday in range(1, 8)
            for hour in range(24)
        ),
    )
    days = format_html_join(
        "", '<text class="rs-tick" x="36" y="{}" text-anchor="end">{}</text>',
        ((20 + n * 25, name) for n, name in enumerate(names)),
    )  # fmt: skip
    clock = format_html_join(
        "", '<text class="rs-tick" x="{}" y="196" text-anchor="middle">{}</text>',
        ((55 + hour * 25, f"{hour:02}") for hour in range(0, 24, 3)),
    )  # fmt: skip
    return format_html(
        '<svg class="rs-chart" viewBox="0 0 648 204" role="img" aria-label="{}">{}{}{}</svg>',
        _("Reports by weekday and hour"), boxes, days, clock,
    )  # fmt: skip


@register.simple_tag
def count_bar(now: float, before: Any, most: float) -> SafeString:
    """A bar out of ``most``, with a notch where the period before stood."""
    wide = 1000 * now / most if most else 0
    notch = (
        format_html(
            '<rect class="rs-notch" x="{}" y="0" width="8" height="12"/>', f"{1000 * before / most - 4:.0f}"
        )
        if isinstance(before, int | float) and most
        else ""
    )
    return format_html(
        '<svg class="rs-bar" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rs-track" width="1000" height="12" rx="6"/>'
        '<rect class="rs-fill" width="{}" height="12" rx="6"/>{}</svg>',
        f"{wide:.0f}",
        notch,
    )


@register.simple_tag
def time_bar(median: float | None, p90: float | None, limit: float | None, longest: float) -> SafeString:
    """From nothing to the median (full) to the 90th percentile (pale), with the deadline as a line."""
    if not longest:
        return SafeString("")
    scale = 1000 / longest
    late = bool(median and limit and median > limit)
    mark = format_html(LIMIT, f"{limit * scale - 3:.0f}") if limit else ""
    return format_html(
        '<svg class="rs-bar" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true"{}>'
        '<rect class="rs-track" width="1000" height="12" rx="6"/>'
        '<rect class="rs-pale" y="3" width="{}" height="6"/>'
        '<rect class="rs-fill" y="1" width="{}" height="10"/>{}</svg>',
        SafeString(' data-late=""') if late else "",
        f"{(p90 or 0) * scale:.0f}",
        f"{(median or 0) * scale:.0f}",
        mark,
    )


@register.simple_tag
def stacked(parts: Sequence[Mapping[str, Any]]) -> SafeString:
    """One bar of all parts. Parts: ``count``, ``state`` (its colour), ``word``."""
    total = sum(part["count"] for part in parts) or 1
    at, boxes = 0.0, []
    for part in parts:
        wide = 1000 * part["count"] / total
        boxes.append((part["state"], f"{at:.1f}", f"{wide:.1f}", f"{part['word']}: {number(part['count'])}"))
        at += wide
    drawn = format_html_join(
        "",
        '<rect data-state="{}" class="rs-part" x="{}" width="{}" height="28"><title>{}</title></rect>',
        boxes,
    )
    return format_html(
        '<svg class="rs-stack" viewBox="0 0 1000 28" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        drawn,
    )


@register.filter
def hours_words(value: float | None) -> str:
    """Elapsed hours as a person says them: minutes, hours, days."""
    if value is None:
        return "–"
    if value < 1:
        return _("%(n)s min") % {"n": number(value * 60)}
    if value < 24:
        return _("%(n)s h") % {"n": number(value, 1 if value < 10 else 0)}
    return _("%(n)s days") % {"n": number(value / 24, 1)}


@register.simple_tag
def change(now: Any, before: Any, good: str = "") -> SafeString:
    """How much more or less than before, in percent; ``good`` "up" or "down" colours it, else it is grey."""
    # A template says "" for what a missing period does not have.
    if not isinstance(now, int | float) or not isinstance(before, int | float) or not before:
        return SafeString("")
    share = (now - before) / before
    if abs(share) < 0.005:
        return format_html('<span class="rs-change">{}</span>', _("as before"))
    rising = share > 0
    state = "" if not good else "good" if rising == (good == "up") else "warn"
    sign = "+" if rising else "−"
    return format_html(
        '<span class="rs-change" data-state="{}">{} {}{}%</span>',
        state, "▲" if rising else "▼", sign, number(abs(share) * 100),
    )  # fmt: skip
