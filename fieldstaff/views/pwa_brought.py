"""What an officer's phone brings besides its batches: incidents, water levels, the end of a call for help."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city import tries
from complaints.models import Category
from complaints.services import space
from fieldstaff.models import SosEvent
from fieldstaff.pwa import calls, fields, incidents, water
from fieldstaff.pwa.identity import Holder
from fieldstaff.views.pwa_door import officers_only

MOST_INCIDENTS = 60
"""New reports of one officer in a quarter of an hour: an outbox of a day may come at once."""


def _refused(error: ValidationError) -> JsonResponse:
    """400: sending it again would not help; the phone shows why."""
    return JsonResponse({"errors": error.message_dict}, status=400)


@require_POST
@officers_only
def incident(request: HttpRequest, holder: Holder) -> HttpResponse:
    """A photo and a category: 201 with the report's number, 200 for one that had arrived before.

    507: no room for the photo; the phone sends the words without it.
    """
    photo = request.FILES.get("photo")
    if photo is not None and not space.enough():
        return JsonResponse({"problem": _("The city has no room for photos at this moment.")}, status=507)
    if tries.count("incident", str(holder.officer.pk), add=1) > MOST_INCIDENTS:
        return HttpResponse(status=429)
    try:
        said = fields.head(request)
        filed = incidents.file_incident(
            holder,
            incidents.Incident(
                key=said.key, category=_category(request.POST.get("category", "")), at=said.at,
                text=request.POST.get("text", ""), lat=said.lat, lng=said.lng,
            ),
            photo.chunks() if photo is not None else None,
        )  # fmt: skip
    except ValidationError as error:
        return _refused(error)
    return JsonResponse({"number": filed.report.number}, status=201 if filed.created else 200)


def _category(text: str) -> Category | None:
    """One that is offered; a kept shell may name one that no longer is: then it is "something else"."""
    known = {row.pk: row for row in incidents.offered()}
    return known.get(int(text)) if text.isdecimal() and len(text) < 10 else None


@require_POST
@officers_only
def water_level(request: HttpRequest, holder: Holder) -> HttpResponse:
    """One reading of a gauge: 201, or 200 for one that had arrived before; 403 for who watches no water."""
    values = request.POST
    try:
        said = fields.head(request)
        reading = water.Reading(
            key=said.key, station=values.get("station", ""), level_cm=_whole(values.get("level_cm", "")),
            at=said.at, said_at=said.said_at, note=values.get("note", ""), lat=said.lat, lng=said.lng,
        )  # fmt: skip
        row, created = water.record(holder, reading)
    except ValidationError as error:
        return _refused(error)
    except PermissionDenied:
        return JsonResponse({"errors": {"level_cm": [_("Only watchers of rivers and lakes.")]}}, status=403)
    return JsonResponse({"level_cm": row.level_cm}, status=201 if created else 200)


def _whole(text: str) -> int:
    """Raises ValidationError for what is no whole number."""
    try:
        return int(text[:8])
    except ValueError as error:
        raise ValidationError({"level_cm": _("Whole centimetres.")}) from error


@require_GET
@officers_only
def call(request: HttpRequest, holder: Holder, key: str) -> HttpResponse:
    """What became of a call for help of his own."""
    return JsonResponse(calls.told(_call(holder, key)))


@require_POST
@officers_only
def take_back(request: HttpRequest, holder: Holder, key: str) -> HttpResponse:
    """Ends a call of his own, with his PIN."""
    try:
        row = calls.take_back(
            holder, _call(holder, key), request.POST.get("pin", ""), request.POST.get("outcome", "")
        )
    except ValidationError as error:
        return _refused(error)
    return JsonResponse(calls.told(row))


@require_POST
@officers_only
def pin(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Chooses the PIN of calls for help."""
    try:
        calls.choose_pin(holder, request.POST.get("pin", ""), request.POST.get("old", ""))
    except ValidationError as error:
        return _refused(error)
    return JsonResponse({}, status=201)


def _call(holder: Holder, key: str) -> SosEvent:
    rows: Any = calls.own_calls(holder).select_related("acknowledged_by")
    row: SosEvent | None = rows.filter(client_key=key).first()
    if row is None:
        raise Http404
    return row
