"""Sending a report to the agency and person that has to work on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city.models import Agency, User
from commandcenter.city.viewers import Viewer
from complaints import moves, rights
from complaints.models import Assignment, Report, ReportKind
from complaints.services import clocks, moving, telling
from complaints.services.writing import actor, announce, lock, save
from complaints.texts import clean_text
from complaints.workflow import OUTCOMES, Status


@transaction.atomic
def assign(
    *,
    pk: int,
    agency: Agency | None,
    viewer: Viewer | None,
    officer: User | None = None,
    text: str = "",
    why: dict[str, Any] | None = None,
    rev: int | None = None,
    at: datetime | None = None,
) -> Report:
    """Gives the report to ``agency`` (None: back to triage) and perhaps to one of its people.

    The desk may send anywhere; an agency may send on within its own tree, up to the agency it is part of, and
    back to triage, each time with a reason. Raises
    Conflict, PermissionDenied, or ValidationError by field. The old agency's pages are told too.
    """
    report = lock(pk, viewer=viewer, rev=rev)
    _may(viewer, report, agency)
    _fits(report, agency, officer, viewer)
    text = clean_text(text, 2000)
    _reasoned(viewer, report, agency, text)
    left = rights.scopes_for(report)
    hand_over(report, agency=agency, officer=officer, viewer=viewer, text=text, why=why or {}, at=at)
    announce(report, *left)
    return report


def hand_over(
    report: Report,
    *,
    agency: Agency | None,
    officer: User | None,
    viewer: Viewer | None,
    text: str = "",
    why: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """The rows of :func:`assign` for a locked report: assignment, status, clocks, and word to the agency."""
    changed = report.agency_id != (agency.pk if agency else None)
    Assignment.objects.create(
        report=report, at=at or timezone.now(), agency=agency, agency_name=str(agency or "")[:160],
        officer=officer, text=text[:2000], why=why or {}, **actor(viewer),
    )  # fmt: skip
    report.agency, report.assignee = agency, officer
    if changed:
        clocks.recalculate(report, reason="agency", at=at)
    save(report, "agency", "assignee", *clocks.FIELDS)
    target = Status.FORWARDED if agency else Status.VERIFIED
    if report.status != target and any(row.target is target for row in moves.open_moves(report)):
        moving.put(report, target, viewer=viewer, text=text or _("Sent on."), at=at)
    if agency is not None and changed:
        telling.agency_has_report(report, agency)


def _may(viewer: Viewer | None, report: Report, agency: Agency | None) -> None:
    if viewer is None or (viewer.can("complaints.assign_report") and rights.sees_desk(viewer)):
        return
    up = report.agency.parent_id if report.agency else None
    within = agency is None or agency.pk in viewer.agencies or agency.pk == up
    if not (within and viewer.can("complaints.handle_report")):
        raise PermissionDenied


def _reasoned(viewer: Viewer | None, report: Report, agency: Agency | None, text: str) -> None:
    """A unit that gets a report from its agency reads why; the desk's reason is the category."""
    if viewer is None or rights.sees_desk(viewer) or text:
        return
    if report.agency_id != (agency.pk if agency else None):
        raise ValidationError({"text": _("Write why you send it on: the unit reads it.")})


def _fits(report: Report, agency: Agency | None, officer: User | None, viewer: Viewer | None) -> None:
    if report.status in OUTCOMES:
        raise ValidationError({"agency": _("The report is closed. Reopen it first.")})
    if report.kind == ReportKind.ROOM and viewer is not None:
        raise ValidationError({"agency": _("Send requests for rooms and ambulances on from their own desk.")})
    if report.is_test and agency is not None:
        raise ValidationError({"agency": _("A test report never reaches an agency.")})
    if officer is not None and (agency is None or officer.agency_id != agency.pk or not officer.is_active):
        raise ValidationError({"officer": _("This person does not work at that agency.")})
