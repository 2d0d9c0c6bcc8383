"""One pass over the reports of a period, grouped every way the page needs: one statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

from cctv.evaluation import Period
from commandcenter.city.viewers import Viewer
from complaints.models import Report

COLUMNS = (
    "agency_id", "area_id", "channel_id", "category_id", "status", "rating", "reopenings", "secret", "origin",
    "received_at", "answered_at", "closed_at", "answer_by", "finish_by",
)  # fmt: skip
SETS = ("agency_id", "area_id", "channel_id", "category_id", "dimension", "status", "rating", "week")

STATEMENT = """
WITH r AS MATERIALIZED (
  SELECT v.*, c.dimension, date_trunc('week', v.received_at AT TIME ZONE %(zone)s)::date AS week,
         extract(isodow FROM v.received_at AT TIME ZONE %(zone)s)::int AS weekday,
         extract(hour FROM v.received_at AT TIME ZONE %(zone)s)::int AS hour,
         extract(epoch FROM v.answered_at - v.received_at) / 3600 AS answer_h,
         extract(epoch FROM v.closed_at - v.received_at) / 3600 AS finish_h,
         extract(epoch FROM v.answer_by - v.received_at) / 3600 AS answer_limit_h,
         extract(epoch FROM v.finish_by - v.received_at) / 3600 AS finish_limit_h,
         COALESCE(v.answered_at, CASE WHEN v.answer_by < %(now)s THEN %(now)s END) AS answer_end,
         COALESCE(v.closed_at, CASE WHEN v.finish_by < %(now)s THEN %(now)s END) AS finish_end
  FROM ({rows}) AS v ({columns}) LEFT JOIN complaints_category c ON c.id = v.category_id
)
SELECT grouping({sets}, weekday), {sets}, weekday, hour, count(*),
  count(*) FILTER (WHERE closed_at IS NULL), count(*) FILTER (WHERE status = 'resolved'),
  count(*) FILTER (WHERE closed_at IS NOT NULL),
  count(*) FILTER (WHERE answer_by IS NOT NULL AND answer_end IS NOT NULL),
  count(*) FILTER (WHERE answer_end <= answer_by),
  count(*) FILTER (WHERE finish_by IS NOT NULL AND finish_end IS NOT NULL),
  count(*) FILTER (WHERE finish_end <= finish_by),
  percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY answer_h) FILTER (WHERE answer_h >= 0),
  percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY finish_h) FILTER (WHERE finish_h >= 0),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY answer_limit_h) FILTER (WHERE answer_limit_h >= 0),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY finish_limit_h) FILTER (WHERE finish_limit_h >= 0),
  count(rating), sum(rating), count(*) FILTER (WHERE reopenings > 0), bool_or(origin = 'simulated'),
  count(*) FILTER (WHERE secret), count(*) FILTER (WHERE answer_by IS NULL AND finish_by IS NULL)
FROM r GROUP BY GROUPING SETS ((), {each}, (weekday, hour))
"""


@dataclass(slots=True)
class Figures:
    """What was counted of one group. Hours are elapsed ones; a median of nothing is None.

    ``answer_judged``, ``finish_judged``: reports with a deadline that is met or over; ``…_in_time`` of them.
    ``unlimited``: reports of which no deadline was recorded; no share counts them.
    """

    count: int = 0
    open: int = 0
    resolved: int = 0
    closed: int = 0
    answer_judged: int = 0
    answer_in_time: int = 0
    finish_judged: int = 0
    finish_in_time: int = 0
    answer_h: float | None = None
    answer_p90_h: float | None = None
    finish_h: float | None = None
    finish_p90_h: float | None = None
    answer_limit_h: float | None = None
    finish_limit_h: float | None = None
    ratings: int = 0
    stars: int = 0
    reopened: int = 0
    simulated: bool = False
    secret: int = 0
    unlimited: int = 0

    @property
    def on_time(self) -> float | None:
        """Share of judged reports that were finished before their deadline, 0 to 1."""
        return self.finish_in_time / self.finish_judged if self.finish_judged else None

    @property
    def answered_on_time(self) -> float | None:
        """Share of judged reports that were answered before their deadline, 0 to 1."""
        return self.answer_in_time / self.answer_judged if self.answer_judged else None

    @property
    def satisfaction(self) -> float | None:
        """Mean of the ratings, 1 to 5."""
        return self.stars / self.ratings if self.ratings else None

    @property
    def reopened_share(self) -> float | None:
        """Share of the reports that were opened again."""
        return self.reopened / self.count if self.count else None


@dataclass(slots=True)
class Counted:
    """A period's figures: all of it, and by each way of grouping (key None: reports without one)."""

    whole: Figures = field(default_factory=Figures)
    groups: dict[str, dict[Any, Figures]] = field(default_factory=dict)
    hours: dict[tuple[int, int], int] = field(default_factory=dict)
    closed_by_week: dict[date, int] = field(default_factory=dict)


