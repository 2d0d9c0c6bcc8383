"""Where officers and supervisors begin after signing in: without a role, but with a place in the house."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city import home, nav
from commandcenter.city.viewers import Viewer
from fieldstaff import rights
from fieldstaff.models import Officer

APP = nav.NavItem(
    key="fieldstaff.app", label=pgettext_lazy("of an officer", "My tasks and days"),
    url_name="fieldstaff:app", order=81, icon="phone-device",
)  # fmt: skip
LOOKS = nav.NavItem(
    key="fieldstaff.looks", label=_("Who looked at my routes"),
    url_name="fieldstaff:looks", order=89, icon="eye",
)  # fmt: skip
TEAM = nav.NavItem(
    key="fieldstaff.team", label=_("My team"), url_name="fieldstaff:team", order=80, icon="users"
)
ORDERS = nav.NavItem(
    key="fieldstaff.orders", label=_("Field orders"), url_name="fieldstaff:orders", order=82, icon="flag"
)


def _leads(viewer: Viewer) -> bool | None:
    """Whether the login is a supervisor's; None where no officer stands behind it."""
    team = Officer.objects.filter(supervisor=OuterRef("pk"))
    found = Officer.objects.filter(rights.himself(viewer)).annotate(leads=Exists(team))
    leads: bool | None = found.values_list("leads", flat=True).first()
    return leads


def links(viewer: Viewer) -> tuple[nav.NavItem, ...]:
    """The links of an officer's own pages; of a supervisor's team first. One statement."""
    leads = _leads(viewer)
    if leads is None:
        return ()
    return (TEAM, APP, ORDERS, LOOKS) if leads else (APP, LOOKS)


def first_page(viewer: Viewer) -> str | None:
    """A supervisor begins with the team, an officer with the app, nobody else here."""
    leads = _leads(viewer)
    if leads is None:
        return None
    return TEAM.url_name if leads else APP.url_name


def register() -> None:
    """Told once at start-up."""
    nav.register_others(links)
    home.register_other_home(first_page)
