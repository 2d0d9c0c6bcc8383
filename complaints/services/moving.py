"""Moving a report on: the one road to another status."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city.viewers import Viewer
from complaints import moves
from complaints.models import Attachment, Report, StatusChange
from complaints.models.choices import STATUS_LABELS
from complaints.services import clocks, telling
from complaints.services.writing import actor, lock, must, save
from complaints.texts import clean_text
from complaints.workflow import OUTCOMES, Move, Status

TEXT_LIMIT = 4000


@transaction.atomic
def move(
    *,
    pk: int,
    target: str,
    viewer: Viewer | None,
    text: str = "",
    body_named: str = "",
    rev: int | None = None,
    at: datetime | None = None,
) -> Report:
    """Moves the report to ``target`` if the table has that row for it and for ``viewer``.

    Raises Conflict, PermissionDenied, or ValidationError by field: no such move, a reason missing, a proof
    photo missing, the right body missing.
    """
    report = lock(pk, viewer=viewer, rev=rev)
    status = _status(target)
    row = next((item for item in moves.open_moves(report) if item.target is status), None)
    _may(viewer, report, status, row)
    assert row is not None
    text, body_named = clean_text(text, TEXT_LIMIT), clean_text(body_named, 160)
    _complete(report, row, text, body_named)
    put(report, status, viewer=viewer, text=text, body_named=body_named, at=at)
    return report


def put(
    report: Report,
    status: Status,
    *,
    viewer: Viewer | None,
    text: str = "",
    body_named: str = "",
    at: datetime | None = None,
) -> StatusChange:
    """Appends the row and moves the pointers of a locked report; the move itself was checked before."""
    moment, before = at or timezone.now(), Status(report.status)
    row = StatusChange.objects.create(
        report=report,
        at=moment,
        source=before,
        target=status,
        text=text,
        body_named=body_named,
        **actor(viewer),
    )
    report.status, report.status_at = status.value, moment
    report.closed_at = moment if status in OUTCOMES else None
    if status is Status.REOPENED:
        report.round += 1
    clocks.moved(report, before=before, status=status, at=moment)
    save(report, "status", "status_at", "closed_at", *clocks.FIELDS)
    telling.status_changed(report, row)
    return row


def _status(target: str) -> Status:
    try:
        return Status(target)
    except ValueError:
        raise ValidationError({"status": _("Choose from the lists.")}) from None


def _may(viewer: Viewer | None, report: Report, status: Status, row: Move | None) -> None:
    if row is None:
        words = {"here": STATUS_LABELS[Status(report.status)], "there": STATUS_LABELS[status]}
        raise ValidationError({"status": _("“%(here)s” cannot become “%(there)s”.") % words})
    must(viewer, row.right)
    if viewer is not None and viewer.kind not in {"user", "token", "public"}:
        raise PermissionDenied


def _complete(report: Report, row: Move, text: str, body_named: str) -> None:
    if row.text and not text:
        raise ValidationError({"text": _("Write why: the citizen reads it.")})
    if row.target is Status.NOT_OURS and not body_named:
        raise ValidationError({"body_named": _("Name the body that is responsible.")})
    if row.target is Status.DUPLICATE and report.duplicate_of_id is None:
        raise ValidationError({"status": _("Say which report it is a duplicate of: merge it into that one.")})
    if (
        row.target is Status.RESOLVED
        and report.category
        and report.category.proof_photo
        and not _proof(report)
    ):
        raise ValidationError({"photo": _("This category asks for a photo after the work.")})


def _proof(report: Report) -> bool:
    kinds = [Attachment.Kind.PHOTO, Attachment.Kind.VIDEO]
    shown = report.attachments.filter(moment=Attachment.Moment.AFTER, kind__in=kinds)
    return bool(shown.filter(state=Attachment.State.READY).exists())
