"""Own days and pay, the objection to one, and a supervisor's roll-call."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from complaints.services import space
from fieldstaff.pwa import days, fields, rollcall
from fieldstaff.pwa.identity import Holder
from fieldstaff.views.pwa_door import officers_only
from fieldstaff.views.trail import looks_at


@require_GET
@officers_only
def own(request: HttpRequest, holder: Holder) -> HttpResponse:
    """The officer's own days of the last month."""
    return JsonResponse({"days": days.own_days(holder)})


@require_GET
@officers_only
def looks(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Who looked at the officer's ways, when and why: also for a phone that has no login."""
    return JsonResponse({"looks": looks_at(holder.officer)})


@require_POST
@officers_only
def objection(request: HttpRequest, holder: Holder) -> HttpResponse:
    """An objection to a day: ``day`` (ISO), ``reason``. 201; 400 by field."""
    values = request.POST
    try:
        fields.head(request)
        day = date.fromisoformat(values.get("day", "")[:10])
        row = days.object_to(holder, day, values.get("reason", "")[:2000])
    except ValidationError as error:
        return JsonResponse({"errors": error.message_dict}, status=400)
    except ValueError:
        return JsonResponse({"errors": {"day": [_("This day cannot be read.")]}}, status=400)
    except PermissionDenied:
        return JsonResponse({"errors": {"day": [_("Only an officer objects to his own days.")]}}, status=403)
    return JsonResponse({"objection": row.pk}, status=201)


@require_POST
@officers_only
def roll_call(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Names, a photo, a place: ``officers`` (numbers with commas), ``since``, ``until`` (ISO with zone)."""
    values, photo = request.POST, request.FILES.get("photo")
    if photo is None:
        return JsonResponse({"errors": {"photo": [_("A photo is missing.")]}}, status=400)
    if not space.enough():
        return HttpResponse(status=503)
    try:
        said = fields.head(request)
        listed = values.get("officers", "")[:2000].split(",")
        skew = said.at - said.said_at
        call = rollcall.RollCall(
            key=said.key, officers=tuple(int(one) for one in listed if one.isdecimal() and len(one) < 18),
            since=_moment(values.get("since", "")) + skew, until=_moment(values.get("until", "")) + skew,
            at=said.at, lat=said.lat, lng=said.lng, note=values.get("note", "")[:300],
        )  # fmt: skip
        rows = rollcall.take(holder, call, photo.chunks())
    except ValidationError as error:
        return JsonResponse({"errors": error.message_dict}, status=400)
    except PermissionDenied:
        return JsonResponse({"errors": {"officers": [_("Only people right under you.")]}}, status=403)
    return JsonResponse({"marked": len(rows)}, status=201)


def _moment(text: str) -> datetime:
    """Raises ValidationError for what is no time with a zone."""
    try:
        found = datetime.fromisoformat(text[:40])
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValidationError({"since": _("This time cannot be read.")})
    return found
