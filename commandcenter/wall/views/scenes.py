"""The desk's scenes: made from a preset, place by place."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city.viewers import viewer_of
from commandcenter.wall import first_scene, layouts, registry, services
from commandcenter.wall import render as drawing
from commandcenter.wall.forms import SceneForm
from commandcenter.wall.guards import needs
from commandcenter.wall.models import Display, Playlist, Scene
from commandcenter.wall.slots import SHOWN_OPTIONS, SlotForm, is_id, slot_form


@needs("wall.view_scene")
def scene_list(request: HttpRequest) -> HttpResponse:
    """Every scene, and a form for the next one."""
    used: dict[int, list[str]] = {}
    for scene_id, name in Display.objects.exclude(scene=None).values_list("scene_id", "name"):
        used.setdefault(scene_id or 0, []).append(name)
    for scene_id, name in Playlist.objects.values_list("items__scene_id", "name").distinct():
        used.setdefault(scene_id or 0, []).append(name)
    rows = [(scene, used.get(scene.pk, []), _boxes(scene)) for scene in Scene.objects.all()]
    context = {"rows": rows, "form": SceneForm(), "presets": layouts.PRESETS.values()}
    return render(request, "wall/desk/scenes.html", context)


def _boxes(scene: Scene) -> list[dict[str, object]]:
    """The scene in small, for a picture of its layout."""
    found = []
    for place in scene.layout:
        tile = registry.tile(place.get("key", ""))
        found.append({**place, "title": tile.title if tile else ""})
    return found


@needs("wall.add_scene")
def create(request: HttpRequest) -> HttpResponse:
    """A new scene starts with what its preset suggests."""
    form = SceneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        scene = form.save(commit=False)
        preset = layouts.PRESETS[scene.preset]
        viewer = viewer_of(request)
        scene.layout = first_scene.suggested(preset, viewer)
        services.save_scene(viewer=viewer, scene=scene)
        return redirect("wall:scene-edit", pk=scene.pk)
    return render(request, "wall/desk/scene_new.html", {"form": form, "presets": layouts.PRESETS.values()})


@needs("wall.change_scene")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, and each place's tile with its settings."""
    scene = get_object_or_404(Scene, pk=pk)
    viewer = viewer_of(request)
    data = request.POST or None
    form = SceneForm(data, instance=scene)
    form.fields["preset"].disabled = True
    slots = [SlotForm(viewer, place, data, prefix=f"slot-{n}") for n, place in enumerate(scene.layout)]
    if request.method == "POST" and form.is_valid() and all([slot.is_valid() for slot in slots]):
        scene.layout = [slot.as_place() for slot in slots]
        try:
            services.save_scene(viewer=viewer, scene=scene)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("Saved. Screens with this scene follow at once."))
            return redirect("wall:scene-edit", pk=pk)
    context = {"form": form, "scene": scene, "slots": slots, "boxes": _boxes(scene)}
    return render(request, "wall/desk/scene.html", context)


@require_GET
@needs("wall.change_scene")
def slot_fields(request: HttpRequest) -> HttpResponse:
    """The settings of a tile just chosen for a place (``n``, ``slot-<n>-key``)."""
    number = request.GET.get("n", "0")
    if not number.isdecimal() or len(number) > 2:
        raise Http404
    form = slot_form(viewer_of(request), request.GET.get(f"slot-{number}-key", ""), int(number))
    return render(request, "wall/desk/slot.html", {"slot": form, "number": number})


@require_GET
@needs("wall.change_scene")
def options(request: HttpRequest) -> HttpResponse:
    """Check boxes for what a search finds, those already ticked first."""
    tile = registry.tile(request.GET.get("tile", ""))
    viewer = viewer_of(request)
    found = [p for p in (tile.params if tile else ()) if p.key == request.GET.get("param") and p.search]
    if not tile or not found or not tile.permission(viewer):
        raise Http404
    param, name = found[0], request.GET.get("name", "")[:60]
    assert param.search is not None
    ticked = [int(value) for value in request.GET.getlist(name) if is_id(value)]
    chosen = list(param.search(viewer, "", ticked)) if ticked else []
    known = {id for id, _label in chosen}
    more = [row for row in param.search(viewer, request.GET.get("q", "")[:80], None) if row[0] not in known]
    context = {
        "name": name,
        "chosen": chosen,
        "more": more[:SHOWN_OPTIONS],
        "title": param.title,
        "single": param.kind == "id",
        "nothing": param.nothing,
    }
    return render(request, "wall/desk/options.html", context)


@require_GET
@needs("wall.view_scene")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The scene in this browser, under the viewer's own rights."""
    scene = get_object_or_404(Scene, pk=pk)
    look = drawing.Look(viewer_of(request), timezone.now(), request)
    context = {"scene": drawing.scene_context(scene, look), "socket": "/ws/desk/", "scene_url": request.path}
    if request.headers.get("X-CC-Tile"):
        return render(request, "wall/scene.html", context)
    return render(request, "wall/desk/preview.html", context | {"row": scene})


@require_POST
@needs("wall.add_scene")
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy to change at leisure."""
    copy = services.duplicate_scene(viewer=viewer_of(request), scene=get_object_or_404(Scene, pk=pk))
    return redirect("wall:scene-edit", pk=copy.pk)


@require_POST
@needs("wall.delete_scene")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes a scene (the page asks first)."""
    scene = get_object_or_404(Scene, pk=pk)
    services.delete_scene(viewer=viewer_of(request), scene=scene)
    messages.success(request, _("The scene “%(name)s” has been removed.") % {"name": scene.name})
    return redirect("wall:scenes")
