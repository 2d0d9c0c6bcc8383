"""The desk's screens: their health, pairing, programme, what is laid over it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commandcenter.city.networks import within
from commandcenter.city.viewers import viewer_of
from commandcenter.wall import announce, pairing, services
from commandcenter.wall.build import build_id
from commandcenter.wall.forms import DisplayForm, PairForm, ProgrammeForm, PutOnForm
from commandcenter.wall.guards import needs
from commandcenter.wall.models import Display, Scene, SceneLayer
from commandcenter.wall.programme import scene_of, showing
from commandcenter.wall.screen_health import health_of


def _display(request: HttpRequest, pk: int) -> Display:
    return get_object_or_404(Display.objects.visible_to(viewer_of(request)), pk=pk)


@needs("wall.view_display")
def display_list(request: HttpRequest) -> HttpResponse:
    """Every screen with its health, and what it shows now."""
    rows = list(
        Display.objects.visible_to(viewer_of(request))
        .select_related("scene", "playlist")
        .prefetch_related("layers", "playlist__items")
    )
    health = health_of(rows, build_id())
    now = timezone.now()
    cards = []
    for row in rows:
        found = showing(row, now)
        cards.append({"display": row, "health": health[row.pk], "showing": found, "scene": scene_of(found)})
    context = {"cards": cards, "build": build_id(), "put_on": PutOnForm(auto_id=False), "socket": "/ws/desk/"}
    return render(request, "wall/desk/displays.html", context)


@needs("wall.change_display")
def pair(request: HttpRequest) -> HttpResponse:
    """Six digits typed at the desk."""
    form = PairForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        viewer = viewer_of(request)
        display = form.cleaned_data["display"] or Display(name=form.cleaned_data["name"])
        try:
            pairing.connect(viewer=viewer, code=form.cleaned_data["code"], display=display)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("The screen connects within a few seconds.")
            if display.scene:
                more = _("It shows “%(scene)s”; choose another below.") % {"scene": display.scene.name}
                text = f"{text} {more}"
            messages.success(request, text)
            return redirect("wall:display", pk=display.pk)
    return render(request, "wall/desk/pair.html", {"form": form})


@needs("wall.change_display")
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One screen: its measures, its programme, and the button that ends it."""
    display = _display(request, pk) if pk else Display()
    form = DisplayForm(request.POST or None, instance=display, viewer=viewer_of(request))
    if request.method == "POST" and form.is_valid():
        display = services.save_display(viewer=viewer_of(request), display=form.save(commit=False))
        messages.success(request, _("Saved."))
        if display.paired and display.seen_from and not within(display.allowed_cidrs, display.seen_from):
            text = _(
                "The screen was last seen from %(address)s, outside these networks: it is dark there now."
            )
            messages.warning(request, text % {"address": display.seen_from})
        return redirect("wall:display", pk=display.pk)
    context: dict[str, Any] = {"form": form, "display": display if pk else None, "socket": "/ws/desk/"}
    if pk:
        fresh = _display(request, pk)
        context |= {
            "health": health_of([fresh], build_id())[pk],
            "programme": ProgrammeForm(instance=fresh),
            "put_on": PutOnForm(),
            "layers": fresh.layers.select_related("scene").exclude(ends_at__lt=timezone.now()),
            "showing": showing(fresh, timezone.now()),
        }
    return render(request, "wall/desk/display.html", context)


@require_POST
@needs("wall.change_display")
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Default scene and playlist."""
    display = _display(request, pk)
    form = ProgrammeForm(request.POST, instance=display)
    if form.is_valid():
        data = form.cleaned_data
        services.set_programme(
            viewer=viewer_of(request), display=display, scene=data["scene"], playlist=data["playlist"]
        )
        messages.success(request, _("Saved."))
    return redirect("wall:display", pk=pk)


@require_POST
@needs("wall.change_display")
def put_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Casts a scene for minutes, or pins it until taken off."""
    display = _display(request, pk)
    form = PutOnForm(request.POST)
    if form.is_valid():
        minutes = form.cleaned_data["minutes"]
        kind = SceneLayer.Kind.CAST if minutes else SceneLayer.Kind.PIN
        scene: Scene = form.cleaned_data["scene"]
        services.put_on(
            viewer=viewer_of(request), display=display, scene=scene, kind=kind, minutes=minutes or None
        )
        text = _("%(display)s shows “%(scene)s” now.") % {"display": display.name, "scene": scene.name}
        messages.success(request, text)
    else:
        messages.error(request, _("Choose a scene first."))
    if request.POST.get("next") == "list":
        return redirect("wall:displays")
    return redirect("wall:display", pk=pk)


@require_POST
@needs("wall.change_display")
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the display's own programme."""
    display = _display(request, pk)
    if services.take_off(viewer=viewer_of(request), display=display):
        messages.success(request, _("The display is back to its own programme."))
    return redirect("wall:display", pk=pk)


@require_POST
@needs("wall.view_display")
def flash(request: HttpRequest, pk: int) -> HttpResponse:
    """Which screen is this? It shows its name for some seconds."""
    display = _display(request, pk)
    announce.flash([display.pk])
    messages.info(request, _("%(display)s shows its name now.") % {"display": display.name})
    return redirect("wall:displays")


@require_POST
@needs("wall.change_display")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the token away at once."""
    display = _display(request, pk)
    pairing.revoke(viewer=viewer_of(request), display=display)
    messages.success(request, _("The screen has been disconnected and shows a pairing code again."))
    return redirect("wall:display", pk=pk)


@require_POST
@needs("wall.delete_display")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes the display."""
    services.delete_display(viewer=viewer_of(request), display=_display(request, pk))
    messages.success(request, _("The display has been removed."))
    return redirect("wall:displays")
