"""Public reports as open data: GeoReport Bulk's shape, one row a report, no word that could be a person's.

What is in: reports that everybody may read anyway. What is not: secret, private and test ones, and of an
anonymous reporter's report the words and the place, because they may tell who wrote them. Places are rounded
to about a hundred metres; where a month has fewer than five reports of an area and category, the row keeps
the category's parent only, so that nobody is told apart by being the only one.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth

from commandcenter.city.region import Region
from complaints.models import Report
from complaints.models.choices import STATUS_LABELS
from complaints.open311.wire import w3c
from complaints.workflow import OUTCOMES, Status

COLUMNS = (
    "service_request_id", "requested_datetime", "updated_datetime", "closed_date", "expected_datetime",
    "status", "status_description", "source", "service_code", "service_name", "service_subtype",
    "description", "agency_responsible", "address_id", "area", "lat", "long", "supporters", "reopenings",
    "rating", "origin",
)  # fmt: skip
PLACES = 3  # digits of a degree: about 110 m
FEW = 5
MOST_DAYS = 366
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Wish:
    """Days of the city's calendar, both included."""

    first: date
    last: date


class WishError(ValueError):
    """A range that is none; ``field`` names the parameter."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def wish(params: Any, today: date) -> Wish:
    """``month=2026-11``, or ``from`` and ``to`` (at most a year); this month where nothing is asked."""
    if text := str(params.get("month", "")).strip():
        first = _day("month", f"{text}-01")
        return Wish(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))
    first = _day("from", params.get("from", "") or f"{today:%Y-%m}-01")
    last = _day("to", params.get("to", "") or f"{max(today, first):%Y-%m-%d}")
    if last < first:
        raise WishError("to", "it lies before the first day")
    if (last - first).days >= MOST_DAYS:
        raise WishError("to", f"at most {MOST_DAYS} days")
    return Wish(first, last)


def _day(field: str, text: Any) -> date:
    try:
        found = date.fromisoformat(str(text)[:20])
    except ValueError:
        raise WishError(field, "a day like 2026-11-28 is expected") from None
    if not 2000 <= found.year <= 2100:
        raise WishError(field, "a year from 2000 to 2100 is expected")
    return found


def reports(wanted: Wish) -> Any:
    """The reports of a range, oldest first; the same filter counts and exports."""
    zone = Region.current().zone_info
    start = datetime.combine(wanted.first, time.min, zone)
    end = datetime.combine(wanted.last + timedelta(days=1), time.min, zone)
    rows = Report.objects.public().filter(sent_at__gte=start, sent_at__lt=end)
    return rows.order_by("sent_at", "pk")


def counts(wanted: Wish) -> Counter[tuple[int, int]]:
    """How many reports each (year, month) of a range has."""
    rows = reports(wanted).order_by().annotate(month=TruncMonth("sent_at", tzinfo=Region.current().zone_info))
    found = rows.values("month").annotate(n=Count("pk")).values_list("month", "n")
    return Counter({(month.year, month.month): n for month, n in found})


def records(wanted: Wish) -> Iterator[dict[str, Any]]:
    """One dict a report, read in pieces however many they are."""
    zone = Region.current().zone_info
    few = _few(wanted, zone)
    rows = reports(wanted).select_related("category__parent", "agency", "area", "channel").defer("search")
    for row in rows.iterator(1000):
        local = row.sent_at.astimezone(zone)
        yield _record(row, zone, alone=(local.year, local.month, row.area_id, row.category_id) in few)


def _few(wanted: Wish, zone: Any) -> set[tuple[Any, ...]]:
    """Months, areas and categories with so few reports that a neighbour would know whose it is."""
    months = reports(wanted).order_by().annotate(month=TruncMonth("sent_at", tzinfo=zone))
    cells = Counter(
        (row[0].year, row[0].month, *row[1:])
        for row in months.values_list("month", "area_id", "category_id").iterator(2000)
    )
    return {cell for cell, count in cells.items() if count < FEW}


def _record(row: Report, zone: Any, *, alone: bool) -> dict[str, Any]:
    status, category = Status(row.status), row.category
    parent = category.parent if category else None
    closed = status in OUTCOMES
    broad = alone and parent is not None
    shown = parent if broad else category
    return {
        "service_request_id": row.number,
        "requested_datetime": w3c(row.sent_at, zone),
        "updated_datetime": w3c(row.closed_at if closed else row.updated_at, zone),
        "closed_date": w3c(row.closed_at, zone),
        "expected_datetime": w3c(row.finish_due, zone),
        "status": "closed" if closed else "open",
        "status_description": str(STATUS_LABELS[status]),
        "source": row.channel.kind,
        "service_code": shown.code if shown else None,
        "service_name": (parent or category).name if category else None,
        "service_subtype": category.name if category and parent and not broad else None,
        "description": None if row.anonymous else row.text,
        "agency_responsible": row.agency.name if row.agency else None,
        "address_id": row.area.code if row.area else None,
        "area": row.area.full_name if row.area else None,
        "lat": round(row.lat, PLACES) if row.lat is not None and not row.anonymous else None,
        "long": round(row.lng, PLACES) if row.lng is not None and not row.anonymous else None,
        "supporters": row.supporters,
        "reopenings": row.reopenings,
        "rating": row.rating,
        "origin": row.origin,
    }


class _Line:
    """A file for the csv module that hands back what was written."""

    def write(self, text: str) -> str:
        return text


def as_csv(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with a mark, so that office programs read it as that; no cell is a formula."""
    writer = csv.writer(_Line())
    yield "\ufeff".encode() + writer.writerow(COLUMNS).encode()
    for row in rows:
        yield writer.writerow([safe(row[name]) for name in COLUMNS]).encode("utf-8", "replace")


def safe(value: Any) -> Any:
    """A text that a spreadsheet would run gets a quote before it (OWASP, CSV injection); numbers stay."""
    if isinstance(value, str) and (value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA)):
        return "'" + value
    return value


def as_json(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """A bare array, as GeoReport's lists are."""
    yield b"["
    for place, row in enumerate(rows):
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        yield (("," if place else "") + "\n" + text).encode("utf-8", "replace")
    yield b"\n]\n"
