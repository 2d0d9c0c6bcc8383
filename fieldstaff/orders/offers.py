"""What orders offer to the floors below, told once at start-up."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter import live
from commandcenter.city import audit_words, nav
from commandcenter.city.roles import Role, grant
from commandcenter.incidents import words as alarm_words
from complaints.signals import report_changed
from fieldstaff.orders import standing
from fieldstaff.signals import order_changed, order_pinged

TOPIC = "fieldstaff.order"
DEEDS = {
    "created": pgettext_lazy("audit", "order given"),
    "cancelled": pgettext_lazy("audit", "order called off"),
}
TITLES = {"order_unanswered": _("Nobody accepts an order: %(name)s")}


def register() -> None:
    """Role defaults, the topic of order events, the sentence of the alarm, time on tasks for attendance."""
    from fieldstaff.days import sources
    from fieldstaff.orders import attendance

    grant(Role.OPERATOR, standing.VIEW, standing.DISPATCH)
    grant(Role.HEAD, standing.VIEW, standing.DISPATCH)
    audit_words.name_deeds(DEEDS)
    alarm_words.name_titles(TITLES)
    nav.register(
        nav.NavItem(
            "fieldstaff.orders",
            _("Field orders"),
            "fieldstaff:orders",
            frozenset({Role.ADMIN, Role.OPERATOR, Role.HEAD}),
            84,
            "flag",
        )
    )
    live.register_topic(live.Topic(key=TOPIC, scopes=standing.scopes_of))
    order_changed.connect(tell_report, dispatch_uid="fieldstaff.orders.tell_report")
    report_changed.connect(end_orders, dispatch_uid="fieldstaff.orders.end_orders")
    order_changed.connect(end_alarm, dispatch_uid="fieldstaff.orders.end_alarm")
    order_changed.connect(tell_phone, dispatch_uid="fieldstaff.orders.tell_phone")
    order_changed.connect(change_days, dispatch_uid="fieldstaff.orders.change_days")
    sources.register_tasks(attendance.on_task)
    order_pinged.connect(remind_phone, dispatch_uid="fieldstaff.orders.remind_phone")


def change_days(sender: Any, pk: int, **_more: Any) -> None:
    """Steps that came late change days that were computed already."""
    from fieldstaff.orders import attendance

    attendance.changed(pk)


def tell_phone(sender: Any, pk: int, state: str, assignee: int | None, **_more: Any) -> None:
    """Who is asked hears of it, also while his app is closed."""
    from fieldstaff.orders import telling

    telling.offered(pk, state, assignee)


def remind_phone(sender: Any, pk: int, officer: int | None, **_more: Any) -> None:
    """So does who is reminded."""
    from fieldstaff.orders import telling

    telling.reminded(pk, officer)


def end_alarm(sender: Any, pk: int, state: str, **_more: Any) -> None:
    """The alarm of an order that nobody accepted is over once somebody did, or it is called off."""
    from fieldstaff.orders import waiting

    if state not in {"new", "offered", "declined", "expired", "reassigned"}:
        waiting.answered(pk)


def tell_report(sender: Any, pk: int, **_more: Any) -> None:
    """The report of an order moves along."""
    from fieldstaff.orders import reports

    reports.tell(pk)


def end_orders(sender: Any, pk: int, **_more: Any) -> None:
    """The orders of a report that was closed are called off."""
    from fieldstaff.orders import reports

    reports.closed(pk)
