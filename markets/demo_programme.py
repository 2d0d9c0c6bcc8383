"""The demo's programme: the pilot of 2017 at Petir is live, four markets are proposed.

Where the pilot was, when, and what a point costs are from press; vendor, papers and plans are invented.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from commandcenter.city.origin import Source
from markets import rollout
from markets.models import Budget, Market, Office, ProgrammePoint

PRICE = 45_000_000
PILOT = date(2017, 7, 17)
# Minutes by car to the office; Kopo's from press, the others guesses ("periksa").
TRAVEL = {
    "petir": 40, "tirtayasa": 60, "kopo": 150, "kragilan": 35, "anyer": 75, "baros": 30, "padarincang": 70,
    "pamarayan": 65, "ciruas": 20, "kibin": 40, "bojonegara": 50, "dukuh": 35, "cikande": 60,
}  # fmt: skip
PROPOSED = (
    ("kopo", "Pasar terjauh dari kantor: dua sampai tiga jam perjalanan."),
    ("tirtayasa", "Jauh dari kantor dan sering banjir; pengelola meminta saluran suara."),
    ("kragilan", "Pedagang pindah sejak 2019; perlu dipantau pada hari pasar."),
    ("anyer", "Pasar wisata, ramai pada akhir pekan."),
)


def seed() -> None:
    """What is missing; a programme that people have begun is left alone."""
    if ProgrammePoint.objects.exists():
        return
    for code, minutes in TRAVEL.items():
        Market.objects.filter(code=code, origin=Source.SIMULATED, travel_min=None).update(travel_min=minutes)
    if not Office.objects.exists():
        Office.objects.create(name="Disperindag (simulasi)", lat=-6.12, lng=106.15, origin=Source.SIMULATED)
    year = timezone.localdate().year
    Budget.objects.get_or_create(
        year=year, fund="region",
        defaults={
            "original": 100_000_000, "amended": 140_000_000, "legal": "DPA simulasi",
            "origin": Source.SIMULATED,
        },
    )  # fmt: skip
    markets = {m.code: m for m in Market.objects.filter(origin=Source.SIMULATED, code__in=TRAVEL)}
    if "petir" in markets:
        _pilot(markets["petir"])
    for place, (code, reason) in enumerate(PROPOSED):
        if code in markets:
            _propose(markets[code], reason, place)


def _pilot(market: Market) -> None:
    spent, _new = Budget.objects.get_or_create(
        year=PILOT.year, fund="region", defaults={"original": 50_000_000, "origin": Source.SIMULATED}
    )
    point = rollout.propose(
        by=None, market=market, origin=Source.SIMULATED, day=PILOT - timedelta(days=150),
        reason="Titik percontohan Audio Teleconference on Market.", cost=PRICE, budget=spent,
        vendor="Penyedia (simulasi)", contract_cost=PRICE, planned_on=PILOT,
    )  # fmt: skip
    ProgrammePoint.objects.filter(pk=point.pk).update(
        approved_name="Kepala Dinas (simulasi)",
        approved_at=timezone.make_aware(datetime.combine(PILOT - timedelta(days=100), time(10))),
    )
    ways = (("reviewed", 120), ("budgeted", 90), ("procured", 45), ("installed", 10), ("live", 0))
    for target, before in ways:
        day = PILOT - timedelta(days=before)
        if target == "installed":
            rollout.add_document(
                by=None, pk=point.pk, title="Kontrak (simulasi)", number="SIM-1/2017", day=day
            )
        rollout.move_point(by=None, pk=point.pk, target=target, day=day)


def _propose(market: Market, reason: str, place: int) -> None:
    today = timezone.localdate()
    rollout.propose(
        by=None, market=market, origin=Source.SIMULATED, reason=reason, cost=PRICE,
        day=today - timedelta(days=60 - 10 * place), planned_on=today + timedelta(days=120 + 45 * place),
    )  # fmt: skip


def purge() -> None:
    """Takes the demo's programme away; budgets that real points are paid from stay."""
    ProgrammePoint.objects.filter(origin=Source.SIMULATED).delete()
    Budget.objects.filter(origin=Source.SIMULATED, points__isnull=True).delete()
    Budget.objects.filter(origin=Source.SIMULATED).update(origin=Source.REAL)
    Office.objects.filter(origin=Source.SIMULATED).delete()
