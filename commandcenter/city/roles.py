"""The five roles of the house and what each may do by default.

A role is a Django group of the same name. ``migrate`` creates the groups and grants each role
its defaults once; what an admin takes away later stays away.
"""

from __future__ import annotations

from collections.abc import Container
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """Names of the Django groups."""

    ADMIN = "admin"
    OPERATOR = "operator"
    HEAD = "agency-head"
    MAYOR = "mayor"
    PARTNER = "partner"


ROLE_LABELS = {
    Role.ADMIN: _("Administrator"),
    Role.OPERATOR: _("Operator"),
    Role.HEAD: _("Agency head"),
    Role.MAYOR: _("Mayor or regent"),
    Role.PARTNER: _("Partner (province, police)"),
}
# Roles whose people work in the admin pages.
STAFF_ROLES = frozenset({Role.ADMIN, Role.OPERATOR})
# An admin holds every permission of these apps, apart from rewriting history.
HOUSE_APPS = (
    "city", "wall", "feeds", "incidents", "markets", "cctv", "complaints", "fieldstaff",
    "auth", "axes", "otp_totp", "otp_static",
)  # fmt: skip
NEVER = frozenset(f"city.{verb}_auditentry" for verb in ("add", "change", "delete"))

_grants: dict[Role, set[str]] = {
    Role.ADMIN: set(),
    Role.OPERATOR: {"city.view_agency", "city.view_area", "city.view_region"},
    Role.HEAD: {"city.view_agency", "city.view_area"},
    Role.MAYOR: {"city.view_agency", "city.view_area", "city.view_region"},
    Role.PARTNER: set(),
}


def roles_among(groups: Container[str], superuser: bool) -> frozenset[Role]:
    """The house's roles of somebody in these groups; a superuser is an admin."""
    found = {role for role in Role if role.value in groups}
    return frozenset(found | {Role.ADMIN} if superuser else found)


def grant(role: Role, *permissions: str) -> None:
    """Adds default permissions (``"app.codename"``) of ``role``; call it from an app's ``ready()``."""
    _grants[role].update(permissions)


def ensure_roles(**kwargs: Any) -> None:
    """Creates the groups and grants what was never granted before (``post_migrate`` receiver)."""
    from django.apps import apps
    from django.contrib.auth.models import Group, Permission

    try:
        memory = apps.get_model("city", "RoleGrant")
        known = set(memory.objects.values_list("role", "permission"))
    except Exception:  # the tables are not there yet: the app's own migration comes first
        return
    rows = {
        f"{row.content_type.app_label}.{row.codename}": row
        for row in Permission.objects.select_related("content_type")
    }
    everything = {name for name in rows if name.split(".")[0] in HOUSE_APPS} - NEVER
    for role in Role:
        group, _created = Group.objects.get_or_create(name=role.value)
        wanted = everything if role is Role.ADMIN else _grants[role] & set(rows)
        fresh = {name for name in wanted if (role.value, name) not in known}
        group.permissions.add(*(rows[name] for name in fresh))
        memory.objects.bulk_create(memory(role=role.value, permission=name) for name in sorted(fresh))
