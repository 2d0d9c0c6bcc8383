"""Small charts as server-side SVG: they work in PDF, e-mail and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

WIDTH, HEIGHT = 200.0, 40.0


def _spoken(label: str) -> SafeString:
    """How a drawing is announced: by its label, or not at all when the figures stand beside it."""
    return format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')


def runs(values: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    """Points of a line chart in a 200 × 40 box; a None breaks the line instead of inventing a value."""
    known = [value for value in values if value is not None]
    if not known:
        return []
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = WIDTH / max(1, len(values) - 1)
    lines: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            lines.append([])
        else:
            lines[-1].append((index * step, HEIGHT - 3 - (value - low) / span * (HEIGHT - 6)))
    return [line for line in lines if line]


def _path(points: Sequence[tuple[float, float]]) -> str:
    if len(points) == 1:
        x, y = points[0]
        return f"M{x:.1f} {y:.1f}h.1"
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


@register.simple_tag
def spark(values: Iterable[float | None], label: str = "") -> SafeString:
    """A sparkline; gaps stay gaps. ``label`` is what it says to somebody who cannot see it."""
    lines = runs([None if value is None else float(value) for value in values])
    paths = format_html_join("", '<path d="{}"/>', ((_path(line),) for line in lines))
    return format_html(
        '<svg class="cc-spark" viewBox="0 0 200 40" preserveAspectRatio="none" {} '
        'fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" stroke-linecap="round">'
        '<g vector-effect="non-scaling-stroke">{}</g></svg>',
        _spoken(label),
        paths,
    )


@register.simple_tag
def daybar(segments: Iterable[Mapping[str, Any]], label: str = "") -> SafeString:
    """A day in one bar. Segments: ``start`` and ``end`` (shares of the day), ``state``, ``title``."""
    boxes = format_html_join(
        "",
        '<rect data-state="{}" x="{}" width="{}" height="28" fill="var(--st)"><title>{}</title></rect>',
        (
            (
                segment["state"],
                f"{max(0.0, float(segment['start'])) * 1000:.1f}",
                f"{max(0.6, (float(segment['end']) - float(segment['start'])) * 1000):.1f}",
                segment.get("title", ""),
            )
            for segment in segments
        ),
    )
    hours = format_html_join(
        "", '<path d="M{} 0v28"/>', ((f"{hour / 24 * 1000:.1f}",) for hour in range(6, 24, 6))
    )
    return format_html(
        '<svg class="cc-daybar" viewBox="0 0 1000 28" preserveAspectRatio="none" {}>'
        '{}<g stroke="#04080d" stroke-width="2" stroke-opacity=".7">{}</g></svg>',
        _spoken(label),
        boxes,
        hours,
    )


@register.simple_tag
def meter(value: float | None, maximum: float = 100, state: str = "good", label: str = "") -> SafeString:
    """A horizontal bar of ``value`` out of ``maximum`` in the colour of ``state``; None is an empty track."""
    share = 0.0 if value is None or maximum <= 0 else max(0.0, min(1.0, float(value) / float(maximum)))
    return format_html(
        '<svg class="cc-meter" data-state="{}" viewBox="0 0 1000 10" preserveAspectRatio="none" {}>'
        '<rect width="1000" height="10" fill="currentColor" fill-opacity=".14"/>'
        '<rect width="{}" height="10" fill="var(--st)"/></svg>',
        state,
        _spoken(label),
        f"{share * 1000:.0f}",
    )


# What a row may call its counts, and the state whose colour they take, from good to worst.
PARTS = (
    (("online", "up"), "online"),
    (("late",), "degraded"),
    (("down",), "offline"),
    (("maintenance", "resting"), "maintenance"),
)


def _count(row: Any, *names: str) -> int:
    for name in names:
        found = row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)
        if found is not None:
            return int(found)
    return 0


@register.simple_tag
def state_bar(row: Any, label: str = "") -> SafeString:
    """One bar of ``total``: live, late, down, resting; what is unknown stays empty."""
    total = max(1, _count(row, "total"))
    boxes, start = [], 0.0
    for names, state in PARTS:
        width = _count(row, *names) / total * 1000
        if width:
            boxes.append((state, f"{start:.1f}", f"{max(2.0, width - 3):.1f}"))
            start += width
    body = format_html_join(
        "", '<rect data-state="{}" x="{}" width="{}" height="10" fill="var(--st)"/>', boxes
    )
    return format_html(
        '<svg class="cc-meter" viewBox="0 0 1000 10" preserveAspectRatio="none" {}>'
        '<rect width="1000" height="10" fill="currentColor" fill-opacity=".14"/>{}</svg>',
        _spoken(label),
        body,
    )
