"""Writing prices: each entry judged, a revision each, resending harmless, all in one transaction."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from commandcenter import live
from commandcenter.city import audit
from commandcenter.city.origin import Source
from commandcenter.city.viewers import Viewer
from markets.models import Commodity, Market, PriceImport, PriceReading, PriceSeries
from markets.offers_prices import TOPIC
from markets.prices.plausible import Finding, Verdict, judge

LAST_WITHIN = timedelta(days=31)
"""A price older than this is no measure for a new one."""
AHEAD = timedelta(minutes=10)
OLDEST = timedelta(days=400)


class Result(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    CORRECTED = "corrected"
    SAME = "same"
    """The day says this already, or the same entry came before."""
    OLDER = "older"
    """A newer answer of the same day stands there."""
    ASKED = "asked"
    """It is far from what is known: written once somebody says that it is so."""
    REFUSED = "refused"
    """Not this person's market, a day that cannot be, a key that was another entry's."""


class Refusal(StrEnum):
    """Why an entry is refused."""

    MARKET = "market"
    FUTURE = "future"
    OLD = "old"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Entry:
    """One price of one survey day. ``value`` whole rupiah a unit; ``key`` the sender's own name for it."""

    market: Market
    commodity: Commodity
    day: date
    value: int
    observed_at: datetime
    quotes: tuple[int, ...] = ()
    confirmed: bool = False
    note: str = ""
    source: str = ""
    key: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry's result; ``finding`` where it was asked about, ``why`` where it was refused."""

    entry: Entry
    result: Result
    finding: Finding | None = None
    why: Refusal | None = None
    before: int | None = None


class _Known(NamedTuple):
    """The counting revision of a day."""

    value: int
    revision: int
    observed_at: datetime


@dataclass(slots=True)
class _Book:
    """What is known while a batch is written; rows of `days` are the counting revisions."""

    series: dict[tuple[int, int], PriceSeries]
    days: dict[tuple[int, int], dict[date, _Known]]
    keys: dict[uuid.UUID, PriceReading]
    others: dict[tuple[int, date], list[int]]
    allowed: set[int]
    new: list[PriceReading] = field(default_factory=list)


def write_prices(
    *,
    by: Viewer,
    entries: Sequence[Entry],
    way: str,
    batch: PriceImport | None = None,
    save: bool = True,
) -> list[Answer]:
    """Judges every entry and writes those that stand; ``save`` False only says what would happen.

    A bad entry never blocks good ones here; who wants all or nothing looks at the answers first.
    """
    now = timezone.now()
    with transaction.atomic():
        book = _open(by, entries, lock=save)
        # By day, whatever the order of the batch: a price is held to the one before it.
        order = sorted(range(len(entries)), key=lambda n: (entries[n].day, entries[n].observed_at))
        found = {n: _one(book, entries[n], way, batch, by, now) for n in order}
        answers = [found[n] for n in range(len(entries))]
        if save and book.new:
            PriceReading.objects.bulk_create(book.new, batch_size=2000)
            _newest(book)
            _tell(by, way, answers)
    return answers


def _open(by: Viewer, entries: Sequence[Entry], *, lock: bool) -> _Book:
    markets = {entry.market.pk for entry in entries}
    goods = {entry.commodity.pk for entry in entries}
    allowed = set(Market.objects.priced_by(by).filter(pk__in=markets).values_list("pk", flat=True))
    if lock:
        wanted = {(e.commodity.pk, e.market.pk) for e in entries if e.market.pk in allowed}
        missing = [PriceSeries(commodity_id=good, market_id=market) for good, market in sorted(wanted)]
        PriceSeries.objects.bulk_create(missing, ignore_conflicts=True)
    rows = PriceSeries.objects.filter(market__in=markets & allowed, commodity__in=goods).order_by("pk")
    # The series' rows are the lock: two answers of one day come one after the other.
    held = rows.select_for_update() if lock else rows
    series = {(row.commodity_id, row.market_id): row for row in held}
    days = [entry.day for entry in entries] or [timezone.localdate()]
    window = PriceReading.objects.between(min(days) - LAST_WITHIN, max(days))
    names = {row.pk: name for name, row in series.items()}
    known: dict[tuple[int, int], dict[date, _Known]] = defaultdict(dict)
    found_ = window.filter(series__in=list(names)).counting()
    for pk, day, value, *rest in found_.values_list("series_id", "day", "value", "revision", "observed_at"):
        known[names[pk]][day] = _Known(int(value), *rest)
    keys = [entry.key for entry in entries if entry.key]
    found = {row.key: row for row in PriceReading.objects.filter(key__in=keys).select_related("series")}
    lone = {e.commodity.pk for e in entries if not known.get((e.commodity.pk, e.market.pk))}
    return _Book(series, known, found, _others(markets, lone, days), allowed)


def _others(markets: set[int], goods: set[int], days: Sequence[date]) -> dict[tuple[int, date], list[int]]:
    """Prices of the other markets on those days, for series without a price of their own."""
    if not goods:
        return {}
    rows = PriceReading.objects.filter(series__commodity__in=goods, day__in=set(days))
    rows = rows.exclude(series__market__in=markets).exclude(quality="suspect").counting()
    found: dict[tuple[int, date], list[int]] = defaultdict(list)
    for good, day, value in rows.values_list("series__commodity_id", "day", "value"):
        found[good, day].append(int(value))
    return found


