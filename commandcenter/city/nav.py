"""The main navigation: each app adds its pages, each role sees its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import Promise

from commandcenter.city.posts import post_of
from commandcenter.city.registry import Registry
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer


@dataclass(frozen=True, slots=True)
class NavItem:
    """One link; ``roles`` empty means every signed-in person. ``icon`` is a word of the icon list.

    ``posts`` are keys of posts that have it beside the roles.
    """

    key: str
    label: str | Promise
    url_name: str
    roles: frozenset[Role] = frozenset()
    order: int = 100
    icon: str = "list"
    posts: frozenset[str] = frozenset()


items: Registry[NavItem] = Registry("nav item")
register = items.register
_others: list[Callable[[Viewer], tuple[NavItem, ...]]] = []


def register_others(of: Callable[[Viewer], tuple[NavItem, ...]]) -> None:
    """Links of people whose place in the house is neither role nor post; ``of`` is asked for nobody else."""
    if of not in _others:
        _others.append(of)


def nav_for(viewer: Viewer, path: str) -> list[dict[str, object]]:
    """Links for ``viewer`` as the page template wants them; the longest matching link is current."""
    if viewer.kind != "user":
        return []
    post = post_of(viewer)
    links: list[dict[str, object]] = []
    others = () if viewer.roles or post else tuple(item for of in _others for item in of(viewer))
    for item in sorted((*items.all(), *others), key=lambda item: item.order):
        held = post is not None and post.key in item.posts
        if item.roles and not held and not viewer.has(*item.roles):
            continue
        url = _address(item.url_name, settings.ROOT_URLCONF, get_script_prefix())
        if url is None:
            continue
        links.append({"key": item.key, "url": url, "label": item.label, "icon": item.icon, "current": False})
    matching = [link for link in links if _covers(str(link["url"]), path)]
    if matching:
        max(matching, key=lambda link: len(str(link["url"])))["current"] = True
    return links


@lru_cache(maxsize=512)
def _address(name: str, _urls: str, _prefix: str) -> str | None:
    """Where a page is; None where an app has no such page: it is left out, not an error on every page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _covers(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
