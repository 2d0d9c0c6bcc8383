"""The alarm when a revitalised market is let go: what its audits tell, in words."""

from __future__ import annotations

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from commandcenter.city.formats import number
from commandcenter.city.origin import Source
from commandcenter.incidents import services as incidents
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.words import sentence
from markets.condition import Fall, Point, Verdict, judge
from markets.models import ConditionAudit, Market, Way
from markets.words import FALLS_EXPLAINED

LET_GO, UNWATCHED = "market_let_go", "market_unwatched"
KINDS = {
    Fall.POINTS: LET_GO, Fall.CLASS: LET_GO, Fall.NEVER_AUDITED: UNWATCHED, Fall.STALE: UNWATCHED,
}  # fmt: skip
SEVERITIES = {LET_GO: "warning", UNWATCHED: "info"}


def points_of(audits: list[ConditionAudit]) -> list[Point]:
    """Final audits as points of the curve."""
    return [Point(row.day, row.total, row.way == Way.REMOTE) for row in audits if row.total is not None]


def verdict_of(market: Market, audits: list[ConditionAudit] | None = None) -> Verdict:
    """What the standing audits of a market say; ``audits`` where they are at hand."""
    if audits is None:
        audits = list(ConditionAudit.objects.standing().filter(market=market))
    return judge(points_of(audits), market.rebuilt_on, timezone.localdate())


def tell_condition(market: Market) -> None:
    """Opens the alarm of what the audits say now, and clears those that are over."""
    verdict, source, now = verdict_of(market), f"markets.market:{market.pk}", timezone.now()
    wanted = KINDS[verdict.fall] if verdict.fall else ""
    for kind in SEVERITIES:
        if kind == wanted:
            _open(market, source, kind, verdict)
        else:
            incidents.clear_source(source=source, kind=kind, at=now)


def _open(market: Market, source: str, kind: str, verdict: Verdict) -> None:
    words = {"title": kind, "name": market.name}
    title, _text = sentence(words)
    incidents.raise_alarm(
        source=source, kind=kind, severity=SEVERITIES[kind], title=title, text=explain(verdict),
        subject=incidents.Subject(
            agency=market.agency_id, area=market.area_id, lat=market.lat, lng=market.lng,
            origin=market.origin, href=f"/markets/{market.pk}/audits/", words=words,
        ),
    )  # fmt: skip


def explain(verdict: Verdict) -> str:
    """A verdict's figures in a sentence of the language of now; "" where nothing fell."""
    if verdict.fall is None:
        return ""
    lang = (get_language() or "id")[:2]
    best, latest = verdict.best, verdict.latest
    return str(FALLS_EXPLAINED[verdict.fall]) % {
        "now": number(latest.total, lang, decimals=1) if latest else "",
        "day": date_format(latest.day, "j F Y") if latest else "",
        "best": number(best.total, lang, decimals=1) if best else "",
        "best_day": date_format(best.day, "j F Y") if best else "",
        "days": number(verdict.days or 0, lang),
    }


def look_again() -> int:
    """Once a day: real revitalised markets at which nobody has looked for too long; how many there are.

    The demo's markets are left out: time that passes must not put invented alarms on the walls.
    """
    found = 0
    for market in Market.objects.filter(rebuilt_on__isnull=False, origin=Source.REAL):
        fall = verdict_of(market).fall
        if fall is not None and KINDS[fall] == UNWATCHED:
            found += 1
            # Said once: a repeat every day would take the alarm out of its rest.
            alive = Alarm.objects.alive().filter(source=f"markets.market:{market.pk}", kind=UNWATCHED)
            if not alive.exists():
                tell_condition(market)
    return found
