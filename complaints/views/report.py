"""One report: what was said, where it stands, its story, its conversation, and what may be done."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cctv import looks
from cctv.models import Camera
from cctv.nearest import nearest
from cctv.shown import shown
from commandcenter.city import audit
from commandcenter.city.models import Agency, User
from commandcenter.city.permissions import page
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.wall.panels import panels_of
from complaints import moves, rights, withheld
from complaints.channels.words import in_words
from complaints.duplicates import similar
from complaints.models import (
    CannedText,
    Category,
    CategoryChange,
    ClockEvent,
    Delivery,
    Priority,
    RemoteFile,
    Report,
    ReportKind,
    Routing,
    Severity,
)
from complaints.models.choices import STATUS_LABELS
from complaints.services import clocks, routed, talking, telling
from complaints.shown import STATES, card, cards, pair
from complaints.sla import Kind
from complaints.story import story, told
from complaints.suggesting import Likely
from complaints.views.desk import rights_of
from complaints.views.doors import report_of
from complaints.views.outside import outside_of
from complaints.workflow import Status

NEAR = 5
CAMERAS = 4
MOST_SHOWN = 5


@require_GET
@page(permission=rights.VIEW)
def report_page(request: HttpRequest, number: str) -> HttpResponse:
    """The page of one report."""
    viewer, now = viewer_of(request), timezone.now()
    report = report_of(viewer, number)
    if not request.headers.get("X-CC-Live"):
        talking.mark_read(pk=report.pk, viewer=viewer)
    moves_here, unnamed = move_choices(report, viewer), withheld.from_viewer(report, viewer)
    withheld.main_of(report, unnamed)
    context = {
        "report": report,
        "card": card(report, now),
        "story": told(withheld.from_outsiders(withheld.lines(story(report, clocks=False), unnamed), viewer)),
        "ticks": ClockEvent.objects.filter(report=report).order_by("-pk"),
        "answers": answer_lines(report),
        "unsent": unsent(report),
        "unfetched": unfetched(report),
        "contact": contact_of(request, viewer, report),
        "clocks": clock_lines(report, now),
        "moves": moves_here,
        **outside_of(report, viewer, moves_here),
        "guess": guess_of(report),
        "routing": Routing.objects.filter(report=report).select_related("rule", "agency").last(),
        "similar": cards(similar(report, viewer, NEAR), now),
        "duplicates": cards(duplicates_of(report, viewer), now),
        **files_of(report),
        "cameras": cameras_near(report, viewer),
        "reachable": report.reporter is not None and telling.way_to(report.reporter) is not None,
        "phone_only": report.reporter is not None and bool(report.reporter.phone_digest),
        "proposal": proposal_of(report),
        "mine": report.claimed_by_id == viewer.pk,
        "panels": panels_of(request, "complaints.Report", report, now),
        **choices(report, viewer),
        **rights_of(viewer),
    }
    return render(request, "complaints/report.html", context)


def proposal_of(report: Report) -> dict[str, Any]:
    """Where rules and category would send a report that no agency has, as they are now; empty for others."""
    if report.agency_id is not None:
        return {}
    rule = routed.ask(report).rule
    usual = report.category.agency_id if report.category else None
    wanted = rule.agency if rule else usual
    agency = Agency.objects.filter(pk=wanted).first() if wanted else None
    return {"agency": agency, "rule": rule.name if rule else ""}


def files_of(report: Report) -> dict[str, Any]:
    """All files; those that stand before and after the work are shown as a pair and not once more."""
    attached = list(report.attachments.all())
    both = pair(attached)
    return {"pair": both, "attachments": [row for row in attached if row not in (both or ())]}


def duplicates_of(report: Report, viewer: Viewer) -> Any:
    """Those this viewer may read: one that became secret after the merge shows to nobody else."""
    rows = Report.objects.visible_to(viewer).filter(duplicate_of=report)
    return rows.select_related("category", "area")


def answer_lines(report: Report) -> list[tuple[str, str]]:
    """Question and answer in words, as the category asks them now."""
    questions = {q.code: q for q in report.category.questions.all()} if report.category else {}
    lines = []
    for code, value in report.answers.items():
        question = questions.get(code)
        names = {str(pair[0]): str(pair[1]) for pair in question.values} if question else {}
        given = value if isinstance(value, list) else [value]
        lines.append(
            (question.text if question else code, ", ".join(names.get(str(v), str(v)) for v in given))
        )
    return lines


def unsent(report: Report) -> list[tuple[str, str]]:
    """Channel and reason of notices that never left; failed answers stand beside their words in the story."""
    rows = report.outbox.filter(state=Delivery.FAILED, message__isnull=True).select_related("channel")
    return [(row.channel.name, row.problem) for row in rows[:5]]


def unfetched(report: Report) -> list[tuple[str, Any]]:
    """Host and reason of pictures that a partner named and that are not here; no reason: still to come."""
    rows = report.remote_files.exclude(state=RemoteFile.State.DONE)[:MOST_SHOWN]
    return [(urlsplit(row.url).hostname or "", in_words(row.problem) if row.problem else "") for row in rows]


def guess_of(report: Report) -> dict[str, Any] | None:
    """What had been suggested for it, as it was then: categories with confidence, and the words."""
    row = CategoryChange.objects.filter(report=report, suggested__isnull=False).select_related("suggested")
    first = row.order_by("pk").first()
    if first is None or first.suggested is None:
        return None
    others = dict(first.why.get("others", []))
    rows = Category.objects.filter(code__in=others, active=True)
    likely = [Likely(first.suggested, first.confidence or 0.0, (), "")]
    likely += [Likely(row, others[row.code], (), "") for row in rows]
    return {
        "likely": [likely[0], *sorted(likely[1:], key=lambda item: -item.confidence)],
        "words": ", ".join(first.why.get("words", [])),
        "by": first.why.get("by", ""),
        "overridden": report.category_id is not None and report.category_id != first.suggested_id,
    }


def cameras_near(report: Report, viewer: Viewer) -> list[Any]:
    """The nearest working cameras that this viewer may see; a look at restricted ones is written down."""
    if report.lat is None or report.lng is None:
        return []
    near = {
        camera.pk: place for place, camera in enumerate(nearest((report.lat, report.lng), viewer, CAMERAS))
    }
    rows = Camera.objects.visible_to(viewer).filter(pk__in=near).select_related("area", "site")
    found = sorted(rows, key=lambda row: near[row.pk])
    looks.note(viewer, found, where="report")
    return shown(found, viewer)


def contact_of(request: HttpRequest, viewer: Viewer, report: Report) -> dict[str, str] | None:
    """Name and contact after a person asked for them (each look is written down), else None."""
    if report.reporter is None or not rights.may_read_contact(viewer, report):
        return None
    if request.GET.get("contact") != "1":
        return {}
    audit.record(viewer=viewer, action="report.looked-at-contact", subject=report)
    person = report.reporter
    return {"name": person.name, "phone": person.phone, "email": person.email, "address": person.address}


def clock_lines(report: Report, now: Any) -> list[dict[str, Any]]:
    """Each clock of the present round: its word, deadline, and how much is used."""
    words = {Kind.VERIFY: "verify", Kind.ANSWER: "answer", Kind.FINISH: "finish"}
    lines = []
    for kind, (clock, _told) in clocks.clocks_of(report).items():
        share = clock.share(now)
        state = (
            "good"
            if clock.stopped_at and not clock.is_late(now)
            else "crit"
            if clock.is_late(now)
            else "warn"
            if share >= 0.75
            else "good"
        )
        lines.append(
            {
                "kind": words[kind],
                "due": clock.due_at,
                "percent": min(100.0, 100 * share),
                "state": state,
                "paused": clock.paused_at is not None and clock.stopped_at is None,
                "stopped": clock.stopped_at,
            }
        )
    return lines


def move_choices(report: Report, viewer: Viewer) -> list[dict[str, Any]]:
    """Where this viewer may move it, in the table's order."""
    return [
        {
            "value": row.target.value,
            "word": STATUS_LABELS[row.target],
            "text": row.text,
            "state": STATES[row.target],
        }
        for row in moves.open_moves(report)
        if viewer.can(f"complaints.{row.right}")
        and row.target not in {Status.FORWARDED, Status.DUPLICATE, Status.REOPEN_ASKED}
    ]


