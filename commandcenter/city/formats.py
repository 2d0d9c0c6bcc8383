"""Times and numbers as an Indonesian office writes them (and as English does): pure functions.

``09.14 WIB`` · ``22 Nov 2026`` · ``13.600`` · ``61,4 %`` · ``Rp13.600``. Non-breaking blanks
keep a figure and its unit on one line.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from decimal import Decimal

MONTHS = {
    "id": ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
ZONE_NAMES = {7: "WIB", 8: "WITA", 9: "WIT"}
GAP = "\u00a0"


def zone_name(moment: datetime) -> str:
    """``WIB``, ``WITA`` or ``WIT`` by the moment's offset; elsewhere ``UTC+03:00``."""
    offset = moment.utcoffset()
    hours = offset.total_seconds() / 3600 if offset is not None else 0.0
    return ZONE_NAMES.get(int(hours), "") or moment.strftime("UTC%z")


def clock(
    moment: datetime, zone: tzinfo, lang: str = "id", *, seconds: bool = False, named: bool = True
) -> str:
    """``09.14 WIB`` (English ``09:14 WIB``), with seconds when asked."""
    local = moment.astimezone(zone)
    mark = "." if lang == "id" else ":"
    text = local.strftime(f"%H{mark}%M{mark}%S" if seconds else f"%H{mark}%M")
    return f"{text}{GAP}{zone_name(local)}" if named else text


def day(moment: date | datetime, zone: tzinfo, lang: str = "id") -> str:
    """``22 Nov 2026``; a datetime is first brought to the zone."""
    local = moment.astimezone(zone) if isinstance(moment, datetime) else moment
    return f"{local.day}{GAP}{MONTHS['id' if lang == 'id' else 'en'][local.month - 1]}{GAP}{local.year}"


def day_clock(moment: datetime, zone: tzinfo, lang: str = "id") -> str:
    """``22 Nov 2026, 09.14 WIB``."""
    return f"{day(moment, zone, lang)}, {clock(moment, zone, lang)}"


def number(value: float | Decimal, lang: str = "id", *, decimals: int = 0) -> str:
    """``13.600`` and ``1.234,5`` (English ``13,600`` and ``1,234.5``)."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if lang == "id" else text


def percent(value: float | Decimal, lang: str = "id", *, decimals: int = 1) -> str:
    """``61.4`` -> ``61,4 %``; the value is already in percent."""
    return f"{number(value, lang, decimals=decimals)}{GAP if lang == 'id' else ''}%"


def rupiah(value: float | Decimal, lang: str = "id") -> str:
    """``Rp13.600``."""
    sign = "-" if value < 0 else ""
    return f"{sign}Rp{number(-value if value < 0 else value, lang)}"


_SIZES: tuple[tuple[int, str], ...] = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def size(count: int, lang: str = "id") -> str:
    """Bytes as ``1,2 GB`` (decimal units, as data packages are sold)."""
    for unit, name in _SIZES:
        if count >= unit:
            return f"{number(float(count) / unit, lang, decimals=1)}{GAP}{name}"
    return f"{count}{GAP}B"
