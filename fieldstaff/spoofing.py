"""Signs of made-up places, with their evidence, for people to look at. Nothing here touches pay.

Phones that fake a place show it in what a receiver cannot do: repeat itself to the last digit, stand without
trembling, be elsewhere at once. Bad receivers do other things: they scatter, jump away and come back, and say
that they are unsure. A sign therefore needs fixes that claim to be good, and only several signs, or a strong
one, reach the score from which a person is asked to look.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from fieldstaff.attendance.online import Fix
from fieldstaff.attendance.pings import UNKNOWN, Mark, is_place, metres
from fieldstaff.intervals import Span, Spans, holds
from fieldstaff.spoofpolicy import Kind, SpoofPolicy

Coordinate = tuple[int, int]
NO_HEIGHT = -32_768


class Charging(StrEnum):
    """What the phone says of its plug."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Sight(NamedTuple):
    """One fix as it was sent: epoch seconds, degrees x 1e7, metres or UNKNOWN, marks, percent or UNKNOWN."""

    at: int
    lat: int
    lon: int
    acc: int = UNKNOWN
    marks: int = 0
    battery: int = UNKNOWN
    charging: Charging = Charging.UNKNOWN
    height: int = NO_HEIGHT
    """Metres above the sea."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sign: ``facts`` are its figures by name, ``others`` and ``days`` what else it involves."""

    kind: Kind
    weight: int
    span: Span
    facts: tuple[tuple[str, int], ...] = ()
    others: tuple[int, ...] = ()
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in an officer's day, strongest first. ``score`` runs from 0 to 100."""

    findings: tuple[Finding, ...]
    score: int
    needs_review: bool
    policy_version: str


@dataclass(frozen=True, slots=True)
class Footprint:
    """What of a day is compared with other days and officers.

    ``stays`` are good coordinates with number of fixes, first and last moment; ``steps`` the moves from one
    coordinate to the next.
    """

    officer: int
    day: date
    stays: dict[Coordinate, tuple[int, int, int]]
    steps: frozenset[tuple[Coordinate, Coordinate]]


def footprint(officer: int, day: date, sights: Iterable[Sight], policy: SpoofPolicy) -> Footprint:
    """Made once a day and officer; small beside the trail."""
    fixes = usable(sights, policy)
    stays: dict[Coordinate, tuple[int, int, int]] = {}
    for sight in fixes:
        if sight.acc <= policy.good_m:
            count, first, _last = stays.get((sight.lat, sight.lon), (0, sight.at, 0))
            stays[sight.lat, sight.lon] = (count + 1, first, sight.at)
    return Footprint(officer, day, stays, frozenset(_steps(fixes)))


def review(
    sights: Sequence[Sight],
    policy: SpoofPolicy,
    *,
    mine: Footprint | None = None,
    history: Sequence[Footprint] = (),
    neighbours: Sequence[Finding] = (),
    two_places: Sequence[tuple[Fix, Fix]] = (),
    tasks: Spans = (),
) -> Report:
    """One officer's day. ``mine`` is its footprint and ``history`` those of his former days, ``neighbours``
    what :func:`shared` and :mod:`fieldstaff.spoofmore` found of him, ``two_places`` what attendance found of
    his phones, ``tasks`` the time in which he may have driven fast.
    """
    fixes = usable(sights, policy)
    found = [
        *_mock(sights, policy),
        *_zero_jitter(fixes, policy),
        *_constant_accuracy(fixes, policy),
        *_jumps(fixes, tasks, policy),
        *_flat_battery(sights, policy),
        *_two_places(two_places, policy),
        *neighbours,
    ]
    if mine is not None:
        found += [*_frozen(mine, history, policy), *_replayed(mine, history, fixes, policy)]
    # Each kind counts once, by its strongest finding: a bad day of one sort is no proof of another.
    best = {kind: max(f.weight for f in found if f.kind is kind) for kind in {f.kind for f in found}}
    score = min(100, sum(best.values()))
    ordered = sorted(found, key=lambda item: (-item.weight, item.kind, item.span))
    return Report(tuple(ordered), score, score >= policy.review_at, policy.version)


