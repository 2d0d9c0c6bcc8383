"""The GeoReport v2 server: services, definitions, requests, tokens and updates, in XML and JSON."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from commandcenter.city import services as city_services
from commandcenter.city.middleware import client_address
from commandcenter.city.region import Region
from commandcenter.city.viewers import Viewer
from complaints.models import Category, Channel, ChannelKind, Report, Reporter
from complaints.models.choices import STATUS_LABELS
from complaints.numbers import read_number
from complaints.open311 import documents, read, wire
from complaints.open311.wire import Problem
from complaints.services.filing import NewReport, file_report
from complaints.services.reporters import plain_phone, reporter_for
from complaints.workflow import OUTCOMES, Status

ADD = "complaints.add_report"
AGAIN_S = 600
MARKS = uuid.UUID("0c3f0c9e-3c43-4f0e-9a39-5a53f3a5a311")
RELATED = ("category", "agency", "area", "channel")
View = Callable[..., HttpResponse]


def door(*methods: str) -> Callable[[View], View]:
    """A page of the API: problems become error documents in the asked format, never HTML, never a 405."""

    def decorate(work: View) -> View:
        @csrf_exempt
        @wraps(work)
        def view(request: HttpRequest, form: str, **words: Any) -> HttpResponse:
            if form not in wire.TYPES:
                return wire.errors([Problem(404, "format: xml or json is expected")], "xml")
            try:
                if request.method not in {*methods, "HEAD"}:
                    raise Problem(400, f"method: {' or '.join(methods)} is expected")
                _jurisdiction(request)
                return work(request, form, **words)
            except Problem as problem:
                return wire.errors([problem], form)

        return view

    return decorate


def _jurisdiction(request: HttpRequest) -> None:
    """We are one city: absent, empty or our own code; any other is not here."""
    given = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id") or ""
    area = Region.current().area
    if given and (area is None or given != area.code):
        raise Problem(404, "jurisdiction_id: this endpoint does not serve it")


@door("GET")
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """What is where."""
    return wire.answer("discovery", documents.discovery(f"{request.scheme}://{request.get_host()}"), form)


@door("GET")
def services(request: HttpRequest, form: str, test: bool = False) -> HttpResponse:
    """Every category that may be chosen."""
    rows = Category.objects.offered().public().select_related("parent").annotate(asks=Count("questions"))
    return wire.answer("services", [documents.service(row) for row in rows], form)


def _category(code: str) -> Category:
    row: Category | None = Category.objects.offered().filter(code=code[:40]).first()
    if row is None:
        raise Problem(404, f"service_code: {code[:40]} is unknown")
    return row


@door("GET")
def definition(request: HttpRequest, form: str, code: str, test: bool = False) -> HttpResponse:
    """What one category asks."""
    return wire.answer("service_definition", documents.definition(_category(code)), form)


@door("GET", "POST")
def requests(request: HttpRequest, form: str, test: bool = False) -> HttpResponse:
    """The list, or a new report."""
    return _create(request, form, test) if request.method == "POST" else _list(request, form, test)


def _seen(test: bool) -> Any:
    """What everybody may read; the test endpoint shows test reports alone."""
    if test:
        return Report.objects.filter(is_test=True, secret=False)
    return Report.objects.public()


def _list(request: HttpRequest, form: str, test: bool) -> HttpResponse:
    params, zone = request.GET, Region.current().zone_info
    rows = _seen(test)
    if ids := read.words(params, "service_request_id"):
        rows = rows.filter(number__in=[_number(text) for text in ids])
    else:
        start, end = read.window(params)
        rows = rows.filter(sent_at__gte=start, sent_at__lte=end)
        rows = _narrowed(rows, params)
    first, many = read.page(params)
    rows = (
        rows.select_related(*RELATED)
        .prefetch_related("attachments")
        .defer("search")
        .order_by("-sent_at", "-pk")
    )
    more = params.get("extensions") == "true"
    listed = [documents.request(row, zone, extensions=more) for row in rows[first : first + many]]
    return wire.answer("service_requests", listed, form)


def _narrowed(rows: Any, params: Any) -> Any:
    if codes := read.words(params, "service_code"):
        rows = rows.filter(category__code__in=codes)
    wanted = read.status(params)
    if wanted == {"open"}:
        rows = rows.open()
    elif wanted == {"closed"}:
        rows = rows.closed()
    return rows


def _number(text: str) -> str:
    from django.conf import settings

    return read_number(text[:40], settings.REPORT_PREFIX) or text[:16]


@door("GET")
def one(request: HttpRequest, form: str, number: str, test: bool = False) -> HttpResponse:
    """One report, as a list of one."""
    row = (
        _seen(test)
        .select_related(*RELATED)
        .prefetch_related("attachments")
        .filter(number=_number(number))
        .first()
    )
    if row is None:
        raise Problem(404, f"service_request_id: {number[:40]} is unknown")
    more = request.GET.get("extensions") == "true"
    listed = [documents.request(row, Region.current().zone_info, extensions=more)]
    return wire.answer("service_requests", listed, form)


@door("GET")
def token(request: HttpRequest, form: str, token: str, test: bool = False) -> HttpResponse:
    """The number behind a token. We answer numbers at once, so a token is a report's own mark."""
    try:
        mark = uuid.UUID(token)
    except ValueError:
        raise Problem(404, "token: it is unknown") from None
    row = _seen(test).filter(uuid=mark).first()
    if row is None:
        raise Problem(404, "token: it is unknown")
    listed = [{"service_request_id": row.number, "token": token}]
    return wire.answer("service_requests", listed, form)


