"""Reports move along with their orders: verbs of complaints are called, and no report knows who did the work.

The row first: ``told_state`` is what the report was last told, and the sweep tells what a busy report missed.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from complaints import moves
from complaints.models import Attachment, Report
from complaints.services import files, moving, talking
from complaints.services.assigning import assign
from complaints.services.writing import Conflict
from complaints.workflow import Status
from fieldstaff.models import Order, OrderPhoto, OrderState, PhotoState
from fieldstaff.models.orderwords import BUSY, CLOSED
from fieldstaff.orders import family
from fieldstaff.orders.writing import Clash, Said
from fieldstaff.querysets.orders import OrderQuerySet

log = logging.getLogger(__name__)
WORKING = {*BUSY, OrderState.DONE} - {OrderState.OFFERED}
# Every line makes open forms of the report old: only what its desk waits for is written.
LINES = {
    OrderState.ACCEPTED, OrderState.ON_SCENE, OrderState.DONE, OrderState.VERIFIED, OrderState.REOPENED,
    OrderState.CANCELLED,
}  # fmt: skip
_BEFORE = {Status.NEW.value, Status.VERIFIED.value}


def _untold() -> OrderQuerySet:
    return Order.objects.roots().filter(report__isnull=False).exclude(told_state=F("state"))


def tell(pk: int) -> bool:
    """Brings the report to where its order is; False where there is nothing to tell, or it is busy."""
    order = _untold().filter(pk=pk).select_related("report", "agency").first()
    if order is None:
        return False
    try:
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            _follow(order)
            Order.objects.filter(pk=pk).update(told_state=order.state)
    except (Conflict, ValidationError) as reason:
        log.info("order %s has not moved its report yet: %s", pk, type(reason).__name__)
        return False
    return True


def _follow(order: Order) -> None:
    report = order.report
    if report is None or not report.is_open:
        return
    if order.state in WORKING:
        _start(order, report)
    if order.state in LINES:
        line = _("Field order %(number)s: %(state)s.")
        talking.add_note(
            pk=report.pk, viewer=None, text=line % {"number": order.pk, "state": order.get_state_display()}
        )
    if order.state == OrderState.DONE:
        _hand_photos(order, report)


def _start(order: Order, report: Report) -> None:
    """In progress, by way of the agency that has the order where nobody sent it on yet."""
    if report.status in _BEFORE and not report.is_test:
        assign(pk=report.pk, agency=order.agency, viewer=None, text=_("A field order was accepted."))
        report.refresh_from_db()
    if any(row.target is Status.IN_PROGRESS for row in moves.open_moves(report)):
        moving.move(pk=report.pk, target=Status.IN_PROGRESS.value, viewer=None)


def _hand_photos(order: Order, report: Report) -> None:
    """Photos of the work, as photos "after" of the report: the same bytes once."""
    children = list(order.children.values_list("pk", flat=True))
    rows = OrderPhoto.objects.filter(order__in=[order.pk, *children]).exclude(state=PhotoState.REFUSED)
    for photo in rows:
        if report.attachments.filter(sha256=photo.sha256).exists():
            continue
        with suppress(FileNotFoundError), default_storage.open(photo.original) as stored:
            files.take(
                stored.chunks(), name="foto.jpg", report=report, moment=Attachment.Moment.AFTER,
                declared="image/jpeg",
            )  # fmt: skip


def closed(pk: int) -> None:
    """Calls off the orders of a report where it is closed; one that is done stays to be checked."""
    if Report.objects.filter(pk=pk, closed_at__isnull=True).exists():
        return
    rows = Order.objects.filter(report=pk, parent__isnull=True).exclude(state__in=[*CLOSED, OrderState.DONE])
    for order in rows.values_list("pk", flat=True):
        with suppress(Clash), translation.override(settings.LANGUAGE_CODE):
            family.cancel(pk=order, viewer=None, said=Said(text=_("The report was closed.")))


def sweep(limit: int = 100) -> int:
    """Reports that were busy when their order moved; how many were told now."""
    return sum(tell(pk) for pk in list(_untold().values_list("pk", flat=True)[:limit]))
