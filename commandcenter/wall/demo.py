"""The demo's scenes, playlist and display. Cameras are found through the registry: the wall names no app."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.db.models import QuerySet

from commandcenter import demo
from commandcenter.city import kept
from commandcenter.city.origin import Source
from commandcenter.city.sharing import OFFICE
from commandcenter.city.viewers import Viewer
from commandcenter.wall import layouts, registry, services
from commandcenter.wall.models import Display, PairingCode, Playlist, PlaylistItem, Scene

SIMULATED = {"origin": Source.SIMULATED}
LOOKER = Viewer(kind="display", pk=None, name="demo", sharing=OFFICE)
ALL, MIXED, MAP, MARKETS, REPORTS, OFFICERS = (
    "Semua kamera",
    "Pasar & jalan",
    "Peta daerah",
    "Pasar rakyat",
    "Laporan warga",
    "Petugas lapangan",
)
ROTATION, DISPLAY = "Rotasi harian", "Dinding Demo"


def _cameras(text: str) -> list[int]:
    """Ids of cameras by name, through the camera tile's own search."""
    tile = registry.tile("cctv.camera")
    search = next((param.search for param in tile.params if param.search), None) if tile else None
    return [id for id, _name in search(LOOKER, text, None)] if search else []


def _layout(preset: str, places: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The preset's places with these tiles; tiles of apps that are not installed stay empty."""
    layout = layouts.empty_layout(layouts.PRESETS[preset])
    for place, (key, params) in zip(layout, places, strict=False):
        if registry.tile(key):
            place["key"], place["params"] = key, params
    return layout


def _scene(name: str, preset: str, places: list[tuple[str, dict[str, Any]]]) -> Scene:
    known = Scene.objects.filter(name=name).first()
    if known:
        return known
    scene = Scene(name=name, preset=preset, layout=_layout(preset, places), **SIMULATED)
    return services.save_scene(viewer=None, scene=scene)


def _single(ids: list[int]) -> list[tuple[str, dict[str, Any]]]:
    return [("cctv.camera", {"camera": id}) for id in ids]


def seed() -> None:
    """Makes what is missing; safe to run twice."""
    markets = _cameras("Pasar")
    others = [id for id in _cameras("") if id not in markets]
    every = _scene(ALL, "four-by-four", [("cctv.mosaic", {"count": 30})])
    mixed = _scene(MIXED, "one-five", _single((markets[:3] + others[:3])[:6]))
    keys = ("wall.map", "incidents.alarms", "cctv.health", "cctv.newest")
    rail: list[tuple[str, dict[str, Any]]] = [(key, {}) for key in keys]
    city_map = _scene(MAP, "map-rail", rail)
    layers = {"layers": ["complaints.areas", "complaints.reports"]}
    lists = ("complaints.figures", "complaints.feed", "complaints.channels")
    reports = _scene(REPORTS, "map-figures", [("wall.map", layers), *((key, {}) for key in lists)])
    people = {"layers": ["fieldstaff.officers"]}
    beside = ("fieldstaff.presence", "incidents.alarms", "complaints.figures")
    officers = _scene(OFFICERS, "map-rail", [("wall.map", people), *((key, {}) for key in beside)])
    stalls = _scene(MARKETS, "three-by-three", _single((markets + others)[:9]))
    if not Playlist.objects.filter(name=ROTATION).exists():
        turns = [
            PlaylistItem(scene=stalls, dwell_s=45, from_time=time(2), until_time=time(14)),
            PlaylistItem(scene=every, dwell_s=60),
            PlaylistItem(scene=city_map, dwell_s=30),
            PlaylistItem(scene=reports, dwell_s=45),
            PlaylistItem(scene=officers, dwell_s=30),
            PlaylistItem(scene=mixed, dwell_s=30),
        ]
        services.save_playlist(viewer=None, playlist=Playlist(name=ROTATION, **SIMULATED), items=turns)
    if not Display.objects.filter(name=DISPLAY).exists():
        wall = Display(
            name=DISPLAY, room="Ruang kendali", diagonal_in=55, viewing_distance_m=3, scene=every, **SIMULATED
        )
        services.save_display(viewer=None, display=wall)


def purge() -> None:
    """Removes the demo's displays, playlists and scenes, but for what real screens and playlists show."""
    kept.keep_edited(Display, Playlist, Scene)
    displays = Display.objects.exclude(**SIMULATED)
    kept.keep(Playlist.objects.filter(pk__in=displays.exclude(playlist=None).values("playlist")))
    turns = PlaylistItem.objects.exclude(playlist__origin=Source.SIMULATED)
    kept.keep(Scene.objects.filter(pk__in=turns.values("scene")))
    kept.keep(Scene.objects.filter(pk__in=displays.exclude(scene=None).values("scene")))
    PairingCode.objects.filter(display__origin=Source.SIMULATED).delete()
    rows: list[QuerySet[Any]] = [model.objects.filter(**SIMULATED) for model in (Display, Playlist, Scene)]
    for found in rows:
        found.delete()


demo.register(demo.Demo("wall", 800, seed, purge))
