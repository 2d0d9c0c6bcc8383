"""Which page each role begins with."""

from __future__ import annotations

from collections.abc import Callable

from commandcenter.city.posts import post_of
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer

# Someone with several roles begins with the busiest desk.
PRIORITY = (Role.OPERATOR, Role.MAYOR, Role.HEAD, Role.PARTNER, Role.ADMIN)
_homes: dict[Role, tuple[int, str]] = {}


def register_home(role: Role, url_name: str, *, order: int = 0) -> None:
    """Makes ``url_name`` the first page of ``role``; the highest ``order`` wins."""
    if role not in _homes or order >= _homes[role][0]:
        _homes[role] = (order, url_name)


_others: list[Callable[[Viewer], str | None]] = []


def register_other_home(of: Callable[[Viewer], str | None]) -> None:
    """The first page of people whose place in the house is neither role nor post; asked for nobody else."""
    if of not in _others:
        _others.append(of)


def home_of(viewer: Viewer) -> str | None:
    """URL name of the viewer's first page, None where no app offered one."""
    post = post_of(viewer)
    if post is not None:
        return post.home
    if not viewer.roles:
        return next(filter(None, (of(viewer) for of in _others)), None)
    return next((_homes[role][1] for role in PRIORITY if role in viewer.roles and role in _homes), None)
