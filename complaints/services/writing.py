"""What every verb on a report does: lock the row or refuse, append, move the pointers, announce."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from commandcenter import live
from commandcenter.city.viewers import Viewer
from complaints import rights, signals
from complaints.models import Report
from complaints.texts import clean_text

TOPIC = "complaints.report"


class Conflict(Exception):
    """Two people write at once, or somebody wrote since this page was read: HTTP 409, nothing is lost."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("A colleague has just changed this report. Look again, then repeat."))


def lock(pk: int, *, viewer: Viewer | None = None, rev: int | None = None) -> Report:
    """The report, locked for this transaction. Raises Conflict when it is held, or newer than ``rev``.

    With a viewer, Report.DoesNotExist for what he may not see: foreign and missing look the same.
    """
    rows = Report.objects.all() if viewer is None else Report.objects.visible_to(viewer)
    try:
        with transaction.atomic():
            report: Report = rows.select_for_update(nowait=True, of=("self",)).get(pk=pk)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "55P03":
            raise
        raise Conflict(_("A colleague is saving this report at this moment. Try again.")) from error
    if rev is not None and report.rev != rev:
        raise Conflict
    return report


def save(report: Report, *fields: str) -> None:
    """Writes the moved pointers with one more revision and tells the desks after commit."""
    report.rev += 1
    report.save(update_fields=[*dict.fromkeys(fields), "rev", "updated_at"])
    announce(report)


def announce(report: Report, *also: str, stays: bool = False) -> None:
    """Tells open pages which report changed; ``also`` are scopes it has just left.

    ``stays``: something beside it changed (a file is ready); its revision, and with it everybody's open form,
    stays good. Pages drop an event of a revision they know, so this one names none.
    """
    rev = 0 if stays else report.rev
    live.publish(TOPIC, id=report.pk, rev=rev, scopes=sorted(rights.scopes_for(report) | set(also)))
    pk = report.pk

    def send_signal() -> None:
        signals.report_changed.send_robust(sender=Report, pk=pk)

    transaction.on_commit(send_signal, robust=True)


def actor(viewer: Viewer | None) -> dict[str, Any]:
    """Who does it, by value, for a history row; the public has no name here."""
    if viewer is None:
        return {"actor_kind": "system"}
    return {
        "actor_kind": viewer.kind,
        "actor_id": viewer.pk if viewer.kind == "user" else None,
        "actor_name": clean_text(viewer.name, 160) if viewer.kind != "public" else "",
    }


def must(viewer: Viewer | None, codename: str) -> None:
    """Raises PermissionDenied unless ``viewer`` (None: the system itself) may."""
    if viewer is not None and not viewer.can(f"complaints.{codename}"):
        raise PermissionDenied
