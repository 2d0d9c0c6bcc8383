"""Questions about reports, above all: what may this viewer see. Every page, socket and export asks here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper

from commandcenter.city.viewers import PUBLIC, Viewer
from complaints import rights
from complaints.workflow import OUTCOMES, STARTS, Status

_CLOSED = sorted(OUTCOMES)


class ThroughReport(models.QuerySet[Any]):
    """Rows that are as visible as their report."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Rows whose report ``viewer`` may read."""
        return self.filter(rights.visible(viewer, "report__"))


class AttachmentQuerySet(ThroughReport):
    """Files."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Files whose report ``viewer`` may read; the public sees those meant for it."""
        found = super().visible_to(viewer)
        return found.filter(public=True, state="ready") if viewer.kind == "public" else found


class ReportQuerySet(models.QuerySet[Any]):
    """Reports."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Reports that ``viewer`` may read."""
        return self.filter(rights.visible(viewer))

    def exportable_by(self, viewer: Viewer) -> Self:
        """Reports whose rows ``viewer`` may take away."""
        return self.visible_to(viewer) if viewer.can(rights.EXPORT) else self.none()

    def public(self) -> Self:
        """Reports that everybody may read."""
        return self.visible_to(PUBLIC)

    def open(self) -> Self:
        """Reports with something left to do."""
        return self.exclude(status__in=_CLOSED)

    def closed(self) -> Self:
        """Reports with an outcome."""
        return self.filter(status__in=_CLOSED)

    def untouched(self) -> Self:
        """Reports nobody has looked at."""
        return self.filter(status__in=sorted(STARTS))

    def overdue(self, at: datetime) -> Self:
        """Open reports with a deadline behind them; those that wait for the citizen stand still."""
        return self.open().filter(next_due__lt=at).exclude(status=Status.WAITING.value)

    def within(self, west: float, south: float, east: float, north: float) -> Self:
        """Reports in a box of degrees (an index answers)."""
        box = Func(
            Func(Value(west), Value(south), function="point"),
            Func(Value(east), Value(north), function="point"),
            function="box",
        )
        place = Func(F("lng"), F("lat"), function="point", output_field=models.Field())
        inside = Func(
            place, box, arg_joiner=" <@ ", template="(%(expressions)s)", output_field=models.BooleanField()
        )
        return self.filter(lat__isnull=False).filter(inside)

    def find(self, words: str) -> Self:
        """Full text in Indonesian; a number or a part of an address is found too."""
        words = " ".join(words.split())[:200]
        if not words:
            return self
        plain = words.replace(" ", "").replace("-", "").upper()
        found = Q(search=SearchQuery(words, config="indonesian", search_type="websearch"))
        if 6 <= len(plain) <= 13 and plain.isalnum():
            found |= Q(number__in=_numbers(plain))
        if len(words) >= 4:
            found |= Q(address_upper__contains=words.upper())
            return self.annotate(address_upper=Upper("address")).filter(found)
        return self.filter(found)


def _numbers(plain: str) -> list[str]:
    body = plain[-8:]
    prefix = plain[:-8]
    return [f"{prefix}-{body[:4]}-{body[4:]}"] if prefix else []