def shared(footprints: Iterable[Footprint], policy: SpoofPolicy) -> dict[int, list[Finding]]:
    """Coordinates equal to the last digit that several officers kept on one day, found for each of them."""
    keepers: dict[tuple[date, Coordinate], list[tuple[int, int, int, int]]] = {}
    for print_ in footprints:
        for spot, (count, first, last) in print_.stays.items():
            if count >= policy.shared_fixes and last - first >= policy.shared_s:
                keepers.setdefault((print_.day, spot), []).append((print_.officer, count, first, last))
    found: dict[int, list[Finding]] = {}
    for (_day, (lat, lon)), those in keepers.items():
        for officer, count, first, last in those if len(those) > 1 else ():
            others = tuple(sorted(other[0] for other in those if other[0] != officer))
            facts = (("fixes", count), ("lat_e7", lat), ("lon_e7", lon))
            found.setdefault(officer, []).append(
                finding(policy, Kind.SAME_COORDINATE, (first, last), facts, others=others)
            )
    return found


def finding(
    policy: SpoofPolicy,
    kind: Kind,
    span: Span,
    facts: tuple[tuple[str, int], ...] = (),
    *,
    others: tuple[int, ...] = (),
    days: tuple[date, ...] = (),
) -> Finding:
    """A sign with the weight that this policy gives it."""
    return Finding(kind, policy.weight(kind), span, facts, others, days)


def usable(sights: Iterable[Sight], policy: SpoofPolicy) -> list[Sight]:
    """Fixes that say where, in order, one a moment: a heartbeat that repeats a fix is no second one."""
    placed = sorted(s for s in sights if s.acc <= policy.usable_m and is_place(s.lat, s.lon))
    return placed[:1] + [b for a, b in pairwise(placed) if a.at != b.at]


def _steps(fixes: Sequence[Sight]) -> Iterable[tuple[Coordinate, Coordinate]]:
    for a, b in pairwise(fixes):
        if (a.lat, a.lon) != (b.lat, b.lon):
            yield (a.lat, a.lon), (b.lat, b.lon)


def _mock(sights: Sequence[Sight], policy: SpoofPolicy) -> list[Finding]:
    times = [sight.at for sight in sights if sight.marks & Mark.MOCK]
    if not times:
        return []
    return [finding(policy, Kind.MOCK, (min(times), max(times)), (("fixes", len(times)),))]


def _zero_jitter(fixes: Sequence[Sight], policy: SpoofPolicy) -> list[Finding]:
    """Good fixes that do not move by the last digit for longer than a receiver can hold still."""
    good = [sight for sight in fixes if sight.acc <= policy.good_m]
    found = []
    for _spot, group in groupby(good, key=attrgetter("lat", "lon")):
        run = list(group)
        span = (run[0].at, run[-1].at)
        if len(run) >= policy.jitter_fixes and span[1] - span[0] > policy.jitter_s:
            facts = (("fixes", len(run)), ("seconds", span[1] - span[0]))
            found.append(finding(policy, Kind.ZERO_JITTER, span, facts))
    return found


def _constant_accuracy(fixes: Sequence[Sight], policy: SpoofPolicy) -> list[Finding]:
    """One and the same accuracy all along a way."""
    known = [sight for sight in fixes if sight.acc != UNKNOWN]
    if len(known) < policy.accuracy_fixes or len({sight.acc for sight in known}) > 1:
        return []
    if extent(known) < policy.way_m:
        return []
    facts = (("fixes", len(known)), ("metres", known[0].acc))
    return [finding(policy, Kind.CONSTANT_ACCURACY, (known[0].at, known[-1].at), facts)]


def extent(fixes: Sequence[Sight]) -> float:
    """Metres across the box that holds them; at least one."""
    lats, lons = [s.lat for s in fixes], [s.lon for s in fixes]
    return metres(min(lats), min(lons), max(lats), max(lons))


