"""Updates that partners post (``servicerequestupdates``): once each, and never past the table of moves.

Whoever sent a report speaks for its citizen: his words become a message, REOPEN follows the rules of
reopening, and a status that he merely states is written down as his word. A key that may handle reports moves
them, where the table has that move. What a status does not say clearly (CLOSED: how?) moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from commandcenter.city.viewers import Viewer
from complaints.models import Channel, PartnerReport, PartnerUpdate, Report, Reporter
from complaints.models.choices import STATUS_LABELS
from complaints.services import moving, reopening, talking
from complaints.workflow import Status

HANDLE = "complaints.handle_report"
# What each word asks for; None: nothing moves for it.
MOVES: dict[str, Status | None] = {
    "UNCHANGED": None, "OPEN": None, "IN_PROGRESS": Status.IN_PROGRESS, "INVESTIGATING": Status.IN_PROGRESS,
    "PLANNED": Status.SCHEDULED, "ACTION_SCHEDULED": Status.SCHEDULED, "FIXED": Status.RESOLVED,
    "CLOSED": None, "DUPLICATE": None, "NOT_COUNCILS_RESPONSIBILITY": None,
    "NO_FURTHER_ACTION": Status.UNABLE, "INTERNAL_REFERRAL": None, "FOR_TRIAGE": None, "CANCELLED": None,
    "REOPEN": None,
}  # fmt: skip
MOST_A_DAY = 20
SILENT = frozenset({"UNCHANGED", "OPEN"})


@dataclass(frozen=True, slots=True)
class Update:
    """What was posted, already read: ``at`` is aware, ``status`` a key of MOVES."""

    update_id: str
    status: str
    text: str
    at: datetime
    reporter: Reporter | None = None


def known(viewer: Viewer, update_id: str) -> PartnerUpdate | None:
    """The first result of an update that this key posted before."""
    row: PartnerUpdate | None = (
        PartnerUpdate.objects.filter(key=viewer.pk or 0, update_id=update_id).select_related("report").first()
    )
    return row


def sent_by(viewer: Viewer, report: Report) -> bool:
    """Whether this key sent the report, and so speaks for its citizen."""
    return PartnerReport.objects.filter(report=report, key=viewer.pk or 0).exists()


def stranger(viewer: Viewer, report: Report) -> str:
    """The name of a key that did not send the report; empty for the one that did."""
    return "" if sent_by(viewer, report) else viewer.name[:160]


def enough(viewer: Viewer, report: Report) -> bool:
    """Whether a key said as much today as it may about a report that it did not send."""
    since = timezone.now() - timedelta(days=1)
    rows = PartnerUpdate.objects.filter(report=report, key=viewer.pk or 0, received_at__gte=since)
    return not sent_by(viewer, report) and rows.count() >= MOST_A_DAY


def take(report: Report, update: Update, *, viewer: Viewer, channel: Channel) -> tuple[PartnerUpdate, bool]:
    """Writes the update down and does what it asks for; False beside the row of an earlier time.

    Raises ValidationError by field, PermissionDenied (a reopening of somebody else's report), Conflict.
    """
    try:
        with transaction.atomic():
            row = PartnerUpdate.objects.create(
                report=report, key=viewer.pk or 0, update_id=update.update_id, status=update.status,
                at=min(update.at, timezone.now()),
            )  # fmt: skip
            _apply(report, update, viewer, channel)
            return row, True
    except IntegrityError:
        first = known(viewer, update.update_id)
        if first is None:
            raise
        return first, False


def _apply(report: Report, update: Update, viewer: Viewer, channel: Channel) -> None:
    own = sent_by(viewer, report)
    if update.status == "REOPEN":
        if not own:
            raise PermissionDenied
        reopening.ask_reopening(pk=report.pk, text=update.text, reporter=update.reporter or report.reporter)
    elif viewer.can(HANDLE) and Report.objects.visible_to(viewer).filter(pk=report.pk).exists():
        _handled(report, update, viewer, own=own, channel=channel)
    else:
        _said(report, update, channel, viewer, own=own)


def _handled(report: Report, update: Update, viewer: Viewer, *, own: bool, channel: Channel) -> None:
    target = MOVES[update.status]
    if target is not None and target.value != report.status:
        moving.move(pk=report.pk, target=target.value, viewer=viewer, text=update.text)
    elif own:
        _said(report, update, channel, viewer, own=True)
    else:
        talking.add_note(pk=report.pk, viewer=viewer, text=stated(update.status, update.text), public=True)


def _said(report: Report, update: Update, channel: Channel, viewer: Viewer, *, own: bool) -> None:
    """A word of the citizen; the status he states is written down and moves nothing.

    A key that did not send the report never speaks as its reporter: the story names the key.
    """
    with translation.override(settings.LANGUAGE_CODE):
        named = "" if own else _("partner: %(name)s") % {"name": viewer.name}
    talking.receive(
        pk=report.pk, channel=channel, reporter=update.reporter or (report.reporter if own else None),
        text=stated(update.status, update.text), sent_at=update.at, replies=own, partner=named,
    )  # fmt: skip


def stated(status: str, text: str) -> str:
    """The words with the status that the other side gave, where it says anything."""
    if status in SILENT:
        return text
    target = MOVES.get(status)
    word = STATUS_LABELS[target] if target else status.replace("_", " ").lower()
    return f"{_('[status at the sender: %(status)s]') % {'status': word}} {text}".strip()


def must_be_known(status: str) -> str:
    """The status word, or ValidationError."""
    if status not in MOVES:
        raise ValidationError({"status": _("One of %(words)s is expected.") % {"words": ", ".join(MOVES)}})
    return status
