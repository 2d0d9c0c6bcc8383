"""Outages of the intake for people: what the watch suggests, a person's word, what was confirmed lately."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff.days import outages
from fieldstaff.models import Outage

LATELY = timedelta(days=30)
MOST = 10
DONE = {"confirm", "dismiss"}


def shown(viewer: Viewer) -> dict[str, Any]:
    """For the page of phones' health: suggestions that wait, then what was confirmed in the last month."""
    rows = Outage.objects.visible_to(viewer).select_related("area", "confirmed_by")
    waiting = rows.filter(suggested=True, confirmed_at=None, dismissed_at=None).order_by("pk")
    known = rows.confirmed().filter(confirmed_at__gte=timezone.now() - LATELY)
    return {
        "waiting": list(waiting[:MOST]),
        "known": list(known.order_by("-span")[:MOST]),
        "may_decide": viewer.can(outages.CHANGE),
    }


@require_POST
@page(permission=outages.CHANGE)
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """A person says that it was an outage (no officer loses by it), or that it was none."""
    if verb not in DONE:
        raise Http404
    viewer = viewer_of(request)
    get_visible(Outage.objects.visible_to(viewer), pk=pk)
    try:
        if verb == "confirm":
            outages.confirm(viewer=viewer, pk=pk, why=request.POST.get("why", ""))
            messages.success(request, _("Confirmed: the days it touches are computed again."))
        else:
            outages.dismiss(viewer=viewer, pk=pk)
            messages.success(request, _("Noted: it was no outage."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("fieldstaff:sick")
