"""What alarms offer to the floors below, told once at start-up: topic, rights, navigation, search, keys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter import live
from commandcenter.city import audit_words, nav, search, shortcuts
from commandcenter.city.roles import Role, grant
from commandcenter.city.viewers import Viewer
from commandcenter.incidents import takeover
from commandcenter.incidents.querysets import VIEW, scopes_of
from commandcenter.incidents.services import DRILL, HANDLE
from commandcenter.incidents.standing import SNOOZE
from commandcenter.incidents.words import speak

PEOPLE = frozenset({Role.ADMIN, Role.OPERATOR, Role.HEAD, Role.MAYOR})


def find(viewer: Viewer, query: str, n: int) -> list[search.Hit]:
    """Alarms the viewer may see, those that are still open first."""
    from commandcenter.incidents.models import Alarm

    rows = Alarm.objects.visible_to(viewer).search(query)
    # PostgreSQL puts nulls first in descending order: what is not cleared leads.
    rows = rows.order_by("-cleared_at", "-opened_at")[:n]
    return [
        search.Hit(speak(row).title, str(row.get_state_display()), f"/alarms/{row.pk}/", _("alarm"))
        for row in rows
    ]


audit_words.name_deeds(
    {
        "opened": pgettext_lazy("audit", "opened"),
        "worse": pgettext_lazy("audit", "got worse"),
        "acknowledged": pgettext_lazy("audit", "acknowledged"),
        "cleared": pgettext_lazy("audit", "cleared"),
        "snoozed": pgettext_lazy("audit", "put away from the walls"),
        "returned": pgettext_lazy("audit", "back on the walls"),
        "forwarded": pgettext_lazy("audit", "handed to another agency"),
        "drill_started": pgettext_lazy("audit", "drill started"),
    }
)
takeover.register()
live.register_topic(live.Topic(key="incidents.alarm", scopes=scopes_of))
grant(Role.OPERATOR, HANDLE, VIEW, DRILL, SNOOZE)
grant(Role.MAYOR, VIEW)
grant(Role.HEAD, VIEW, HANDLE)
nav.register(nav.NavItem("incidents.alarms", _("Alarms"), "incidents:alarms", PEOPLE, 90, "siren"))
search.register(search.SearchSource("incidents.alarm", _("Alarms"), find, 20, "siren"))
shortcuts.register(
    shortcuts.Shortcut("incidents.acknowledge", "a", _("Acknowledge the marked alarm"), _("Alarms"), 200)
)
shortcuts.register(shortcuts.Shortcut("incidents.clear", "e", _("Close the opened alarm"), _("Alarms"), 210))
