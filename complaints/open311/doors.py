"""The frame around every page of the API: what goes wrong is an error document in the asked format."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from commandcenter.city import services as city_services
from commandcenter.city.middleware import client_address
from commandcenter.city.region import Region
from commandcenter.city.viewers import Viewer
from complaints.models import Category, Channel, ChannelKind, Report
from complaints.numbers import read_number
from complaints.open311 import limits, wire
from complaints.open311.wire import Problem
from complaints.services.writing import Conflict

ADD = "complaints.add_report"
CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
UNREADABLE = (
    BadRequest, RequestDataTooBig, SuspiciousOperation, MultiPartParserError, UnreadablePostError,
    RawPostDataException,
)  # fmt: skip
View = Callable[..., HttpResponse]
log = logging.getLogger(__name__)


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
                _readable(request)
                _jurisdiction(request)
                return work(request, form, **words)
            except Exception as error:
                return wire.errors([_told(error)], form)

        return view

    return decorate


def _told(error: Exception) -> Problem:
    """What the caller is told. Our own fault too is told in the asked format; the log knows more."""
    match error:
        case Problem():
            return error
        case Conflict():
            return Problem(400, "service_request_id: it is being changed, try again", 409, after=2)
        case Http404():
            return Problem(404, "address: there is nothing here")
        case PermissionDenied():
            return Problem(403, "api_key: it may not do this")
    log.error("open311: a request failed", exc_info=error)
    return Problem(500, "server: our own fault, it was noted; try later")


def _readable(request: HttpRequest) -> None:
    """UTF-8, whatever a header says; a broken body and a NUL are the caller's mistakes."""
    request.encoding = "utf-8"
    if "\x00" in request.path:
        raise Problem(404, "address: it holds a NUL")
    try:
        given = [request.GET, request.POST]
    except UNREADABLE:
        raise Problem(400, "body: it cannot be read as a form") from None
    for values in given:
        for name, texts in values.lists():
            if any("\x00" in text for text in (name, *texts)):
                known = name[:40].replace("\x00", "").strip() or "body"
                raise Problem(400, f"{known}: it holds a NUL")


def _jurisdiction(request: HttpRequest) -> None:
    """We are one city: absent, empty or our own code; any other is not here."""
    given = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id") or ""
    area = Region.current().area
    if given and (area is None or given != area.code):
        raise Problem(404, "jurisdiction_id: this endpoint does not serve it")


def writer(request: HttpRequest) -> Viewer:
    """Who writes, by the key; one more of its minute is spent."""
    key = request.POST.get("api_key", "") or request.GET.get("api_key", "")
    where = client_address(request)
    viewer = city_services.token_viewer(authorization=f"Bearer {key}", ip=where, scope=ADD) if key else None
    if viewer is None:
        raise Problem(403, "api_key: it is missing, unknown or may not write")
    limits.spend(viewer)
    return viewer


def channel() -> Channel:
    """The way partners' reports come in, or a Problem where the city switched it off."""
    row: Channel | None = Channel.objects.in_use().filter(kind=ChannelKind.PARTNER).first()
    if row is None:
        raise Problem(400, "service_code: this city takes no reports from partners now")
    return row


def category(code: str) -> Category:
    """The service of a code, or 404."""
    row: Category | None = None
    if CODE.fullmatch(code):
        row = Category.objects.offered().filter(code=code).first()
    if row is None:
        raise Problem(404, f"service_code: {code[:40]} is unknown")
    return row


def seen(test: bool) -> Any:
    """What everybody may read; the test endpoint shows test reports alone."""
    if test:
        return Report.objects.filter(is_test=True, secret=False, anonymised_at__isnull=True)
    return Report.objects.public()


def number(text: str) -> str:
    """A report's number as it is stored; what is none is left as it came."""
    from django.conf import settings

    return read_number(text[:40], settings.REPORT_PREFIX) or text[:16]
