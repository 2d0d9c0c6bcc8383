"""The icon of the citizens' app, drawn by us in the city's colours: a speech bubble with a call in it."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw

SIZES = frozenset({180, 192, 512})
_FINE = 4  # drawn four times as large, then made smaller: smooth edges


@lru_cache(maxsize=16)
def draw(size: int, ground: str, *, full: bool = False) -> bytes:
    """A PNG of ``size`` pixels on ``ground`` ("#0d2c54").

    ``full`` bleeds to the edges and keeps its picture inside the middle 80 %, for systems that cut icons to a
    shape of their own (W3C manifest, "maskable").
    """
    side = size * _FINE
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    corner = 0 if full else side * 0.22
    pen.rounded_rectangle((0, 0, side - 1, side - 1), corner, fill=ground)
    unit = side * (0.58 if full else 0.72)
    x, y = (side - unit) / 2, (side - unit) / 2

    def at(*points: float) -> list[float]:
        return [(x if i % 2 == 0 else y) + value * unit for i, value in enumerate(points)]

    pen.rounded_rectangle(at(0, 0.04, 1, 0.74), unit * 0.17, fill="#ffffff")
    pen.polygon(at(0.2, 0.7, 0.5, 0.7, 0.2, 0.98), fill="#ffffff")
    pen.rounded_rectangle(at(0.44, 0.16, 0.56, 0.46), unit * 0.06, fill=ground)
    pen.ellipse(at(0.435, 0.51, 0.565, 0.64), fill=ground)
    out = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
