"""What a wall PC opens: pairing, then its scene, and its tiles. No user login lives here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city.middleware import client_address
from commandcenter.city.viewers import viewer_of
from commandcenter.wall import pairing, takeovers
from commandcenter.wall import render as drawing
from commandcenter.wall.build import build_id
from commandcenter.wall.identify import COOKIE, display_of, holder_of, viewer_of_display
from commandcenter.wall.legibility import Screen
from commandcenter.wall.models import Display, Scene
from commandcenter.wall.programme import scene_of, showing

WAITING_COOKIE = "cc_pairing"
COOKIE_AGE_S = 400 * 24 * 3600


def _set_cookie(answer: HttpResponse, token: str) -> None:
    answer.set_cookie(
        COOKIE, token, max_age=COOKIE_AGE_S, httponly=True, samesite="Strict", secure=settings.HTTPS
    )


def _night(display: Display) -> str:
    """Dimming hours for the page, local times of day: ``22:00-05:00`` or nothing."""
    if display.night_from is None or display.night_until is None:
        return ""
    return f"{display.night_from:%H:%M}-{display.night_until:%H:%M}"


@never_cache
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """The scene of a paired screen, or a pairing code for one that is not."""
    display = display_of(request)
    if display is None:
        return _elsewhere(request) if holder_of(request.COOKIES.get(COOKIE)) else _pairing(request)
    answer = render(request, "wall/display.html", screen_context(request, display))
    _set_cookie(answer, request.COOKIES[COOKIE])  # renewed on use
    answer.delete_cookie(WAITING_COOKIE, samesite="Strict")
    return answer


def screen_context(request: HttpRequest, display: Display) -> dict[str, Any]:
    """Everything ``wall/display.html`` needs."""
    return {
        "display": display,
        "root_px": display.root_px,
        "theme": display.theme,
        "night": _night(display),
        "socket": f"/ws/wall/{display.pk}/",
        "scene_url": "/wall/scene/",
        "volume": 0 if display.silent else display.volume,
        "build": build_id(),
        "scene": due_scene(request, display),
    }


def due_scene(request: HttpRequest, display: Display) -> dict[str, Any]:
    """The scene that is due now, drawn under the display's rights."""
    now = timezone.now()
    found = showing(display, now)
    look = drawing.Look(viewer_of_display(display), now, request)
    takeover = takeovers.drawn(found, look)
    if found.kind == "takeover" and found.scene is None:
        # The scene beneath goes on in the rail, and is what comes back.
        until, found = found.until, showing(display, now, beneath=True)
        found = replace(found, until=min(filter(None, (until, found.until)), default=None))
    kind = "takeover" if takeover else found.kind
    context = drawing.scene_context(scene_of(found), look, kind=kind, next_at=found.until, takeover=takeover)
    # What moves inside a takeover is its own tile's to read; only its coming, going and turn is the scene's.
    over = f".{takeover['src']}" if takeover else ""
    context["rev"] += f".{found.layer}.{display.rev}{over}"
    return context


def _elsewhere(request: HttpRequest) -> HttpResponse:
    """A display's cookie in a network where that display may not be."""
    context = {"root_px": None, "build": build_id(), "address": client_address(request)}
    return render(request, "wall/elsewhere.html", context, status=403)


def _pairing(request: HttpRequest) -> HttpResponse:
    try:
        former = request.get_signed_cookie(WAITING_COOKIE, "", max_age=3600) or ""
    except signing.BadSignature:
        former = ""
    try:
        row, secret = pairing.start_pairing(former=former, address=client_address(request) or "")
    except pairing.TooManyScreens:
        return render(request, "wall/pairing_busy.html", {"root_px": None, "build": build_id()}, status=429)
    context = {
        "code": row.code,
        "secret": secret,
        "expires_ms": int(row.expires_at.timestamp() * 1000),
        "build": build_id(),
    }
    answer = render(request, "wall/pairing.html", context)
    answer.set_signed_cookie(
        WAITING_COOKIE, secret, max_age=3600, httponly=True, samesite="Strict", secure=settings.HTTPS
    )
    return answer


def _same_site(request: HttpRequest) -> bool:
    """A page of another site must not plant a display's cookie in somebody's browser."""
    origin = request.headers.get("Origin")
    return not origin or urlsplit(origin).netloc == request.get_host()


# The claim secret is the proof here; an unpaired screen has no session a forged request could ride on.
@csrf_exempt
@never_cache
@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """Asked every 3 s by the waiting page: ``{"state": "waiting" | "paired" | "expired"}``."""
    if not _same_site(request):
        raise Http404
    state, _display, token = pairing.claim(
        secret=request.POST.get("secret", ""), address=client_address(request)
    )
    answer = JsonResponse({"state": state, "url": "/wall/"})
    if state == "paired":
        _set_cookie(answer, token)
    return answer


@never_cache
@require_GET
def scene(request: HttpRequest) -> HttpResponse:
    """The scene part alone, for a screen whose time or news says that it changed."""
    display = display_of(request)
    if display is None:
        return JsonResponse({"state": "unpaired"}, status=401)
    return render(request, "wall/scene.html", {"scene": due_scene(request, display)})


@never_cache
@require_GET
def takeover(request: HttpRequest, source: str, pk: int) -> HttpResponse:
    """The inside of one takeover, read again while it stands; under the rights of who looks."""
    viewer = viewer_of(request)
    if viewer.kind not in {"display", "user"}:
        return HttpResponse(status=401)
    known = takeovers.source_of(source)
    context = known.context(pk, drawing.Look(viewer, timezone.now(), request)) if known else None
    if known is None or context is None:
        raise Http404
    return render(request, known.template, {"takeover": context})


@never_cache
@require_GET
def tile(request: HttpRequest, scene: int, slot: int) -> HttpResponse:
    """One tile of a scene under the rights of this display, or of the person at the desk."""
    viewer = viewer_of(request)
    if viewer.kind not in {"display", "user"}:
        return HttpResponse(status=401)
    row = get_object_or_404(Scene, pk=scene)
    place = _place(row, slot)
    look = drawing.Look(viewer, timezone.now(), request)
    box = {name: int(place[name]) for name in ("x", "y", "w", "h")}
    params = place.get("params") or {}
    edit = drawing.edit_url(row, slot, viewer)
    return HttpResponse(
        drawing.draw(place["key"], look, params=params, src=request.path, box=box, edit_url=edit)
    )


def _place(scene: Scene, slot: int) -> dict[str, Any]:
    if slot >= len(scene.layout) or not scene.layout[slot].get("key"):
        raise Http404
    found: dict[str, Any] = scene.layout[slot]
    return found


@never_cache
@require_GET
def calibrate(request: HttpRequest) -> HttpResponse:
    """A 100 mm bar and the must-read size, on the screen itself; unpaired, for a screen given in the URL."""
    display = display_of(request)
    if display is None:
        return redirect("wall:wall")
    screen = Screen(display.width_px, display.height_px, display.diagonal_in)
    context = {
        "display": display,
        "root_px": display.root_px,
        "pitch_mm": round(screen.pitch_mm, 4),
        "build": build_id(),
    }
    return render(request, "wall/calibrate.html", context)
