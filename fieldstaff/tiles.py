"""What field officers offer to walls and home pages: numbers and exceptions, no persons and no trails."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commandcenter.city.viewers import Role, Viewer
from commandcenter.wall.registry import Tile, Values, register
from fieldstaff import maplayer, news, rights  # noqa: F401 - maplayer registers itself
from fieldstaff.models import Officer
from fieldstaff.onduty import by_agency
from fieldstaff.orders import tiles as order_tiles  # noqa: F401 - registers itself

SHOWN = 12


def may_count(viewer: Viewer) -> bool:
    """Whether the viewer may know how many: the mayor and walls of the house all, heads their own."""
    if viewer.kind == "display":
        return "internal" in viewer.sharing
    if viewer.kind != "user":
        return False
    everywhere = rights.COUNT in viewer.permissions and (not viewer.has(Role.HEAD) or bool(viewer.agencies))
    return everywhere or Officer.objects.filter(rights.chain(viewer)).exists()


def presence(viewer: Viewer, params: Values, at: datetime) -> Values:
    """On duty, connected, late to report, without contact, not seen yet: in all and by agency."""
    found = by_agency(Officer.objects.counted_for(viewer), at)
    return {
        "whole": found.whole,
        "agencies": found.agencies[:SHOWN],
        "whose": whose(viewer),
        "heard_at": found.heard_at,
        "at": at,
        "simulated": found.simulated,
        "href": list_href(viewer),
    }


def whose(viewer: Viewer) -> str:
    """Whose officers are counted, in words."""
    if viewer.agencies and viewer.has(Role.HEAD):
        return _("officers of your agencies")
    if viewer.kind == "user" and rights.COUNT not in viewer.permissions:
        return _("you and the officers under you")
    return _("officers of all agencies")


def list_href(viewer: Viewer) -> str:
    """The way to the list, for who has one."""
    return "/officers/" if viewer.kind == "user" and rights.OFFICERS in viewer.permissions else ""


register(
    Tile(
        key="fieldstaff.presence", title=gettext_lazy("Officers on duty"),
        template="fieldstaff/tiles/presence.html", context=presence, permission=may_count,
        topics=(news.TOPIC,), order=40, poll_s=30,
    ),
)  # fmt: skip
