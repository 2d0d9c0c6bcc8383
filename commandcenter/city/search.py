"""One search box over everything a viewer may see: each app adds its source."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commandcenter.city.registry import Registry
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer

log = logging.getLogger(__name__)
SHORTEST = 2
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer; ``kind`` names what it is, for the chip beside it."""

    title: str
    subtitle: str
    url: str
    kind: str | Promise


@dataclass(frozen=True, slots=True)
class SearchSource:
    """``find(viewer, query, n)`` gives at most ``n`` hits, only of what ``viewer`` may see."""

    key: str
    label: str | Promise
    find: Callable[[Viewer, str, int], list[Hit]]
    order: int = 100
    icon: str = "search"


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one source; ``failed`` when the source broke and said nothing."""

    source: SearchSource
    hits: list[Hit] = field(default_factory=list)
    failed: bool = False


sources: Registry[SearchSource] = Registry("search source")
register = sources.register


def search(viewer: Viewer, query: str, *, each: int = 8) -> list[Group]:
    """Asks every source; empty groups are left out, a broken source spoils nobody else's answer."""
    wanted = " ".join(query.split())[:LONGEST]
    if len(wanted) < SHORTEST or viewer.kind == "public":
        return []
    groups = []
    for source in sources.all():
        try:
            groups.append(Group(source, source.find(viewer, wanted, each)))
        except Exception:
            log.exception("search source %s failed", source.key)
            groups.append(Group(source, failed=True))
    return [group for group in groups if group.hits or group.failed]


def _agencies(viewer: Viewer, query: str, n: int) -> list[Hit]:
    from commandcenter.city.models import Agency

    match = Q(name__icontains=query) | Q(short_name__icontains=query) | Q(head_title__icontains=query)
    found = Agency.objects.visible_to(viewer).filter(match)[:n]
    return [Hit(a.name, a.phone_duty, f"/directory/#agency-{a.pk}", _("agency")) for a in found]


def _areas(viewer: Viewer, query: str, n: int) -> list[Hit]:
    from commandcenter.city.models import Area

    found = Area.objects.filter(Q(name__icontains=query) | Q(code__startswith=query), level__gte=2)
    rows = found.select_related("parent").order_by("level", "name")[:n]
    return [
        Hit(
            a.full_name,
            f"{a.code} · {a.parent.full_name if a.parent else ''}",
            f"/areas/{a.code}/",
            _("area"),
        )
        for a in rows
    ]


def _people(viewer: Viewer, query: str, n: int) -> list[Hit]:
    from commandcenter.city.models import User

    if not viewer.has(Role.ADMIN):
        return []
    match = Q(username__icontains=query) | Q(first_name__icontains=query) | Q(last_name__icontains=query)
    found = User.objects.filter(match, is_active=True).select_related("agency")[:n]
    return [
        Hit(u.display_name, str(u.agency or u.username), f"/admin/city/user/{u.pk}/change/", _("person"))
        for u in found
    ]


def register_own() -> None:
    """The city's own sources."""
    register(SearchSource("city.agency", _("Agencies"), _agencies, 50, "agency"))
    register(SearchSource("city.area", _("Areas"), _areas, 60, "map-pin"))
    register(SearchSource("city.user", _("People"), _people, 70, "user"))
