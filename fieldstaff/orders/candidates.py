"""Who could take an order, out of the tables: two statements, whatever the number of officers.

The ranking and its reasons are ``dispatch.suggest``; nothing is written and nobody is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from commandcenter.city.viewers import Viewer
from fieldstaff.dispatch import suggest
from fieldstaff.dispatch.suggest import Need, Passed, Pick, Policy
from fieldstaff.models import Order, OrderState
from fieldstaff.models.orderwords import BUSY
from fieldstaff.orders import standing

REST = timedelta(minutes=10)
"""After a task; rested people go first."""
RECENT = timedelta(hours=12)
SHOWN = 8
OTHERS = 60

_BUSY = ", ".join(f"'{state.value}'" for state in BUSY)
# Each question by its own index: a plan that stays good while a fresh table has no statistics.
_OFFICERS = f"""
SELECT o.id, o.name, o.code, o.unit, o.kind, o.agency_id, o.skills,
       extract(epoch FROM l.last_contact)::bigint, extract(epoch FROM l.fix_at)::bigint,
       l.lat_e7 / 1e7::float8, l.lon_e7 / 1e7::float8,
       EXISTS (SELECT FROM fieldstaff_shift s WHERE s.officer_id = o.id AND s.span @> %(now)s),
       EXISTS (SELECT FROM fieldstaff_sosevent q WHERE q.officer_id = o.id AND q.ended_at IS NULL),
       (SELECT count(*) FROM fieldstaff_order b WHERE b.assignee_id = o.id AND b.state IN ({_BUSY})),
       (SELECT extract(epoch FROM max(d.done_at))::bigint FROM fieldstaff_order d
        WHERE d.assignee_id = o.id AND d.done_at > %(recent)s),
       w.lat, w.lng, w.radius_m, w.area_id,
       EXISTS (SELECT FROM fieldstaff_officer t WHERE t.supervisor_id = o.id),
       o.origin = 'simulated'
FROM fieldstaff_officer o
LEFT JOIN fieldstaff_latest l ON l.officer_id = o.id
LEFT JOIN fieldstaff_workarea w ON w.id = o.work_area_id
WHERE (o.joined_on IS NULL OR o.joined_on <= %(today)s) AND (o.left_on IS NULL OR o.left_on >= %(today)s)
"""  # noqa: S608 - nothing but our own words
_OF_AGENCIES = " AND o.agency_id = ANY(%(agencies)s)"
_UNDER = """ AND o.user_id IS DISTINCT FROM %(user)s AND o.id IN (
WITH RECURSIVE chain(id) AS (
  SELECT id FROM fieldstaff_officer WHERE user_id = %(user)s
  UNION
  SELECT below.id FROM fieldstaff_officer below JOIN chain ON below.supervisor_id = chain.id
  WHERE EXISTS (SELECT FROM fieldstaff_officer me
                WHERE me.user_id = %(user)s AND (me.left_on IS NULL OR me.left_on >= %(today)s))
) SELECT id FROM chain)
"""
_TRAINED = """
SELECT officer_id, topic, max("on") FROM fieldstaff_training
WHERE topic = ANY(%s) AND "on" <= %s AND (valid_until IS NULL OR valid_until >= %s) GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who could go: the pick with its reasons, and what the page shows of him. ``age`` in seconds."""

    pick: Pick
    name: str
    code: str
    unit: str
    kind: str
    agency: int
    load: int
    age: int
    leads: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody on shift who is not proposed: the first reason against him, None where there is no place.

    ``age`` are seconds since anything was heard of him, None for never.
    """

    pk: int
    name: str
    code: str
    unit: str
    why: Passed | None
    age: int | None
    leads: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The best first, how many there were, how many were passed over for what, and who of those on shift.

    Who is off shift is a number and no name: nobody off shift is shown to the desk.
    """

    candidates: tuple[Candidate, ...]
    total: int
    passed: dict[Passed, int]
    others: tuple[Other, ...] = ()


def find(
    need: Need | None, *, viewer: Viewer, agencies: Iterable[int], area: int | None = None,
    now: datetime | None = None, policy: Policy | None = None, shown: int = SHOWN,
    leave_out: Iterable[int] = (), under: bool = False,
) -> Found:  # fmt: skip
    """Candidates of these agencies; for who is no desk, and with ``under``, only of the people under him.

    Without a need there is no place to go to: nobody is proposed, those on shift stand in ``others``.
    """
    now = now or timezone.now()
    out = set(leave_out)
    rows = [row for row in _rows(viewer, sorted(agencies), now, under) if row[0] not in out]
    if need is None:
        off = sum(not row[11] for row in rows)
        return Found((), 0, {Passed.OFF_SHIFT: off} if off else {}, _others(rows, {}, now))
    trained = _trained(need.topics, timezone.localdate(now))
    officers = [_officer(row, need, area, now, trained) for row in rows]
    made = suggest.suggest(need, officers, int(now.timestamp()), policy)
    by_pk = {row[0]: row for row in rows}
    best = tuple(_candidate(pick, by_pk[pick.pk], now) for pick in made.picks[:shown])
    passed = [row for row in rows if row[0] in made.passed]
    return Found(best, len(made.picks), made.counts, _others(passed, made.passed, now))


def for_order(order: Order, *, viewer: Viewer, shown: int = SHOWN, under: bool = False) -> Found:
    """Candidates for an order that is there, without who has it or has declined it in this round."""
    need = None
    if order.lat is not None and order.lng is not None:
        need = Need(order.lat, order.lng, frozenset(order.skills), frozenset(order.topics))
    return find(
        need, viewer=viewer, agencies=[order.agency_id], area=order.area_id, shown=shown,
        leave_out=_out(order), under=under,
    )  # fmt: skip


def _out(order: Order) -> list[int]:
    """Who let an offer pass may be asked again; who has it, said no or lost it is another's turn."""
    if order.assignee_id is None or order.state == OrderState.EXPIRED:
        return []
    return [order.assignee_id]


