"""The grid of a scene: presets, and the check that a layout can be drawn. Pure, without queries.

A layout is a list of tiles ``{"key", "x", "y", "w", "h", "params"}`` on 12 columns by 6 rows, counted from
the top left. An empty key is an empty place of its preset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

COLUMNS, ROWS = 12, 6
MOST_TILES = 40
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Preset:
    """Boxes (x, y, w, h) in reading order; ``suggests`` names the tile of each place."""

    key: str
    title: Any
    boxes: tuple[Box, ...]
    suggests: tuple[str, ...] = ()

    def suggestion(self, index: int) -> str:
        """The tile a new scene of this preset starts with at one place."""
        return self.suggests[index] if index < len(self.suggests) else "cctv.camera"


def _even(columns: int, rows: int) -> tuple[Box, ...]:
    w, h = COLUMNS // columns, ROWS // rows
    return tuple((x * w, y * h, w, h) for y in range(rows) for x in range(columns))


# 4 × 4 does not divide six rows: one mosaic tile draws its sixteen pictures by itself.
PRESETS = {
    preset.key: preset
    for preset in (
        Preset(
            "one-five",
            gettext_lazy("1 large + 5"),
            ((0, 0, 8, 4), (8, 0, 4, 2), (8, 2, 4, 2), (0, 4, 4, 2), (4, 4, 4, 2), (8, 4, 4, 2)),
        ),
        Preset(
            "overview",
            gettext_lazy("cameras, clock, trouble"),
            ((0, 0, 9, 6), (9, 0, 3, 2), (9, 2, 3, 4)),
            ("cctv.mosaic", "wall.clock", "cctv.trouble"),
        ),
        Preset("two-by-two", gettext_lazy("2 × 2"), _even(2, 2)),
        Preset("three-by-three", gettext_lazy("3 × 3"), _even(3, 3)),
        Preset("four-by-four", gettext_lazy("4 × 4 mosaic"), ((0, 0, 12, 6),), ("cctv.mosaic",)),
        Preset(
            "map-rail",
            gettext_lazy("map + rail"),
            ((0, 0, 8, 6), (8, 0, 4, 2), (8, 2, 4, 2), (8, 4, 4, 2)),
            ("wall.map", "incidents.alarms", "cctv.health", "cctv.newest"),
        ),
        Preset(
            "map-figures",
            gettext_lazy("map, figures, two lists"),
            ((0, 0, 5, 6), (5, 0, 7, 2), (5, 2, 4, 4), (9, 2, 3, 4)),
            ("wall.map",),
        ),
        Preset("single", gettext_lazy("one tile"), ((0, 0, 12, 6),), ("wall.map",)),
    )
}


def empty_layout(preset: Preset) -> list[dict[str, Any]]:
    """The preset's places without tiles."""
    return [{"key": "", "x": x, "y": y, "w": w, "h": h, "params": {}} for x, y, w, h in preset.boxes]


def problems(layout: Any) -> list[str]:
    """Why a layout can't be drawn, in the reader's language; an empty list when it can."""
    if not isinstance(layout, list) or len(layout) > MOST_TILES:
        return [_("A layout is a list of at most %(n)d tiles.") % {"n": MOST_TILES}]
    found = []
    taken: dict[tuple[int, int], int] = {}
    for number, tile in enumerate(layout, 1):
        wrong = _problem_of(tile)
        if wrong:
            found.append(_("Tile %(n)d: %(wrong)s") % {"n": number, "wrong": wrong})
            continue
        for cell in _cells(tile):
            if taken.setdefault(cell, number) != number:
                found.append(_("Tile %(n)d lies on tile %(other)d.") % {"n": number, "other": taken[cell]})
                break
    return found


def _problem_of(tile: Any) -> str:
    if not isinstance(tile, dict) or not isinstance(tile.get("key"), str):
        return _("it needs a key.")
    if not isinstance(tile.get("params", {}), dict):
        return _("its settings must be names with values.")
    box: list[Any] = [tile.get(name) for name in ("x", "y", "w", "h")]
    if not all(type(value) is int for value in box):
        return _("x, y, w and h must be whole numbers.")
    x, y, w, h = box
    if x < 0 or y < 0 or w < 1 or h < 1 or x + w > COLUMNS or y + h > ROWS:
        return _("it does not fit on 12 columns by 6 rows.")
    return ""


def _cells(tile: dict[str, Any]) -> list[tuple[int, int]]:
    return [
        (column, row)
        for column in range(tile["x"], tile["x"] + tile["w"])
        for row in range(tile["y"], tile["y"] + tile["h"])
    ]
