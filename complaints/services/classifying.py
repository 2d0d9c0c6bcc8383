"""What a report is about, where it is, how soon and how bad: corrections are rows, never overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city.boundaries import area_at
from commandcenter.city.viewers import Viewer
from complaints import rights
from complaints.models import (
    Category,
    CategoryChange,
    LocationChange,
    Priority,
    PriorityChange,
    Report,
    Severity,
)
from complaints.services import clocks
from complaints.services.writing import actor, announce, lock, must, save


@transaction.atomic
def set_category(
    *,
    pk: int,
    category: Category,
    viewer: Viewer | None,
    why: dict[str, Any] | None = None,
    rev: int | None = None,
) -> Report:
    """Files the report under another category; its clocks are counted anew from their own start."""
    must(viewer, "handle_report")
    report = lock(pk, viewer=viewer, rev=rev)
    if report.category_id == category.pk:
        return report
    newest = CategoryChange.objects.filter(report=report, suggested__isnull=False).order_by("-pk").first()
    CategoryChange.objects.create(
        report=report, at=timezone.now(), category=category, why=why or {},
        suggested_id=newest.suggested_id if newest else None,
        confidence=newest.confidence if newest else None,
        **actor(viewer),
    )  # fmt: skip
    left = rights.scopes_for(report)
    report.category = category
    # A private category makes secret; leaving one does not make public: that is a decision of its own.
    report.secret = report.secret or category.private
    clocks.recalculate(report, reason="category")
    save(report, "category", "secret", *clocks.FIELDS)
    announce(report, *left)
    return report


@transaction.atomic
def set_location(
    *,
    pk: int,
    lat: float | None,
    lng: float | None,
    viewer: Viewer | None,
    address: str = "",
    rev: int | None = None,
) -> Report:
    """Moves the report's point; its area follows from the boundaries. Fires no routing rule."""
    must(viewer, "handle_report")
    report = lock(pk, viewer=viewer, rev=rev)
    if (lat is None) != (lng is None):
        raise ValidationError({"lat": _("Give both latitude (-90 to 90) and longitude (-180 to 180).")})
    locate(report, lat=lat, lng=lng, address=address, viewer=viewer, by_hand=True)
    save(report, "lat", "lng", "address", "area")
    return report


def locate(
    report: Report,
    *,
    lat: float | None,
    lng: float | None,
    address: str,
    viewer: Viewer | None,
    by_hand: bool,
    at: datetime | None = None,
) -> None:
    """The location row and pointers of a locked report."""
    if lat is not None and lng is not None:
        report.area = area_at(lat, lng) or report.area
    report.lat, report.lng, report.address = lat, lng, address.strip()[:300]
    LocationChange.objects.create(
        report=report, at=at or timezone.now(), lat=lat, lng=lng, address=report.address, area=report.area,
        by_hand=by_hand, **actor(viewer),
    )  # fmt: skip


@transaction.atomic
def set_priority(
    *, pk: int, priority: str, severity: str, viewer: Viewer | None, text: str = "", rev: int | None = None
) -> Report:
    """How soon and how bad; an urgent one counts by the wall clock from its own start."""
    must(viewer, "handle_report")
    if priority not in Priority.values:
        raise ValidationError({"priority": _("Choose from the lists.")})
    if severity not in Severity.values:
        raise ValidationError({"severity": _("Choose from the lists.")})
    report = lock(pk, viewer=viewer, rev=rev)
    PriorityChange.objects.create(
        report=report, at=timezone.now(), priority=priority, severity=severity, text=text.strip()[:500],
        **actor(viewer),
    )  # fmt: skip
    report.priority, report.severity = priority, severity
    clocks.recalculate(report, reason="priority")
    save(report, "priority", "severity", *clocks.FIELDS)
    return report


@transaction.atomic
def set_secret(*, pk: int, secret: bool, viewer: Viewer, rev: int | None = None) -> Report:
    """Hides a report outside the named roles, or lifts that; lifting needs the right to secret ones."""
    must(viewer, "handle_report" if secret else "view_secret")
    report = lock(pk, viewer=viewer, rev=rev)
    left = rights.scopes_for(report)
    report.secret = secret
    save(report, "secret")
    announce(report, *left)
    return report
