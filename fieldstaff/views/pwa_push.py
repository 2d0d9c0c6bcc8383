"""Notifications to the phone of an officer, asked for in his app."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from fieldstaff.pwa.identity import Holder
from fieldstaff.views import push
from fieldstaff.views.pwa_door import officers_only


@require_http_methods(["GET", "POST"])
@officers_only
def subscription(request: HttpRequest, holder: Holder) -> HttpResponse:
    """GET: the city's key. POST: this browser wants to be told."""
    return push.subscribed(request, {"officer_id": holder.officer.pk})


@require_POST
@officers_only
def unsubscribe(request: HttpRequest, holder: Holder) -> HttpResponse:
    """This browser wants to be left alone."""
    return push.unsubscribed(request, {"officer_id": holder.officer.pk})
