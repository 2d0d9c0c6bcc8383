"""When a market trades: days of the week or of the Javanese five-day week, hours that may pass midnight.

Pure: no Django, no clock of its own. A moment is aware; the market's zone says which day it is. A quiet
camera outside these hours is no alarm, and "open" on a screen is said by the timetable, never by a picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
PASARAN = ("legi", "pahing", "pon", "wage", "kliwon")
_LEGI = date(1945, 8, 17).toordinal()
"""17 August 1945 was a Friday Legi."""

_ENGLISH = dict(
    zip(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), DAYS, strict=True)
)
_OTHER = {
    **_ENGLISH,
    "ahad": "minggu",
    "jum'at": "jumat",
    "jum’at": "jumat",
    "paing": "pahing",
    "manis": "legi",
}
_DAILY = frozenset(("setiap hari", "tiap hari", "every day", "daily", "harian"))
_HOURS = re.compile(r"^(\d{1,2})(?:[.:](\d{2}))?\s*(?:-|–|s\.?d\.?|sampai|to)\s*(\d{1,2})(?:[.:](\d{2}))?$")
_LOOK_AHEAD = 35
"""Seven days times five: after so many days every pair of a weekday and a pasaran has come once."""


class Problem(StrEnum):
    """What is wrong with a timetable. Codes, translated where they are shown."""

    UNKNOWN_DAY = "unknown_day"
    BAD_HOURS = "bad_hours"
    NO_TIME = "no_time"


class InvalidTimetable(ValueError):
    """A text that is no timetable; `field` is the one to correct, `found` what stands there."""

    def __init__(self, field: str, problem: Problem, found: str) -> None:
        super().__init__(f"{field}: {problem.value}: {found}")
        self.field, self.problem, self.found = field, problem, found


@dataclass(frozen=True, slots=True)
class Timetable:
    """Days that trade, and from when until when.

    `weekdays` counts from Monday = 0, `pasaran` from Legi = 0; a day trades when it is in either. A closing
    at or before the opening belongs to the next morning.
    """

    weekdays: frozenset[int] = frozenset(range(7))
    pasaran: frozenset[int] = frozenset()
    opens: time = time(0)
    closes: time = time(0)
    closed_on: frozenset[date] = field(default_factory=frozenset)

    @property
    def daily(self) -> bool:
        """Whether every day trades."""
        return len(self.weekdays) == 7

    def trades_on(self, day: date) -> bool:
        """Whether the market opens on this local day."""
        if day in self.closed_on:
            return False
        return day.weekday() in self.weekdays or pasaran_of(day) in self.pasaran


@dataclass(frozen=True, slots=True)
class Standing:
    """A market at a moment: open until, or closed until (None: it never opens within 35 days)."""

    open: bool
    until: datetime | None
    day: date
    """The trading day meant: after midnight that of the evening before."""


def pasaran_of(day: date) -> int:
    """The place of a day in the five-day week, Legi = 0."""
    return (day.toordinal() - _LEGI) % 5


def read(days: str, hours: str) -> Timetable | None:
    """A timetable from the two texts people write ("Senin, Kamis", "02.00-14.00").

    None when neither says anything. InvalidTimetable names the field ("market_days" or "hours").
    """
    if not days.strip() and not hours.strip():
        return None
    weekdays, pasaran = _days(days)
    opens, closes = _hours(hours)
    return Timetable(weekdays, pasaran, opens, closes)


def _days(text: str) -> tuple[frozenset[int], frozenset[int]]:
    plain = " ".join(text.lower().split())
    if not plain or plain in _DAILY:
        return frozenset(range(7)), frozenset()
    weekdays: set[int] = set()
    pasaran: set[int] = set()
    for part in re.split(r"\s*(?:,|;|/|&|\+|\bdan\b|\band\b)\s*", plain):
        if not part:
            continue
        ends = [_OTHER.get(end, end) for end in re.split(r"\s*(?:-|–|\bsampai\b|\bto\b)\s*", part)]
        if len(ends) == 2 and all(end in DAYS for end in ends):
            first, last = (DAYS.index(end) for end in ends)
            weekdays.update((first + n) % 7 for n in range((last - first) % 7 + 1))
        elif len(ends) == 1 and ends[0] in DAYS:
            weekdays.add(DAYS.index(ends[0]))
        elif len(ends) == 1 and ends[0] in PASARAN:
            pasaran.add(PASARAN.index(ends[0]))
        else:
            raise InvalidTimetable("market_days", Problem.UNKNOWN_DAY, part)
    return frozenset(weekdays), frozenset(pasaran)


def _hours(text: str) -> tuple[time, time]:
    plain = " ".join(text.lower().replace("wib", "").replace("pukul", "").split())
    if not plain or plain in ("24 jam", "24 hours"):
        return time(0), time(0)
    found = _HOURS.match(plain)
    if not found:
        raise InvalidTimetable("hours", Problem.BAD_HOURS, text.strip())
    first, last = (found[1], found[2]), (found[3], found[4])
    try:
        opens, closes = (time(int(hour) % 24, int(minute or 0)) for hour, minute in (first, last))
    except ValueError as error:
        raise InvalidTimetable("hours", Problem.BAD_HOURS, text.strip()) from error
    if int(first[0]) > 23 or int(last[0]) > 24 or (int(last[0]) == 24 and int(last[1] or 0)):
        raise InvalidTimetable("hours", Problem.BAD_HOURS, text.strip())
    if opens == closes and opens != time(0):
        raise InvalidTimetable("hours", Problem.NO_TIME, text.strip())
    return opens, closes


def span(table: Timetable, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Opening and closing of a trading day as aware moments in the zone."""
    after = day + timedelta(days=1) if table.closes <= table.opens else day
    return datetime.combine(day, table.opens, zone), datetime.combine(after, table.closes, zone)


def standing(table: Timetable, at: datetime, zone: tzinfo) -> Standing:
    """Whether the market trades at a moment, and until when that stays so."""
    here = at.astimezone(zone).date()
    current = _trading_at(table, here, at, zone)
    if current is None:
        return _closed(table, here, at, zone)
    day, until = current
    # A market of 24 hours does not close and open at midnight.
    for n in range(1, _LOOK_AHEAD + 1):
        following = day + timedelta(days=n)
        opens, closes = span(table, following, zone)
        if not table.trades_on(following) or opens > until:
            return Standing(True, until, day)
        until = closes
    return Standing(True, None, day)


def _trading_at(table: Timetable, here: date, at: datetime, zone: tzinfo) -> tuple[date, datetime] | None:
    for day in (here - timedelta(days=1), here):
        opens, closes = span(table, day, zone)
        if table.trades_on(day) and opens <= at < closes:
            return day, closes
    return None


def _closed(table: Timetable, here: date, at: datetime, zone: tzinfo) -> Standing:
    for n in range(_LOOK_AHEAD + 1):
        day = here + timedelta(days=n)
        opens, _closes = span(table, day, zone)
        if table.trades_on(day) and opens > at:
            return Standing(False, opens, here)
    return Standing(False, None, here)
