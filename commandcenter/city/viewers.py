"""Who is looking: a user, a paired display, an API token or the public, with what they may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Q

from commandcenter.city import sharing
from commandcenter.city.granted import granted_to
from commandcenter.city.roles import Role, roles_among

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from commandcenter.city.models import ApiToken, User

NamedFor = Callable[[int], "QuerySet[Any, Any]"]
MayStandIn = Callable[[int], bool]
__all__ = [
    "PUBLIC",
    "SESSION_KEY",
    "Role",
    "Viewer",
    "register_agency_source",
    "register_viewer_source",
    "viewer_of",
    "viewer_of_scope",
    "viewer_of_token",
    "viewer_of_user",
]

SESSION_KEY = "view_as"


@dataclass(frozen=True, slots=True)
class Viewer:
    """One who looks. ``agencies`` are ids a head is scoped to, descendants included;
    ``sharing`` are the sharing classes seen everywhere, beyond one's own agencies.
    """

    kind: Literal["user", "display", "token", "public"]
    pk: int | None
    name: str
    roles: frozenset[Role] = frozenset()
    agencies: frozenset[int] = frozenset()
    sharing: frozenset[str] = frozenset()
    permissions: frozenset[str] = field(default=frozenset(), repr=False)
    # An admin who looks through another role's eyes: nothing may be changed meanwhile.
    read_only: bool = False

    def has(self, *roles: Role) -> bool:
        """Whether the viewer holds any of ``roles``."""
        return not self.roles.isdisjoint(roles)

    def can(self, permission: str) -> bool:
        """Whether the viewer may do ``"app.codename"``; never while looking as another role."""
        return not self.read_only and permission in self.permissions


PUBLIC = Viewer(kind="public", pk=None, name="", sharing=sharing.OPEN)
_sources: list[Callable[[HttpRequest], Viewer | None]] = []
_stand_ins: list[tuple[NamedFor, MayStandIn]] = []


def register_viewer_source(source: Callable[[HttpRequest], Viewer | None]) -> None:
    """Lets another app recognise its own kind of viewer (a paired display) in a request without a user."""
    if source not in _sources:
        _sources.append(source)


def register_agency_source(named: NamedFor, may: MayStandIn) -> None:
    """Lets another app say which agencies a head (by the pk of the user) stands in for now.

    ``named`` is a query of their ids, read in one statement with the agencies; only where it finds any,
    ``may`` says whether this person may stand in at all.
    """
    if (named, may) not in _stand_ins:
        _stand_ins.append((named, may))


def _agency_ids(*roots: int | None) -> frozenset[int]:
    """The ``roots`` and everything below them, in one query over the (small) agency table."""
    from commandcenter.city.models import Agency

    if not any(roots):
        return frozenset()
    tree = Agency.objects.order_by().values_list("pk", "parent_id")
    return _below(tree, [root for root in roots if root])


def _below(tree: Iterable[tuple[int, int | None]], waiting: list[int]) -> frozenset[int]:
    """``waiting`` and everything under them; ``tree`` is every agency with its parent."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in tree:
        children.setdefault(parent, []).append(pk)
    found: set[int] = set()
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting += children.get(pk, [])
    return frozenset(found)


def _sharing_of(roles: frozenset[Role], permissions: frozenset[str]) -> frozenset[str]:
    classes: frozenset[str] = frozenset()
    if roles & {Role.ADMIN, Role.MAYOR}:
        return sharing.EVERYTHING
    if Role.OPERATOR in roles:
        classes |= sharing.OFFICE
        if "cctv.view_restricted" in permissions:
            classes |= {"restricted"}
    if Role.PARTNER in roles:
        classes |= sharing.PARTNERS
    return classes


def viewer_of_user(user: User | AnonymousUser) -> Viewer:
    """The viewer behind a login; an inactive or anonymous user is the public."""
    if not user.is_authenticated or not user.is_active:
        return PUBLIC
    granted = granted_to(user)
    roles, permissions = roles_among(granted.groups, user.is_superuser), granted.permissions
    return Viewer(
        kind="user",
        pk=user.pk,
        name=user.display_name,
        roles=roles,
        agencies=_agencies_of(user) if Role.HEAD in roles else frozenset(),
        sharing=_sharing_of(roles, permissions),
        permissions=permissions,
    )


def own_agencies(user: User) -> frozenset[int]:
    """A head's own agency with all below it, without those he only stands in for."""
    return _agency_ids(user.agency_id)


def _agencies_of(user: User) -> frozenset[int]:
    """A head's own agency and those he stands in for (Plt), with all below them; one query for most heads."""
    from commandcenter.city.models import Agency

    rows = Agency.objects.order_by()
    named = {f"named_{n}": Q(pk__in=source(user.pk)) for n, (source, _may) in enumerate(_stand_ins)}
    found = list(rows.annotate(**named).values_list("pk", "parent_id", *named))
    roots = [user.agency_id] if user.agency_id else []
    for place, (_source, may) in enumerate(_stand_ins, start=2):
        theirs = [row[0] for row in found if row[place]]
        roots += theirs if theirs and may(user.pk) else []
    return _below(((row[0], row[1]) for row in found), roots)


def viewer_of_token(token: ApiToken) -> Viewer:
    """The viewer behind a valid API token; its scopes are its permissions."""
    return Viewer(
        kind="token",
        pk=token.pk,
        name=token.name,
        sharing=frozenset(token.sharing),
        permissions=frozenset(token.scopes),
    )


def _seen_as(viewer: Viewer, wish: dict[str, Any]) -> Viewer:
    """``viewer`` (an admin) through the eyes of another role, read only."""
    from django.contrib.auth.models import Permission

    try:
        role = Role(wish.get("role", ""))
    except ValueError:
        return viewer
    names = Permission.objects.filter(group__name=role.value).values_list(
        "content_type__app_label", "codename"
    )
    permissions = frozenset(f"{app}.{codename}" for app, codename in names)
    roles = frozenset({role})
    return Viewer(
        kind="user",
        pk=viewer.pk,
        name=viewer.name,
        roles=roles,
        agencies=_agency_ids(wish.get("agency")) if role is Role.HEAD else frozenset(),
        sharing=_sharing_of(roles, permissions),
        permissions=permissions,
        read_only=True,
    )


def _viewer(user: User | AnonymousUser, session: Any) -> Viewer:
    viewer = viewer_of_user(user)
    wish = session.get(SESSION_KEY) if session is not None else None
    return _seen_as(viewer, wish) if wish and viewer.has(Role.ADMIN) else viewer


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer of a request, asked once per request; honours "view as role" of admins."""
    known: Viewer | None = getattr(request, "_viewer", None)
    if known is None:
        known = _viewer(request.user, getattr(request, "session", None))
        if known.kind == "public":
            known = next(filter(None, (source(request) for source in _sources)), known)
        request._viewer = known  # type: ignore[attr-defined]
    return known


def viewer_of_scope(scope: dict[str, Any]) -> Viewer:
    """The viewer of a socket's ASGI scope (auth and session middleware around it); synchronous."""
    from django.contrib.auth.models import AnonymousUser

    return _viewer(scope.get("user") or AnonymousUser(), scope.get("session"))
