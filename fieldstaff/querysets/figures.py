"""Questions about attendance, corrections and the ledger."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from commandcenter.city.viewers import Role, Viewer
from fieldstaff import rights


class AttendanceQuerySet(models.QuerySet[Any]):
    """Versions of days."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Days of officers whose figures ``viewer`` may read."""
        return self.filter(rights.figures(viewer, "officer__"))

    def shown_of(self, officer: Any) -> Self:
        """One officer's days where they may be read; he comes from ``with_rights``."""
        return self.filter(officer=officer) if officer.may_figures else self.none()

    def counted_for(self, viewer: Viewer) -> Self:
        """Rows that only ever become a count or a sum."""
        return self.filter(rights.counted(viewer, "officer__"))

    def current(self) -> Self:
        """The newest version of each shift, and of each day without one.

        A day without a shift gives way to a shift that it got later, and a shift that was moved to another
        date or officer counts only there.
        """
        same = Q(shift=OuterRef("shift")) | Q(shift__isnull=True, no_shift=OuterRef("no_shift"))
        rows = self.model._default_manager.annotate(no_shift=Q(shift__isnull=True))
        later = rows.filter(
            same,
            officer=OuterRef("officer"),
            work_date=OuterRef("work_date"),
            version__gt=OuterRef("version"),
        )
        its_own = Q(shift__officer=F("officer"), shift__work_date=F("work_date"))
        shifts = self.model._meta.get_field("shift").related_model._default_manager.filter(
            officer=OuterRef("officer"), work_date=OuterRef("work_date"), attendances__isnull=False
        )
        return (
            self.alias(no_shift=Q(shift__isnull=True))
            .filter(its_own | Q(shift__isnull=True) & ~Exists(shifts))
            .exclude(Exists(later))
        )

    def newest_first(self) -> Self:
        """The newest version of each shift and of each day without one; for many rows."""
        return self.order_by("officer_id", "work_date", "shift_id", "-version").distinct(
            "officer_id", "work_date", "shift_id"
        )

    def on_days(self, first: date, last: date) -> Self:
        """Of these work dates, both included."""
        return self.filter(work_date__range=(first, last))


class LedgerQuerySet(models.QuerySet[Any]):
    """Money of one officer."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Lines of officers whose rupiah ``viewer`` may read."""
        return self.filter(rights.pay(viewer, "officer__"))


class CorrectionQuerySet(models.QuerySet[Any]):
    """Corrections and their decisions."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those about officers whose figures ``viewer`` may read."""
        fields = {field.name for field in self.model._meta.get_fields()}
        return self.filter(
            rights.figures(viewer, "officer__" if "officer" in fields else "correction__officer__")
        )

    def waiting(self) -> Self:
        """Corrections nobody has decided."""
        return self.filter(decision__isnull=True)

    def approved(self) -> Self:
        """Corrections that count, the oldest first: the later wins."""
        return self.filter(decision__approved=True).order_by("decision__decided_at", "pk")


class PeriodQuerySet(models.QuerySet[Any]):
    """Pay periods."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of one's agencies, for those who may read the ledger; all for admins and the city's clerk."""
        if viewer.kind != "user" or rights.PAY not in viewer.permissions:
            return self.none()
        if viewer.has(Role.ADMIN):
            return self
        if viewer.agencies:
            return self.filter(agency__in=sorted(viewer.agencies))
        return self.filter(rights.agencies_of_clerk(viewer))

    def in_force(self) -> Self:
        """The newest step of each period."""
        later = self.model._default_manager.filter(
            agency=OuterRef("agency"), days=OuterRef("days"), version__gt=OuterRef("version")
        )
        return self.exclude(Exists(later))

    def holding(self, day: date) -> Self:
        """The steps of periods that hold ``day``, the newest first."""
        return self.filter(days__contains=day).order_by("-version")


class DutyPolicyQuerySet(models.QuerySet[Any]):
    """Rules."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Rules are no secret inside the house: an officer reads what his pay is computed by."""
        return self if viewer.kind == "user" else self.none()

    def bearing(self, subject: str, agency: int | None, last: date) -> Self:
        """All rules that an agency may have been under until ``last``."""
        return self.filter(Q(agency=agency) | Q(agency__isnull=True), subject=subject, valid_from__lte=last)

    def holding(self, subject: str, agency: int | None, day: date) -> Any | None:
        """The rules of an agency on a day: its own before those of all, then the newest."""
        rows = self.bearing(subject, agency, day)
        return rows.order_by(F("agency").asc(nulls_last=True), "-valid_from", "-pk").first()
