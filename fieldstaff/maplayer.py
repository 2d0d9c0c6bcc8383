"""Officers on shift as points of a map: the database writes the whole GeoJSON, thirty thousand as one text.

Whom a viewer may see is asked of ``Latest.visible_to``: nobody off shift, whoever asks. A wall of the house
sees where an agency's people are, never who they are.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.translation import pgettext

from commandcenter.city.models import Agency
from commandcenter.city.viewers import Role, Viewer
from commandcenter.wall.registry import Layer, register
from fieldstaff import news, rights
from fieldstaff.models import Latest, Officer
from fieldstaff.reaching import reach_of
from fieldstaff.words import LAYER_TITLE, REACH_WORDS

MOST = 40_000
TONES = 6
"""Colours of agencies in ``static/cc/css/map-officers.css``; beside the colour stand its letters."""
COLUMNS = ("officer_id", "lat_e7", "lon_e7", "fix_at", "reach", "officer__name", "officer__agency_id",
           "officer__origin")  # fmt: skip

# Plain text building: json_build_object takes four times as long. What people typed goes through to_json.
COLLECTION = """
SELECT '{"type":"FeatureCollection","features":[' || COALESCE(string_agg(
  '{"type":"Feature","geometry":{"type":"Point","coordinates":[' || (r.lon / 1e7)::text || ','
  || (r.lat / 1e7)::text || ']},"properties":{"id":' || r.id || ',"kind":"officer","state":"' || r.reach
  || '","word":' || (g.words ->> r.reach) || ',"fix":' || floor(extract(epoch FROM r.fix_at) * 1000)::bigint
  || COALESCE(a.said, '')
  || CASE WHEN g.named THEN ',"name":' || to_json(r.name)::text ELSE COALESCE(a.unnamed, '') END
  || CASE WHEN r.origin = 'simulated' THEN ',"simulated":true' ELSE '' END || '}}', ','), '') || ']}'
FROM (%s) AS r (id, lat, lon, fix_at, reach, name, agency, origin)
CROSS JOIN (SELECT %%s::jsonb AS words, %%s::bool AS named) AS g
LEFT JOIN jsonb_to_recordset(%%s::jsonb) AS a (id bigint, said text, unnamed text) ON a.id = r.agency
"""


def letters(agency: Agency) -> str:
    """Two letters for a mark: initials of several words, else the first two letters."""
    words = agency.short_name.split() or agency.name.split() or ["?"]
    found = "".join(word[0] for word in words[:2]) if len(words) > 1 else words[0][:2]
    return found.upper() if len(words) > 1 or words[0].isupper() else found


def tone(agency: int) -> int:
    """1 to 6: the colour of an agency, the same on every map."""
    return agency % TONES + 1


def text(viewer: Viewer, at: datetime) -> str:
    """A FeatureCollection of everybody on shift whom ``viewer`` may see, as JSON text.

    ``state`` is reachability by the time of receipt, ``fix`` the time of the place (ms since 1970).
    """
    rows = Latest.objects.visible_to(viewer).filter(lat_e7__isnull=False, lon_e7__isnull=False)
    wanted: Any = rows.annotate(reach=reach_of(at)).values_list(*COLUMNS)[:MOST]
    try:
        sql, params = wanted.query.sql_with_params()
    except EmptyResultSet:  # who may see nobody
        return '{"type":"FeatureCollection","features":[]}'
    words = {state: json.dumps(str(word)) for state, word in REACH_WORDS.items()}
    given: list[Any] = [json.dumps(words), viewer.kind == "user", json.dumps(_agencies())]
    with connection.cursor() as cursor:
        cursor.execute(COLLECTION % sql, [*list(params), *given])
        return str(cursor.fetchone()[0])


def _agencies() -> list[dict[str, Any]]:
    """What each agency adds to the points of its people, already JSON."""
    found = []
    for row in Agency.objects.only("pk", "name", "short_name"):
        said = {"mark": letters(row), "tone": tone(row.pk), "place": row.short_name}
        unnamed = {
            "name": pgettext("map", "Officer of %(agency)s") % {"agency": row.short_name},
            "label": row.short_name,
        }
        found.append({"id": row.pk, "said": _inner(said), "unnamed": _inner(unnamed)})
    return found


def _inner(values: dict[str, Any]) -> str:
    """``{"a": 1}`` as ``,"a": 1``: members to be put behind others."""
    return "," + json.dumps(values, ensure_ascii=False)[1:-1]


def features(viewer: Viewer, at: datetime) -> dict[str, Any]:
    """The same, read."""
    found: dict[str, Any] = json.loads(text(viewer, at))
    return found


def sees_places(viewer: Viewer) -> bool:
    """Whether anybody's place may be shown to this viewer: desk, heads, supervisors, walls of the house."""
    if viewer.kind == "display":
        return "internal" in viewer.sharing
    if viewer.kind != "user":
        return False
    if rights.LIVE in viewer.permissions and (viewer.has(Role.ADMIN, Role.OPERATOR) or viewer.agencies):
        return True
    return Officer.objects.filter(rights.chain(viewer)).exists()


LAYER = Layer(
    key="fieldstaff.officers", title=LAYER_TITLE, features=features, topics=(news.TOPIC,), order=30,
    permission=sees_places, default=True, text=text,
)  # fmt: skip
register(LAYER)
