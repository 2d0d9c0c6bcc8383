"""One officer: how he stands now, one day of his with its figures and times, and the way to his route."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, F, Q, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commandcenter.city.permissions import get_visible
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.wall.registry import panels
from fieldstaff import daybook, spoofwords, trailing
from fieldstaff.days import signs
from fieldstaff.models import Attendance, Leave, Officer, Order, OrderEvent, OrderPhoto, OrderState, Shift
from fieldstaff.views.listing import officers_page, stand
from fieldstaff.views.trail import LookForm, day_of, is_told

MOST_STEPS, MOST_PHOTOS = 200, 100


@require_GET
@officers_page
def officer(request: HttpRequest, pk: int) -> HttpResponse:
    """The officer's page for one day."""
    viewer, day, now = viewer_of(request), day_of(request), timezone.now()
    rows = Officer.objects.visible_to(viewer).select_related("agency", "supervisor", "work_area", "latest")
    found = get_visible(rows.with_rights(viewer).annotate(heartbeat=F("latest__device__heartbeat_s")), pk=pk)
    near = Q(work_date=day) | Q(span__contains=now)
    shifts = list(Shift.objects.filter(near, officer=found).order_by("span"))
    stand(found, shifts, now)
    context = {
        "officer": found,
        "day": day,
        "today": timezone.localdate(now),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "days": days(viewer, found, day, shifts),
        "may_figures": found.may_figures,
        "leaves": leaves(found, day),
        "panels": _panels(viewer, found),
        "own": trailing.is_own(viewer, found),
        **_trail(request, viewer, found, day),
    }
    return render(request, "fieldstaff/officer.html", context)


def days(viewer: Viewer, found: Any, day: date, shifts: list[Any]) -> list[daybook.Sheet]:
    """The shifts of a day, each with its figures where the viewer may read them; also a day without one.

    ``shifts`` are the officer's; who may not read his figures sees of them what ``visible_to`` leaves him.
    """
    if found.may_figures:
        shown = [shift for shift in shifts if shift.work_date == day]
    else:
        shown = list(Shift.objects.visible_to(viewer).filter(officer=found, work_date=day).order_by("span"))
    by_shift: dict[int | None, Any] = {row.shift_id: row for row in _versions(found, day)}
    more = list(tasks(viewer, found, day)) if shown else []
    sheets = [daybook.sheet(shift, by_shift.pop(shift.pk, None), more) for shift in shown]
    return sheets + [daybook.sheet(row.shift, row) for row in by_shift.values()]


def _versions(found: Any, day: date) -> list[Any]:
    """The versions in force: as ``current()`` has it, with less to ask where every one has its own shift."""
    rows = Attendance.objects.shown_of(found).filter(work_date=day).select_related("shift")
    newest = list(rows.newest_first())
    if any(row.shift is None for row in newest):
        return list(rows.current())
    return [row for row in newest if (row.shift.officer_id, row.shift.work_date) == (found.pk, day)]


def tasks(viewer: Viewer, found: Any, day: date) -> Iterator[daybook.Line]:
    """Steps of the officer's orders and photos of them around a day, of orders that the viewer may read.

    What happened is asked first: on a day without an order nobody's rights to orders need be weighed.
    """
    start = _midnight(day)
    near = {"at__gte": start, "at__lt": _midnight(day + timedelta(days=2))}
    steps = OrderEvent.objects.filter(officer=found, **near).order_by("at")[:MOST_STEPS]
    photos = OrderPhoto.objects.filter(order__assignee=found, **near).order_by("at")[:MOST_PHOTOS]
    asked = photos.annotate(target=Value("", CharField())).values_list("at", "target", "order")
    happened = list(steps.values_list("at", "target", "order").union(asked, all=True))
    if not happened:
        return
    named = Order.objects.visible_to(viewer).filter(pk__in={order for _at, _target, order in happened})
    texts = dict(named.values_list("pk", "text"))
    for at, target, order in happened:
        if order in texts:
            text = texts[order][:80]
            if target:
                yield daybook.Line("task", at, None, f"{OrderState(target).label}: {text}")
            else:
                yield daybook.Line("photo", at, None, _("Photo: %(text)s") % {"text": text})


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def leaves(found: Any, day: date) -> list[Any]:
    """Leave, sickness or travel that touch the day: the kind, never the reason."""
    start = _midnight(day)
    return list(Leave.objects.shown_of(found).during(start, start + timedelta(days=1)).only("kind", "span"))


def _panels(viewer: Viewer, found: Any) -> list[dict[str, Any]]:
    """What other parts of the house say of this officer."""
    now = timezone.now()
    return [
        {"title": panel.title, "template": panel.template, **values}
        for panel in panels("fieldstaff.Officer", viewer)
        if (values := panel.context(viewer, found, now)) is not None
    ]


def _trail(request: HttpRequest, viewer: Viewer, found: Any, day: date) -> dict[str, Any]:
    may = found.may_trail
    opened = may and is_told(request, viewer, found, day)
    return {
        "may_trail": may,
        "trail_open": opened,
        **(_signs(found, day) if opened and not trailing.is_own(viewer, found) else {}),
        "look_form": LookForm(),
        "rough": trailing.is_rough(found, day),
    }


def _signs(found: Any, day: date) -> dict[str, Any]:
    """Signs of made-up places, behind the same purpose and audit row as the route itself."""
    report = signs.of_day(found, day)
    return {"has_signs": True, "signs": report, "said": spoofwords.say(report) if report else []}
