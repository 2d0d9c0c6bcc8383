"""What a report is about, where it is, how soon and how bad: corrections are rows, never overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.boundaries import area_at
from commandcenter.city.viewers import Viewer
from complaints import rights
from complaints.models import (
    Category,
    CategoryChange,
    LocationChange,
    Note,
    Priority,
    PriorityChange,
    Report,
    ReportKind,
    Severity,
)
from complaints.services import clocks, rooms
from complaints.services.writing import actor, announce, lock, must, save
from complaints.texts import clean_text

REASON_LIMIT = 1000


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
    if _hides(report, category):
        _must_hide(viewer, "category")
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
    if (category.private or category.kind == ReportKind.ROOM) and not report.secret:
        report.secret = True
        _hidden_or_not(report, viewer, _("Secret by its category: %(category)s.") % {"category": category})
    if category.kind == ReportKind.ROOM:
        report.kind = category.kind
    clocks.recalculate(report, reason="category")
    save(report, "category", "kind", "secret", *clocks.FIELDS)
    if report.kind == ReportKind.ROOM:
        rooms.open_for(report, viewer=viewer)
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
    report.lat, report.lng, report.address = lat, lng, clean_text(address, 300)
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
        report=report, at=timezone.now(), priority=priority, severity=severity, text=clean_text(text, 500),
        **actor(viewer),
    )  # fmt: skip
    report.priority, report.severity = priority, severity
    clocks.recalculate(report, reason="priority")
    save(report, "priority", "severity", *clocks.FIELDS)
    return report


@transaction.atomic
def set_secret(*, pk: int, secret: bool, viewer: Viewer, text: str = "", rev: int | None = None) -> Report:
    """Hides a report outside the named roles, or lifts that, for a reason that stays in its history.

    Hiding is the desk's: an agency asks for it by a note. Lifting needs the right to secret ones.
    """
    must(viewer, "handle_report" if secret else "view_secret")
    report = lock(pk, viewer=viewer, rev=rev)
    if report.secret == secret:
        return report
    if secret:
        _must_hide(viewer, "secret")
    reason = clean_text(text, REASON_LIMIT)
    if not reason:
        raise ValidationError({"text": _("Write the reason: it stays in the history of the report.")})
    left = rights.scopes_for(report)
    report.secret = secret
    words = _("Made secret: %(reason)s") if secret else _("Not secret any more: %(reason)s")
    _hidden_or_not(report, viewer, words % {"reason": reason})
    save(report, "secret")
    announce(report, *left)
    return report


def _hides(report: Report, category: Category) -> bool:
    """Whether filing it there takes it, or keeps it, out of sight of those who see it now."""
    if category.kind == ReportKind.ROOM:
        return True
    was = report.secret and report.category is not None and report.category.private
    return category.private and not was


def _must_hide(viewer: Viewer | None, field: str) -> None:
    if viewer is not None and not rights.may_hide(viewer):
        words = _("Only the city's desk makes a report secret. Write a note that asks for it.")
        raise ValidationError({field: words})


def _hidden_or_not(report: Report, viewer: Viewer | None, words: str) -> None:
    """The row in the history, and the entry in the audit log, which holds no words."""
    Note.objects.create(report=report, at=timezone.now(), text=words, **actor(viewer))
    audit.record(viewer=viewer, action="report.secrecy", subject=report, detail={"hidden": report.secret})
