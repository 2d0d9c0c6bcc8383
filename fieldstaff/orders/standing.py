"""Who may see an order, who may give one to whom, and as what somebody moves it: the only place that says so.

The desk sees and gives all but those of secret reports and restricted alarms it may not read; a head those of
his agencies; an officer his own and those of everybody under him, and gives orders to the latter only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from commandcenter.city.viewers import Role, Viewer
from fieldstaff import rights
from fieldstaff.dispatch.orderflow import By

if TYPE_CHECKING:
    from fieldstaff.models import Officer, Order

VIEW = "fieldstaff.view_order"
DISPATCH = "fieldstaff.dispatch_order"


def visible(viewer: Viewer, prefix: str = "") -> Q:
    """Orders that ``viewer`` may read; ``prefix`` leads to the order, as ``"order__"``."""
    if viewer.kind != "user":
        return rights.NOTHING
    found = rights.chain(viewer, f"{prefix}assignee__")
    found |= Q(**{f"{prefix}assignee__isnull": True, f"{prefix}created_by": viewer.pk})
    if VIEW not in viewer.permissions:
        return found
    if viewer.agencies:
        found |= Q(**{f"{prefix}agency__in": sorted(viewer.agencies)})
    if viewer.has(Role.ADMIN, Role.OPERATOR):
        found |= _readable(viewer, prefix)
    return found


def counted(viewer: Viewer, prefix: str = "") -> Q:
    """Orders that may become a number for ``viewer``: for the mayor and the city's own walls all of them."""
    if viewer.kind == "display" and "internal" in viewer.sharing:
        return rights.EVERYTHING
    if viewer.kind == "user" and rights.COUNT in viewer.permissions and not viewer.has(Role.HEAD):
        return rights.EVERYTHING
    return visible(viewer, prefix)


def _readable(viewer: Viewer, prefix: str) -> Q:
    """Orders whose report and alarm are no secret to ``viewer``."""
    from commandcenter.incidents.models import Alarm
    from complaints.models import Report

    reports = Report.objects.visible_to(viewer).values("pk")
    alarms = Alarm.objects.visible_to(viewer).values("pk")
    of_report = Q(**{f"{prefix}report__isnull": True}) | Q(**{f"{prefix}report__in": reports})
    of_alarm = Q(**{f"{prefix}alarm__isnull": True}) | Q(**{f"{prefix}alarm__in": alarms})
    return of_report & of_alarm


def is_desk(viewer: Viewer, agency: int | None) -> bool:
    """Whether ``viewer`` gives and checks orders of this agency as the desk or as its head does."""
    if viewer.kind != "user" or not viewer.can(DISPATCH):
        return False
    return viewer.has(Role.ADMIN, Role.OPERATOR) or agency in viewer.agencies


def officer_of(viewer: Viewer) -> Officer | None:
    """The officer behind a login, as long as he works here."""
    from fieldstaff.models import Officer

    if viewer.kind != "user" or viewer.read_only:
        return None
    rows = Officer.objects.employed(timezone.localdate())
    found: Officer | None = rows.filter(user=viewer.pk).first()
    return found


def is_under(officer: Officer, viewer: Viewer) -> bool:
    """Whether this officer is somewhere below the one behind the login, and not himself."""
    from fieldstaff.models import Officer

    if viewer.read_only or viewer.kind != "user" or officer.user_id == viewer.pk:
        return False
    return Officer.objects.filter(rights.chain(viewer), pk=officer.pk).exists()


def may_create(viewer: Viewer, agency: int) -> bool:
    """The desk, the head, and a supervisor for his own agency."""
    if is_desk(viewer, agency):
        return True
    himself = officer_of(viewer)
    return himself is not None and himself.agency_id == agency and himself.team.exists()


def may_offer(viewer: Viewer, order: Order, officer: Officer) -> bool:
    """The desk anybody, a head his agencies' people; a supervisor those under him, of what he gave."""
    if is_desk(viewer, order.agency_id) and is_desk(viewer, officer.agency_id):
        return True
    return is_under(officer, viewer) and By.GIVER in roles_of(viewer, order)


def may_delegate(viewer: Viewer, order: Order, officer: Officer) -> bool:
    """Who has an order, to those under him."""
    return By.HOLDER in roles_of(viewer, order) and is_under(officer, viewer)


def roles_of(viewer: Viewer | None, order: Order) -> frozenset[By]:
    """As what ``viewer`` (None: the clock) may move this order; nobody checks his own work as its giver."""
    if viewer is None:
        return frozenset({By.CLOCK})
    found = set()
    if is_desk(viewer, order.agency_id):
        found.add(By.OPERATOR)
    if is_own(viewer, order):
        if viewer.kind == "user" and not viewer.read_only:
            found.add(By.HOLDER)
    elif _gave(viewer, order):
        found.add(By.GIVER)
    return frozenset(found)


def is_own(viewer: Viewer | None, order: Order) -> bool:
    """Whether the order is in this viewer's own hands."""
    if viewer is None or order.assignee is None:
        return False
    return order.assignee.user_id is not None and order.assignee.user_id == viewer.pk


def _gave(viewer: Viewer, order: Order) -> bool:
    if viewer.kind != "user" or viewer.read_only:
        return False
    above = order.parent.assignee if order.parent is not None else None
    if above is not None and above.user_id == viewer.pk:
        return True
    if order.created_by_id == viewer.pk and may_create(viewer, order.agency_id):
        return True
    return order.assignee is not None and is_under(order.assignee, viewer)


def scopes_of(viewer: Viewer) -> set[str]:
    """The scopes of order events that ``viewer`` may hear: ids only, never who or where."""
    if viewer.kind == "display":
        return {"wall"} if "internal" in viewer.sharing else set()
    himself = officer_of(viewer)
    found = {f"officer-{himself.pk}"} if himself is not None else set()
    if viewer.kind == "user" and VIEW in viewer.permissions:
        found |= {f"agency-{pk}" for pk in viewer.agencies}
        if viewer.has(Role.ADMIN, Role.OPERATOR):
            found.add("desk")
    if viewer.kind == "user" and rights.COUNT in viewer.permissions:
        found.add("wall")
    return found


def scopes_for(order: Order) -> set[str]:
    """The scopes an event about ``order`` goes to: its officer and all above him, its agency, the desk.

    An id beside a secret report tells nothing that the wall's count does not.
    """
    found = {"desk", "wall", f"agency-{order.agency_id}"}
    above = order.assignee
    while above is not None and f"officer-{above.pk}" not in found:
        found.add(f"officer-{above.pk}")
        above = above.supervisor
    return found
