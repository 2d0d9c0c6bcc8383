"""The GeoReport v2 server, reading: services, definitions, requests and tokens, in XML and JSON."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from commandcenter.city.region import Region
from complaints.open311 import documents, doors, openapi, read, wire
from complaints.open311.create import create
from complaints.open311.doors import door
from complaints.open311.wire import Problem


@door("GET")
def discovery(request: HttpRequest, form: str) -> HttpResponse:
    """What is where; the description for machines is named in a header (RFC 8631)."""
    found = documents.discovery(f"{request.scheme}://{request.get_host()}")
    answer = wire.answer("discovery", found, form)
    answer["Link"] = f'<{openapi.PATH}>; rel="service-desc"; type="application/json"'
    return answer


@csrf_exempt
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address: an error document too, in XML where no format can be read."""
    end = rest.rpartition(".")[2]
    form = end if end in wire.TYPES else "xml"
    return wire.errors([Problem(404, "address: there is nothing here")], form)


@door("GET")
def services(request: HttpRequest, form: str, test: bool = False) -> HttpResponse:
    """Every category that may be chosen."""
    return wire.answer("services", [documents.service(row) for row in documents.offered()], form)


@door("GET")
def definition(request: HttpRequest, form: str, code: str, test: bool = False) -> HttpResponse:
    """What one category asks."""
    return wire.answer("service_definition", documents.definition(doors.category(code)), form)


@door("GET", "POST")
def requests(request: HttpRequest, form: str, test: bool = False) -> HttpResponse:
    """The list, or a new report."""
    return create(request, form, test) if request.method == "POST" else _list(request, form, test)


def _list(request: HttpRequest, form: str, test: bool) -> HttpResponse:
    params, zone = request.GET, Region.current().zone_info
    rows = doors.seen(test)
    # Numbers overrule dates and states; nonsense in those is told all the same.
    for name in ("start_date", "end_date"):
        read.moment(params, name)
    wanted = read.status(params)
    if ids := read.words(params, "service_request_id"):
        rows = rows.filter(number__in=[doors.number(text) for text in ids])
    else:
        start, end = read.window(params)
        rows = rows.filter(sent_at__gte=start, sent_at__lte=end)
        rows = _narrowed(rows, params, wanted)
    first, many = read.page(params)
    more = params.get("extensions") == "true"
    rows = documents.loaded(rows, extensions=more).order_by("-sent_at", "-pk")
    listed = [documents.request(row, zone, extensions=more) for row in rows[first : first + many]]
    return wire.answer("service_requests", listed, form)


def _narrowed(rows: Any, params: Any, wanted: set[str]) -> Any:
    if codes := read.words(params, "service_code"):
        rows = rows.filter(category__code__in=codes)
    if wanted == {"open"}:
        rows = rows.open()
    elif wanted == {"closed"}:
        rows = rows.closed()
    return rows


@door("GET")
def one(request: HttpRequest, form: str, number: str, test: bool = False) -> HttpResponse:
    """One report, as a list of one."""
    more = request.GET.get("extensions") == "true"
    row = documents.loaded(doors.seen(test), extensions=more).filter(number=doors.number(number)).first()
    if row is None:
        raise Problem(404, f"service_request_id: {number[:40]} is unknown")
    listed = [documents.request(row, Region.current().zone_info, extensions=more)]
    return wire.answer("service_requests", listed, form)


@door("GET")
def token(request: HttpRequest, form: str, token: str, test: bool = False) -> HttpResponse:
    """The number behind a token. We answer numbers at once, so a token is a report's own mark."""
    try:
        mark = uuid.UUID(token)
    except ValueError:
        raise Problem(404, "token: it is unknown") from None
    row = doors.seen(test).filter(uuid=mark).first()
    if row is None:
        raise Problem(404, "token: it is unknown")
    listed = [{"service_request_id": row.number, "token": token}]
    return wire.answer("service_requests", listed, form)
