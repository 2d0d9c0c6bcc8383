"""Which page each role begins with."""

from __future__ import annotations

from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer

# Someone with several roles begins with the busiest desk.
PRIORITY = (Role.OPERATOR, Role.MAYOR, Role.HEAD, Role.PARTNER, Role.ADMIN)
_homes: dict[Role, tuple[int, str]] = {}


def register_home(role: Role, url_name: str, *, order: int = 0) -> None:
    """Makes ``url_name`` the first page of ``role``; the highest ``order`` wins."""
    if role not in _homes or order >= _homes[role][0]:
        _homes[role] = (order, url_name)


def home_of(viewer: Viewer) -> str | None:
    """URL name of the viewer's first page, None where no app offered one."""
    return next((_homes[role][1] for role in PRIORITY if role in viewer.roles and role in _homes), None)
