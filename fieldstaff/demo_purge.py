"""Takes the demo's officers away with all that only they have; what people made stays and becomes real."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import Model, Q, QuerySet

from commandcenter.city import kept
from commandcenter.city.models import User
from commandcenter.city.origin import Source
from fieldstaff.models import (
    Attendance,
    Device,
    Leave,
    Officer,
    Order,
    OrderEvent,
    OrderPhoto,
    Outage,
    Policy,
    Position,
    RosterPattern,
    Shift,
    WorkArea,
)


@transaction.atomic
def purge() -> None:
    """Officers whom somebody changed, or to whom a real order went, stay with their phones and days."""
    kept.keep_edited(Officer, Device, WorkArea, RosterPattern, Outage)
    _keep_ordered()
    _accounts()
    phones = Device.objects.filter(origin=Source.SIMULATED, bindings__officer__origin=Source.REAL)
    kept.keep(Device.objects.filter(pk__in=phones.values("pk")))
    officers = Officer.objects.filter(origin=Source.SIMULATED)
    agencies = set(officers.values_list("agency", flat=True))
    gone = list(officers.values_list("pk", flat=True))
    _mark("on")
    try:
        _orders()
        Position.objects.filter(officer__in=gone).delete()
        Officer.objects.filter(supervisor__in=gone).update(supervisor=None)
        _clear(Officer.objects.filter(pk__in=gone))
        _clear(Device.objects.filter(origin=Source.SIMULATED))
        left = Policy.objects.filter(agency__in=agencies, created_by=None)
        left.exclude(agency__officers__isnull=False).exclude(pk__in=_used()).delete()
    finally:
        _mark("off")
    Outage.objects.filter(origin=Source.SIMULATED).delete()
    for model in (Shift, Leave):
        kept.keep(model._default_manager.filter(officer__origin=Source.REAL))
    _leave_used(RosterPattern.objects.filter(origin=Source.SIMULATED))
    _leave_used(WorkArea.objects.filter(origin=Source.SIMULATED))


def _mark(value: str) -> None:
    """Histories let rows of the demo go while this is on, in this transaction alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cc.erasing', %s, true)", [value])


def _used() -> QuerySet[Any]:
    return Attendance.objects.filter(policy__isnull=False).values("policy")


def _keep_ordered() -> None:
    """Whom a real order names, in its present or its past, is somebody people rely on."""
    real = Order.objects.filter(origin=Source.REAL, assignee__isnull=False).values("assignee")
    said = OrderEvent.objects.filter(order__origin=Source.REAL, officer__isnull=False).values("officer")
    shown = OrderPhoto.objects.filter(order__origin=Source.REAL, officer__isnull=False).values("officer")
    kept.keep(Officer.objects.filter(Q(pk__in=real) | Q(pk__in=said) | Q(pk__in=shown)))


def _accounts() -> None:
    """Accounts that a phone's enrolment made go, or stay, with their officer; the city's part takes them."""
    made = User.objects.filter(username__startswith="petugas-")
    theirs = {
        origin: list(Officer.objects.filter(origin=origin, user__isnull=False).values_list("user", flat=True))
        for origin in (Source.SIMULATED, Source.REAL)
    }
    made.filter(pk__in=theirs[Source.SIMULATED]).update(origin=Source.SIMULATED)
    kept.keep(made.filter(pk__in=theirs[Source.REAL]))


def _orders() -> None:
    """The demo's orders, those passed on first, with their events and photos; files when all is done."""
    rows = Order.objects.filter(origin=Source.SIMULATED)
    paths = [
        path for row in OrderPhoto.objects.filter(order__in=rows).values_list("original", "served", "thumb")
        for path in row if path
    ]  # fmt: skip
    while (leaves := rows.filter(children__isnull=True)).exists():
        gone = list(leaves.values_list("pk", flat=True))
        for model in (OrderPhoto, OrderEvent):
            model._base_manager.filter(order__in=gone).delete()
        Order.objects.filter(pk__in=gone).delete()

    def forget_files() -> None:
        for path in paths:
            default_storage.delete(path)

    transaction.on_commit(forget_files, robust=True)


def _clear(rows: QuerySet[Any], depth: int = 0) -> None:
    """Deletes rows and first whatever refuses to lose them."""
    if depth > 6:
        raise RuntimeError(f"{rows.model._meta.label}: rows hang on each other in a circle")
    for relation in rows.model._meta.related_objects:
        related = relation.related_model
        if relation.on_delete is not models.PROTECT or not isinstance(related, type):
            continue
        if related is not rows.model and issubclass(related, Model):
            name = f"{relation.field.name}__in"
            _clear(related._base_manager.filter(**{name: rows.values("pk")}), depth + 1)
    rows.delete()


def _leave_used(rows: QuerySet[Any]) -> None:
    """Deletes what nothing real stands on; the rest becomes real."""
    for row in rows:
        try:
            with transaction.atomic():
                row.delete()
        except models.ProtectedError:
            kept.keep(rows.model._default_manager.filter(pk=row.pk))
