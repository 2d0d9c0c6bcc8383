"""From one day of a phone's messages to what is set wrong on it. Pure: no Django, no database, no clock.

Nothing here costs anybody a minute of pay: it is help, for the officer and for the desk. Each rule needs a
pattern that repeats, because a lift, a cellar or one dropped call looks like a fault once. What the apps do
by default and why an honest standing officer then looks absent: ``docs/field-phones.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from math import asin, cos, hypot, radians, sin, sqrt
from statistics import median

DAY_S = 86_400
EARTH_M = 6_371_008.8
STILL_M = 150
"""Both ends of a silence nearer than this: he stood still (the reference's still-bridge)."""
SILENCE_S = 600
"""A silence that is more than a lost message: the bridge B of the attendance rules."""
LONG_SILENCE_S = 900
CLOCK_S = 60
LOW_BATTERY, EMPTY_BATTERY = 15, 5
FEW = 10
"""Fewer messages than this say nothing about a habit."""
SIGNIFICANT_S = 600
VAGUE_M = 1_000
LATE_S = 600
SILENT_S = 1_800


class Code(StrEnum):
    """What can be wrong; ``words`` has the sentence and the cure."""

    NEVER = "never"
    SILENT = "silent"
    HEARTBEAT_OFF = "heartbeat_off"
    STOP_DETECTION = "stop_detection"
    INTERVAL = "interval"
    DISTANCE = "distance"
    OWNTRACKS_MODE = "owntracks_mode"
    BATTERY_SAVER = "battery_saver"
    CLOCK = "clock"
    MOCK = "mock"
    LOCATION_OFF = "location_off"
    APPROXIMATE = "approximate"
    LOW_BATTERY = "low_battery"
    DATA = "data"
    APP_UNKNOWN = "app_unknown"
    PLAIN_HTTP = "plain_http"
    TWO_NETWORKS = "two_networks"


class Weight(StrEnum):
    """How much it matters: costs a day, costs minutes, good to know."""

    CRIT = "crit"
    WARN = "warn"
    INFO = "info"


WEIGHTS = {
    Code.NEVER: Weight.WARN,
    Code.SILENT: Weight.CRIT,
    Code.HEARTBEAT_OFF: Weight.CRIT,
    Code.STOP_DETECTION: Weight.WARN,
    Code.INTERVAL: Weight.WARN,
    Code.DISTANCE: Weight.WARN,
    Code.OWNTRACKS_MODE: Weight.CRIT,
    Code.BATTERY_SAVER: Weight.CRIT,
    Code.CLOCK: Weight.WARN,
    Code.MOCK: Weight.CRIT,
    Code.LOCATION_OFF: Weight.CRIT,
    Code.APPROXIMATE: Weight.WARN,
    Code.LOW_BATTERY: Weight.WARN,
    Code.DATA: Weight.INFO,
    Code.APP_UNKNOWN: Weight.INFO,
    Code.PLAIN_HTTP: Weight.CRIT,
    Code.TWO_NETWORKS: Weight.CRIT,
}
ORDER = [Weight.CRIT, Weight.WARN, Weight.INFO]


@dataclass(frozen=True, slots=True)
class Ping:
    """One message: ``at`` and ``recv`` in epoch seconds (``at`` corrected), degrees, metres, per cent.

    ``kept`` is False where the place was not written because nobody was on duty: that says nothing about
    the phone.
    """

    at: int
    recv: int
    lat: float | None = None
    lon: float | None = None
    acc: int | None = None
    batt: int | None = None
    charging: bool = False
    mock: bool = False
    kept: bool = True

    @property
    def located(self) -> bool:
        """Whether it says where."""
        return self.lat is not None and self.lon is not None


@dataclass(frozen=True, slots=True)
class Phone:
    """What is known of the phone itself; times in epoch seconds, ``duty`` its holder's shifts of the day."""

    protocol: str = "traccar"
    app: str = ""
    every_s: int = 60
    skew_s: int | None = None
    plain_http: bool = False
    two_networks: bool = False
    last_recv: int | None = None
    duty: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``n`` is the number of its sentence: seconds, minutes, per cent, times."""

    code: Code
    n: int = 0
    weight: Weight = field(default=Weight.INFO)


def judge(phone: Phone, pings: Sequence[Ping], now: int) -> list[Finding]:
    """Everything that is wrong, the worst first; an empty list is a healthy phone."""
    rows = sorted(pings, key=lambda ping: ping.at)
    duty = [ping for ping in rows if ping.kept and any(a <= ping.at < b for a, b in phone.duty)]
    found = [*_of_phone(phone, now), *_of_battery(rows), *_of_place(duty), *_of_rhythm(phone, duty)]
    if any(ping.mock for ping in rows):
        found.append((Code.MOCK, sum(ping.mock for ping in rows)))
    late = sum(ping.recv - ping.at > LATE_S for ping in rows)
    if len(rows) >= FEW and late * 10 >= len(rows) * 3:
        found.append((Code.DATA, 100 * late // len(rows)))
    done = [Finding(code, n, WEIGHTS[code]) for code, n in found]
    return sorted(done, key=lambda one: (ORDER.index(one.weight), list(Code).index(one.code)))


def worst(found: Sequence[Finding]) -> str:
    """The heaviest weight, or ``good``."""
    return next((weight.value for weight in ORDER if any(one.weight == weight for one in found)), "good")


def _of_phone(phone: Phone, now: int) -> list[tuple[Code, int]]:
    found = []
    if phone.plain_http:
        found.append((Code.PLAIN_HTTP, 0))
    if phone.two_networks:
        found.append((Code.TWO_NETWORKS, 0))
    if phone.skew_s is not None and abs(phone.skew_s) > CLOCK_S:
        # What must be added to the phone's times: positive is a clock that is slow.
        minutes = max(1, round(abs(phone.skew_s) / 60))
        found.append((Code.CLOCK, -minutes if phone.skew_s > 0 else minutes))
    if phone.last_recv is None:
        return [*found, (Code.NEVER, 0)]
    begun = [start for start, end in phone.duty if start <= now < end]
    if begun and now - max(phone.last_recv, begun[0]) > SILENT_S:
        found.append((Code.SILENT, (now - phone.last_recv) // 60))
    if not phone.app.strip():
        found.append((Code.APP_UNKNOWN, 0))
    return found


def _of_battery(rows: Sequence[Ping]) -> list[tuple[Code, int]]:
    known = [ping for ping in rows if ping.batt is not None]
    if not known:
        return []
    last, lowest = known[-1], min(ping.batt or 0 for ping in known)
    if not last.charging and (last.batt or 0) <= LOW_BATTERY:
        return [(Code.LOW_BATTERY, last.batt or 0)]
    return [(Code.LOW_BATTERY, lowest)] if lowest <= EMPTY_BATTERY else []


def _of_place(duty: Sequence[Ping]) -> list[tuple[Code, int]]:
    if len(duty) < FEW:
        return []
    located = [ping for ping in duty if ping.located]
    if len(located) * 5 <= len(duty):
        return [(Code.LOCATION_OFF, 100 - 100 * len(located) // len(duty))]
    exact = [ping.acc for ping in located if ping.acc is not None]
    if len(exact) >= FEW and median(exact) >= VAGUE_M:
        return [(Code.APPROXIMATE, round(median(exact)))]
    return []


def _of_rhythm(phone: Phone, duty: Sequence[Ping]) -> list[tuple[Code, int]]:
    """How the app times its messages. Silences first: they explain what the gaps would say."""
    usual = _usual_gap(duty)
    if phone.protocol == "owntracks":
        return [(Code.OWNTRACKS_MODE, usual // 60)] if usual >= SIGNIFICANT_S else _killed(duty)
    found = _still(phone, duty) + _killed(duty)
    if found:
        return found
    if _by_distance(duty):
        return [(Code.DISTANCE, round(median(_steps(duty))))]
    if usual > max(2 * phone.every_s, 120):
        return [(Code.INTERVAL, usual)]
    return []


def _usual_gap(duty: Sequence[Ping]) -> int:
    """The median seconds between two messages, 0 where there are too few; not across two shifts."""
    gaps = [b.at - a.at for a, b in pairwise(duty) if b.at > a.at]
    return round(median(gaps)) if len(gaps) >= 3 else 0


def _still(phone: Phone, duty: Sequence[Ping]) -> list[tuple[Code, int]]:
    """Silence while he stands, twice: no heartbeat. Heartbeats there but no place: only stop detection."""
    silent = [b.at - a.at for a, b in pairwise(duty) if b.at - a.at > SILENCE_S and _same_place(a, b)]
    usual = _usual_gap(duty)
    if len(silent) >= 2 and 0 < usual <= max(2 * phone.every_s, 300):
        return [(Code.HEARTBEAT_OFF, max(silent) // 60), (Code.STOP_DETECTION, 0)]
    fixes = [ping for ping in duty if ping.located]
    paused = [(a, b) for a, b in pairwise(fixes) if b.at - a.at > SILENCE_S and _metres(a, b) <= STILL_M]
    kept = [pair for pair in paused if sum(pair[0].at < ping.at < pair[1].at for ping in duty) >= 2]
    return [(Code.STOP_DETECTION, max(b.at - a.at for a, b in kept) // 60)] if len(kept) >= 2 else []


def _killed(duty: Sequence[Ping]) -> list[tuple[Code, int]]:
    """Silence and then somewhere else, twice: something stopped the app while he moved."""
    gone = [
        b.at - a.at
        for a, b in pairwise(duty)
        if LONG_SILENCE_S < b.at - a.at < DAY_S // 4 and a.located and b.located and _metres(a, b) > STILL_M
    ]
    return [(Code.BATTERY_SAVER, max(gone) // 60)] if len(gone) >= 2 else []


def _by_distance(duty: Sequence[Ping]) -> bool:
    """Steps all alike and times not: the app waits for metres, not for minutes."""
    steps = _steps(duty)
    gaps = [b.at - a.at for a, b in pairwise(duty) if b.at > a.at]
    if len(steps) < FEW or min(steps) < 20:
        return False
    return _spread(steps) < 1.6 and _spread(gaps) > 2


def _steps(duty: Sequence[Ping]) -> list[float]:
    fixes = [ping for ping in duty if ping.located]
    return [_metres(a, b) for a, b in pairwise(fixes)]


def _spread(values: Sequence[float]) -> float:
    """Upper by lower quarter: 1 where all are alike."""
    ordered = sorted(values)
    low, high = ordered[len(ordered) // 4], ordered[-1 - len(ordered) // 4]
    return high / low if low > 0 else hypot(high, 1)


def _same_place(a: Ping, b: Ping) -> bool:
    return a.located and b.located and _metres(a, b) <= STILL_M


def _metres(a: Ping, b: Ping) -> float:
    """The great circle."""
    y1, x1, y2, x2 = (radians(v or 0.0) for v in (a.lat, a.lon, b.lat, b.lon))
    half = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))
