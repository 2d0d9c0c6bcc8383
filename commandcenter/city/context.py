"""What every template may use: the city's face, the viewer, the navigation, the server's clock."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from commandcenter.city.models import Region
from commandcenter.city.nav import nav_for
from commandcenter.city.posts import post_of
from commandcenter.city.roles import ROLE_LABELS, Role
from commandcenter.city.shortcuts import shortcuts
from commandcenter.city.viewers import SESSION_KEY, Viewer, viewer_of


def _account_links(viewer: Viewer) -> list[dict[str, object]]:
    links: list[dict[str, object]] = [
        {"url": reverse("city:account"), "label": _("My account"), "icon": "user-cog"},
        {"url": reverse("city:directory"), "label": _("Directory"), "icon": "phone"},
    ]
    if viewer.has(Role.ADMIN):
        links += [
            {"url": reverse("city:people"), "label": _("Invite people"), "icon": "users"},
            {"url": reverse("city:audit"), "label": _("Audit trail"), "icon": "history"},
            {"url": reverse("city:agencies"), "label": _("Agencies"), "icon": "agency"},
            {"url": reverse("city:setup"), "label": _("First steps"), "icon": "test"},
            {"url": reverse("admin:index"), "label": _("Administration"), "icon": "settings"},
        ]
    return links


def _standing(viewer: Viewer) -> str:
    post = post_of(viewer)
    if post is not None:
        return str(post.label)
    return ", ".join(str(ROLE_LABELS[role]) for role in Role if role in viewer.roles)


def city(request: HttpRequest) -> dict[str, Any]:
    """Context processor; everything that asks the database does so only when used."""
    region: Any = getattr(request, "region", None) or SimpleLazyObject(Region.current)
    if not hasattr(request, "user"):
        return {"region": region, "server_now": timezone.now()}
    viewer = viewer_of(request)
    return {
        "region": region,
        "city": {
            "name": region.name,
            "logo": f"{reverse('city:logo')}?v={region.rev}" if region.logo else "",
            "motif": region.motif,
            "zone_name": region.zone_name,
        },
        "viewer": viewer,
        "viewer_roles": _standing(viewer),
        "viewing_as": viewer.read_only and SESSION_KEY in request.session,
        "nav": nav_for(viewer, request.path),
        "extra_keys": [(s.keys, s.label) for s in shortcuts.all() if not s.key.startswith("page.")],
        "account_links": _account_links(viewer) if viewer.kind == "user" else [],
        "server_now": timezone.now(),
        "zone_name": region.zone_name,
    }
