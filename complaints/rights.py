"""Who may see a report and what of it: one rule, said once for a query and once for events.

Two flags, two rights: *secret* (rahasia) hides the whole report outside named roles and the agency that
handles it; *anonymous* (anonim) hides who reported from the public and from that agency.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from commandcenter.city.viewers import Role, Viewer
from complaints.workflow import Status

if TYPE_CHECKING:
    from complaints.models import Report

VIEW = "complaints.view_report"
SEE_SECRET = "complaints.view_secret"  # noqa: S105 - a permission
CONTACT = "complaints.view_contact"
EXPORT = "complaints.export_report"
ROOMS = "complaints.handle_room"
BREACH = "complaints.list_breach"
NOTHING = Q(pk__in=())

# Not looked at yet, or refused: nobody's words go on the city's map before a person has read them.
NOT_PUBLIC_YET = (Status.NEW.value, Status.REJECTED.value)


def sees_desk(viewer: Viewer) -> bool:
    """Whether the viewer looks at all that is not secret."""
    if viewer.kind == "user":
        return viewer.has(Role.ADMIN, Role.OPERATOR, Role.MAYOR) and VIEW in viewer.permissions
    if viewer.kind == "token":
        return VIEW in viewer.permissions
    return viewer.kind == "display" and "internal" in viewer.sharing


def sees_secret(viewer: Viewer) -> bool:
    """Whether the viewer holds the right to secret reports, which no display ever does."""
    return viewer.kind == "user" and SEE_SECRET in viewer.permissions


def may_hide(viewer: Viewer) -> bool:
    """Whether the viewer may take a report out of sight: the desk, never the agency it is about."""
    return viewer.can("complaints.handle_report") and (sees_desk(viewer) or sees_secret(viewer))


def sees_rooms(viewer: Viewer) -> bool:
    """Whether the viewer works at the desk for rooms and ambulances: a named role for these secret reports.

    It opens the room desk only. Lists, maps, search and exports of reports stay closed to them.
    """
    return viewer.kind == "user" and sees_desk(viewer) and ROOMS in viewer.permissions


def is_public(prefix: str = "") -> Q:
    """Reports that everybody may read: not secret, of no private category, looked at by a person."""
    return (
        Q(**{f"{prefix}secret": False, f"{prefix}is_test": False, f"{prefix}anonymised_at__isnull": True})
        & ~Q(**{f"{prefix}status__in": NOT_PUBLIC_YET})
        & (Q(**{f"{prefix}category__isnull": True}) | Q(**{f"{prefix}category__private": False}))
    )


def visible(viewer: Viewer, prefix: str = "") -> Q:
    """Reports that ``viewer`` may read; ``prefix`` leads to the report, as ``"report__"``."""
    if viewer.kind == "public":
        return is_public(prefix)
    found = NOTHING
    if viewer.agencies:
        found |= Q(**{f"{prefix}agency__in": sorted(viewer.agencies)})
    if sees_desk(viewer):
        found |= Q(**{f"{prefix}secret": False})
        if sees_secret(viewer):
            return ~NOTHING
    return found


def may_read_contact(viewer: Viewer, report: Report) -> bool:
    """Whether ``viewer`` may see who reported. Each look is audited by whoever asks this."""
    if CONTACT not in viewer.permissions:
        return False
    handles_only = not sees_desk(viewer)
    return not (report.anonymous and handles_only)


def scopes_of(viewer: Viewer) -> set[str]:
    """The scopes of report events that ``viewer`` may hear."""
    found = {f"agency-{pk}" for pk in viewer.agencies}
    if sees_desk(viewer):
        found.add("desk")
        if sees_secret(viewer):
            found.add("secret")
    if sees_rooms(viewer):
        found.add("rooms")
    return found


def scopes_for(report: Report) -> set[str]:
    """The scopes an event about ``report`` goes to."""
    found = {"secret" if report.secret else "desk"}
    if report.agency_id:
        found.add(f"agency-{report.agency_id}")
    if report.kind == "room":
        found.add("rooms")
    return found
