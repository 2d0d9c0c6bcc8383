"""What orders offer to walls, home pages, and to the pages of reports and alarms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from commandcenter.city.viewers import Viewer
from commandcenter.wall.registry import Panel, Tile, Values, register
from fieldstaff import rights
from fieldstaff.models import Order, OrderState
from fieldstaff.models.orderwords import LOST
from fieldstaff.orders import sending, standing
from fieldstaff.orders.words import state_of

TOPIC = "fieldstaff.order"
SHOWN = 10
ANSWER = timedelta(minutes=4)


def may_count(viewer: Viewer) -> bool:
    """Whether this viewer may know how many orders are open."""
    if viewer.kind == "display":
        return "internal" in viewer.sharing
    return viewer.kind == "user" and (
        rights.COUNT in viewer.permissions or standing.VIEW in viewer.permissions
    )


def clocks(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Open orders by agency: without an answer, at work, to be checked, late, and the longest wait."""
    rows = Order.objects.counted_for(viewer).roots().open().filter(created_at__lte=at)
    unanswered = Q(state__in=[OrderState.NEW, OrderState.OFFERED, *LOST])
    figures: dict[str, Any] = {
        "open": Count("pk"),
        "unanswered": Count("pk", filter=unanswered),
        "check": Count("pk", filter=Q(state=OrderState.DONE)),
        "late": Count("pk", filter=Q(deadline__lt=at)),
        "since": Min("waiting_since"),
    }
    found = rows.values("agency__short_name").annotate(**figures).order_by("since", "-open")[:SHOWN]
    agencies = [{**row, "long": row["since"] is not None and at - row["since"] > ANSWER} for row in found]
    listed = viewer.kind == "user" and standing.VIEW in viewer.permissions
    return {
        "whole": rows.aggregate(**figures), "agencies": agencies, "at": at,
        "href": "/fieldstaff/orders/" if listed else "",
        "simulated": rows.filter(origin="simulated").exists(),
    }  # fmt: skip


def may_give(viewer: Viewer) -> bool:
    """Whether the panel is of use to this viewer: people who give orders, and no wall."""
    return viewer.kind == "user" and standing.VIEW in viewer.permissions


def _panel(viewer: Viewer, rows: Any, agency: int | None, query: str) -> Values:
    found = list(rows.select_related("assignee", "agency").order_by("-pk")[:SHOWN])
    for row in found:
        row.tone = state_of(row.state)
    desk = standing.is_desk(viewer, agency)
    return {"orders": found, "href": f"/fieldstaff/orders/new/?{query}" if desk else ""}


def _proposed(viewer: Viewer, cause: Any, found: Values) -> Values:
    """Names with reasons, as long as nobody is on the way and people may be sent from here."""
    going = any(row.is_open for row in found["orders"])
    return {**found, "suggested": None if going else sending.proposed(viewer, cause)}


def of_report(viewer: Viewer, report: Any, at: datetime) -> Values:
    """The orders of a report; while it is open and nobody goes, who could, and the way to a new one."""
    rows = Order.objects.visible_to(viewer).filter(report=report).roots()
    found = _panel(viewer, rows, report.agency_id, f"report={report.number}")
    found["which"], found["name"] = "report", report.number
    return _proposed(viewer, report, found) if report.is_open else {**found, "href": ""}


def of_alarm(viewer: Viewer, alarm: Any, at: datetime) -> Values:
    """The orders of an alarm; while it is open and nobody goes, who could, and the way to a new one."""
    rows = Order.objects.visible_to(viewer).filter(alarm=alarm).roots()
    found = _panel(viewer, rows, alarm.agency_id, f"alarm={alarm.pk}")
    found["which"], found["name"] = "alarm", alarm.pk
    if not alarm.is_open or alarm.drill:
        return {**found, "href": ""}
    return _proposed(viewer, alarm, found)


_TITLE = pgettext_lazy("panel", "Field orders")
register(
    Tile(
        key="fieldstaff.orders", title=gettext_lazy("Open field orders"),
        template="fieldstaff/tiles/orders.html", context=clocks, permission=may_count, topics=(TOPIC,),
        order=42,
    ),
    Panel(
        model_label="complaints.Report", key="fieldstaff.orders", title=_TITLE,
        template="fieldstaff/orders/panel.html", context=of_report, permission=may_give, order=10,
    ),
    Panel(
        model_label="incidents.Alarm", key="fieldstaff.orders", title=_TITLE,
        template="fieldstaff/orders/panel.html", context=of_alarm, permission=may_give, order=10,
    ),
)  # fmt: skip