def choices(report: Report, viewer: Viewer) -> dict[str, Any]:
    """Lists for the forms."""
    agencies = Agency.objects.order_by("name")
    if not rights.sees_desk(viewer):
        up = report.agency.parent_id if report.agency else None
        agencies = agencies.filter(pk__in={*viewer.agencies, *filter(None, [up])})
    canned = CannedText.objects.filter(agency__isnull=True) | CannedText.objects.filter(
        agency__in=viewer.agencies
    )
    return {
        "agencies": agencies,
        "officers": User.objects.filter(agency=report.agency_id, is_active=True).order_by("username")
        if report.agency_id
        else User.objects.none(),
        "categories": categories_for(report, viewer),
        "may_secrecy": rights.sees_secret(viewer) if report.secret else rights.may_hide(viewer),
        "priorities": Priority.choices,
        "severities": Severity.choices,
        "canned": [(row.title, fill(row.text, report)) for row in canned.distinct()],
    }


def categories_for(report: Report, viewer: Viewer) -> Any:
    """What it may be filed under; those that hide a report are offered to the desk, not to its agency."""
    rows = Category.objects.filter(active=True).select_related("parent")
    if rights.may_hide(viewer):
        return rows
    return rows.filter(Q(pk=report.category_id) | ~Q(kind=ReportKind.ROOM) & Q(private=False))


def fill(text: str, report: Report) -> str:
    """A canned text with the report's own words in its places."""
    words = {
        "{number}": report.number,
        "{agency}": str(report.agency or ""),
        "{category}": str(report.category or ""),
    }
    for place, word in words.items():
        text = text.replace(place, word)
    return text
