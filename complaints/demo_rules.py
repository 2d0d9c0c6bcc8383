"""Routing rules of the demo city: proposals that an operator confirms, and something for the dry run."""

from __future__ import annotations

from datetime import time

from commandcenter.city import kept
from commandcenter.city.models import Agency, Area
from commandcenter.city.origin import Source
from complaints.models import Category, Priority, Routing, RoutingRule

WORKDAYS = [0, 1, 2, 3, 4]


def seed() -> None:
    """Adds them once; a rule whose agency is not there is left out."""
    if RoutingRule.objects.filter(origin=Source.SIMULATED).exists():
        return
    _rule(10, "Gardu, kabel dan tiang listrik", "pln", words=["gardu", "kabel listrik", "tiang listrik"])
    _rule(20, "Tawuran dan begal", "polres", words=["tawuran", "begal"], priority=Priority.HIGH)
    _rule(
        30, "Pasar di jam kerja", "disperindag", categories="PSR", weekdays=WORKDAYS,
        opens=time(7, 30), closes=time(16, 0),
    )  # fmt: skip
    _rule(40, "Pasar dan lapak di Kecamatan Petir", "kec-petir", categories="PSR", area="36.04.19")


def _rule(
    order: int, name: str, agency: str, *, categories: str = "", area: str = "", **conditions: object
) -> None:
    to = Agency.objects.filter(code=agency).first()
    if to is None:
        return
    rule = RoutingRule.objects.create(
        order=order, name=name, agency=to, origin=Source.SIMULATED, **conditions
    )
    if categories:
        rule.categories.set(Category.objects.filter(code__startswith=categories))
    if area:
        rule.areas.set(Area.objects.filter(code=area))


def purge() -> None:
    """Takes them away; a rule that somebody changed, or that real reports name, becomes the city's own."""
    kept.keep_edited(RoutingRule)
    named = Routing.objects.filter(rule__isnull=False).values("rule")
    kept.keep(RoutingRule.objects.filter(pk__in=named))
    RoutingRule.objects.filter(origin=Source.SIMULATED).delete()
