"""Signs of made-up places that need more than one phone's coordinates: heights, companions, photos. Pure.

Each has an honest reading, which is why each weighs less than the score from which a person is asked to look:
a receiver indoors repeats its height, a crew drives in one lorry, a photo is taken from across the river.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from fieldstaff.attendance.pings import metres
from fieldstaff.spoofing import NO_HEIGHT, Finding, Sight, extent, finding, usable
from fieldstaff.spoofpolicy import Kind, SpoofPolicy

MINUTE_S = 60
CELL_E7 = 2_000
"""Some 22 m: whoever is nearer than ``together_m`` is in the same cell or in one beside it."""
MOST_IN_A_CELL = 12
"""A roll-call is no couple: more phones than this in one place and minute say nothing of any two."""


class Photo(NamedTuple):
    """Where a photo says it was taken: epoch seconds, degrees x 1e7, metres."""

    at: int
    lat: int
    lon: int
    acc: int


def heights(sights: Sequence[Sight], policy: SpoofPolicy) -> list[Finding]:
    """One height all along a way. Receivers err by metres in height even where the ground is flat."""
    told = [sight for sight in usable(sights, policy) if sight.height != NO_HEIGHT]
    if len(told) < policy.height_fixes or len({sight.height for sight in told}) > 1:
        return []
    if extent(told) < policy.way_m:
        return []
    facts = (("fixes", len(told)), ("metres", told[0].height))
    return [finding(policy, Kind.SAME_HEIGHT, (told[0].at, told[-1].at), facts)]


def photos(taken: Sequence[Photo], sights: Sequence[Sight], policy: SpoofPolicy) -> list[Finding]:
    """Photos whose own place is far from every fix of the minutes around; both accuracies are taken off."""
    fixes, found = usable(sights, policy), []
    times = [sight.at for sight in fixes]
    for photo in sorted(taken):
        first = bisect_left(times, photo.at - policy.photo_s)
        last = bisect_left(times, photo.at + policy.photo_s + 1)
        away = [_apart(photo, sight) for sight in fixes[first:last]]
        if away and min(away) > policy.photo_m:
            facts = (("metres", min(away)), ("fixes", len(away)))
            found.append(finding(policy, Kind.PHOTO_ELSEWHERE, (photo.at, photo.at), facts))
    return found


def _apart(photo: Photo, sight: Sight) -> int:
    between = metres(photo.lat, photo.lon, sight.lat, sight.lon)
    return int(between - max(photo.acc, 0) - max(sight.acc, 0))


def together(trails: Mapping[int, Sequence[Sight]], policy: SpoofPolicy) -> dict[int, list[Finding]]:
    """Officers whose phones went one way side by side, found for each of them; by officer.

    Only exact fixes count, one a minute, and only where both moved: who stands at one post with a colleague
    is his companion and no sign.
    """
    minutes = {officer: _by_minute(sights, policy) for officer, sights in trails.items()}
    met = _met(minutes, policy)
    found: dict[int, list[Finding]] = {}
    for (one, other), count in sorted(met.items()):
        both = sorted(minutes[one].keys() & minutes[other].keys())
        if len(both) < policy.together_minutes or count * 100 < policy.together_pct * len(both):
            continue
        if extent([minutes[one][minute] for minute in both]) < policy.together_way_m:
            continue
        span = (both[0] * MINUTE_S, both[-1] * MINUTE_S + MINUTE_S)
        facts = (("minutes", len(both)), ("near", count))
        for officer, companion in ((one, other), (other, one)):
            kept = finding(policy, Kind.TOGETHER, span, facts, others=(companion,))
            found.setdefault(officer, []).append(kept)
    return found


def _by_minute(sights: Sequence[Sight], policy: SpoofPolicy) -> dict[int, Sight]:
    kept: dict[int, Sight] = {}
    for sight in usable(sights, policy):
        if sight.acc <= policy.good_m:
            kept.setdefault(sight.at // MINUTE_S, sight)
    return kept


def _met(minutes: Mapping[int, Mapping[int, Sight]], policy: SpoofPolicy) -> dict[tuple[int, int], int]:
    """Minutes in which two officers were nearer than ``together_m``; only neighbours are ever compared."""
    cells: dict[tuple[int, int, int], list[tuple[int, Sight]]] = defaultdict(list)
    for officer, kept in sorted(minutes.items()):
        for minute, sight in kept.items():
            cells[minute, sight.lat // CELL_E7, sight.lon // CELL_E7].append((officer, sight))
    met: dict[tuple[int, int], int] = defaultdict(int)
    for (minute, row, column), those in list(cells.items()):
        if len(those) > MOST_IN_A_CELL:
            continue
        beside = [(row, column + 1), (row + 1, column - 1), (row + 1, column), (row + 1, column + 1)]
        near = [other for a, b in beside for other in cells.get((minute, a, b), ())]
        pairs = [*combinations(those, 2), *((one, other) for one in those for other in near)]
        for (one, a), (other, b) in pairs:
            if one != other and metres(a.lat, a.lon, b.lat, b.lon) <= policy.together_m:
                met[min(one, other), max(one, other)] += 1
    return met