def _writer(request: HttpRequest) -> Viewer:
    key = request.POST.get("api_key", "") or request.GET.get("api_key", "")
    where = client_address(request)
    viewer = city_services.token_viewer(authorization=f"Bearer {key}", ip=where, scope=ADD) if key else None
    if viewer is None:
        raise Problem(403, "api_key: it is missing, unknown or may not write")
    return viewer


def _create(request: HttpRequest, form: str, test: bool) -> HttpResponse:
    viewer, params = _writer(request), request.POST
    code = params.get("service_code", "").strip()
    if not code:
        raise Problem(400, "service_code: it is missing")
    category = _category(code)
    lat, lng = read.point(params)
    address = params.get("address_string", "").strip() or params.get("address_id", "").strip()
    if lat is None and not address:
        raise Problem(400, "lat: a place is needed: lat and long, address_string or address_id")
    text = params.get("description", "").strip()
    if len(text) > read.TEXT:
        raise Problem(400, f"description: at most {read.TEXT} characters")
    channel = Channel.objects.in_use().filter(kind=ChannelKind.PARTNER).first()
    if channel is None:
        raise Problem(400, "service_code: this city takes no reports from partners now")
    new = NewReport(
        channel=channel, text=text or category.name, category=category, lat=lat, lng=lng, address=address,
        answers=read.attributes(params, category), is_test=test,
    )  # fmt: skip
    report = _filed(new, params, viewer)
    listed = [{"service_request_id": report.number, "service_notice": _notice(report), "account_id": None}]
    return wire.answer("service_requests", listed, form)


def _filed(new: NewReport, params: Any, viewer: Viewer) -> Report:
    """The report; an exact repeat of the same key within minutes is the one that is there already."""
    now = int(timezone.now().timestamp()) // AGAIN_S
    for turn in (now - 1, now):
        new.uuid = _mark(new, viewer, turn)
        known: Report | None = Report.objects.filter(uuid=new.uuid).first()
        if known is not None:
            return known
    new.reporter = _reporter(new.channel, params)
    try:
        return file_report(new, viewer=viewer).report
    except ValidationError as error:
        field, problems = next(iter(error.message_dict.items()))
        names = {"text": "description", "answers": "attribute"}
        raise Problem(400, f"{names.get(field, field)}: {' '.join(problems)}") from error


def _mark(new: NewReport, viewer: Viewer, turn: int) -> uuid.UUID:
    code = new.category.code if new.category else ""
    parts = (viewer.pk, code, new.text, new.lat, new.lng, new.address, new.answers, new.is_test, turn)
    return uuid.uuid5(MARKS, repr(parts))


def _reporter(channel: Channel, params: Any) -> Reporter | None:
    contact = {name: params.get(name, "").strip() for name in ("email", "phone", "first_name", "last_name")}
    if not any(contact.values()):
        return None
    return reporter_for(
        channel=channel, address=plain_phone(contact["phone"]) or contact["email"].lower(),
        name=f"{contact['first_name']} {contact['last_name']}", phone=contact["phone"],
        email=contact["email"],
    )  # fmt: skip


def _notice(report: Report) -> str:
    if report.verify_due is None:
        return str(STATUS_LABELS[Status(report.status)])
    local = report.verify_due.astimezone(Region.current().zone_info)
    return _("Verified by %(at)s at the latest.") % {"at": f"{local:%Y-%m-%d %H:%M}"}


@door("GET")
def updates(request: HttpRequest, form: str, test: bool = False) -> HttpResponse:
    """Moves of reports in a window (the mySociety extension), oldest first, at most a thousand."""
    from complaints.models import StatusChange

    zone = Region.current().zone_info
    start, end = read.window(request.GET)
    rows = StatusChange.objects.filter(report__in=_seen(test), at__gte=start, at__lte=end).exclude(source="")
    listed = [
        {
            "update_id": str(row.pk),
            "service_request_id": row.report.number,
            "status": _update_status(Status(row.target)),
            "description": row.text if row.target in OUTCOMES else str(STATUS_LABELS[Status(row.target)]),
            "media_url": None,
            "updated_datetime": wire.w3c(row.at, zone),
        }
        for row in rows.select_related("report").order_by("at", "pk")[: read.FIRST]
    ]
    return wire.answer("service_request_updates", listed, form)


WORDS = {
    Status.NEW: "open",
    Status.VERIFIED: "for_triage",
    Status.FORWARDED: "internal_referral",
    Status.IN_PROGRESS: "in_progress",
    Status.SCHEDULED: "action_scheduled",
    Status.EXTERNAL: "internal_referral",
    Status.SEND_FAILED: "open",
    Status.WAITING: "investigating",
    Status.REOPEN_ASKED: "reopen",
    Status.REOPENED: "reopen",
    Status.RESOLVED: "fixed",
    Status.UNABLE: "no_further_action",
    Status.NOT_OURS: "not_councils_responsibility",
    Status.DUPLICATE: "duplicate",
    Status.REJECTED: "closed",
}


def _update_status(status: Status) -> str:
    return WORDS[status]
