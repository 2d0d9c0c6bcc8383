"""Reports as points of a map: one SQL statement writes the whole GeoJSON.

What is open comes first, then what ended in the last days; each arm asks an index of its own and stops at the
limit. Who may see what is asked of the QuerySet that is handed in.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from complaints.models import Report
from complaints.models.choices import STATUS_LABELS
from complaints.shown import STATES
from complaints.workflow import OUTCOMES, Status

MOST = 4000
WEEK = timedelta(days=7)
COLUMNS = (
    "pk", "number", "lat", "lng", "status", "priority", "category_id", "origin", "anonymous",
)  # fmt: skip
PLACES = 3
"""Decimals of a point whose reporter wants no name, on the public map: some 100 m."""

# The columns are those of COLUMNS; the words come in as one JSON parameter.
COLLECTION = """
SELECT '{"type":"FeatureCollection","features":' || COALESCE(json_agg(json_build_object(
  'type', 'Feature', 'id', w.mark,
  'geometry', json_build_object('type', 'Point', 'coordinates',
    CASE WHEN r.anonymous AND w.word ->> 'public' = '1'
         THEN json_build_array(round(r.lng::numeric, {places}), round(r.lat::numeric, {places}))
         ELSE json_build_array(r.lng, r.lat) END),
  'properties', json_build_object(
    'id', w.mark, 'kind', 'report', 'name', COALESCE(c.name, w.word ->> 'report') || ' · ' || r.number,
    'label', COALESCE(c.name, r.number), 'category', c.code,
    'state', CASE WHEN w.word ->> 'alarm' = '1' AND r.priority = 'urgent'
                       AND NOT (w.word -> 'ends') ? r.status THEN 'crit'
                  ELSE w.word -> 'states' ->> r.status END,
    'word', w.word -> 'statuses' ->> r.status,
    'href', CASE WHEN w.word ->> 'base' = '' THEN '' ELSE (w.word ->> 'base') || r.number || '/' END,
    'simulated', r.origin = 'simulated')))::text, '[]') || '}'
FROM (%s) AS r (id, number, lat, lng, status, priority, category_id, origin, anonymous)
LEFT JOIN complaints_category c ON c.id = r.category_id
CROSS JOIN (SELECT %%s::jsonb AS word) AS given
CROSS JOIN LATERAL (
  SELECT given.word,
         CASE WHEN given.word ->> 'public' = '1' THEN to_json(r.number) ELSE to_json(r.id) END AS mark
) AS w
""".replace("{places}", str(PLACES))


def collection(
    rows: QuerySet[Any],
    *,
    base: str,
    at: datetime,
    opened: bool = True,
    ended: bool = True,
    back: timedelta = WEEK,
    public: bool = False,
) -> str:
    """A FeatureCollection as JSON text of at most :data:`MOST` of ``rows``, the open ones first.

    ``base``: the address before a report's number, empty for no link. ``opened`` and ``ended`` (within
    ``back``) say which kinds are wanted. ``public``: for everybody: no running id, no alarm's colour, and
    the point of an anonymous report only roughly.
    """
    placed = rows.filter(is_test=False, lat__isnull=False, received_at__lte=at)
    found = _arms(placed, at, opened=opened, ended=ended, back=back)
    try:
        sql, params = found.query.sql_with_params()
    except EmptyResultSet:  # who may read nothing
        return '{"type":"FeatureCollection","features":[]}'
    with connection.cursor() as cursor:
        cursor.execute(COLLECTION % sql, [*params, _words(base, public)])
        return str(cursor.fetchone()[0])


def shown_point(report: Report) -> tuple[float, float]:
    """Latitude and longitude of a report with a place, as the public map shows them."""
    assert report.lat is not None and report.lng is not None
    if not report.anonymous:
        return report.lat, report.lng
    return round(report.lat, PLACES), round(report.lng, PLACES)


def _arms(rows: QuerySet[Any], at: datetime, *, opened: bool, ended: bool, back: timedelta) -> Any:
    alive: Any = rows.open().order_by("-pk").values_list(*COLUMNS)[:MOST]  # type: ignore[attr-defined]
    since = rows.closed().filter(closed_at__gte=at - back)  # type: ignore[attr-defined]
    over: Any = since.order_by("-closed_at").values_list(*COLUMNS)[:MOST]
    if not ended:
        return alive
    if not opened:
        return over
    return alive.union(over, all=True)[:MOST]


def _words(base: str, public: bool) -> str:
    """What the statement needs to speak the reader's language."""
    return json.dumps(
        {
            "base": base,
            "alarm": "" if public else "1",
            "public": "1" if public else "",
            "report": _("report"),
            "ends": sorted(OUTCOMES),
            "states": {status.value: state for status, state in STATES.items()},
            "statuses": {status.value: str(STATUS_LABELS[status]) for status in Status},
        }
    )
