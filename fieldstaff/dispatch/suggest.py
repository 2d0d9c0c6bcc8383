"""Who could go: a ranking with a reason for each pick and for each one passed over. The operator decides.

Distance is the great circle times a detour factor, time that distance at the officer's own speed: good
enough to rank people by, never shown as a promise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

EARTH_M = 6_371_008.8


class Passed(StrEnum):
    """Why somebody is not proposed, in the order it is looked at."""

    OFF_SHIFT = "off_shift"
    SOS = "sos"
    UNREACHABLE = "unreachable"
    NO_SKILL = "no_skill"
    UNTRAINED = "untrained"
    OVERLOADED = "overloaded"
    NO_PLACE = "no_place"
    TOO_FAR = "too_far"
    RESTING = "resting"


class Why(StrEnum):
    """What speaks for somebody, or should be known before he is sent."""

    CLOSEST = "closest"
    IN_AREA = "in_area"
    RESTED = "rested"
    STALE_PLACE = "stale_place"
    REST_OVERRIDDEN = "rest_overridden"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Need:
    """What the order asks for. ``topics``: trainings that must not be older than ``trained_since``."""

    lat: float
    lon: float
    skills: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    trained_since: date | None = None


@dataclass(frozen=True, slots=True)
class Officer:
    """One candidate now. Ages in seconds; ``rests_until`` and ``last_done`` epoch seconds or None."""

    pk: int
    on_shift: bool
    contact_age: int | None
    place: tuple[float, float] | None
    skills: frozenset[str] = frozenset()
    trained: dict[str, date] = field(default_factory=dict)
    load: int = 0
    sos: bool = False
    in_area: bool = False
    rests_until: int | None = None
    last_done: int | None = None
    speed_kmh: float = 25.0


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits; ValueError names the field. ``fresh_s`` reachable, ``stale_s`` still proposed but marked so."""

    fresh_s: int = 180
    stale_s: int = 1800
    most_tasks: int = 3
    radius_m: float = 25_000.0
    detour: float = 1.35

    def __post_init__(self) -> None:
        """Refuse what would leave nobody or everybody."""
        if not 0 < self.fresh_s <= self.stale_s:
            raise ValueError("fresh_s: more than nothing, at most stale_s")
        if self.most_tasks < 1:
            raise ValueError("most_tasks: at least 1")
        if self.radius_m <= 0:
            raise ValueError("radius_m: more than nothing")
        if self.detour < 1:
            raise ValueError("detour: at least 1")


@dataclass(frozen=True, slots=True)
class Pick:
    """Somebody who could go: metres and seconds of the way (estimates), and what speaks for or against."""

    pk: int
    metres: int
    seconds: int
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Those who could go, best first, and everybody passed over with the first reason that holds."""

    picks: tuple[Pick, ...]
    passed: dict[int, Passed]

    @property
    def counts(self) -> dict[Passed, int]:
        """How many were passed over for what, in the order the reasons are looked at."""
        found = Counter(self.passed.values())
        return {reason: found[reason] for reason in Passed if found[reason]}


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (lat, lon) in degrees."""
    la, lo, lb, lp = (radians(value) for value in (*a, *b))
    half = sin((lb - la) / 2) ** 2 + cos(la) * cos(lb) * sin((lp - lo) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


def suggest(need: Need, officers: Iterable[Officer], now: int, policy: Policy | None = None) -> Suggestion:
    """Ranks ``officers`` for ``need`` at ``now`` (epoch seconds); nothing is written and nobody is asked.

    Nearest first; at the same distance (to 250 m) who is inside his own area, then who rested longer. People
    on their rest are proposed only where nobody else can go.
    """
    policy = policy or Policy()
    passed: dict[int, Passed] = {}
    able: list[tuple[Officer, float]] = []
    resting: list[tuple[Officer, float]] = []
    for officer in officers:
        why, way = _looked_at(need, officer, policy)
        if why is not None:
            passed[officer.pk] = why
        elif officer.rests_until is not None and officer.rests_until > now:
            resting.append((officer, way))
        else:
            able.append((officer, way))
    overridden = not able and bool(resting)
    if not overridden:
        passed |= {officer.pk: Passed.RESTING for officer, _way in resting}
    ranked = _ranked(resting if overridden else able)
    nearest = min((way for _officer, way in ranked), default=0.0)
    picks = tuple(_pick(officer, way, nearest, policy, overridden) for officer, way in ranked)
    return Suggestion(picks, passed)


def _looked_at(need: Need, officer: Officer, policy: Policy) -> tuple[Passed | None, float]:
    """The first reason against him, and the way in metres where there is none."""
    if (why := _unfit(need, officer, policy)) is not None:
        return why, 0.0
    if officer.place is None:
        return Passed.NO_PLACE, 0.0
    way = metres((need.lat, need.lon), officer.place) * policy.detour
    return (Passed.TOO_FAR, way) if way > policy.radius_m else (None, way)


def _unfit(need: Need, officer: Officer, policy: Policy) -> Passed | None:
    unheard = officer.contact_age is None or officer.contact_age > policy.stale_s
    for holds, why in (
        (not officer.on_shift, Passed.OFF_SHIFT),
        (officer.sos, Passed.SOS),
        (unheard, Passed.UNREACHABLE),
        (not need.skills <= officer.skills, Passed.NO_SKILL),
        (not all(_trained(officer, topic, need.trained_since) for topic in need.topics), Passed.UNTRAINED),
        (officer.load >= policy.most_tasks, Passed.OVERLOADED),
    ):
        if holds:
            return why
    return None


def _trained(officer: Officer, topic: str, since: date | None) -> bool:
    day = officer.trained.get(topic)
    return day is not None and (since is None or day >= since)


def _ranked(rows: Sequence[tuple[Officer, float]]) -> list[tuple[Officer, float]]:
    return sorted(
        rows, key=lambda row: (int(row[1] // 250), not row[0].in_area, row[0].last_done or 0, row[0].pk)
    )


def _pick(officer: Officer, way: float, nearest: float, policy: Policy, overridden: bool) -> Pick:
    said = (
        (way <= nearest, Why.CLOSEST),
        (officer.in_area, Why.IN_AREA),
        (officer.load == 0 and not overridden, Why.RESTED),
        ((officer.contact_age or 0) > policy.fresh_s, Why.STALE_PLACE),
        (overridden, Why.REST_OVERRIDDEN),
        (officer.load > 0, Why.BUSY),
    )
    seconds = round(way / (max(1.0, officer.speed_kmh) / 3.6))
    return Pick(officer.pk, round(way), seconds, tuple(why for holds, why in said if holds))
