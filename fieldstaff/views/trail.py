"""An officer's way on one day: asked for with a purpose, written down, replayed on a map."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff import rights, trailing
from fieldstaff.models import Officer
from fieldstaff.views.listing import officers_page

OPEN_S = 30 * 60
MOST_LOOKS = 200
SESSION = "officer_trails"
PURPOSES = {
    "report": pgettext_lazy("purpose", "follow-up of a report or an order"),
    "attendance": pgettext_lazy("purpose", "check of the attendance"),
    "objection": pgettext_lazy("purpose", "answer to the officer's objection"),
    "safety": pgettext_lazy("purpose", "safety of the officer"),
    "discipline": pgettext_lazy("purpose", "official examination"),
}


class LookForm(forms.Form):
    """Why somebody's way is looked at."""

    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=list(PURPOSES.items()))
    text = forms.CharField(
        label=gettext_lazy("What for, in a few words"), min_length=8, max_length=300,
        help_text=gettext_lazy("The officer reads this together with your name."),
    )  # fmt: skip


def day_of(request: HttpRequest) -> date:
    """The day of the address (``?day=2026-08-21``); today where it says none, or nonsense."""
    today = timezone.localdate()
    try:
        asked = date.fromisoformat(request.GET.get("day") or request.POST.get("day") or "")
    except ValueError:
        return today
    return min(max(asked, date(2000, 1, 1)), today + timedelta(days=60))


def is_told(request: HttpRequest, viewer: Viewer, officer: Officer, day: date) -> bool:
    """Of one who has the right: whether he said why in this half hour (or is the officer himself)."""
    if trailing.is_own(viewer, officer):
        return True
    until = request.session.get(SESSION, {}).get(f"{viewer.pk}:{officer.pk}:{day}", 0)
    return bool(until > time.time())


@require_POST
@officers_page
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the purpose, writes it down, opens that one day for half an hour."""
    viewer, day = viewer_of(request), day_of(request)
    officer = get_visible(Officer.objects.visible_to(viewer), pk=pk)
    if viewer.read_only or not trailing.may_see(viewer, officer):
        raise Http404
    form = LookForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a purpose and say in a few words what for."))
        return redirect(f"/officers/{pk}/?day={day}#trail")
    trailing.record_look(viewer, officer, day, form.cleaned_data["purpose"], form.cleaned_data["text"])
    now = time.time()
    kept = {key: until for key, until in request.session.get(SESSION, {}).items() if until > now}
    request.session[SESSION] = kept | {f"{viewer.pk}:{officer.pk}:{day}": now + OPEN_S}
    return redirect(f"/officers/{pk}/?day={day}#trail")


@never_cache
@require_GET
@officers_page
def points(request: HttpRequest, pk: int) -> HttpResponse:
    """The way as JSON: ``points`` of [ms, lat, lng, accuracy, mock], ``shifts`` of [ms, ms], ``rough``."""
    viewer, day = viewer_of(request), day_of(request)
    officer: Any = get_visible(Officer.objects.visible_to(viewer).with_rights(viewer), pk=pk)
    if not (officer.may_trail and is_told(request, viewer, officer, day)):
        raise Http404
    found = trailing.trail(officer, day)
    return JsonResponse({"points": found.points, "shifts": found.shifts, "rough": found.rough})


@require_GET
@page()
def looks(request: HttpRequest) -> HttpResponse:
    """The officer's own list: who looked at his ways, when and why."""
    viewer = viewer_of(request)
    officer = get_visible(Officer.objects.filter(rights.himself(viewer)))
    return render(request, "fieldstaff/looks.html", {"officer": officer, "rows": looks_at(officer)})


def looks_at(officer: Officer) -> list[dict[str, Any]]:
    """Who looked at this officer's ways, the newest first: *at, who, day, purpose* (in words), *text*."""
    return [
        {
            "at": row.at,
            "who": row.actor_name,
            "day": date.fromisoformat(row.detail["day"]),
            "purpose": str(PURPOSES.get(row.detail.get("purpose", ""), "")),
            "text": row.detail.get("text", ""),
        }
        for row in trailing.looks(officer)[:MOST_LOOKS]
    ]