def _others(rows: list[Any], passed: dict[int, Passed], now: datetime) -> tuple[Other, ...]:
    """Those on shift of these rows, by the reason against them and by name."""
    ranks = {why: rank for rank, why in enumerate(Passed)}
    found = [
        Other(
            row[0], row[1], row[2], row[3], passed.get(row[0]),
            None if row[7] is None else max(0, int(now.timestamp()) - row[7]), row[19], row[20],
        )
        for row in rows if row[11]
    ]  # fmt: skip
    found.sort(key=lambda one: (ranks[one.why] if one.why else 0, one.name))
    return tuple(found[:OTHERS])


def _rows(viewer: Viewer, agencies: list[int], now: datetime, under: bool) -> list[Any]:
    desk = not under and bool(agencies) and all(standing.is_desk(viewer, agency) for agency in agencies)
    values: dict[str, Any] = {
        "now": now, "recent": now - RECENT,
        "today": timezone.localdate(now), "agencies": agencies, "user": viewer.pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_OFFICERS + (_OF_AGENCIES if desk else _UNDER), values)
        found: list[Any] = cursor.fetchall()
    return found


def _trained(topics: frozenset[str], day: date) -> dict[int, dict[str, date]]:
    if not topics:
        return {}
    found: dict[int, dict[str, date]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TRAINED, [sorted(topics), day, day])
        for officer, topic, when in cursor.fetchall():
            found.setdefault(officer, {})[topic] = when
    return found


def _officer(
    row: Any, need: Need, area: int | None, now: datetime, trained: dict[int, dict[str, date]]
) -> suggest.Officer:
    (pk, _name, _code, _unit, _kind, _agency, skills, contact, _fix, lat, lon, on_shift, sos, load, done,
     *circle, _leads, _simulated) = row  # fmt: skip
    second = int(now.timestamp())
    return suggest.Officer(
        pk=pk, on_shift=on_shift, contact_age=None if contact is None else max(0, second - contact),
        place=None if lat is None else (lat, lon), skills=frozenset(skills), trained=trained.get(pk, {}),
        load=load, sos=sos, in_area=_inside(need, area, circle), last_done=done,
        rests_until=None if done is None else done + int(REST.total_seconds()),
    )  # fmt: skip


def _inside(need: Need, area: int | None, circle: list[Any]) -> bool:
    lat, lng, radius, of_area = circle
    if area is not None and of_area == area:
        return True
    return lat is not None and suggest.metres((need.lat, need.lon), (lat, lng)) <= radius


def _candidate(pick: Pick, row: Any, now: datetime) -> Candidate:
    return Candidate(
        pick=pick,
        name=row[1],
        code=row[2],
        unit=row[3],
        kind=row[4],
        agency=row[5],
        load=row[13],
        age=max(0, int(now.timestamp()) - (row[7] or 0)),
        leads=row[19],
        simulated=row[20],
    )
