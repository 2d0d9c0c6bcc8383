"""What prices offer to the floors below: rights, navigation, news, and the list that ships."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter import live
from commandcenter.city import audit_words, nav
from commandcenter.city.roles import Role, grant
from commandcenter.city.viewers import Viewer
from markets.priceseed import ensure_commodities
from markets.querysets.prices import VIEW, WRITE, reads_all

PEOPLE = frozenset({Role.ADMIN, Role.OPERATOR, Role.HEAD, Role.MAYOR})
TOPIC = "markets.prices"


def scopes(viewer: Viewer) -> Iterable[str]:
    """News of prices is for those who may read them all."""
    return {"all"} if reads_all(viewer) else set()


def register() -> None:
    """Readers read, heads write their own agency's markets."""
    for role in (Role.OPERATOR, Role.HEAD, Role.MAYOR):
        grant(role, VIEW, "markets.view_commodity", "markets.view_priceceiling")
    grant(Role.HEAD, WRITE)
    audit_words.name_deeds({"exported": pgettext_lazy("audit", "exported")})
    live.register_topic(live.Topic(TOPIC, scopes))
    nav.register(nav.NavItem("markets.prices", _("Prices"), "markets:prices", PEOPLE, 202, "tag"))
    post_migrate.connect(
        ensure_commodities, sender=apps.get_app_config("markets"), dispatch_uid="markets.commodities"
    )
