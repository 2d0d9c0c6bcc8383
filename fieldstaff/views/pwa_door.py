"""The doors of the officers' app: signing a phone in, what it needs before it sends, and its batches."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from commandcenter.city import tries
from commandcenter.city.middleware import client_address
from fieldstaff.pwa import identity, water
from fieldstaff.pwa.identity import COOKIE, COOKIE_AGE_S, COOKIE_PATH, Holder
from fieldstaff.pwa.today import own_state
from fieldstaff.views.intake import later_without_database, serve
from fieldstaff.wire import batch

MOST_LINKS = 200
"""Wrong links of one address in a quarter of an hour: a carrier puts thousands of phones behind one."""
View = Callable[..., HttpResponse]


def officers_only(view: View) -> View:
    """Hands the holder of the phone to ``view``; 401 for everybody else, and nothing is said."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        holder = identity.holder_of(request)
        if holder is None:
            return JsonResponse({"error": "sign_in", "csrf": get_token(request)}, status=401)
        return view(request, holder, *args, **kwargs)

    return never_cache(later_without_database(guarded))


@require_POST
@never_cache
@later_without_database
def sign_in(request: HttpRequest) -> HttpResponse:
    """Exchanges the token of an enrolment link for this phone's cookie; 403 where it opens nothing."""
    who = client_address(request) or ""
    if tries.count("petugas", who) >= MOST_LINKS:
        return JsonResponse({"problem": _("Too many tries. Wait a quarter of an hour.")}, status=429)
    found = identity.enrol(request.POST.get("token", "")[:120])
    if found is None:
        tries.count("petugas", who, add=1)
        problem = _("This link is no longer valid, or it was used before. Ask your office for a new one.")
        return JsonResponse({"problem": problem}, status=403)
    holder, secret = found
    answer = JsonResponse({"code": holder.officer.code}, status=201)
    answer.set_cookie(
        COOKIE, secret, max_age=COOKIE_AGE_S, path=COOKIE_PATH, httponly=True, samesite="Strict",
        secure=settings.HTTPS,
    )  # fmt: skip
    return answer


@require_POST
@officers_only
def sign_out(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Forgets this phone."""
    identity.leave(holder)
    answer = JsonResponse({})
    answer.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Strict")
    return answer


@require_GET
@officers_only
def state(request: HttpRequest, holder: Holder) -> HttpResponse:
    """The officer's own state, and the token that a POST needs."""
    found = own_state(holder)
    if found["who"]["watches_water"]:
        found["who"]["gauges"] = water.stations_of(holder.officer)
    return JsonResponse({"csrf": get_token(request), **found})


@require_http_methods(["GET", "POST"])
@officers_only
def send(request: HttpRequest, holder: Holder) -> HttpResponse:
    """The twin of ``/fieldstaff/api/v1/batch`` for a signed-in phone; GET gives what a POST needs."""
    if request.method == "GET":
        return JsonResponse({"csrf": get_token(request), "who": holder.officer.code})
    return serve(request, holder.known, batch.decode)
