"""Questions about reports, above all: what may this viewer see. Every page, socket and export asks here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper
from django.utils import timezone

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

    def sent_by_reporter(self) -> Self:
        """What the one who has the report's PIN sent himself: nothing of the house, of those who joined, or
        of anybody who wrote about it."""
        own = Q(message__isnull=True) | Q(message__reporter=F("report__reporter"))
        return self.filter(own, moment="reported", partner="", uploaded_by__isnull=True)

    def readable_by_sender(self, opened: Iterable[int]) -> Self:
        """What a browser that showed the PIN of the reports ``opened`` may see: files made anew of what
        was sent with exactly these, and what the house shows of them; a hidden report's page needs both."""
        found = self.filter(report__in=list(opened), state="ready", report__anonymised_at__isnull=True)
        return found.filter(Q(public=True) | Q(pk__in=found.sent_by_reporter().values("pk")))

    def due(self, at: datetime) -> Self:
        """Files that somebody has to fetch or to look at, and that nobody works on."""
        unfinished = self.filter(state__in=["waiting", "fetching"])
        return unfinished.filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=at))


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

    def received_between(self, first: date | None, last: date | None) -> Self:
        """Reports of these days of the city, both included; None leaves that side open."""
        found = self
        if first is not None:
            found = found.filter(received_at__gte=_midnight(first))
        if last is not None and last < date.max:
            found = found.filter(received_at__lt=_midnight(last + timedelta(days=1)))
        return found

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
            return self.alias(address_upper=Upper("address")).filter(found)
        return self.filter(found)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _numbers(plain: str) -> list[str]:
    body = plain[-8:]
    prefix = plain[:-8]
    return [f"{prefix}-{body[:4]}-{body[4:]}"] if prefix else []
