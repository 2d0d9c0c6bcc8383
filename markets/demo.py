"""Markets of Kabupaten Serang for the demo.

Names, days and hours from local press of 2019 to 2024 (bingar, bantenraya, rmolbanten, biem); points are
village centroids, good to one or two kilometres.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError

from commandcenter import demo
from commandcenter.city import kept
from commandcenter.city.areas import ensure_area
from commandcenter.city.models import Agency
from commandcenter.city.origin import Source
from markets.models import Market
from markets.services import register_market

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
                market_days=days, hours=hours, notes=notes, origin=Source.SIMULATED,
            )  # fmt: skip


def purge() -> None:
    """Removes the demo's markets; one that something real hangs on becomes real and stays."""
    kept.keep_edited(Market)
    for market in Market.objects.filter(origin=Source.SIMULATED):
        try:
            with transaction.atomic():
                market.delete()
        except ProtectedError:
            Market.objects.filter(pk=market.pk).update(origin=Source.REAL)


demo.register(demo.Demo(key="markets", order=20, seed=seed, purge=purge))
