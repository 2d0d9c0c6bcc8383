"""An order begins: from a report, from an alarm, or by hand."""

from __future__ import annotations

import uuid as uuids
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.boundaries import area_at
from commandcenter.city.viewers import Viewer
from commandcenter.incidents.models import Alarm
from complaints.models import Report
from complaints.models.choices import Priority
from complaints.texts import clean_text
from fieldstaff.dispatch.orderflow import By
from fieldstaff.models import Order, OrderState
from fieldstaff.orders import standing
from fieldstaff.orders.writing import TEXT_LIMIT, Clash, Said, actor, announce, append

MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is to be done; empty place, area and time are taken from the report or the alarm.

    ``agency`` is a pk; ``lat``, ``lng`` degrees, both or neither; ``skills`` and ``topics`` short words.
    """

    agency: int
    text: str
    report: int | None = None
    alarm: int | None = None
    address: str = ""
    lat: float | None = None
    lng: float | None = None
    area: int | None = None
    priority: str = Priority.NORMAL
    deadline: datetime | None = None
    skills: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    uuid: uuids.UUID | None = None
    origin: str = "real"


@transaction.atomic
def create(new: NewOrder, *, viewer: Viewer | None) -> Order:
    """A new order that nobody was asked for yet. The same ``uuid`` again gives the order it made first.

    Raises PermissionDenied, ValidationError by field, Report.DoesNotExist or Alarm.DoesNotExist for what the
    viewer may not see, Clash("uuid_taken") for a uuid of somebody else's order.
    """
    if viewer is not None and not standing.may_create(viewer, new.agency):
        raise PermissionDenied
    if (earlier := _earlier(new, viewer)) is not None:
        return earlier
    report, alarm = _causes(new, viewer)
    order = _written(new, viewer, report, alarm)
    order.full_clean(exclude=["assignee", "parent", "report", "alarm"], validate_unique=False)
    order.save(force_insert=True)
    append(order, OrderState.NEW, By.OPERATOR, viewer, Said())
    audit.record(viewer=viewer, action="order.created", subject=order, detail={"agency": new.agency})
    announce(order)
    return order


def _earlier(new: NewOrder, viewer: Viewer | None) -> Order | None:
    if new.uuid is None:
        return None
    found: Order | None = Order.objects.filter(uuid=new.uuid).first()
    if found is not None and found.created_by_id != (viewer.pk if viewer else None):
        raise Clash("uuid_taken")
    return found


def _causes(new: NewOrder, viewer: Viewer | None) -> tuple[Report | None, Alarm | None]:
    reports = Report.objects.all() if viewer is None else Report.objects.visible_to(viewer)
    alarms = Alarm.objects.all() if viewer is None else Alarm.objects.visible_to(viewer)
    report = reports.get(pk=new.report) if new.report else None
    if report is not None and not report.is_open:
        raise ValidationError({"report": _("This report is closed. Reopen it first.")})
    return report, alarms.get(pk=new.alarm) if new.alarm else None


def _written(new: NewOrder, viewer: Viewer | None, report: Report | None, alarm: Alarm | None) -> Order:
    text = clean_text(new.text, TEXT_LIMIT)
    if not text:
        raise ValidationError({"text": _("Write what is to be done.")})
    cause = report or alarm
    now = timezone.now()
    if new.deadline is not None and new.deadline <= now:
        raise ValidationError({"deadline": _("That time is over already.")})
    heard = report.received_at if report else alarm.opened_at if alarm else now
    place, area = (new.lat, new.lng), new.area
    if place == (None, None) and cause is not None:
        place = (cause.lat, cause.lng)
    elif area is None and new.lat is not None and new.lng is not None:
        area = getattr(area_at(new.lat, new.lng), "pk", None)
    return Order(
        uuid=new.uuid or uuids.uuid4(), agency_id=new.agency, report=report, alarm=alarm, text=text,
        address=clean_text(new.address or (report.address if report else ""), 300), lat=place[0],
        lng=place[1], area_id=area or (cause.area_id if cause else None), priority=new.priority,
        deadline=new.deadline, skills=_words(new.skills), topics=_words(new.topics), created_at=now,
        reported_at=min(heard, now), created_by_id=actor(viewer).get("actor_id"),
        origin=cause.origin if cause else new.origin,
    )  # fmt: skip


def _words(said: tuple[str, ...]) -> list[str]:
    return sorted({word.strip().lower() for word in said if word.strip()})[:MOST_WORDS]
