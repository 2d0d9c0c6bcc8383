"""One officer: how he stands now, one day of his with its figures and times, and the way to his route."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commandcenter.city.permissions import get_visible
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.wall.registry import panels
from fieldstaff import daybook, rights, spoofwords, trailing
from fieldstaff.days import signs
from fieldstaff.models import Attendance, Leave, Officer, OrderEvent, OrderPhoto, OrderState, Shift
from fieldstaff.views.listing import officers_page, stand
from fieldstaff.views.trail import LookForm, day_of, is_told


@require_GET
@officers_page
def officer(request: HttpRequest, pk: int) -> HttpResponse:
    """The officer's page for one day."""
    viewer, day, now = viewer_of(request), day_of(request), timezone.now()
    rows = Officer.objects.visible_to(viewer).select_related("agency", "supervisor", "work_area", "latest")
    found = get_visible(rows, pk=pk)
    stand(found, now)
    context = {
        "officer": found,
        "day": day,
        "today": timezone.localdate(now),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "days": days(viewer, found, day),
        "may_figures": Officer.objects.filter(rights.figures(viewer), pk=found.pk).exists,
        "leaves": leaves(viewer, found, day),
        "panels": _panels(viewer, found),
        "own": trailing.is_own(viewer, found),
        **_trail(request, viewer, found, day),
    }
    return render(request, "fieldstaff/officer.html", context)


def days(viewer: Viewer, found: Any, day: date) -> list[daybook.Sheet]:
    """The shifts of a day, each with its figures where the viewer may read them; also a day without one."""
    shifts = Shift.objects.visible_to(viewer).filter(officer=found, work_date=day).order_by("span")
    versions = Attendance.objects.visible_to(viewer).filter(officer=found, work_date=day).current()
    by_shift: dict[int | None, Any] = {row.shift_id: row for row in versions.select_related("shift")}
    more = list(tasks(viewer, found, day))
    sheets = [daybook.sheet(shift, by_shift.pop(shift.pk, None), more) for shift in shifts]
    return sheets + [daybook.sheet(row.shift, row) for row in by_shift.values()]


def tasks(viewer: Viewer, found: Any, day: date) -> Iterator[daybook.Line]:
    """Steps of the officer's orders and photos of them around a day, of orders that the viewer may read."""
    near = {"at__date__range": (day, day + timedelta(days=1))}
    steps = OrderEvent.objects.visible_to(viewer).filter(officer=found, **near).order_by("at")
    for at, target, text in steps.values_list("at", "target", "order__text")[:200]:
        yield daybook.Line("task", at, None, f"{OrderState(target).label}: {text[:80]}")
    photos = OrderPhoto.objects.visible_to(viewer).filter(order__assignee=found, **near)
    for at, text in photos.order_by("at").values_list("at", "order__text")[:100]:
        yield daybook.Line("photo", at, None, _("Photo: %(text)s") % {"text": text[:80]})


def leaves(viewer: Viewer, found: Any, day: date) -> list[Any]:
    """Leave, sickness or travel that touch the day: the kind, never the reason."""
    zone = timezone.get_current_timezone()
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    rows = Leave.objects.visible_to(viewer).filter(officer=found).during(start, start + timedelta(days=1))
    return list(rows.only("kind", "span"))


def _panels(viewer: Viewer, found: Any) -> list[dict[str, Any]]:
    """What other parts of the house say of this officer."""
    now = timezone.now()
    return [
        {"title": panel.title, "template": panel.template, **panel.context(viewer, found, now)}
        for panel in panels("fieldstaff.Officer", viewer)
    ]


def _trail(request: HttpRequest, viewer: Viewer, found: Any, day: date) -> dict[str, Any]:
    may = trailing.may_see(viewer, found)
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
