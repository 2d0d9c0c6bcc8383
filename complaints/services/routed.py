"""Routing rules as stored, asked about a report, and what they said written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from commandcenter.city.models import Area, User
from commandcenter.city.region import Region
from commandcenter.stamps import stamp_of
from complaints.models import Report, Routing, RoutingRule
from complaints.routing import Case, Decision, Rule, decide
from complaints.services import assigning

BROKEN = "broken"
LISTS = ("categories", "areas", "channels")


def rules() -> tuple[Rule, ...]:
    """The rules in use, in their order (one query while nobody changed one)."""
    lists = (RoutingRule.categories.through, RoutingRule.areas.through, RoutingRule.channels.through)
    officers = User.objects.filter(pk__in=RoutingRule.objects.values("officer")).values("pk", "is_active")
    return _read(stamp_of(RoutingRule, *lists, officers))


@lru_cache(maxsize=2)
def _read(stamp: str) -> tuple[Rule, ...]:
    rows = RoutingRule.objects.filter(active=True).select_related("officer")
    return tuple(_rule(row) for row in rows.prefetch_related(*LISTS))


def _rule(row: RoutingRule) -> Rule:
    return Rule(
        pk=row.pk,
        version=row.version,
        name=row.name,
        agency=row.agency_id,
        officer=row.officer_id,
        officer_active=row.officer is None or row.officer.is_active,
        priority=row.priority,
        dispatch=row.dispatch,
        categories=frozenset(item.pk for item in row.categories.all()),
        areas=frozenset(item.pk for item in row.areas.all()),
        channels=frozenset(item.pk for item in row.channels.all()),
        words=tuple(" ".join(word.lower().split()) for word in row.words),
        weekdays=frozenset(row.weekdays),
        hours=(row.opens, row.closes) if row.opens and row.closes else None,
    )


def case_of(report: Report, at: datetime | None = None) -> Case:
    """The report as routing sees it; its areas up to the province."""
    category = report.category
    ids = {category.pk, category.parent_id} if category else set()
    return Case(
        text=report.text,
        at=at or report.received_at,
        categories=frozenset(pk for pk in ids if pk),
        areas=_upward(report.area),
        channel=report.channel_id,
    )


def _upward(area: Area | None) -> frozenset[int]:
    found: set[int] = set()
    while area is not None and area.pk not in found:
        found.add(area.pk)
        area = area.parent
    return frozenset(found)


def ask(report: Report, known: Sequence[Rule] | None = None) -> Decision:
    """What the rules say of the report, nothing written: the dry run."""
    return decide(known if known is not None else rules(), case_of(report), Region.current().zone_info)


def route(report: Report) -> Decision:
    """Asks, writes the trace, and sends a locked report at once where the rule says so.

    Without a winning rule the category's usual agency is the proposal; an operator confirms it.
    """
    decision = ask(report)
    rule = decision.rule
    usual = report.category.agency_id if report.category else None
    agency = rule.agency if rule else usual
    sends = bool(rule and rule.dispatch and not report.is_test)
    _mark_broken(decision)
    Routing.objects.create(
        report=report, at=report.received_at, rule_id=rule.pk if rule else None,
        rule_version=rule.version if rule else None, agency_id=agency, dispatched=sends, trace=decision.trace,
    )  # fmt: skip
    if rule and sends:
        row = RoutingRule.objects.select_related("agency", "officer").get(pk=rule.pk)
        why: dict[str, Any] = {"rule": row.pk, "version": row.version, "name": row.name}
        assigning.hand_over(
            report, agency=row.agency, officer=row.officer, viewer=None, text=row.name, why=why
        )
    return decision


def _mark_broken(decision: Decision) -> None:
    if decision.broken:
        RoutingRule.objects.filter(pk__in=decision.broken).exclude(problem=BROKEN).update(problem=BROKEN)