def _jumps(fixes: Sequence[Sight], tasks: Spans, policy: SpoofPolicy) -> list[Finding]:
    """Moves that no vehicle makes, from a place where he was to a place where he stays.

    Both accuracies are taken off the way, and a fix that leaps away and comes back is the receiver's slip.
    """
    found = []
    for index in range(len(fixes) - 1):
        a, b = fixes[index], fixes[index + 1]
        apart = metres(a.lat, a.lon, b.lat, b.lon) - max(a.acc, 0) - max(b.acc, 0)
        if apart < policy.jump_m or not _lasts(fixes, index):
            continue
        kmh = int(apart * 3.6 / (b.at - a.at))
        facts = (("metres", int(apart)), ("seconds", b.at - a.at), ("kmh", kmh))
        if kmh > policy.impossible_kmh:
            found.append(finding(policy, Kind.IMPOSSIBLE_JUMP, (a.at, b.at), facts))
        elif kmh > policy.fast_kmh and not holds(tasks, b.at):
            found.append(finding(policy, Kind.TOO_FAST, (a.at, b.at), facts))
    return found


def _lasts(fixes: Sequence[Sight], index: int) -> bool:
    """Whether the two fixes before a move belong to its start, and the two after it to its end."""
    a, b = fixes[index], fixes[index + 1]
    before, after = fixes[max(0, index - 2) : index], fixes[index + 2 : index + 4]
    return (
        len(after) == len(before) == 2
        and all(_nearer(s, a, b) for s in before)
        and all(_nearer(s, b, a) for s in after)
    )


def _nearer(sight: Sight, near: Sight, far: Sight) -> bool:
    return metres(sight.lat, sight.lon, near.lat, near.lon) < metres(sight.lat, sight.lon, far.lat, far.lon)


def _flat_battery(sights: Sequence[Sight], policy: SpoofPolicy) -> list[Finding]:
    """A battery off the plug that does not drain for hours; phones that do not tell of the plug stay out."""
    told = sorted((s.at, s.battery) for s in sights if s.battery != UNKNOWN)
    on_plug = any(s.charging is not Charging.NO for s in sights if s.battery != UNKNOWN)
    if on_plug or len(told) < policy.battery_fixes or len({percent for _at, percent in told}) > 1:
        return []
    span = (told[0][0], told[-1][0])
    if span[1] - span[0] < policy.battery_s:
        return []
    return [finding(policy, Kind.FLAT_BATTERY, span, (("percent", told[0][1]), ("fixes", len(told))))]


def _two_places(pairs: Sequence[tuple[Fix, Fix]], policy: SpoofPolicy) -> list[Finding]:
    if not pairs:
        return []
    widest = max(int(metres(a[1], a[2], b[1], b[2])) for a, b in pairs)
    span = (min(a[0] for a, _b in pairs), max(b[0] for _a, b in pairs))
    return [finding(policy, Kind.TWO_PLACES, span, (("pairs", len(pairs)), ("metres", widest)))]


def _frozen(mine: Footprint, history: Sequence[Footprint], policy: SpoofPolicy) -> list[Finding]:
    """The same coordinate to the last digit on several days."""
    found = []
    for spot, (count, first, last) in mine.stays.items():
        if count < policy.frozen_fixes:
            continue
        days = {
            other.day
            for other in history
            if other.day != mine.day and other.stays.get(spot, (0, 0, 0))[0] >= policy.frozen_fixes
        }
        if len(days) + 1 >= policy.frozen_days:
            facts = (("fixes", count), ("lat_e7", spot[0]), ("lon_e7", spot[1]))
            seen = tuple(sorted({*days, mine.day}))
            found.append(finding(policy, Kind.FROZEN_COORDINATE, (first, last), facts, days=seen))
    return found


def _replayed(
    mine: Footprint, history: Sequence[Footprint], fixes: Sequence[Sight], policy: SpoofPolicy
) -> list[Finding]:
    """Another day's way, move by move. People who sweep one street daily never repeat it to the digit."""
    if len(mine.steps) < policy.replay_steps or extent(fixes) < policy.way_m:
        return []
    found = []
    for other in history:
        same = len(mine.steps & other.steps) if other.day != mine.day else 0
        if same * 100 >= policy.replay_pct * len(mine.steps):
            facts = (("moves", len(mine.steps)), ("same", same))
            span = (fixes[0].at, fixes[-1].at)
            found.append(finding(policy, Kind.REPLAYED_TRAIL, span, facts, days=(other.day,)))
    return found
