"""The days on which no office works: national holidays, joint leave, and the city's own table on top.

National days come from the package `holidays`, which follows the joint decree of three ministers (SKB 3
Menteri, each year by about October). A year without a decree has no joint leave yet, and its Islamic days are
reckoned, not decided: they count, marked as estimated, until an admin confirms or removes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DayKind(StrEnum):
    """Who gave the day off."""

    NATIONAL = "national"
    JOINT_LEAVE = "joint_leave"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which no office works. `name` is Indonesian; an `estimated` date wants a person's word."""

    day: date
    name: str
    kind: DayKind = DayKind.LOCAL
    estimated: bool = False


_CATEGORIES = {"government": DayKind.JOINT_LEAVE, "public": DayKind.NATIONAL}
"""The package's categories, the weightier last: it names a day that is both."""


def national_days_off(first_year: int, last_year: int) -> tuple[DayOff, ...]:
    """National holidays and joint leave of both years and those between, one entry a date, in order."""
    # The package loads 250 countries: only a process that asks for holidays should pay for them.
    from holidays.countries.indonesia import Indonesia

    found: dict[date, DayOff] = {}
    # The language is named, or the package would take the server's and the label below would not match.
    label = Indonesia.estimated_label.replace("%s", "").strip()
    for category, kind in _CATEGORIES.items():
        years = range(first_year, last_year + 1)
        for day, names in Indonesia(years=years, categories=(category,), language="id").items():
            name = names.replace(label, "").replace(" ;", ";").strip()
            found[day] = DayOff(day, name, kind, label in names)
    return tuple(found[day] for day in sorted(found))


def with_city_table(
    days: Iterable[DayOff], added: Iterable[DayOff] = (), removed: Iterable[date] = ()
) -> tuple[DayOff, ...]:
    """The days off after the admin's table, which wins: `removed` dates work, `added` ones do not.

    Adding a known date replaces its entry; that is how an estimated one is confirmed. Raises ValueError when
    a date is both added and removed.
    """
    table = {item.day: item for item in added}
    gone = set(removed)
    if both := sorted(gone & table.keys()):
        raise ValueError(f"removed: {both[0]} is also added")
    merged = {item.day: item for item in days if item.day not in gone} | table
    return tuple(merged[day] for day in sorted(merged))


def dates_of(days: Iterable[DayOff]) -> frozenset[date]:
    """The bare dates, as a calendar takes them."""
    return frozenset(item.day for item in days)
