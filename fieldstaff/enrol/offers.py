"""What enrolment offers to the floors below: words of audit and alarms, the events of phones, two pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter import live
from commandcenter.city import audit_words, nav
from commandcenter.city.roles import Role
from commandcenter.incidents import words as alarm_words
from fieldstaff.enrol import news, twice

DEEDS = {
    "enrolled": pgettext_lazy("audit", "phone enrolled"),
    "handed_over": pgettext_lazy("audit", "phone handed over"),
    "taken_back": pgettext_lazy("audit", "phone taken back"),
    "notice_given": pgettext_lazy("audit", "privacy notice handed over"),
    "training_added": pgettext_lazy("audit", "training written down"),
    "undone": pgettext_lazy("audit", "taken back"),
    "leave_added": pgettext_lazy("audit", "leave written down"),
    "leave_removed": pgettext_lazy("audit", "leave taken away"),
    "read_in": pgettext_lazy("audit", "sheet read in"),
}


def register() -> None:
    """Told once at start-up."""
    audit_words.name_deeds(DEEDS)
    alarm_words.name_titles(twice.TITLES)
    alarm_words.name_texts(twice.TEXTS)
    live.register_topic(live.Topic(key=news.TOPIC, scopes=news.scopes_of))
    desk = frozenset({Role.ADMIN, Role.HEAD})
    nav.register(
        nav.NavItem("fieldstaff.people", _("Officers and phones"), "fieldstaff:people", desk, 84, "users")
    )
    phones = frozenset({Role.ADMIN, Role.HEAD, Role.OPERATOR})
    nav.register(
        nav.NavItem("fieldstaff.health", _("Phone health"), "fieldstaff:sick", phones, 85, "phone-device")
    )
