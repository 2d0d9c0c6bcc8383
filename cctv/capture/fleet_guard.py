"""The fleet guard's memory: one incident for the system, one per site, from the first sign to the recovery.

`follow` takes the verdict of each window (`cctv.capture.fleet.judge`). While an incident is open,
`Guard.freeze` and `Guard.thawed_at` give the two values that a camera's `Rules` need; nothing is sent to the
cameras.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from cctv.capture.fleet import GuardRules, SystemCause, Verdict, Window
from cctv.capture.memory import Freeze


@dataclass(frozen=True, slots=True)
class Incident:
    """An open incident: who was gone when it opened or since, who is back, how often people were told."""

    since: datetime
    cause: str
    members: frozenset[int] = frozenset()
    back: frozenset[int] = frozenset()
    told: int = 0

    @property
    def share_back(self) -> float:
        """Part of the members that delivered again, 1.0 without members."""
        return len(self.back) / len(self.members) if self.members else 1.0

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "since": self.since.isoformat(),
            "cause": str(self.cause),
            "members": sorted(self.members),
            "back": sorted(self.back),
            "told": self.told,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        return cls(
            datetime.fromisoformat(data["since"]),
            data["cause"],
            frozenset(data["members"]),
            frozenset(data["back"]),
            data["told"],
        )


@dataclass(frozen=True, slots=True)
class Guard:
    """At most one incident for the system and one per site, and when the last of each ended.

    `spent` cameras failed through a system incident that was ended for lasting too long; until they deliver
    they don't open the next one.
    """

    system: Incident | None = None
    sites: Mapping[int, Incident] = field(default_factory=dict)
    system_thawed_at: datetime | None = None
    site_thawed_at: Mapping[int, datetime] = field(default_factory=dict)
    spent: frozenset[int] = frozenset()

    def freeze(self, site: int | None) -> Freeze:
        """What holds for a camera of `site`, for `Rules.freeze`."""
        if self.system is not None:
            return Freeze.SYSTEM
        return Freeze.SITE if site in self.sites else Freeze.NONE

    def thawed_at(self, site: int | None) -> datetime | None:
        """When the last incident that touched `site` ended, for `Rules.thawed_at`."""
        own = self.site_thawed_at.get(site) if site is not None else None
        return max((at for at in (own, self.system_thawed_at) if at is not None), default=None)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; keys are strings as JSON wants them."""
        return {
            "system": self.system.to_dict() if self.system else None,
            "sites": {str(site): incident.to_dict() for site, incident in self.sites.items()},
            "system_thawed_at": self.system_thawed_at.isoformat() if self.system_thawed_at else None,
            "site_thawed_at": {str(site): at.isoformat() for site, at in self.site_thawed_at.items()},
            "spent": sorted(self.spent),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; an empty mapping is a new guard."""
        system, thawed = data.get("system"), data.get("system_thawed_at")
        return cls(
            system=Incident.from_dict(system) if system else None,
            sites={int(site): Incident.from_dict(item) for site, item in data.get("sites", {}).items()},
            system_thawed_at=datetime.fromisoformat(thawed) if thawed else None,
            site_thawed_at={
                int(site): datetime.fromisoformat(at) for site, at in data.get("site_thawed_at", {}).items()
            },
            spent=frozenset(data.get("spent", ())),
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """An incident opened; `site` None: the system. `since` is the first failure of the window."""

    site: int | None
    since: datetime
    cause: str
    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class Told:
    """Tell people about an open incident: `reminder` 0 after five minutes, then 1 h, 24 h, 7 d."""

    site: int | None
    since: datetime
    reminder: int


@dataclass(frozen=True, slots=True)
class Closed:
    """An incident ended. `told`: people heard of it, so they hear of its end."""

    site: int | None
    since: datetime
    until: datetime
    told: bool


News = Opened | Told | Closed

TELL_AFTER_S = (300.0, 3_600.0, 86_400.0, 604_800.0)


def follow(
    guard: Guard, verdict: Verdict, window: Window, rules: GuardRules | None = None
) -> tuple[Guard, list[News]]:
    """Open an incident once, let its members come back, close it once. Call after each `judge`."""
    rules = rules or GuardRules()
    guard = replace(guard, spent=guard.spent - verdict.good)
    guard, news = _follow_system(guard, verdict, window, rules)
    if guard.system is not None:
        return guard, news
    sites, thawed = dict(guard.sites), dict(guard.site_thawed_at)
    for site in sorted(verdict.sites | guard.sites.keys()):
        gone = frozenset(camera for camera in verdict.gone if window.fleet[camera] == site)
        incident = _update(sites.get(site), verdict, window, gone)
        if incident is None:
            incident = _open(window, "site_down", gone)
            news.append(Opened(site, incident.since, incident.cause, incident.members))
        elif site not in verdict.sites and incident.share_back >= rules.back_share:
            news.append(Closed(site, incident.since, window.now, incident.told > 0))
            thawed[site] = window.now
            sites.pop(site)
            continue
        sites[site], told = _tell(incident, site, window.now)
        news += told
    return replace(guard, sites=sites, site_thawed_at=thawed), news


def _follow_system(
    guard: Guard, verdict: Verdict, window: Window, rules: GuardRules
) -> tuple[Guard, list[News]]:
    incident = _update(guard.system, verdict, window, verdict.gone)
    if incident is None:
        if verdict.system is None or _known(guard, verdict, rules):
            return guard, []
        incident = _open(window, verdict.system, verdict.gone)
        return replace(guard, system=incident), [
            Opened(None, incident.since, incident.cause, incident.members)
        ]
    incident = replace(incident, cause=verdict.system or incident.cause)
    too_long = _too_long(incident, window, rules)
    if too_long or (verdict.system is None and _recovered(incident, rules)):
        spent = guard.spent | (incident.members - incident.back if too_long else frozenset())
        closed = Closed(None, incident.since, window.now, incident.told > 0)
        return replace(guard, system=None, system_thawed_at=window.now, spent=spent), [closed]
    incident, told = _tell(incident, None, window.now)
    return replace(guard, system=incident), told


def _known(guard: Guard, verdict: Verdict, rules: GuardRules) -> bool:
    """Whether these are the cameras of an incident that was ended for lasting too long."""
    few = len(verdict.gone - guard.spent) < rules.fleet_count
    return verdict.system is SystemCause.MANY_CAMERAS and few


def _recovered(incident: Incident, rules: GuardRules) -> bool:
    """Our own trouble ends with its signs; lost cameras must come back, for silence proves nothing."""
    return incident.cause != SystemCause.MANY_CAMERAS or incident.share_back >= rules.back_share


def _too_long(incident: Incident, window: Window, rules: GuardRules) -> bool:
    """A regional power cut of many cameras is real after a while; frozen states would hide it."""
    if incident.cause != SystemCause.MANY_CAMERAS:
        return False
    partial = len(incident.members) < rules.total_share * len(window.fleet)
    return partial and window.now - incident.since >= timedelta(seconds=rules.partial_limit_s)


def _open(window: Window, cause: str, members: frozenset[int]) -> Incident:
    """A new incident, dated to the first failure that speaks for it; without one, to the tick before."""
    firsts = [item.at for item in window.outcomes if item.camera in members and item.is_gone]
    start = window.now - timedelta(seconds=window.tick_gap_s)
    return Incident(min([*firsts, window.now]) if firsts else start, cause, members)


def _update(
    incident: Incident | None, verdict: Verdict, window: Window, gone: frozenset[int]
) -> Incident | None:
    """Members that delivered are back, those that failed again are not; new ones join, deleted ones leave."""
    if incident is None:
        return None
    members = (incident.members | gone) & window.fleet.keys()
    back = ((incident.back | verdict.good) & members) - gone
    return replace(incident, members=members, back=back)


def _tell(incident: Incident, site: int | None, now: datetime) -> tuple[Incident, list[News]]:
    """At most one message: the newest that is due."""
    waited = (now - incident.since).total_seconds()
    due = sum(waited >= after for after in TELL_AFTER_S)
    if due <= incident.told:
        return incident, []
    return replace(incident, told=due), [Told(site, incident.since, due - 1)]
