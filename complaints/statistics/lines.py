"""The counted figures under names people know, the largest first; few secret reports are not shown alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cctv.evaluation import Period
from commandcenter.city.models import Agency, Area
from commandcenter.city.viewers import Viewer
from complaints.models import Category, Channel
from complaints.models.choices import Dimension
from complaints.statistics import periods
from complaints.statistics.counted import Counted, Figures, count

FEW = 5
"""Of a secret category, fewer than this many are told together with others or not at all."""


@dataclass(slots=True)
class Line:
    """One row: a group of this period beside the same group of the period before (None: it had none).

    ``hidden``: too few secret reports to show a figure. ``filter``: the desk's query for these reports.
    """

    name: str
    now: Figures
    before: Figures | None = None
    filter: str = ""
    hidden: bool = False


@dataclass(slots=True)
class Group:
    """One way of looking at them; ``most`` is the largest count, ``longest`` the longest time in hours."""

    key: str
    title: str
    lines: list[Line] = field(default_factory=list)

    @property
    def most(self) -> int:
        """The scale of the count bars."""
        both = [(line.now.count, line.before.count if line.before else 0) for line in self.lines]
        return max((value for pair in both for value in pair), default=0)

    @property
    def longest(self) -> float:
        """The scale of the time bars."""
        shown = [line.now for line in self.lines if not line.hidden]
        times = [value for row in shown for value in (row.finish_p90_h, row.finish_limit_h) if value]
        return max(times, default=0.0)


@dataclass(slots=True)
class Statistics:
    """A period and the one before, counted at ``made_at`` under one viewer's rights."""

    period: Period
    before_period: Period
    now: Counted
    before: Counted
    groups: list[Group]
    made_at: datetime


def statistics(viewer: Viewer, period: Period) -> Statistics:
    """All figures of the page."""
    earlier = periods.before(period)
    now, before = count(viewer, period), count(viewer, earlier)
    groups = [
        Group(key, title, _lines(now.groups[column], before.groups[column], names))
        for key, title, column, names in _ways()
    ]
    return Statistics(period, earlier, now, before, groups, timezone.now())


Names = Callable[[set[Any]], Mapping[Any, tuple[str, str, bool]]]
"""key -> (name, the desk's query, whether it is secret)."""


def _ways() -> list[tuple[str, str, str, Names]]:
    return [
        ("agency", _("By agency"), "agency_id", _agencies),
        ("category", _("By category"), "category_id", _categories),
        ("area", _("By area"), "area_id", _areas),
        ("channel", _("By channel"), "channel_id", _channels),
        ("dimension", _("By smart-city dimension"), "dimension", _dimensions),
    ]


def _agencies(keys: set[Any]) -> Mapping[Any, tuple[str, str, bool]]:
    rows = Agency.objects.filter(pk__in=keys - {None})
    found = {row.pk: (row.short_name or row.name, f"agency={row.pk}", False) for row in rows}
    return {**found, None: (_("not sent to an agency yet"), "", False)}


def _categories(keys: set[Any]) -> Mapping[Any, tuple[str, str, bool]]:
    rows = Category.objects.filter(pk__in=keys - {None})
    found = {row.pk: (row.title, f"category={row.pk}", row.private) for row in rows}
    return {**found, None: (_("without a category"), "", False)}


def _areas(keys: set[Any]) -> Mapping[Any, tuple[str, str, bool]]:
    rows = Area.objects.filter(pk__in=keys - {None})
    found = {row.pk: (row.full_name, f"area={row.pk}" if row.level == 3 else "", False) for row in rows}
    return {**found, None: (_("without an area"), "", False)}


def _channels(keys: set[Any]) -> Mapping[Any, tuple[str, str, bool]]:
    rows = Channel.objects.filter(pk__in=keys - {None})
    return {row.pk: (row.name, f"channel={row.pk}", False) for row in rows}


def _dimensions(keys: set[Any]) -> Mapping[Any, tuple[str, str, bool]]:
    found = {value: (str(label), "", False) for value, label in Dimension.choices}
    return {**found, "": (_("without a dimension"), "", False), None: (_("without a category"), "", False)}


def _lines(now: dict[Any, Figures], before: dict[Any, Figures], names: Names) -> list[Line]:
    known = names(set(now))
    shown: list[Line] = []
    few: list[Figures] = []
    for key, figures in now.items():
        name, query, private = known.get(key, (_("deleted"), "", False))
        if private and figures.count < FEW:
            few.append(figures)
        else:
            shown.append(Line(name, figures, before.get(key), query))
    shown.sort(key=lambda line: (-line.now.count, line.name))
    if few:
        shown.append(_together(few))
    return shown


def _together(few: list[Figures]) -> Line:
    """Secret categories of few reports as one row; its sum is told only when it hides each of them."""
    total = sum(row.count for row in few)
    hidden = total < FEW or len(few) == 1
    return Line(
        _("secret categories with few reports"),
        Figures() if hidden else Figures(count=total, open=sum(row.open for row in few)),
        hidden=hidden,
    )
