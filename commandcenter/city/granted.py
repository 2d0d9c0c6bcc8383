"""What a login was granted, as the database has it at this moment: groups and permissions in one statement.

Django asks three times for the same (its groups, its own permissions, those of its groups), on every page of
the house. Nothing is kept beyond the request: what an administrator takes away is gone with the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

if TYPE_CHECKING:
    from commandcenter.city.models import User

# As ModelBackend has it: a superuser holds every permission, everybody else his own and his groups'.
_GRANTED = """
WITH mine AS (SELECT group_id FROM city_user_groups WHERE user_id = %(user)s)
SELECT ARRAY(SELECT name FROM auth_group WHERE id IN (SELECT group_id FROM mine)),
       ARRAY(SELECT kind.app_label || '.' || one.codename
               FROM auth_permission one JOIN django_content_type kind ON kind.id = one.content_type_id
              WHERE %(all)s OR one.id IN (
                SELECT permission_id FROM city_user_user_permissions WHERE user_id = %(user)s
                UNION ALL
                SELECT permission_id FROM auth_group_permissions
                 WHERE group_id IN (SELECT group_id FROM mine)))
"""


class Granted(NamedTuple):
    """Names of groups, and permissions as ``"app.codename"``."""

    groups: frozenset[str]
    permissions: frozenset[str]


def granted_to(user: User) -> Granted:
    """What this login holds; of one that is closed, nothing but its groups."""
    with connection.cursor() as cursor:
        cursor.execute(_GRANTED, {"user": user.pk, "all": user.is_superuser})
        groups, permissions = cursor.fetchone()
    held = frozenset(permissions) if user.is_active else frozenset[str]()
    # Django's own pages (the admin) ask the same of this object: they find it answered, as after
    # ``get_all_permissions()``.
    user._perm_cache = set(held)  # type: ignore[attr-defined]
    return Granted(frozenset(groups), held)