def _one(book: _Book, entry: Entry, way: str, batch: PriceImport | None, by: Viewer, now: datetime) -> Answer:
    why = _refusal(book, entry, by, now)
    if why is not None:
        return Answer(entry, Result.REFUSED, why=why)
    if entry.key in book.keys:
        return Answer(entry, Result.SAME)
    mine = book.days[entry.commodity.pk, entry.market.pk]
    there = mine.get(entry.day)
    if there is not None and there.value == entry.value:
        return Answer(entry, Result.SAME)
    if there is not None and entry.key and entry.observed_at < there.observed_at:
        return Answer(entry, Result.OLDER, before=there.value)
    finding = _judged(book, mine, entry)
    if finding.verdict is not Verdict.TAKEN and not entry.confirmed:
        return Answer(entry, Result.ASKED, finding, before=there.value if there else None)
    series = book.series.get((entry.commodity.pk, entry.market.pk))
    row = _row(series, entry, there, finding, way, batch, by, now)
    mine[entry.day] = _Known(entry.value, row.revision, entry.observed_at)
    if series is not None:
        book.new.append(row)
    if entry.key:
        book.keys[entry.key] = row
    result = Result.CORRECTED if there else Result.ADDED
    return Answer(entry, result, finding, before=there.value if there else None)


def _refusal(book: _Book, entry: Entry, by: Viewer, now: datetime) -> Refusal | None:
    if entry.market.pk not in book.allowed:
        return Refusal.MARKET
    today = timezone.localdate(now)
    if entry.observed_at > now + AHEAD or entry.day > today:
        return Refusal.FUTURE
    if entry.day < today - OLDEST:
        return Refusal.OLD
    known = book.keys.get(entry.key) if entry.key else None
    if known is not None and not _is_same(known, entry, by):
        return Refusal.KEY
    return None


def _is_same(known: PriceReading, entry: Entry, by: Viewer) -> bool:
    place = (known.series.commodity_id, known.series.market_id, known.day, int(known.value))
    wanted = (entry.commodity.pk, entry.market.pk, entry.day, entry.value)
    return place == wanted and known.entered_by_id == by.pk


def _judged(book: _Book, mine: dict[date, _Known], entry: Entry) -> Finding:
    """Held to the newest earlier price of its own, or to the other markets of the day."""
    earlier = [day for day in mine if entry.day - LAST_WITHIN <= day < entry.day]
    last = mine[max(earlier)].value if earlier else None
    others = () if last is not None else book.others.get((entry.commodity.pk, entry.day), ())
    return judge(entry.value, last, others, entry.commodity.limits)


def _row(
    series: PriceSeries | None,
    entry: Entry,
    there: _Known | None,
    finding: Finding,
    way: str,
    batch: PriceImport | None,
    by: Viewer,
    now: datetime,
) -> PriceReading:
    suspect = finding.verdict is Verdict.REFUSED
    return PriceReading(
        series=series, day=entry.day, observed_at=entry.observed_at, value=entry.value,
        revision=there.revision + 1 if there else 1, way=way, batch=batch, source=entry.source,
        quality=PriceReading.Quality.SUSPECT if suspect else PriceReading.Quality.GOOD,
        quotes=list(entry.quotes), confirmed=finding.verdict is not Verdict.TAKEN, note=entry.note,
        key=entry.key, entered_by_id=by.pk, entered_by_name=by.name[:160], received_at=now,
        origin=Source.REAL,
    )  # fmt: skip


def _newest(book: _Book) -> None:
    """Each series tells its newest day; an older one that came late changes nothing."""
    changed: dict[int, PriceSeries] = {}
    for reading in book.new:
        series = reading.series
        if series.day is None or reading.day >= series.day:
            series.day, series.value = reading.day, reading.value
            series.observed_at, series.received_at = reading.observed_at, reading.received_at
            changed[series.pk] = series
    names = ["day", "value", "observed_at", "received_at"]
    PriceSeries.objects.bulk_update(changed.values(), names, batch_size=2000)


def _tell(by: Viewer, way: str, answers: Iterable[Answer]) -> None:
    """One line of audit a market and what it corrected, and one piece of news."""
    by_market: dict[int, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.result in {Result.ADDED, Result.CORRECTED}:
            by_market[answer.entry.market.pk].append(answer)
    stamp = int(timezone.now().timestamp() * 1000)
    for pk, found in by_market.items():
        counted = Counter(answer.result for answer in found)
        detail: dict[str, Any] = {
            "way": way,
            "days": sorted({answer.entry.day.isoformat() for answer in found})[:10],
            "prices": counted[Result.ADDED],
        }
        changed = [answer for answer in found if answer.result is Result.CORRECTED]
        detail |= {
            f"{one.entry.commodity.code} {one.entry.day}": [one.before, one.entry.value]
            for one in changed[:40]
        }
        action = "pricereading.changed" if changed else "pricereading.added"
        audit.record(viewer=by, action=action, subject=found[0].entry.market, detail=detail)
        live.publish(TOPIC, id=pk, rev=stamp)
