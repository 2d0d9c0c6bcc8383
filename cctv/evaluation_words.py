"""A trial's figures in words, the same on page, sheet and paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cctv.capture.trial import Thresholds
from cctv.day import reason_words
from cctv.evaluation import Line, Period
from commandcenter.city import formats

MOST_REASONS = 3


def language() -> str:
    """``id`` or ``en``."""
    return (get_language() or "id")[:2]


@dataclass(frozen=True, slots=True)
class Words:
    """One line in words; a figure that cannot be known says so."""

    line: Line

    @property
    def availability(self) -> str:
        """``98,2 %``."""
        value = self.line.finding.availability
        return _("no data") if value is None else formats.percent(value, language())

    @property
    def availability_state(self) -> str:
        """The colour of the figure itself; the recommendation beside it may have other reasons."""
        value, limits = self.line.finding.availability, Thresholds()
        if value is None:
            return "unknown"
        return "good" if value >= limits.target else "warn" if value >= limits.hopeless else "crit"

    @property
    def down(self) -> str:
        """The largest reasons of down time: ``no picture in time 4 h 10 min; …``."""
        named = [(reason_words(reason), seconds) for reason, seconds in self.line.outages[:MOST_REASONS]]
        return "; ".join(f"{words} {duration(seconds)}" for words, seconds in named) or _("none")

    @property
    def data(self) -> str:
        """``812 of 1,000 MB a month (81 %)``."""
        used, limit = self.line.finding.mb_a_month, self.line.totals.package_mb
        if used is None:
            return _("no data")
        if not limit:
            return _("%(used)s MB a month, not limited") % {"used": self._number(used)}
        share = formats.percent(100 * used / limit, language(), decimals=0)
        words = {"used": self._number(used), "limit": self._number(limit), "share": share}
        return _("%(used)s of %(limit)s MB a month (%(share)s)") % words

    @property
    def cost(self) -> str:
        """``Rp315.000``."""
        cost = self.line.totals.cost
        return _("no price known") if cost is None else formats.rupiah(round(cost), language())

    @property
    def cost_a_day(self) -> str:
        """Rupiah per working camera-day."""
        cost = self.line.finding.cost_per_up_day
        return "" if cost is None else formats.rupiah(round(cost), language())

    @property
    def faults(self) -> str:
        """``2,1 %``."""
        share = self.line.finding.fault_share
        return _("no data") if share is None else formats.percent(100 * share, language())

    @property
    def why(self) -> str:
        """The reasons of the recommendation in one line."""
        return "; ".join(self.line.reasons)

    def _number(self, value: float) -> str:
        return formats.number(value, language())


def duration(seconds: float) -> str:
    """``4 h 10 min``, days from 48 hours on."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(n)d min") % {"n": max(minutes, 1)}
    if minutes < 48 * 60:
        return _("%(h)d h %(m)d min") % {"h": minutes // 60, "m": minutes % 60}
    return _("%(d)d d %(h)d h") % {"d": minutes // 1440, "h": minutes % 1440 // 60}


def period_words(period: Period) -> str:
    """``1 Nov 2026 – 30 Nov 2026``."""
    zone = timezone.get_current_timezone()
    return f"{formats.day(period.first, zone, language())} – {formats.day(period.last, zone, language())}"


def made_words(moment: datetime) -> str:
    """The moment every figure was taken."""
    return formats.day_clock(moment, timezone.get_current_timezone(), language())


def source_words(made: str) -> str:
    """Where the figures come from and of when they are."""
    return _(
        "Source: hourly health records of the cameras, notes of the operators and the list of data packages"
        " in this command centre, as of %(made)s."
    ) % {"made": made}
