"""What a screen shows that was just paired and that nobody has given a programme yet."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from commandcenter.city.viewers import Viewer
from commandcenter.wall import layouts, registry, services
from commandcenter.wall.models import Display, Scene

PRESET = "overview"


def suggested(preset: layouts.Preset, viewer: Viewer) -> list[dict[str, Any]]:
    """The preset's places with the tiles it suggests, as far as they exist and the viewer may use them."""
    layout = layouts.empty_layout(preset)
    for index, place in enumerate(layout):
        tile = registry.tile(preset.suggestion(index))
        place["key"] = tile.key if tile and tile.permission(viewer) else ""
    return layout


def give_programme(*, viewer: Viewer, display: Display) -> Scene | None:
    """Gives a display without scene and playlist the city's first scene, made now where there is none."""
    if display.scene_id or display.playlist_id:
        return None
    scene = Scene.objects.order_by("pk").first() or _make(viewer)
    services.set_programme(viewer=viewer, display=display, scene=scene, playlist=None)
    return scene


def _make(viewer: Viewer) -> Scene:
    layout = suggested(layouts.PRESETS[PRESET], viewer)
    return services.save_scene(viewer=viewer, scene=Scene(name=_("Overview"), preset=PRESET, layout=layout))
