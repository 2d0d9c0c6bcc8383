"""Start of shift: do we hear, do the screens answer, is the line quick, what is dark already?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city import audit
from commandcenter.city.viewers import viewer_of
from commandcenter.wall import announce, registry
from commandcenter.wall.build import build_id
from commandcenter.wall.guards import needs
from commandcenter.wall.models import Display
from commandcenter.wall.screen_health import health_of

SEVERITIES = ("info", "warning", "critical", "panic")


def _city_facts(request: HttpRequest) -> list[dict[str, Any]]:
    """Facts about the whole city that apps registered (cameras that are down, open alarms)."""
    viewer = viewer_of(request)
    found = []
    for fact in registry.facts(""):
        value = fact.batch([0], viewer).get(0)
        if value is not None:
            found.append({"title": fact.title or fact.key, "value": value, "href": fact.href})
    return found


def _plain(request: HttpRequest, name: str, longest: int) -> str:
    """A posted text without NUL, which PostgreSQL cannot keep."""
    return request.POST.get(name, "").replace("\x00", "")[:longest]


@never_cache
@needs("wall.view_display")
def shift_test(request: HttpRequest) -> HttpResponse:
    """The page, and, on POST, the operator's result in the audit trail."""
    viewer = viewer_of(request)
    screens = list(Display.objects.visible_to(viewer).paired())
    if request.method == "POST":
        heard = [name for name in SEVERITIES if request.POST.get(f"heard-{name}")]
        seen = {str(row.pk) for row in screens if request.POST.get(f"seen-{row.pk}")}
        note = _plain(request, "note", 500)
        detail = {
            "heard": heard,
            "screens_seen": sorted(seen),
            "screens_missing": [row.name for row in screens if str(row.pk) not in seen],
            "latency_ms": _plain(request, "latency", 8),
            "note": note,
            "passed": len(heard) == len(SEVERITIES) and len(seen) == len(screens),
        }
        if heard or seen or note.strip():
            audit.record(viewer=viewer, action="shift.tested", subject_label=viewer.name, detail=detail)
            if detail["passed"]:
                messages.success(request, _("The result is in the audit trail. A quiet shift!"))
            else:
                messages.warning(request, _("The result is in the audit trail: not everything was in order."))
            return redirect("wall:shift-test")
        messages.error(
            request, _("Nothing was recorded: tick what you heard and saw, or write what did not work.")
        )
    context = {
        "severities": [(name, _severity_word(name)) for name in SEVERITIES],
        "screens": screens,
        "health": health_of(screens, build_id()),
        "facts": _city_facts(request),
        "socket": "/ws/desk/",
    }
    return render(request, "wall/desk/shift_test.html", context)


def _severity_word(name: str) -> str:
    return {
        "info": _("information"),
        "warning": _("warning"),
        "critical": _("critical"),
        "panic": _("panic button"),
    }[name]


@require_POST
@needs("wall.view_display")
def flash_screens(request: HttpRequest) -> HttpResponse:
    """Every paired screen shows its name; the page then asks who answered with this number."""
    ids = Display.objects.visible_to(viewer_of(request)).paired().values_list("pk", flat=True)
    return JsonResponse({"flash": announce.flash(list(ids)), "screens": len(ids)})


@never_cache
@require_GET
@needs("wall.view_display")
def screen_answers(request: HttpRequest) -> HttpResponse:
    """Which screens answered the flash ``number``: ``{"screens": [{id, name, state, answered}]}``."""
    number = request.GET.get("flash", "")
    rows = list(Display.objects.visible_to(viewer_of(request)).paired())
    health = health_of(rows, build_id())
    return JsonResponse(
        {
            "screens": [
                {
                    "id": row.pk,
                    "name": row.name,
                    "state": health[row.pk].state,
                    "answered": str(health[row.pk].said.get("flash", "")) == number,
                    "sound": bool(health[row.pk].said.get("sound", False)),
                }
                for row in rows
            ]
        }
    )
