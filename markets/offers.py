"""What markets offer to the floors below, told once at start-up."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from commandcenter.city import nav, search
from commandcenter.city.audit_words import name_deeds
from commandcenter.city.roles import Role, grant
from commandcenter.city.viewers import Viewer
from commandcenter.incidents import words as alarm_words
from markets.words import DEEDS, TITLES

PEOPLE = frozenset({Role.ADMIN, Role.OPERATOR, Role.HEAD, Role.MAYOR})


def find(viewer: Viewer, query: str, n: int) -> list[search.Hit]:
    """Markets by name or area; every signed-in person may know them."""
    from markets.models import Market

    found = Market.objects.visible_to(viewer).search(query).select_related("area")[:n]
    return [search.Hit(m.name, m.area.full_name, f"/markets/{m.pk}/", _("market")) for m in found]


def _fill(**signal: Any) -> None:
    from markets.checklist_seed import ensure_checklist
    from markets.ranking import ensure_weights

    ensure_checklist(**signal)
    ensure_weights(**signal)


def register() -> None:
    """Role defaults, search and navigation."""
    for role in (Role.OPERATOR, Role.HEAD, Role.MAYOR):
        grant(role, "markets.view_market", "markets.view_marketmonth", "markets.view_marketcontact")
        grant(role, "markets.view_conditionaudit", "markets.view_programmepoint")
    grant(Role.HEAD, "markets.add_programmepoint", "markets.change_programmepoint")
    grant(Role.MAYOR, "markets.approve_programmepoint")
    grant(Role.HEAD, "markets.change_marketmonth", "markets.add_conditionaudit")
    grant(Role.OPERATOR, "markets.add_conditionaudit")
    name_deeds(DEEDS)
    post_migrate.connect(
        _fill, sender=apps.get_app_config("markets"), dispatch_uid="markets.ensure_checklist"
    )
    alarm_words.name_titles(TITLES)
    search.register(search.SearchSource("markets.market", _("Markets"), find, 20, "market"))
    nav.register(nav.NavItem("markets.list", _("Markets"), "markets:list", PEOPLE, 200, "market"))
