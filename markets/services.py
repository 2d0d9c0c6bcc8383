"""Registering and changing markets."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from markets import falling, months
from markets.models import Market


def register_market(*, by: Viewer | None, **values: Any) -> Market:
    """A new market from its column values; ValidationError by field."""
    return save_market(by=by, market=Market(**values))


@transaction.atomic
def save_market(*, by: Viewer | None, market: Market) -> Market:
    """Validates and saves a new or edited market."""
    before = Market.objects.select_for_update().get(pk=market.pk) if market.pk else None
    market.full_clean()
    market.save()
    names = [field.attname for field in Market._meta.concrete_fields if field.name != "id"]
    if before is None:
        detail: dict[str, Any] = {name: getattr(market, name) for name in names}
        audit.record(viewer=by, action="market.registered", subject=market, detail=detail)
        return market
    pairs = {name: [getattr(before, name), getattr(market, name)] for name in names}
    detail = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if detail:
        audit.record(viewer=by, action="market.changed", subject=market, detail=detail)
        # Another number of places makes another share of the same reports.
        transaction.on_commit(lambda: months.tell_falls(market))
    if "rebuilt_on" in detail:
        transaction.on_commit(lambda: falling.tell_condition(market))
    return market
