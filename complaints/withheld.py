"""A report's number leaves the stories of others where the reader may not see that report.

A merge names the other report in a row, and often in words ("The same as ..."). The rows stay as they are:
what is withheld is decided when they are read, by who reads them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from commandcenter.city.models import Agency, User
from commandcenter.city.viewers import Viewer
from complaints import rights
from complaints.models import Link, Report
from complaints.models.choices import Visibility
from complaints.services.deputies import OURS

BETWEEN = r"[\s\-\u2013.]*"


def from_public(links: Iterable[Link], opened: Collection[int] = ()) -> list[str]:
    """Numbers of tied reports that are out of sight, but of those whose PIN this reader has shown."""
    return [link.other.number for link in links if link.other.hidden and link.other_id not in opened]


def links_of(reports: Collection[int]) -> dict[int, list[Link]]:
    """What is tied to these reports, by the key of each."""
    found: dict[int, list[Link]] = {}
    for row in Link.objects.filter(report__in=reports).select_related("other__category"):
        found.setdefault(row.report_id, []).append(row)
    return found


def from_viewer(report: Report, viewer: Viewer) -> list[str]:
    """Numbers of reports tied to this one, from either side, that ``viewer`` may not see."""
    # Keys first: "in this table or in that one" makes PostgreSQL read every report there is.
    ends = Link.objects.filter(Q(report=report) | Q(other=report)).values_list("report_id", "other_id")
    tied = {key for pair in ends for key in pair} - {report.pk}
    if not tied:
        return []
    seen = set(Report.objects.visible_to(viewer).filter(pk__in=tied).values_list("pk", flat=True))
    return list(Report.objects.filter(pk__in=tied - seen).values_list("number", flat=True))


def without(text: str, numbers: Collection[str]) -> str:
    """The words without these numbers, however they are written."""
    for number in numbers if text else ():
        prefix, *body = number.split("-")
        pattern = rf"\b(?:{prefix}{BETWEEN})?{BETWEEN.join(body)}\b"
        text = re.sub(pattern, _("another report"), text, flags=re.IGNORECASE)
    return text


def lines(story: Iterable[dict[str, Any]], numbers: Collection[str]) -> list[dict[str, Any]]:
    """The lines of a story for one who may not see the reports of these numbers."""
    kept = []
    for line in story:
        row = line["row"]
        tied = {"link": "other", "linked": "report"}.get(line["kind"], "")
        if tied and getattr(row, tied).number in numbers:
            continue
        if numbers and isinstance(getattr(row, "text", None), str):
            row.text = without(row.text, numbers)
        kept.append(line)
    return kept


def from_outsiders(story: Iterable[dict[str, Any]], viewer: Viewer) -> list[dict[str, Any]]:
    """The story without notes for colleagues where an outside responder reads; his own house's notes stay."""
    ours = Agency.objects.filter(pk__in=sorted(viewer.agencies), kind__in=OURS)
    if rights.sees_desk(viewer) or not viewer.agencies or ours.exists():
        return list(story)
    house = set(User.objects.filter(agency__in=sorted(viewer.agencies)).values_list("pk", flat=True))
    return [line for line in story if not _between_colleagues(line, house)]


def _between_colleagues(line: dict[str, Any], house: Collection[int]) -> bool:
    row = line["row"]
    return bool(
        line["kind"] == "note" and row.visibility == Visibility.INTERNAL and row.actor_id not in house
    )


def main_of(report: Report, numbers: Collection[str]) -> None:
    """For showing only: the report says that it is a duplicate, and of none of these."""
    main = report.duplicate_of
    if main is not None and main.number in numbers:
        report.duplicate_of = Report(number=_("another report"))
