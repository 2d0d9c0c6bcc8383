"""Questions about alarms."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Case, Q, When

from commandcenter.city.viewers import Viewer

NOBODY = "none"


class AlarmQuerySet(models.QuerySet[Any]):
    """Alarms."""

    def visible_to(self, viewer: Viewer) -> Self:
        """By sharing class like the thing they are about, and those of an agency head's own agencies.

        The public sees none: an alarm is work, not news.
        """
        if viewer.kind == "public":
            return self.none()
        return self.filter(Q(sharing__in=sorted(viewer.sharing)) | Q(agency__in=sorted(viewer.agencies)))

    def alive(self) -> Self:
        """Open and acknowledged ones."""
        return self.exclude(state="cleared")

    def worst_first(self) -> Self:
        """Real before drill, open before acknowledged, then by severity, then the oldest."""
        ranks = ("panic", "critical", "warning", "info")
        order = Case(*(When(severity=word, then=place) for place, word in enumerate(ranks)), default=9)
        seen = Case(When(state="open", then=0), default=1)
        return self.order_by("drill", seen, order, "opened_at", "pk")


def scopes_of(viewer: Viewer) -> set[str]:
    """The scopes of alarm events that ``viewer`` may hear."""
    if viewer.kind == "public":
        return set()
    return {f"sharing-{value}" for value in viewer.sharing} | {f"agency-{pk}" for pk in viewer.agencies}


def scopes_for(sharing: str, agency: int | None) -> set[str]:
    """The scopes that an event about such an alarm goes to."""
    found = {f"sharing-{sharing}"}
    return found | {f"agency-{agency}"} if agency else found
