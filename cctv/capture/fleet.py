"""The fleet guard: many cameras gone at once are one incident, and perhaps our own.

If half a site fails within a minute the site is down; if a fifth of all cameras fail, or our own clock tick
came late, we are. Cameras of the site then fall together without notices, and under a system incident nobody
falls at all: with its database down ZoneMinder once saw every camera as stale and rebooted the fleet.

`judge` looks at one window; `cctv.capture.fleet_guard.follow` remembers, so that it is one incident from the
first sign to the recovery.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cctv.capture.failures import FailureKind


class SystemCause(StrEnum):
    """Why we think the fault is ours or everybody's."""

    LATE_TICK = "late_tick"
    NO_OUTCOMES = "no_outcomes"
    OWN_FAULTS = "own_faults"
    MANY_CAMERAS = "many_cameras"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt; `kind` None: a good picture."""

    camera: int
    at: datetime
    kind: FailureKind | None = None

    @property
    def is_gone(self) -> bool:
        """Speaks for an outage. A camera that answers 401 or 453 is there; our own fault says nothing."""
        kind = self.kind
        return kind is not None and not kind.is_auth and not kind.is_ours and kind is not FailureKind.BUSY


@dataclass(frozen=True, slots=True)
class Window:
    """What the guard sees: the outcomes of the last minute and the fleet they belong to.

    `fleet` maps every camera being captured to its site (None: no site). `down_before` were down when the
    window began; they prove nothing new. `overdue` were due, yet have no outcome at all. `tick_gap_s` is the
    time since the previous tick, `tick_period_s` what it should be.
    """

    now: datetime
    fleet: Mapping[int, int | None]
    outcomes: tuple[Outcome, ...] = ()
    down_before: frozenset[int] = frozenset()
    overdue: frozenset[int] = frozenset()
    tick_gap_s: float = 0.0
    tick_period_s: float = 2.0


@dataclass(frozen=True, slots=True)
class GuardRules:
    """Shares and counts. The counts keep one dead camera of a two-camera site from being a site incident."""

    window_s: float = 60.0
    site_share: float = 0.5
    site_count: int = 2
    fleet_share: float = 0.2
    fleet_count: int = 5
    late_factor: float = 2.0
    late_least_s: float = 10.0
    back_share: float = 0.5
    partial_limit_s: float = 900.0
    """A system incident that leaves most cameras delivering stops freezing them after this long."""
    total_share: float = 0.8


@dataclass(frozen=True, slots=True)
class Verdict:
    """One window's judgement; under a `system` cause the `sites` don't matter."""

    system: SystemCause | None = None
    sites: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    good: frozenset[int] = frozenset()

    @property
    def is_normal(self) -> bool:
        """Nothing beyond single cameras."""
        return self.system is None and not self.sites


def judge(window: Window, rules: GuardRules | None = None) -> Verdict:
    """Judge one window by itself. Late ticks, missing outcomes and our own faults come before cameras."""
    rules = rules or GuardRules()
    last = _last_outcomes(window, rules)
    gone = frozenset(camera for camera, run in last.items() if run.lost and camera not in window.down_before)
    good = frozenset(camera for camera, run in last.items() if run.newest.kind is None)
    ours = sum(run.newest.kind is FailureKind.OURS for run in last.values())
    sites = _sites_down(window, frozenset(camera for camera in gone if last[camera].lost > 1), rules)
    alive = len(window.fleet) - len(window.down_before & window.fleet.keys())
    system: SystemCause | None = None
    if window.tick_gap_s > max(rules.late_factor * window.tick_period_s, rules.late_least_s):
        system = SystemCause.LATE_TICK
    elif _many(len(window.overdue), len(window.fleet), rules):
        system = SystemCause.NO_OUTCOMES
    elif _many(ours, len(window.fleet), rules):
        system = SystemCause.OWN_FAULTS
    elif _beyond_one_site(window, gone, alive, rules):
        system = SystemCause.MANY_CAMERAS
    return Verdict(system, sites, gone, good)


@dataclass(frozen=True, slots=True)
class _Run:
    """A camera's newest outcome in the window, and how many in a row up to it say that the camera is gone."""

    newest: Outcome
    lost: int


def _last_outcomes(window: Window, rules: GuardRules) -> dict[int, _Run]:
    """Each camera's newest outcome within the window."""
    oldest = window.now - timedelta(seconds=rules.window_s)
    last: dict[int, _Run] = {}
    for outcome in sorted(window.outcomes, key=lambda item: item.at):
        if outcome.camera in window.fleet and oldest <= outcome.at:
            before = last[outcome.camera].lost if outcome.camera in last else 0
            last[outcome.camera] = _Run(outcome, before + 1 if outcome.is_gone else 0)
    return last


def _many(count: int, total: int, rules: GuardRules) -> bool:
    return count >= rules.fleet_count and count >= rules.fleet_share * total


def _sites_down(window: Window, gone: frozenset[int], rules: GuardRules) -> frozenset[int]:
    """Sites whose cameras failed twice in a row: a hiccup that costs each one picture is no outage."""
    alive = Counter(site for camera, site in window.fleet.items() if camera not in window.down_before)
    lost = Counter(window.fleet[camera] for camera in gone)
    return frozenset(
        site
        for site, count in lost.items()
        if site is not None and count >= rules.site_count and count >= rules.site_share * alive[site]
    )


def _beyond_one_site(window: Window, gone: frozenset[int], alive: int, rules: GuardRules) -> bool:
    """Whether the share holds without the site that lost most: one big site with its link cut is not us."""
    lost = Counter(window.fleet[camera] for camera in gone if window.fleet[camera] is not None)
    if not lost:
        return _many(len(gone), alive, rules)
    worst, count = lost.most_common(1)[0]
    there = sum(site == worst and camera not in window.down_before for camera, site in window.fleet.items())
    return _many(len(gone) - count, alive - there, rules)


def ramp(
    cameras: Iterable[int], start: datetime, per_second: float, rng: random.Random
) -> dict[int, datetime]:
    """When to try each camera again after an incident: shuffled, evenly spaced, `per_second` in all."""
    order = sorted(set(cameras))
    rng.shuffle(order)
    return {camera: start + timedelta(seconds=index / per_second) for index, camera in enumerate(order)}
