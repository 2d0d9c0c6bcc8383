"""Writing a market's months, and the alarm when they fall."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from commandcenter.city import audit
from commandcenter.city.formats import number
from commandcenter.city.viewers import Viewer
from commandcenter.incidents import services as incidents
from commandcenter.incidents.words import sentence
from markets.decline import Decline, Finding, judge
from markets.models import Market, MarketMonth
from markets.words import EXPLAINED

FIGURES = ("kiosks", "stalls", "lots", "traders", "target", "realised", "source")
LOOK_BACK = 13
KINDS = {decline: f"market_{decline.value}" for decline in Decline}


def save_month(
    *, by: Viewer | None, market: Market, month: date, origin: str = "real", tell: bool = True, **figures: Any
) -> MarketMonth:
    """Writes or corrects a month; what is not given is emptied. ValidationError by field.

    PermissionDenied for who does not report this market. `tell` False leaves alarms alone (a long past).
    """
    unknown = set(figures) - set(FIGURES)
    if unknown:
        raise TypeError(f"no figures of a month: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        # The market's row is the lock: two reports of one month come one after the other.
        held = Market.objects.select_for_update().get(pk=market.pk)
        _may(by, held)
        row = MarketMonth.objects.filter(market=held, month=month).first()
        before = {name: getattr(row, name) for name in FIGURES} if row else None
        row = row or MarketMonth(market=held, month=month, origin=origin)
        for name in FIGURES:
            setattr(row, name, figures.get(name, "" if name == "source" else None))
        row.market, row.entered_by_id = held, by.pk if by else None
        row.full_clean()
        row.save()
        _note(by, row, before)
    if tell:
        tell_falls(held)
    return row


def remove_month(*, by: Viewer, row: MarketMonth) -> None:
    """Takes a month out that was written by mistake; what stood there is in the audit."""
    with transaction.atomic():
        held = Market.objects.select_for_update().get(pk=row.market_id)
        _may(by, held)
        detail = {name: getattr(row, name) for name in FIGURES}
        audit.record(viewer=by, action="marketmonth.deleted", subject=row, detail=detail)
        row.delete()
    tell_falls(held)


def _may(by: Viewer | None, market: Market) -> None:
    if by is not None and not Market.objects.reported_by(by).filter(pk=market.pk).exists():
        raise PermissionDenied


def _note(by: Viewer | None, row: MarketMonth, before: dict[str, Any] | None) -> None:
    after = {name: getattr(row, name) for name in FIGURES}
    if before is None:
        audit.record(viewer=by, action="marketmonth.added", subject=row, detail=after)
        return
    changed = {name: [before[name], after[name]] for name in FIGURES if before[name] != after[name]}
    if changed:
        audit.record(viewer=by, action="marketmonth.changed", subject=row, detail=changed)


def findings(market: Market) -> list[Finding]:
    """What the last months of a market tell."""
    rows = list(MarketMonth.objects.filter(market=market).order_by("-month")[:LOOK_BACK])
    for row in rows:
        row.market = market
    return judge([row.as_month() for row in rows])


def tell_falls(market: Market) -> None:
    """Opens an alarm for each fall, and clears those that are over."""
    found = {finding.decline: finding for finding in findings(market)}
    source, now = f"markets.market:{market.pk}", timezone.now()
    for decline, kind in KINDS.items():
        if decline in found:
            _open(market, source, kind, found[decline])
        else:
            incidents.clear_source(source=source, kind=kind, at=now)


def _open(market: Market, source: str, kind: str, finding: Finding) -> None:
    words = {"title": kind, "name": market.name}
    title, _text = sentence(words)
    incidents.raise_alarm(
        source=source,
        kind=kind,
        severity="info",
        title=title,
        text=explain(finding),
        subject=incidents.Subject(
            agency=market.agency_id,
            area=market.area_id,
            lat=market.lat,
            lng=market.lng,
            origin=market.origin,
            href=f"/markets/{market.pk}/",
            words=words,
        ),
    )


def explain(finding: Finding) -> str:
    """A finding's figures in a sentence of the language of now."""
    lang = (get_language() or "id")[:2]
    return str(EXPLAINED[finding.decline]) % {
        "now": number(round(finding.now), lang),
        "before": number(round(finding.before), lang),
        "month": date_format(finding.month, "F Y"),
    }
