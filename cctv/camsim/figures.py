"""People: drawn large once for every step of the walk, then scaled to their distance."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np

from .patches import Layers, Patch, Picture, Sizes
from .view import Color, shade

STEPS = 8
_W, _H = 150, 250
_MID, _TOP, _FOOT = 62.0, 14.0, 236.0
SKIN: Color = (96, 138, 190)
SKINS: tuple[Color, ...] = ((88, 126, 178), (96, 140, 196), (74, 108, 158))
SHIRTS: tuple[Color, ...] = (
    (60, 60, 190),
    (170, 110, 50),
    (70, 150, 70),
    (40, 150, 220),
    (190, 190, 195),
    (120, 70, 130),
    (60, 70, 80),
    (160, 160, 70),
    (140, 90, 200),
    (210, 205, 190),
)
TROUSERS: tuple[Color, ...] = ((80, 60, 45), (60, 60, 60), (110, 85, 60), (50, 70, 95))
HEADS = ("hair", "hair", "hijab", "hijab", "peci", "cap")
LOADS = ("", "", "bag", "bags", "pack", "crate")


@dataclass(frozen=True, slots=True)
class Style:
    """How one person looks. ``head`` is hair, hijab, peci, cap or helmet."""

    shirt: Color = (60, 60, 190)
    legs: Color = (60, 60, 60)
    skin: Color = SKIN
    head: str = "hair"
    cover: Color = (120, 90, 60)
    load: str = ""
    skirt: bool = False
    vest: bool = False


def random_style(rng: np.random.Generator, **fixed: object) -> Style:
    """A person as one meets them; ``fixed`` overrides fields."""
    head = str(rng.choice(HEADS))
    values: dict[str, object] = {
        "shirt": SHIRTS[rng.integers(len(SHIRTS))],
        "legs": TROUSERS[rng.integers(len(TROUSERS))],
        "skin": SKINS[rng.integers(len(SKINS))],
        "head": head,
        "cover": SHIRTS[rng.integers(len(SHIRTS))],
        "load": str(rng.choice(LOADS)),
        "skirt": head == "hijab",
    }
    return Style(**(values | fixed))  # type: ignore[arg-type]


class Doll:
    """A drawing with its own transparency."""

    def __init__(self, width: int = _W, height: int = _H) -> None:
        self.color = np.zeros((height, width, 3), np.uint8)
        self.mask = np.zeros((height, width), np.uint8)

    def limb(self, start: tuple[float, float], end: tuple[float, float], thick: float, color: Color) -> None:
        ends = [(round(x * 16), round(y * 16)) for x, y in (start, end)]
        for layer, ink in ((self.color, color), (self.mask, (255.0, 255.0, 255.0))):
            cv2.line(layer, ends[0], ends[1], ink, max(1, round(thick)), cv2.LINE_AA, 4)

    def shape(self, points: list[tuple[float, float]], color: Color) -> None:
        fixed = np.round(np.array(points) * 16).astype(np.int32)
        cv2.fillPoly(self.color, [fixed], color, cv2.LINE_AA, 4)
        cv2.fillPoly(self.mask, [fixed], (255.0,), cv2.LINE_AA, 4)

    def oval(self, x: float, y: float, rx: float, ry: float, color: Color) -> None:
        center, axes = (round(x * 16), round(y * 16)), (round(rx * 16), round(ry * 16))
        cv2.ellipse(self.color, center, axes, 0, 0, 360, color, -1, cv2.LINE_AA, 4)
        cv2.ellipse(self.mask, center, axes, 0, 0, 360, (255.0,), -1, cv2.LINE_AA, 4)

    def layers(self, middle: float = _MID, half: float = 32, shadow: float = 46) -> Picture:
        """Premultiplied BGRA (uint8), lit from the left, with a soft shadow on the ground."""
        height, width = self.mask.shape
        light, dark = _light_and_shadow(height, width, middle, half, shadow)
        body = cv2.multiply(self.color, light, dtype=cv2.CV_8U)
        under = cv2.multiply(255 - self.mask, dark, scale=1 / 255)
        ink = cv2.multiply(body, cv2.merge([self.mask] * 3), scale=1 / 255)
        return np.asarray(cv2.merge([*cv2.split(ink), cv2.add(self.mask, under)]), dtype=np.uint8)


@lru_cache(maxsize=8)
def _light_and_shadow(
    height: int, width: int, middle: float, half: float, shadow: float
) -> tuple[Layers, Picture]:
    """Light on a body (h, w, 3) as factors, and the alpha of the shadow at its feet (h, w)."""
    row = np.interp(np.arange(width), [middle - half, middle + half], [1.22, 0.72])
    fall = np.linspace(1.05, 0.88, height)[:, None]
    light = np.repeat((row[None, :] * fall)[..., None], 3, axis=2).astype(np.float32)
    dark = np.zeros((height, width), np.uint8)
    cv2.ellipse(dark, (round(middle + shadow * 0.45), round(_FOOT)), (round(shadow), 9), -4, 0, 360, 128, -1)
    return light, np.asarray(cv2.GaussianBlur(dark, (0, 0), 4), dtype=np.uint8)


def draw_person(style: Style, step: int, toward: bool) -> Picture:
    """One step (0 to STEPS - 1; -1 stands still) of a person seen from behind or the front."""
    doll = Doll()
    swing = 0.0 if step < 0 else math.sin(step / STEPS * math.tau)
    lift = 0.0 if step < 0 else abs(math.cos(step / STEPS * math.tau)) * 3
    hip, neck = 138 - lift, 56 - lift
    _draw_legs(doll, style, swing, hip)
    _draw_arm(doll, style, swing, neck, left=True)
    _draw_body(doll, style, neck, hip, toward)
    _draw_arm(doll, style, -swing, neck, left=False)
    _draw_head(doll, style, neck, toward)
    _draw_load(doll, style, swing, neck, toward)
    return doll.layers()


def _draw_legs(doll: Doll, style: Style, swing: float, hip: float) -> None:
    for side, part in ((-1, swing), (1, -swing)):
        foot = (_MID + side * 10 + part * 7, _FOOT - max(part, 0) * 12)
        color = shade(style.legs, 0.85 + 0.2 * max(part, 0))
        doll.limb((_MID + side * 9, hip), foot, 17, color)
        doll.oval(foot[0], foot[1] + 2, 9, 5, (30, 30, 34))
    if style.skirt:
        sway = swing * 5
        hem = _FOOT - 12
        doll.shape(
            [(_MID - 20, hip - 8), (_MID + 20, hip - 8), (_MID + 27 + sway, hem), (_MID - 27 + sway, hem)],
            style.legs,
        )


def _draw_arm(doll: Doll, style: Style, swing: float, neck: float, left: bool) -> None:
    side = -1 if left else 1
    shoulder = (_MID + side * 23, neck + 14)
    elbow = (_MID + side * 31, neck + 46 - swing * 3)
    hand = (_MID + side * (29 + swing * 3), neck + 76 - abs(swing) * 5 - swing * 4)
    doll.limb(shoulder, elbow, 14, shade(style.shirt, 0.9))
    doll.limb(elbow, hand, 11, style.shirt if style.skirt else style.skin)
    doll.oval(*hand, 6, 6, style.skin)


def _draw_body(doll: Doll, style: Style, neck: float, hip: float, toward: bool) -> None:
    hem = hip + (18 if style.skirt else 6)
    doll.shape(
        [
            (_MID - 13, neck + 2),
            (_MID + 13, neck + 2),
            (_MID + 28, neck + 13),
            (_MID + 23, neck + 50),
            (_MID + 24, hem),
            (_MID - 24, hem),
            (_MID - 23, neck + 50),
            (_MID - 28, neck + 13),
        ],
        style.shirt,
    )
    if style.vest:
        for offset in (-14, 8):
            doll.shape(
                [
                    (_MID + offset, neck + 5),
                    (_MID + offset + 7, neck + 5),
                    (_MID + offset + 7, hem),
                    (_MID + offset, hem),
                ],
                (120, 255, 235),
            )
        doll.shape(
            [(_MID - 23, hip - 26), (_MID + 23, hip - 26), (_MID + 23, hip - 18), (_MID - 23, hip - 18)],
            (120, 255, 235),
        )
    elif toward:
        doll.limb((_MID, neck + 8), (_MID, hem - 2), 2, shade(style.shirt, 0.75))


def _draw_head(doll: Doll, style: Style, neck: float, toward: bool) -> None:
    y = neck - 18
    if style.head == "hijab":
        doll.shape(
            [
                (_MID - 17, y),
                (_MID + 17, y),
                (_MID + 27, neck + 24),
                (_MID, neck + 36),
                (_MID - 27, neck + 24),
            ],
            style.cover,
        )
        doll.oval(_MID, y, 19, 22, style.cover)
        if toward:
            doll.oval(_MID, y + 2, 12, 15, style.skin)
        return
    doll.limb((_MID, neck + 4), (_MID, y), 13, shade(style.skin, 0.85))
    doll.oval(_MID, y, 16, 20, style.skin if toward else (32, 30, 34))
    if style.head == "helmet":
        doll.oval(_MID, y - 4, 20, 19, style.cover)
        if toward:
            doll.oval(_MID, y + 1, 14, 9, (60, 50, 45))
        return
    doll.shape(
        [(_MID - 17, y - 1), (_MID - 15, y - 17), (_MID, y - 22), (_MID + 15, y - 17), (_MID + 17, y - 1)],
        (32, 30, 34),
    )
    if toward:
        doll.oval(_MID, y + 3, 14, 15, style.skin)
    if style.head in ("peci", "cap"):
        color = (28, 26, 26) if style.head == "peci" else style.cover
        doll.shape([(_MID - 17, y - 7), (_MID - 15, y - 24), (_MID + 15, y - 24), (_MID + 17, y - 7)], color)


def _draw_load(doll: Doll, style: Style, swing: float, neck: float, toward: bool) -> None:
    hand = neck + 76
    if style.load in ("bag", "bags"):
        for side in (1, -1)[: 2 if style.load == "bags" else 1]:
            x = _MID + side * (31 + swing * 3)
            doll.shape(
                [(x - 11, hand + 6), (x + 11, hand + 6), (x + 14, hand + 42), (x - 14, hand + 42)],
                (60, 60, 215) if side > 0 else (215, 215, 210),
            )
    elif style.load == "pack" and not toward:
        doll.shape(
            [(_MID - 17, neck + 8), (_MID + 17, neck + 8), (_MID + 19, neck + 58), (_MID - 19, neck + 58)],
            shade(style.cover, 0.7),
        )
    elif style.load == "crate":
        top = neck - 62
        doll.shape(
            [(_MID - 34, top), (_MID + 34, top), (_MID + 30, top + 24), (_MID - 30, top + 24)], (70, 130, 180)
        )
        doll.shape(
            [(_MID - 32, top - 8), (_MID + 32, top - 8), (_MID + 34, top + 2), (_MID - 34, top + 2)],
            (70, 170, 90),
        )


@dataclass(slots=True)
class Person:
    """A person with all their steps; scaled drawings are kept by size."""

    style: Style
    tall: float = 1.62
    tone: Color = (1.0, 1.0, 1.0)
    _drawn: dict[tuple[int, bool], Sizes] = field(default_factory=dict)

    def patch(self, step: int, toward: bool, scale: float) -> Patch:
        """The drawing at ``scale`` pixels per metre."""
        sizes = self._drawn.get((step, toward))
        if sizes is None:
            layers = toned(draw_person(self.style, step, toward), self.tone)
            sizes = self._drawn[step, toward] = Sizes(layers)
        return sizes.at(self.tall * scale * _H / (_FOOT - _TOP))


def toned(layers: Picture, tone: Color) -> Picture:
    """A drawing in other light."""
    if tone == (1.0, 1.0, 1.0):
        return layers
    return np.asarray(cv2.transform(layers, np.diag([*tone, 1.0])), dtype=np.uint8)


def stand(picture: Picture, patch: Patch, u: float, v: float) -> None:
    """Put a person's drawing with its feet at a point of the screen."""
    patch.lay(picture, round(u - patch.width * _MID / _W), round(v - patch.height * _FOOT / _H))
