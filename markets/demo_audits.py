"""Invented audits of the demo: a look at every market each quarter for two years, marked as simulated.

Baros, rebuilt in 2024, holds; Padarincang, rebuilt in 2021, is clearly being let go. No alarm: the demo's
wall stays as its stories expect it; the pages say what fell.
"""

from __future__ import annotations

import random
from datetime import timedelta

from django.utils import timezone

from commandcenter.city.origin import Source
from markets.audits import record_audit
from markets.checklist import current_version
from markets.models import ConditionAudit, Market, Way

LOOKS, APART, NEWEST = 8, 91, 12
"""Audits, days between two of them, days since the newest."""
# How a market stood two years ago and stands now, 0-4; the others are in between.
COURSE = {
    "baros": (3.9, 3.6), "padarincang": (3.7, 2.2), "pamarayan": (2.9, 3.0), "petir": (2.7, 2.8),
    "kopo": (2.0, 1.7), "tirtayasa": (2.2, 2.0), "anyer": (2.5, 2.4), "kragilan": (2.9, 2.6),
    "ciruas": (2.6, 2.4), "dukuh": (1.9, 1.8), "bojonegara": (2.2, 2.2), "kibin": (2.3, 2.1),
    "cikande": (2.6, 2.5),
}  # fmt: skip
# Where neglect shows first.
SORE = {"waste": 0.9, "drainage": 0.8, "toilets": 0.7, "cleanliness": 0.5, "fire": 0.3}
BAD = {
    "waste": "Penampungan meluap sampai ke jalan masuk.", "drainage": "Air diam, saluran penuh sampah.",
    "toilets": "Dua dari empat toilet terkunci, air tidak mengalir.",
    "fire": "Tabung pemadam lewat masa berlaku.",
    "cleanliness": "Lantai los ikan licin dan bau.", "structure": "Atap bocor di los tengah.",
}  # fmt: skip
WHO = ("Tim UPT Pasar (simulasi)", "Pengawas Disperindag (simulasi)")


def seed() -> None:
    """The audits of markets of the demo that have none."""
    audited = set(ConditionAudit.objects.values_list("market_id", flat=True))
    for market in Market.objects.filter(origin=Source.SIMULATED, code__in=COURSE):
        if market.pk not in audited:
            _look(market, *COURSE[market.code])


def _look(market: Market, then: float, now: float) -> None:
    chance = random.Random(f"audit-{market.code}")
    items = current_version().items
    steady = {item["code"]: chance.uniform(-0.5, 0.5) for item in items}
    for turn in range(LOOKS):
        share = turn / (LOOKS - 1)
        # Slowly at first, then faster: how neglect goes.
        level = then + (now - then) * share**1.6
        day = timezone.localdate() - timedelta(days=NEWEST + APART * (LOOKS - 1 - turn))
        remote = market.code == "petir" and turn % 2 == 1
        answers: dict[str, tuple[int | None, str]] = {}
        for item in items:
            sore = SORE.get(item["subject"], 0) * max(0.0, then - now) * share
            mark = round(level + steady[item["code"]] + chance.uniform(-0.35, 0.35) - sore * 0.5)
            # Nobody sees the water tests or the scales' marks over a camera.
            unseen = remote and item["subject"] in ("scales", "water")
            value = None if unseen else max(1 if item["critical"] else 0, min(4, mark))
            said = "Tidak terlihat lewat kamera." if unseen else ""
            if value is not None and value <= 1:
                said = BAD.get(item["subject"], "Perlu perbaikan segera.")
            answers[item["code"]] = (value, said)
        record_audit(
            market=market, day=day, way=Way.REMOTE if remote else Way.VISIT, author_name=WHO[turn % 2],
            answers=answers, origin=Source.SIMULATED, tell=False,
            remark="Kondisi turun sejak pemeriksaan pertama." if then - now > 1 and share > 0.6 else "",
        )  # fmt: skip
