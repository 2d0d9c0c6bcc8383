"""Word to maps and lists that officers were heard of: one message a second at most for each group.

The groups are those who may see the same people: the whole city (desk, walls of the house), each agency
(its heads) and each chain (its supervisor). An event says nothing but that there is news; pages read with
their own rights.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.db import connection
from redis.exceptions import RedisError

from commandcenter import keys, live
from commandcenter.city.viewers import Role, Viewer
from fieldstaff import rights

TOPIC = "fieldstaff.latest"
WINDOW_S = 1.0
_REMEMBERED_S = 60.0
_CITY = "city"
# Of this process alone, so that a busy door asks Redis once a second and not once a message.
_quiet_until: dict[str, float] = {}
_groups: dict[int, tuple[frozenset[str], float]] = {}

# UNION ends even where a loop was forced into the table.
_SQL = """
WITH RECURSIVE up(officer, agency, boss, login) AS (
  SELECT id, agency_id, supervisor_id, user_id FROM fieldstaff_officer WHERE id = ANY(%s)
  UNION
  SELECT up.officer, up.agency, above.supervisor_id, above.user_id
    FROM up JOIN fieldstaff_officer above ON above.id = up.boss
) SELECT officer, agency, login FROM up
"""


def scopes_of(viewer: Viewer) -> set[str]:
    """The groups that ``viewer`` hears, as ``rights.live`` has them."""
    if viewer.kind == "display":
        return {_CITY} if "internal" in viewer.sharing else set()
    if viewer.kind != "user":
        return set()
    found = {f"team-{viewer.pk}"}
    if rights.LIVE not in viewer.permissions:
        return found
    found |= {f"agency-{pk}" for pk in viewer.agencies}
    return found | {_CITY} if viewer.has(Role.ADMIN, Role.OPERATOR) else found


def heard(officers: Iterable[int]) -> None:
    """Tells the groups to which these officers (pks) belong, unless they were told in this second."""
    now = time.monotonic()
    wanted = {_CITY, *_groups_of(officers, now)}
    due = [scope for scope in sorted(wanted) if _quiet_until.get(scope, 0.0) <= now]
    if len(wanted) == 1 or not due:
        return
    for scope in due:
        _quiet_until[scope] = now + WINDOW_S
    scopes = _first(due)
    if scopes:
        live.publish(TOPIC, id=0, rev=time.time_ns() // 1_000_000, scopes=scopes)


def _first(scopes: list[str]) -> list[str]:
    """Those that no other process told in this second; without Redis nobody can be told anyway."""
    try:
        with keys.client().pipeline(transaction=False) as pipe:
            for scope in scopes:
                pipe.set(keys.key("fieldstaff", "news", scope), 1, nx=True, px=int(WINDOW_S * 1000))
            return [scope for scope, first in zip(scopes, pipe.execute(), strict=True) if first]
    except RedisError:
        return []


def _groups_of(officers: Iterable[int], now: float) -> set[str]:
    """Agencies and chains of officers, remembered for a minute."""
    asked = list(officers)
    missing = [pk for pk in asked if pk not in _groups or _groups[pk][1] <= now]
    if missing:
        found: dict[int, set[str]] = {}
        with connection.cursor() as cursor:
            cursor.execute(_SQL, [missing])
            for officer, agency, login in cursor.fetchall():
                team = {f"team-{login}"} if login else set()
                found.setdefault(officer, {f"agency-{agency}"}).update(team)
        _groups.update({pk: (frozenset(scopes), now + _REMEMBERED_S) for pk, scopes in found.items()})
    return {scope for pk in asked if pk in _groups for scope in _groups[pk][0]}
