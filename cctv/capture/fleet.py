"""The fleet guard: many cameras gone at once are one incident, and perhaps our own.

If half a site fails within a minute the site is down; if a fifth of all cameras fail, or our own clock tick
came late, we are. Cameras of the site then fall together without notices, and under a system incident nobody
falls at all: with its database down ZoneMinder once saw every camera as stale and rebooted the fleet.

`judge` looks at one window; `follow` keeps the memory that makes it one incident from first sign to recovery.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cctv.capture.failures import FailureKind
from cctv.capture.memory import Freeze


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
    """One window's judgement: `system` None and no `sites` means normal."""

    system: SystemCause | None = None
    sites: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    good: frozenset[int] = frozenset()

    @property
    def is_normal(self) -> bool:
        """Nothing beyond single cameras."""
        return self.system is None and not self.sites


@dataclass(frozen=True, slots=True)
class Incident:
    """An open incident: who was gone when it opened or since, and who is back."""

    since: datetime
    cause: str
    members: frozenset[int] = frozenset()
    back: frozenset[int] = frozenset()

    def share_back(self) -> float:
        """Part of the members that delivered again, 1.0 without members."""
        return len(self.back) / len(self.members) if self.members else 1.0


@dataclass(frozen=True, slots=True)
class Guard:
    """The guard's memory: at most one incident for the system and one per site, and when each last ended."""

    system: Incident | None = None
    sites: Mapping[int, Incident] = field(default_factory=dict)
    system_thawed_at: datetime | None = None
    site_thawed_at: Mapping[int, datetime] = field(default_factory=dict)

    def freeze(self, site: int | None) -> Freeze:
        """What holds for a camera of `site`, for `Rules.freeze`."""
        if self.system is not None:
            return Freeze.SYSTEM
        return Freeze.SITE if site in self.sites else Freeze.NONE

    def thawed_at(self, site: int | None) -> datetime | None:
        """When the last incident that touched `site` ended, for `Rules.thawed_at`."""
        own = self.site_thawed_at.get(site) if site is not None else None
        return max(filter(None, (own, self.system_thawed_at)), default=None)


@dataclass(frozen=True, slots=True)
class Opened:
    """An incident opened; `site` None: the system. `since` is the first failure of the window."""

    site: int | None
    since: datetime
    cause: str
    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class Closed:
    """An incident ended."""

    site: int | None
    since: datetime
    until: datetime


def judge(window: Window, rules: GuardRules | None = None) -> Verdict:
    """Judge one window by itself. Late ticks, missing outcomes and our own faults come before cameras."""
    rules = rules or GuardRules()
    last = _last_outcomes(window, rules)
    fresh = {camera: outcome for camera, outcome in last.items() if camera not in window.down_before}
    gone = frozenset(camera for camera, outcome in fresh.items() if outcome.is_gone)
    good = frozenset(camera for camera, outcome in last.items() if outcome.kind is None)
    ours = sum(outcome.kind is FailureKind.OURS for outcome in last.values())
    sites = _sites_down(window, gone, rules)
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
    return Verdict(system, sites if system is None else frozenset(), gone, good)


def _last_outcomes(window: Window, rules: GuardRules) -> dict[int, Outcome]:
    """Each camera's newest outcome within the window."""
    oldest = window.now - timedelta(seconds=rules.window_s)
    last: dict[int, Outcome] = {}
    for outcome in sorted(window.outcomes, key=lambda item: item.at):
        if outcome.camera in window.fleet and oldest <= outcome.at:
            last[outcome.camera] = outcome
    return last


def _many(count: int, total: int, rules: GuardRules) -> bool:
    return count >= rules.fleet_count and count >= rules.fleet_share * total


def _sites_down(window: Window, gone: frozenset[int], rules: GuardRules) -> frozenset[int]:
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


def follow(
    guard: Guard, verdict: Verdict, window: Window, rules: GuardRules | None = None
) -> tuple[Guard, list[Opened | Closed]]:
    """Open an incident once, let its members come back, close it once. Call after each `judge`."""
    rules = rules or GuardRules()
    system, news = _follow_system(guard, verdict, window, rules)
    thawed = window.now if guard.system is not None and system is None else guard.system_thawed_at
    guard = replace(guard, system=system, system_thawed_at=thawed)
    if system is not None:
        return guard, news
    sites, ended = dict(guard.sites), dict(guard.site_thawed_at)
    for site in sorted(verdict.sites | guard.sites.keys()):
        incident = _update(guard.sites.get(site), verdict, _members(window, verdict.gone, site))
        if incident is None:
            incident = _incident(window, "site_down", _members(window, verdict.gone, site))
            news.append(Opened(site, incident.since, incident.cause, incident.members))
        elif site not in verdict.sites and incident.share_back() >= rules.back_share:
            news.append(Closed(site, incident.since, window.now))
            del sites[site]
            ended[site] = window.now
            continue
        sites[site] = incident
    return replace(guard, sites=sites, site_thawed_at=ended), news


def _follow_system(
    guard: Guard, verdict: Verdict, window: Window, rules: GuardRules
) -> tuple[Incident | None, list[Opened | Closed]]:
    incident = _update(guard.system, verdict, verdict.gone)
    if incident is None:
        if verdict.system is None or _spent(guard, verdict, window, rules):
            return None, []
        incident = _incident(window, verdict.system, verdict.gone)
        return incident, [Opened(None, incident.since, incident.cause, incident.members)]
    over = verdict.system is None and incident.share_back() >= rules.back_share
    if over or _too_long(incident, window, rules):
        return None, [Closed(None, incident.since, window.now)]
    return incident, []


def _too_long(incident: Incident, window: Window, rules: GuardRules) -> bool:
    """A regional power cut of many cameras is real after a while; frozen states would hide it."""
    if incident.cause != SystemCause.MANY_CAMERAS:
        return False
    partial = len(incident.members) < rules.total_share * len(window.fleet)
    return partial and window.now - incident.since >= timedelta(seconds=rules.partial_limit_s)


def _spent(guard: Guard, verdict: Verdict, window: Window, rules: GuardRules) -> bool:
    """Just closed for lasting too long: the same cameras failing on are no second incident."""
    if verdict.system is not SystemCause.MANY_CAMERAS or guard.system_thawed_at is None:
        return False
    return window.now - guard.system_thawed_at < timedelta(seconds=2 * rules.window_s)


def _members(window: Window, gone: frozenset[int], site: int) -> frozenset[int]:
    return frozenset(camera for camera in gone if window.fleet[camera] == site)


def _incident(window: Window, cause: str, members: frozenset[int]) -> Incident:
    """A new incident, dated to the first failure that speaks for it; without one, to the tick before."""
    firsts = [item.at for item in window.outcomes if item.camera in members and item.is_gone]
    if firsts:
        return Incident(min([*firsts, window.now]), cause, members)
    return Incident(window.now - timedelta(seconds=window.tick_gap_s), cause, members)


def _update(incident: Incident | None, verdict: Verdict, gone: frozenset[int]) -> Incident | None:
    """Members that delivered are back; members that failed again are not; new ones join."""
    if incident is None:
        return None
    members = incident.members | gone
    back = ((incident.back | verdict.good) & members) - gone
    return replace(incident, members=members, back=back)


def ramp(
    cameras: Iterable[int], start: datetime, per_second: float, rng: random.Random
) -> dict[int, datetime]:
    """When to try each camera again after an incident: shuffled, evenly spaced, `per_second` in all."""
    order = sorted(set(cameras))
    rng.shuffle(order)
    return {camera: start + timedelta(seconds=index / per_second) for index, camera in enumerate(order)}
