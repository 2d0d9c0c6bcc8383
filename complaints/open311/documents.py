"""Our rows as the documents of GeoReport v2. Names, contacts and devices are in none of them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from commandcenter.city.region import Region
from complaints import withheld
from complaints.models import Category, Report, ServiceVersion
from complaints.models.choices import STATUS_LABELS, Visibility
from complaints.open311.wire import w3c
from complaints.points import PLACES
from complaints.workflow import OUTCOMES, Status

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
MIME = ["text/xml", "application/json"]


def offered() -> Any:
    """The categories that a partner may choose."""
    rows = Category.objects.offered().public().select_related("parent").annotate(asks=Count("questions"))
    return rows.order_by("order", "name", "pk")


def changeset() -> str:
    """Sorts by time, and moves whenever a service or a definition reads differently than before."""
    rows = list(offered().prefetch_related("questions"))
    served = json.dumps([[service(row), definition(row)] for row in rows], sort_keys=True)
    mark, now = hashlib.sha256(served.encode()).hexdigest(), timezone.now()
    row, created = ServiceVersion.objects.get_or_create(pk=1, defaults={"mark": mark, "at": now})
    if not created and row.mark != mark:
        # Two readers at once write the same; a clock that was put back never takes the changeset back.
        later = max(now, row.at + timedelta(microseconds=1))
        ServiceVersion.objects.filter(pk=1).exclude(mark=mark).update(mark=mark, at=later)
        row.refresh_from_db()
    return f"{row.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def discovery(base: str) -> dict[str, Any]:
    """Where the endpoints are; both formats each, and a test endpoint whose reports reach nobody."""
    region, mark = Region.current(), changeset()
    endpoints = [
        {
            "specification": SPECIFICATION, "url": f"{base}/open311/{path}", "changeset": mark, "type": kind,
            "formats": MIME,
        }
        for path, kind in (("v2", "production"), ("test/v2", "test"))
    ]  # fmt: skip
    return {
        "changeset": mark,
        "contact": region.title or "Pusat Kendali",
        "key_service": f"{base}/lapor/privasi/",
        "endpoints": endpoints,
    }


def service(category: Category) -> dict[str, Any]:
    """One row of the list of services."""
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": category.description or category.name,
        "metadata": bool(getattr(category, "asks", 0)),
        "type": "realtime",
        "keywords": ",".join(category.keywords[:20]),
        "group": category.parent.name if category.parent else "",
    }


def definition(category: Category) -> dict[str, Any]:
    """What a service asks."""
    return {
        "service_code": category.code,
        "attributes": [
            {
                "variable": True,
                "code": question.code,
                "datatype": question.datatype,
                "required": question.required,
                "datatype_description": question.hint,
                "order": order,
                "description": question.text,
                "values": [{"key": str(pair[0]), "name": str(pair[1])} for pair in question.values],
            }
            for order, question in enumerate(category.questions.all(), start=1)
        ],
    }


RELATED = ("category__parent", "agency", "area", "channel")
ATTACHED = ("attachments",)
STORY = ("statuschanges", "notes", "links__other__category", "category__questions")


def loaded(rows: Any, *, extensions: bool = False) -> Any:
    """The reports with what their documents read, in a handful of queries however many they are."""
    found = rows.select_related(*RELATED).prefetch_related(*ATTACHED).defer("search")
    return found.prefetch_related(*STORY) if extensions else found


def request(report: Report, zone: Any, *, extensions: bool = False) -> dict[str, Any]:
    """One report. A later note never moves the updated moment of a closed one."""
    status = Status(report.status)
    closed = status in OUTCOMES
    row: dict[str, Any] = {
        "service_request_id": report.number,
        "status": "closed" if closed else "open",
        "status_notes": str(STATUS_LABELS[status]),
        "service_name": report.category.name if report.category else None,
        "service_code": report.category.code if report.category else None,
        "description": report.text,
        "agency_responsible": report.agency.name if report.agency else None,
        "service_notice": None,
        "requested_datetime": w3c(report.sent_at, zone),
        "updated_datetime": w3c(report.closed_at if closed else report.updated_at, zone),
        "expected_datetime": w3c(report.finish_due, zone),
        "address": report.address or None,
        "address_id": report.area.code if report.area else None,
        "zipcode": None,
        "lat": _degrees(report, report.lat),
        "long": _degrees(report, report.lng),
        "media_url": media(report),
    }
    if extensions:
        row |= extended(report, zone)
    return row


def _degrees(report: Report, value: float | None) -> float | None:
    """Who wants no name is not found by the point: some 100 m are left open."""
    return round(value, PLACES) if value is not None and report.anonymous else value


def media(report: Report) -> str | None:
    """The first picture that everybody may see."""
    shown = next((file for file in report.attachments.all() if file.public and file.state == "ready"), None)
    return f"{settings.PUBLIC_URL}/lapor/berkas/{shown.uuid}/" if shown else None


def extended(report: Report, zone: Any) -> dict[str, Any]:
    """Attributes, channel, photos and the public story, for who asks ``extensions=true``."""
    asked = report.category.questions.all() if report.category else []
    public = {question.code: question for question in asked if question.public}
    answers = [
        {"label": public[code].text, "name": code, "value": value, "code": code}
        for code, value in report.answers.items()
        if code in public
    ]
    photos = [
        {
            "media_url": f"{settings.PUBLIC_URL}/lapor/berkas/{file.uuid}/", "title": file.caption,
            "width": file.width, "height": file.height, "created_at": w3c(file.created_at, zone),
        }
        for file in report.attachments.all()
        if file.public and file.state == "ready"
    ]  # fmt: skip
    return {
        "attributes": answers,
        "extended_attributes": {"channel": report.channel.kind, "photos": photos},
        "notes": notes(report, zone),
    }


def notes(report: Report, zone: Any) -> list[dict[str, Any]]:
    """Moves and public notes, oldest first; reasons only where the citizen reads them too.

    A report that was tied to this one and is hidden now is not named.
    """
    unnamed = withheld.from_public(report.links.all())
    told = [
        (
            row.at,
            str(STATUS_LABELS[Status(row.target)])
            + (f": {withheld.without(row.text, unnamed)}" if row.text and row.target in OUTCOMES else ""),
            "closed" if row.target in OUTCOMES else "opened" if not row.source else "status",
        )
        for row in report.statuschanges.all()
    ]
    told += [
        (row.at, withheld.without(row.text, unnamed), "comment")
        for row in report.notes.all()
        if row.visibility == Visibility.PUBLIC
    ]
    return [{"datetime": w3c(at, zone), "description": text, "type": kind} for at, text, kind in sorted(told)]
