"""From rows to the words of the pure rules: shifts, areas, leave, corrections, policies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from fieldstaff import models
from fieldstaff.attendance.area import Area, AreaRule, Circle, Region
from fieldstaff.attendance.corrections import Correction, Kind
from fieldstaff.attendance.inputs import Absence
from fieldstaff.attendance.pings import E7
from fieldstaff.attendance.policy import Policy, read_policy
from fieldstaff.attendance.shifts import Shift, Source, Zone
from fieldstaff.attendance.states import State
from fieldstaff.intervals import Span, Spans, difference, intersection, normal, total
from fieldstaff.messages import micros

_ZONES = {"Asia/Jakarta": Zone.WIB, "Asia/Makassar": Zone.WITA, "Asia/Jayapura": Zone.WIT}
AWAY = {
    models.LeaveKind.LEAVE: State.LEAVE,
    models.LeaveKind.SICK: State.SICK,
    models.LeaveKind.DUTY: State.DUTY_TRAVEL,
    # Excused for a private reason (izin) is leave to the rules; the kind stays on the row.
    models.LeaveKind.EXCUSED: State.LEAVE,
}
BUILT_IN = "built-in"
"""The version of a day that was computed while no rules were stored."""
DEFAULTS = Policy(BUILT_IN)


def seconds(moment: datetime) -> int:
    """Epoch seconds, begun ones cut."""
    return int(moment.timestamp() // 1)


def moment(second: int) -> datetime:
    """The other way round, in UTC."""
    return datetime.fromtimestamp(second, UTC)


def moments(spans: Spans) -> list[tuple[datetime, datetime]]:
    """Spans as the tables keep them."""
    return [(moment(start), moment(end)) for start, end in spans]


def span_of(value: Any, *, until: int) -> Span:
    """A stored range in epoch seconds; one without an end lasts ``until``."""
    return seconds(value.lower), until if value.upper is None else seconds(value.upper)


def zone_of(name: str | None) -> Zone:
    """A stored zone; None is the region's."""
    if name is None:
        from commandcenter.city.region import Region as City

        name = City.current().zone
    return _ZONES[name]


def area_of(row: models.WorkArea | None) -> Area | None:
    """A work area: its boundary if it has one, else the circle. Raises ValueError for a strange boundary."""
    if row is None:
        return None
    if row.boundary:
        return Region(_polygons(row.boundary))
    if row.lat is None or row.lng is None:
        return None
    return Circle(round(row.lat * E7), round(row.lng * E7), row.radius_m)


def _polygons(geometry: Any) -> list[list[list[tuple[float, float]]]]:
    """GeoJSON as the geometry of the house takes it."""
    if geometry.get("type") == "Feature":
        geometry = geometry["geometry"]
    kind, held = geometry.get("type"), geometry.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise ValueError(f"area: {kind!r} is no boundary")
    many = [held] if kind == "Polygon" else held
    return [[[(float(p[0]), float(p[1])) for p in ring] for ring in polygon] for polygon in many]


def shift_of(row: models.Shift, officer: models.Officer, rests: Spans = ()) -> Shift:
    """A stored shift with further ``rests``. A shift without a place of its own has its officer's."""
    own = [(seconds(start), seconds(end)) for start, end in row.breaks]
    rule = AreaRule(row.area_rule)
    place = None if rule is AreaRule.IGNORE else area_of(row.work_area or officer.work_area)
    start, end = seconds(row.span.lower), seconds(row.span.upper)
    return Shift(
        start, end, row.work_date, zone_of(row.zone), normal([*own, *rests]), Source(row.duty), place, rule
    )


Away = tuple[State, int, int]
"""Granted time: what it is, from when until when."""


def absence_of(away: Sequence[Away], work: Spans) -> tuple[Absence | None, Spans]:
    """What was granted off a stretch of work, as one absence and the rest of it as breaks.

    The rules know one absence a shift: a second one (sick in the morning, leave in the afternoon) shortens
    the shift by its hours.
    """
    found = [
        (total(part), state, (start, end))
        for state, start, end in away
        if (part := intersection(work, ((start, end),)))
    ]
    if not found:
        return None, ()
    _, state, span = max(found, key=lambda one: (one[0], -one[2][0]))
    granted = normal(one[2] for one in found)
    if not difference(work, granted):
        return Absence(state, None), ()
    return Absence(state, span), normal(one[2] for one in found if one[2] != span)


def correction_of(row: models.Correction) -> Correction | None:
    """An approved correction with its decision; None for an objection, which changes nothing by itself.

    Raises CorrectionError for one that may not be.
    """
    if row.kind == models.CorrectionKind.OBJECTION:
        return None
    decision = row.decision
    return Correction(
        row.pk,
        Kind(row.kind),
        # Finer than a second: of two decisions made together the later one must win as well.
        micros(decision.decided_at),
        # Who has no login is nobody's double.
        row.officer.user_id or -row.officer_id,
        row.requested_by_id or 0,
        decision.decided_by_id,
        row.reason,
        span_of(row.span, until=seconds(decision.decided_at)) if row.span else None,
        State(row.state) if row.state else None,
    )


def policy_of(rows: Iterable[models.Policy], agency: int, day: date) -> tuple[models.Policy | None, Policy]:
    """The rules of an agency on a day: its own before those of all, then the newest; else the defaults.

    Raises PolicyError for rules that cannot be used.
    """
    best = max(
        (row for row in rows if row.agency_id in {None, agency} and row.valid_from <= day),
        key=lambda row: (row.agency_id is not None, row.valid_from, row.pk),
        default=None,
    )
    return best, DEFAULTS if best is None else read_policy(str(best.pk), best.rules)
