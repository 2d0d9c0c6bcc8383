"""Posts outside the five roles: a Django group with a few permissions, a name, a first page.

A role opens half the house; a post opens one door, as a payroll clerk's. Whoever holds any role goes by his
role: a post counts only for people without one. ``migrate`` makes the group and grants what was never granted
before, as for roles; what an admin takes away later stays away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from commandcenter.city.registry import Registry
from commandcenter.city.viewers import Viewer


@dataclass(frozen=True, slots=True)
class Post:
    """``key`` is the group's name (at most 20 characters), ``proof`` the permission that tells its holder."""

    key: str
    label: str | Promise
    proof: str
    permissions: frozenset[str]
    home: str
    """URL name."""
    order: int = 100


posts: Registry[Post] = Registry("post")
register = posts.register


def post_of(viewer: Viewer) -> Post | None:
    """The post of somebody without any role; None for everybody else."""
    if viewer.kind != "user" or viewer.roles:
        return None
    return next((post for post in posts.all() if post.proof in viewer.permissions), None)


def ensure_posts(**_about: Any) -> None:
    """Makes the groups and grants what was never granted before (``post_migrate`` receiver)."""
    from django.apps import apps
    from django.contrib.auth.models import Group, Permission

    memory: Any = apps.get_model("city", "RoleGrant")._default_manager
    try:
        known = set(memory.values_list("role", "permission"))
    except Exception:  # the tables are not there yet: the app's own migration comes first
        return
    rows = {
        f"{row.content_type.app_label}.{row.codename}": row
        for row in Permission.objects.select_related("content_type")
    }
    for post in posts.all():
        group, _made = Group.objects.get_or_create(name=post.key)
        fresh = {name for name in post.permissions & set(rows) if (post.key, name) not in known}
        group.permissions.add(*(rows[name] for name in fresh))
        memory.bulk_create(memory.model(role=post.key, permission=name) for name in sorted(fresh))
