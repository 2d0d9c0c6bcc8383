"""What citizen reports offer to the floors below, told once at start-up."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter import live
from commandcenter.city import audit_words, framing, nav, search, shortcuts
from commandcenter.city.roles import Role, grant
from commandcenter.city.viewers import Viewer, register_agency_source
from commandcenter.incidents import words as alarm_words
from complaints import rights
from complaints.paging import newest_found
from complaints.services.writing import TOPIC

DESK = [
    "view_report", "add_report", "handle_report", "assign_report", "merge_report", "answer_report",
    "take_112", "bulk_report", "export_report", "view_contact", "view_category", "view_channel",
    "view_outbox", "view_cannedtext", "handle_room",
]  # fmt: skip
AGENCY = ["view_report", "handle_report", "answer_report", "export_report", "view_contact", "add_deputy"]
DEEDS = {
    "looked-at-contact": pgettext_lazy("audit", "contact looked at"),
    "exported": pgettext_lazy("audit", "exported"),
    "bulk": pgettext_lazy("audit", "many reports at once"),
    "breach-listed": pgettext_lazy("audit", "list of a breach made"),
    "secrecy": pgettext_lazy("audit", "secrecy set or lifted"),
    "named": pgettext_lazy("audit", "deputy named"),
    "ended": pgettext_lazy("audit", "term of a deputy ended"),
    "trained": pgettext_lazy("audit", "suggestion model trained"),
    "erased": pgettext_lazy("audit", "personal data erased"),
}


TITLES = {
    "urgent_report": _("Urgent report: %(name)s"),
    "urgent_reports_more": _("%(name)s more urgent reports from the form"),
    "late_report": _("Report over its deadline: %(name)s"),
    "late_report_triage": _("Report over its deadline: triage desk"),
    "room_request_maternity": _("Waits for an answer: maternity room"),
    "room_request_bed": _("Waits for an answer: hospital bed"),
    "room_request_icu": _("Waits for an answer: ICU"),
    "room_request_ambulance": _("Waits for an answer: ambulance"),
}


# A report's own pages stand beside the inbox (decision 0111), and what leads back to it.
FRAMED = (r"/reports/", r"/reports/next/", r"/reports/[A-Z]{2,5}-[2-9A-Z]{4}-[2-9A-Z]{4}/([a-z]+/)?")


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
        for row in newest_found(rows.defer("search", "answers"), n)
    ]


def named_for(user: int) -> QuerySet[Any, Any]:
    """The agencies that a person is named for today."""
    from complaints.services import deputies

    return deputies.named_for(user)


def may_stand_in(user: int) -> bool:
    """Whether such a person may stand in at all."""
    from complaints.services import deputies

    return deputies.may_stand_in(user)


def register() -> None:
    """Role defaults, the topic of report events, search and navigation."""
    grant(Role.OPERATOR, *(f"complaints.{name}" for name in DESK))
    grant(Role.HEAD, *(f"complaints.{name}" for name in AGENCY))
    grant(Role.MAYOR, rights.VIEW, rights.EXPORT)
    audit_words.name_deeds(DEEDS)
    alarm_words.name_titles(TITLES)
    register_agency_source(named_for, may_stand_in)
    framing.allow(*FRAMED)
    live.register_topic(live.Topic(key=TOPIC, scopes=rights.scopes_of))
    people = frozenset({Role.ADMIN, Role.OPERATOR, Role.HEAD, Role.MAYOR})
    nav.register(
        nav.NavItem("complaints.desk", _("Citizen reports"), "complaints:desk", people, 80, "message")
    )
    nav.register(
        nav.NavItem(
            "complaints.statistics", _("Report statistics"), "complaints:statistics", people, 81, "activity"
        )
    )
    search.register(search.SearchSource("complaints.report", _("Citizen reports"), find, 20, "message"))


for _order, (_keys, _label) in enumerate(
    [
        ("x", pgettext_lazy("shortcut", "Take the next report")),
        ("n", pgettext_lazy("shortcut", "Write a new report")),
        ("1", pgettext_lazy("shortcut", "Open the 112 page")),
        ("r", pgettext_lazy("shortcut", "Rooms and ambulances")),
        ("c", pgettext_lazy("shortcut", "Take the report")),
        ("m", pgettext_lazy("shortcut", "Change the status")),
        ("f", pgettext_lazy("shortcut", "Send on to an agency")),
        ("a", pgettext_lazy("shortcut", "Answer the citizen")),
        ("o", pgettext_lazy("shortcut", "Write a note")),
        ("e", pgettext_lazy("shortcut", "Category and priority")),
        ("p", pgettext_lazy("shortcut", "Add a photo")),
        ("u", pgettext_lazy("shortcut", "Back to the list")),
    ]
):
    shortcuts.register(
        shortcuts.Shortcut(
            key=f"reports.{_keys}", keys=_keys, label=_label, order=200 + _order,
            group=pgettext_lazy("shortcut group", "Citizen reports"),
        )
    )  # fmt: skip
