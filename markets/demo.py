"""Markets of Kabupaten Serang for the demo.

Names, days and hours from local press of 2019 to 2024 (bingar, bantenraya, rmolbanten, biem); points are
village centroids, good to one or two kilometres.
"""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from commandcenter import demo
from commandcenter.city import kept
from commandcenter.city.areas import ensure_area
from commandcenter.city.models import Agency
from commandcenter.city.origin import Source
from markets import demo_audits, demo_prices, demo_programme  # noqa: F401
from markets.models import Budget, ConditionAudit, Market, ProgrammePoint
from markets.months import save_month
from markets.services import register_market
from markets.timeline import month_before

OWNER = "disperindag"
DAILY = "Setiap hari"
# code, name, kecamatan, lat, lng, market days, hours, notes
MARKETS = (
    ("petir", "Pasar Petir", "36.04.19", -6.224, 106.202, DAILY, "03.00-12.00", ""),
    ("tirtayasa", "Pasar Tirtayasa", "36.04.13", -6.017, 106.329, DAILY, "04.00-12.00", ""),
    ("kopo", "Pasar Kopo", "36.04.25", -6.326, 106.377, DAILY, "04.00-12.00", ""),
    (
        "kragilan", "Pasar Kragilan (Kendayakan)", "36.04.11", -6.151, 106.280, "Senin, Kamis",
        "06.00-12.00", "Pedagang pindah dari lokasi lama sejak 2019.",
    ),
    ("anyer", "Pasar Anyer", "36.04.30", -6.056, 105.920, DAILY, "04.00-13.00", ""),
    (
        "baros", "Pasar Baros", "36.04.22", -6.226, 106.121, DAILY, "03.00-14.00",
        "Dibangun ulang Kementerian PUPR, 345 pedagang (2024).",
    ),
    (
        "padarincang", "Pasar Padarincang", "36.04.29", -6.214, 105.951, DAILY, "03.00-12.00",
        "Lokasi baru sejak 2021: 175 kios, sekitar 197 los.",
    ),
    (
        "pamarayan", "Pasar Pamarayan", "36.04.24", -6.277, 106.302, DAILY, "02.00-14.00",
        "Milik desa: 152 kios, 248 los.",
    ),
    ("ciruas", "Pasar Ciruas", "36.04.09", -6.128, 106.239, DAILY, "03.00-14.00", ""),
    ("kibin", "Pasar Kibin", "36.04.16", -6.157, 106.314, DAILY, "04.00-12.00", ""),
    ("bojonegara", "Pasar Bojonegara", "36.04.07", -5.971, 106.096, DAILY, "04.00-12.00", ""),
    ("dukuh", "Pasar Dukuh", "36.04.11", -6.146, 106.262, DAILY, "04.00-11.00", ""),
    ("cikande", "Pasar Cikande", "36.04.15", -6.194, 106.351, DAILY, "03.00-13.00", ""),
)  # fmt: skip


# What press and village sites tell of them; everything else stays empty.
KNOWN: dict[str, dict[str, Any]] = {
    "baros": {
        "rebuilt_on": date(2024, 10, 16), "rebuilt_fund": "state", "rebuilt_cost": 29_800_000_000,
        "traders": 345, "market_class": "3",
    },
    "padarincang": {
        "moved_on": date(2021, 1, 1), "rebuilt_on": date(2021, 1, 1), "kiosks": 175, "stalls": 197,
    },
    "pamarayan": {"ownership": "village", "owner_name": "Desa Pamarayan", "kiosks": 152, "stalls": 248},
    "kragilan": {
        "former_site": "Kragilan", "former_lat": -6.134, "former_lng": 106.290, "moved_on": date(2019, 1, 1),
    },
}  # fmt: skip
MONTHS = 24
# Places, a month's retribution target, and what is lost in the last months: invented, marked as simulated.
REPORTED = {
    "baros": (0.93, 18_000_000, 0.0),
    "padarincang": (0.84, 11_000_000, 0.16),
    "pamarayan": (0.9, 14_000_000, 0.0),
}


def owner() -> Agency | None:
    """The trade agency of the demo city."""
    return Agency.objects.filter(code=OWNER).first()


def seed() -> None:
    """Registers the markets that are missing."""
    known = set(Market.objects.values_list("code", flat=True))
    for code, name, area, lat, lng, days, hours, notes in MARKETS:
        if code not in known:
            register_market(
                by=None, code=code, name=name, area=ensure_area(area), agency=owner(), lat=lat, lng=lng,
                market_days=days, hours=hours, notes=notes, origin=Source.SIMULATED, **KNOWN.get(code, {}),
            )  # fmt: skip
            if code in REPORTED:
                _report(Market.objects.get(code=code), *REPORTED[code])
    demo_audits.seed()
    demo_programme.seed()


def _report(market: Market, used: float, target: int, lost: float) -> None:
    """Two years of invented months; in the last two of a market that is let go, ``lost`` of the places.

    No alarm: the demo's wall stays as its stories expect it; the market's page says what fell.
    """
    chance = random.Random(market.code)
    for back in range(MONTHS, 0, -1):
        share = used + chance.uniform(-0.02, 0.02) - (lost if back <= 2 else 0)
        save_month(
            by=None, market=market, month=month_before(timezone.localdate(), back), origin=Source.SIMULATED,
            tell=False, source="Laporan pengelola (simulasi)", target=target,
            realised=round(target * (share + chance.uniform(-0.06, 0.06)) / used / 1000) * 1000,
            kiosks=market.kiosks and round(market.kiosks * share),
            stalls=market.stalls and round(market.stalls * share),
            traders=market.traders and round(market.traders * share),
        )  # fmt: skip


def purge() -> None:
    """Removes the demo's markets; one that something real hangs on becomes real and stays."""
    kept.keep_edited(Market, ProgrammePoint, Budget)
    demo_programme.purge()
    # Corrections first: an audit that one hangs on stays until that is gone.
    ConditionAudit.objects.filter(origin=Source.SIMULATED, corrections__isnull=True).delete()
    for market in Market.objects.filter(origin=Source.SIMULATED):
        try:
            with transaction.atomic():
                market.delete()
        except ProtectedError:
            Market.objects.filter(pk=market.pk).update(origin=Source.REAL)


demo.register(demo.Demo(key="markets", order=20, seed=seed, purge=purge))