def count(viewer: Viewer, period: Period) -> Counted:
    """The reports received in the period that ``viewer`` may read, tests left out."""
    visible = Report.objects.visible_to(viewer).filter(is_test=False)
    found = Counted(groups={name: {} for name in SETS})
    for kind, keys, hour, figures in _rows(visible.received_between(period.first, period.last)):
        if kind is None:
            found.whole = figures
        elif kind == "weekday":
            found.hours[(keys, hour)] = figures.count
        else:
            found.groups[kind][keys] = figures
    found.closed_by_week = _closed(visible, period)
    return found


def _rows(rows: Any) -> Iterator[tuple[str | None, Any, int, Figures]]:
    """(which grouping, its key, the hour, the figures); None is the whole."""
    try:
        sql, params = rows.order_by().values_list(*COLUMNS).query.sql_with_params()
    except EmptyResultSet:  # who may read nothing
        return
    names = (*SETS, "weekday")
    statement = STATEMENT.format(
        rows=_placed(sql), columns=", ".join(COLUMNS), sets=", ".join(SETS),
        each=", ".join(f"({name})" for name in SETS),
    )  # fmt: skip
    values: dict[str, Any] = {"zone": str(timezone.get_current_timezone()), "now": timezone.now()}
    values |= {f"p{number}": value for number, value in enumerate(params)}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for mask, *rest in cursor.fetchall():
            keys, hour, counted = rest[: len(names)], rest[len(names)], rest[len(names) + 1 :]
            # A bit is 0 where the row is grouped by that column; the first name is the highest bit.
            place = next((n for n in range(len(names)) if not mask >> (len(names) - 1 - n) & 1), None)
            yield (
                None if place is None else names[place],
                None if place is None else keys[place],
                hour or 0,
                _figures(counted),
            )


def _placed(sql: str) -> str:
    """Django's positional marks as named ones, to stand beside ours."""
    parts = sql.split("%s")
    return parts[0] + "".join(f"%(p{number})s{part}" for number, part in enumerate(parts[1:]))


def _figures(row: list[Any]) -> Figures:
    counts, (answer, finish, answer_limit, finish_limit), rest = row[:8], row[8:12], row[12:]
    answer, finish = answer or (None, None), finish or (None, None)
    ratings, stars, reopened, simulated, secret, unlimited = rest
    found = [*counts, *answer, *finish, answer_limit, finish_limit]
    found += [ratings, stars or 0, reopened, bool(simulated), secret, unlimited]
    return Figures(*found)


def _closed(visible: Any, period: Period) -> dict[date, int]:
    """How many were closed in each week (its Monday), whenever they had come in."""
    from django.db.models import Count
    from django.db.models.functions import TruncWeek

    ended = visible.filter(closed_at__gte=period.start, closed_at__lt=period.end)
    weeks = ended.order_by().values_list(TruncWeek("closed_at")).annotate(n=Count("pk"))
    return {timezone.localtime(week).date(): n for week, n in weeks}
