"""What citizen reports offer to the floors below, told once at start-up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter import live
from commandcenter.city import audit_words, nav, search
from commandcenter.city.roles import Role, grant
from commandcenter.city.viewers import Viewer
from commandcenter.incidents import words as alarm_words
from complaints import rights
from complaints.services.writing import TOPIC

DESK = [
    "view_report", "add_report", "handle_report", "assign_report", "merge_report", "answer_report",
    "take_112", "bulk_report", "export_report", "view_contact", "view_category", "view_channel",
    "view_outbox", "view_cannedtext",
]  # fmt: skip
AGENCY = ["view_report", "handle_report", "answer_report", "export_report", "view_contact"]
DEEDS = {
    "looked-at-contact": pgettext_lazy("audit", "contact looked at"),
    "exported": pgettext_lazy("audit", "exported"),
    "erased": pgettext_lazy("audit", "personal data erased"),
}


TITLES = {
    "urgent_report": _("Urgent report: %(name)s"),
    "late_report": _("Report over its deadline: %(name)s"),
}


def find(viewer: Viewer, query: str, n: int) -> list[search.Hit]:
    """Reports the viewer may see, by number or words."""
    from complaints.models import Report

    rows = Report.objects.visible_to(viewer).find(query).select_related("category", "area")
    return [
        search.Hit(
            row.number,
            " · ".join(str(part) for part in (row.category or "", row.area or "") if part),
            f"/reports/{row.number}/",
            _("report"),
        )
        for row in rows.order_by("-pk")[:n]
    ]


def register() -> None:
    """Role defaults, the topic of report events, search and navigation."""
    grant(Role.OPERATOR, *(f"complaints.{name}" for name in DESK))
    grant(Role.HEAD, *(f"complaints.{name}" for name in AGENCY))
    grant(Role.MAYOR, rights.VIEW, rights.EXPORT)
    audit_words.name_deeds(DEEDS)
    alarm_words.name_titles(TITLES)
    live.register_topic(live.Topic(key=TOPIC, scopes=rights.scopes_of))
    people = frozenset({Role.ADMIN, Role.OPERATOR, Role.HEAD, Role.MAYOR})
    nav.register(
        nav.NavItem("complaints.desk", _("Citizen reports"), "complaints:desk", people, 80, "message")
    )
    search.register(search.SearchSource("complaints.report", _("Citizen reports"), find, 20, "message"))
