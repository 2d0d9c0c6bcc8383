"""Questions about alarms."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Q, When

from commandcenter.city.viewers import Viewer

VIEW = "incidents.view_alarm"


def may_see_alarms(viewer: Viewer) -> bool:
    """People need the right to look, screens and tokens a sharing class; the public sees none.

    An alarm is work, not news: a partner sees the shared cameras, not the work on them.
    """
    if viewer.kind == "user":
        return VIEW in viewer.permissions
    return viewer.kind != "public" and bool(viewer.sharing or viewer.agencies)


class AlarmQuerySet(models.QuerySet[Any]):
    """Alarms."""

    def visible_to(self, viewer: Viewer) -> Self:
        """By sharing class like the thing they are about, and those of or handed to a head's own agencies."""
        if not may_see_alarms(viewer):
            return self.none()
        own = sorted(viewer.agencies)
        return self.filter(
            Q(sharing__in=sorted(viewer.sharing)) | Q(agency__in=own) | Q(forwarded_to__in=own)
        )

    def alive(self) -> Self:
        """Open and acknowledged ones."""
        return self.exclude(state="cleared")

    def alive_at(self, moment: datetime) -> Self:
        """Those that were open or acknowledged at ``moment``."""
        return self.filter(opened_at__lte=moment).filter(
            Q(cleared_at__isnull=True) | Q(cleared_at__gt=moment)
        )

    def worst_first(self) -> Self:
        """Real before drill, open before acknowledged, then by severity, then the oldest."""
        ranks = ("panic", "critical", "warning", "info")
        order = Case(*(When(severity=word, then=place) for place, word in enumerate(ranks)), default=9)
        seen = Case(When(state="open", then=0), default=1)
        return self.order_by("drill", seen, order, "opened_at", "pk")

    def search(self, text: str) -> Self:
        """Every word in title, text, agency or area."""
        found = self
        for word in text.split()[:6]:
            found = found.filter(
                Q(title__icontains=word)
                | Q(text__icontains=word)
                | Q(agency__name__icontains=word)
                | Q(agency__short_name__icontains=word)
                | Q(area__name__icontains=word)
            )
        return found

    def tally(self) -> dict[str, int]:
        """Counts in one query: ``alive``, ``open``, ``acknowledged`` and running ``drill``."""
        alive = ~Q(state="cleared")
        return self.aggregate(
            alive=Count("pk", filter=alive),
            open=Count("pk", filter=Q(state="open")),
            acknowledged=Count("pk", filter=Q(state="acknowledged")),
            drill=Count("pk", filter=alive & Q(drill=True)),
        )


def scopes_of(viewer: Viewer) -> set[str]:
    """The scopes of alarm events that ``viewer`` may hear."""
    if not may_see_alarms(viewer):
        return set()
    return {f"sharing-{value}" for value in viewer.sharing} | {f"agency-{pk}" for pk in viewer.agencies}


def scopes_for(sharing: str, *agencies: int | None) -> set[str]:
    """The scopes that an event about such an alarm goes to."""
    return {f"sharing-{sharing}"} | {f"agency-{pk}" for pk in agencies if pk}
