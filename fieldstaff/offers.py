"""What field officers offer to the floors below, told once at start-up."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter import live
from commandcenter.city import audit_words, nav, posts, search
from commandcenter.city.roles import Role, grant
from commandcenter.city.viewers import Viewer
from commandcenter.wall import routing
from fieldstaff import news, rights, ways
from fieldstaff.orders import offers as orders
from fieldstaff.querysets.enrolment import ENROL, MANAGE
from fieldstaff.querysets.water import WATER

DESK = [rights.OFFICERS, rights.LIVE, rights.SOS, rights.QUARANTINE, rights.COUNT, WATER]
HEAD = [
    rights.OFFICERS, rights.LIVE, rights.TRAIL, rights.FIGURES, rights.PAY, rights.COUNT, rights.SOS,
    rights.CLOSE, "fieldstaff.view_device", ENROL, MANAGE, WATER,
]  # fmt: skip
CLERK = frozenset({rights.PAY, rights.CLOSE})
"""What the group of payroll clerks may; whose days and rupiah, ``rights.py`` says."""
DEEDS = {
    "token_issued": pgettext_lazy("audit", "token issued"),
    "token_rotated": pgettext_lazy("audit", "token changed"),
    "token_revoked": pgettext_lazy("audit", "token revoked"),
    "signed_in": pgettext_lazy("audit", "phone signed in"),
    "pin_chosen": pgettext_lazy("audit", "PIN of calls for help chosen"),
    "taken_back": pgettext_lazy("audit", "taken back with the PIN"),
    "days_dropped": pgettext_lazy("audit", "old days removed"),
    "asked": pgettext_lazy("audit", "asked for"),
    "planned": pgettext_lazy("audit", "planned"),
    "decided": pgettext_lazy("audit", "decided"),
    "dismissed": pgettext_lazy("audit", "dismissed"),
    "closed": pgettext_lazy("audit", "closed"),
    "pay": pgettext_lazy("audit", "pay"),
    "own-pay": pgettext_lazy("audit", "own pay"),
    "reopened": pgettext_lazy("audit", "opened again"),
    "reckoned": pgettext_lazy("audit", "reckoned"),
    "reviewed": pgettext_lazy("audit", "looked at and accepted"),
    "trail_seen": pgettext_lazy("audit", "route looked at"),
}


def make_partitions(**_kwargs: Any) -> None:
    """A fresh database can take positions at once (``post_migrate`` receiver)."""
    from fieldstaff import partitions

    partitions.make()


def phone_socket(scope: dict[str, Any]) -> Viewer | None:
    """The officer whose app opened this socket."""
    from fieldstaff.pwa.identity import socket_viewer

    return socket_viewer(scope)


def find(viewer: Viewer, query: str, n: int) -> list[search.Hit]:
    """Officers the viewer may read, by name or number."""
    from fieldstaff.models import Officer

    rows = Officer.objects.visible_to(viewer).filter(Q(name__icontains=query) | Q(code__icontains=query))
    return [
        search.Hit(row.name, f"{row.code} · {row.agency.short_name}", f"/officers/{row.pk}/", _("officer"))
        for row in rows.select_related("agency").order_by("name")[:n]
    ]


def register() -> None:
    """Role defaults, words of the audit trail, the days of the trail."""
    from django.apps import apps

    from fieldstaff.days import receivers
    from fieldstaff.emergency import register as emergency
    from fieldstaff.enrol import offers as enrolment
    from fieldstaff.pay import receivers as schemes

    receivers.connect()
    schemes.connect()
    grant(Role.OPERATOR, *DESK)
    grant(Role.HEAD, *HEAD)
    grant(Role.MAYOR, rights.COUNT)
    audit_words.name_deeds(DEEDS)
    orders.register()
    enrolment.register()
    ways.register()
    payers = frozenset({Role.ADMIN, Role.HEAD})
    clerks = frozenset({rights.CLERKS})
    label = pgettext_lazy("post", "Payroll clerk")
    posts.register(posts.Post(rights.CLERKS, label, rights.PAY, CLERK, "fieldstaff:pay"))
    nav.register(
        nav.NavItem("fieldstaff.pay", _("Pay periods"), "fieldstaff:pay", payers, 92, "calendar-days", clerks)
    )
    routing.register_socket("petugas/ws/", phone_socket)
    live.register_topic(live.Topic(key=news.TOPIC, scopes=news.scopes_of))
    emergency.offer()
    emergency.listen()
    readers = frozenset({Role.OPERATOR, Role.HEAD, Role.ADMIN})
    label = pgettext_lazy("of rivers and lakes", "Water levels")
    nav.register(nav.NavItem("fieldstaff.water", label, "fieldstaff:water", readers, 96, "drop"))
    people = frozenset({Role.ADMIN, Role.OPERATOR, Role.HEAD})
    title = _("Field officers")
    nav.register(
        nav.NavItem("fieldstaff.officers", title, "fieldstaff:officers", people, 90, "users", clerks)
    )
    search.register(search.SearchSource("fieldstaff.officer", _("Field officers"), find, 40, "users"))
    post_migrate.connect(
        make_partitions, sender=apps.get_app_config("fieldstaff"), dispatch_uid="fieldstaff.partitions"
    )
