"""Motorcycles with their riders, drawn from the side and from the end."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .figures import Doll, Style, toned
from .patches import Patch, Picture, Sizes
from .vehicles import Timetable
from .view import Color, View, shade

_WIDE, _TALL, _FOOT = 330, 250, 236.0
_HALF = 150.0
#: Pixels of the drawing per metre: a person of 1.6 m is 222 px tall there.
_SCALE = 136.0
TYRE: Color = (36, 36, 38)


def side_view(style: Style, paint: Color) -> Picture:
    """Riding to the right."""
    doll = Doll(_WIDE, _TALL)
    for x in (62.0, 222.0):
        doll.oval(x, _FOOT - 34, 35, 35, TYRE)
        doll.oval(x, _FOOT - 34, 22, 22, (150, 150, 152))
        doll.oval(x, _FOOT - 34, 16, 16, (70, 70, 72))
    doll.limb((222, _FOOT - 34), (198, 118), 9, (90, 90, 92))
    doll.shape(
        [
            (40, 158),
            (96, 148),
            (136, 160),
            (150, 186),
            (190, 186),
            (206, 126),
            (220, 132),
            (206, 200),
            (96, 208),
        ],
        paint,
    )
    doll.shape([(44, 150), (136, 146), (140, 158), (50, 162)], (40, 40, 44))
    doll.oval(42, 168, 8, 6, (40, 40, 210))
    doll.oval(216, 136, 9, 9, (200, 240, 250))
    doll.limb((198, 116), (180, 108), 7, (40, 40, 42))
    doll.limb((112, 148), (164, 158), 22, style.legs)
    doll.limb((164, 158), (160, 202), 17, shade(style.legs, 0.9))
    doll.oval(166, 206, 14, 7, (30, 30, 34))
    doll.shape([(92, 154), (86, 100), (100, 68), (122, 66), (134, 84), (132, 150)], style.shirt)
    doll.limb((116, 78), (146, 106), 14, shade(style.shirt, 0.92))
    doll.limb((146, 106), (184, 108), 11, style.skin)
    doll.oval(122, 44, 21, 23, style.cover)
    doll.shape([(130, 34), (143, 40), (143, 54), (130, 56)], (70, 60, 52))
    return doll.layers(_HALF, 120, 105)


def end_view(style: Style, paint: Color, toward: bool) -> Picture:
    """Riding away, or towards the camera."""
    doll = Doll(_WIDE, _TALL)
    middle = _HALF
    doll.limb((middle, _FOOT - 56), (middle, _FOOT - 8), 17, TYRE)
    for side in (-1, 1):
        doll.limb((middle + side * 14, 150), (middle + side * 32, 176), 19, style.legs)
        doll.limb((middle + side * 32, 176), (middle + side * 27, 208), 16, shade(style.legs, 0.88))
        doll.oval(middle + side * 27, 212, 9, 6, (30, 30, 34))
        doll.limb((middle + side * 26, 82), (middle + side * 40, 112), 14, shade(style.shirt, 0.92))
        doll.limb((middle + side * 40, 112), (middle + side * 37, 128), 11, style.skin)
    doll.shape(
        [
            (middle - 16, 66),
            (middle + 16, 66),
            (middle + 29, 78),
            (middle + 22, 156),
            (middle - 22, 156),
            (middle - 29, 78),
        ],
        style.shirt,
    )
    doll.shape([(middle - 17, 150), (middle + 17, 150), (middle + 20, 192), (middle - 20, 192)], paint)
    if toward:
        doll.shape(
            [(middle - 36, 124), (middle + 36, 124), (middle + 20, 146), (middle - 20, 146)],
            shade(paint, 1.1),
        )
        doll.oval(middle, 140, 10, 8, (210, 245, 252))
    else:
        doll.oval(middle, 168, 8, 6, (40, 40, 215))
        doll.shape(
            [(middle - 13, 180), (middle + 13, 180), (middle + 13, 191), (middle - 13, 191)], (40, 40, 40)
        )
    doll.oval(middle, 44, 21, 24, style.cover)
    if toward:
        doll.oval(middle, 49, 15, 11, (60, 52, 46))
    return doll.layers(middle, 40, 40)


@dataclass(slots=True)
class Rider:
    """A motorcycle on a straight lane by its timetable; headings as in `vehicles`."""

    view: View
    style: Style
    paint: Color
    origin: tuple[float, float]
    heading: float
    timetable: Timetable
    tone: Color = (1.0, 1.0, 1.0)
    _sizes: Sizes | None = None

    def _where(self, seconds: float) -> tuple[float, float] | None:
        along = self.timetable.at(seconds)
        if along is None:
            return None
        return self.origin[0] + along * math.sin(self.heading), self.origin[1] + along * math.cos(
            self.heading
        )

    def depth(self, seconds: float) -> float:
        """See `actors.Actor`."""
        spot = self._where(seconds)
        return self.view.depth(*spot) if spot else math.inf

    def draw(self, picture: Picture, seconds: float) -> None:
        """See `actors.Actor`."""
        spot = self._where(seconds)
        if spot is None:
            return
        u, v, scale = self.view.spot(spot[0], 0.0, spot[1])
        if scale:
            patch = self._patch(scale)
            left, top = u - patch.width * _HALF / _WIDE, v - patch.height * _FOOT / _TALL
            patch.lay(picture, round(left), round(top))

    def _patch(self, scale: float) -> Patch:
        if self._sizes is None:
            self._sizes = Sizes(toned(self._draw(), self.tone))
        return self._sizes.at(_TALL * scale / _SCALE)

    def _draw(self) -> Picture:
        across = math.sin(self.heading) * (-1 if self.view.mirror else 1)
        if abs(across) < 0.5:
            return end_view(self.style, self.paint, math.cos(self.heading) < 0)
        layers = side_view(self.style, self.paint)
        if across > 0:
            return layers
        # Mirrored about the drawing's own middle, so that the wheels stay where they were.
        flipped = np.zeros_like(layers)
        width = int(2 * _HALF)
        flipped[:, :width] = layers[:, :width][:, ::-1]
        return flipped
