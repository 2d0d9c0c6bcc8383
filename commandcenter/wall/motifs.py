"""Regional motifs drawn by ourselves as SVG, driven by a seven-step palette (dark to light).

Every motif is one seamless tile in a ``<pattern>``; nothing is copied from anyone's drawing. Colours
default to the custom properties ``--m0`` … ``--m6`` of the page, so one inline drawing follows the city's
theme; a list of concrete colours makes a stand-alone file (PDF, ``<img>``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin

STEPS = 7
VARIABLES: tuple[str, ...] = tuple(f"var(--m{step})" for step in range(STEPS))
PALETTES: dict[str, tuple[str, ...]] = {
    "polos": ("#101a26", "#16222f", "#1d2c3c", "#28394c", "#3b5068", "#7f93ab", "#dbe4ee"),
    "ombak": ("#0b4f5c", "#0f6b78", "#169099", "#3cb8b5", "#8fe0d4", "#c9f2ea", "#e8fbf7"),
    "mega-mendung": ("#0d2c54", "#123a6b", "#184a85", "#2360a3", "#3c7fc4", "#74aee3", "#c9e2fa"),
    "anyaman": ("#3a2413", "#55361d", "#734b28", "#946538", "#b88a55", "#d9b98c", "#f3e4c8"),
    "sarang-lebah": ("#3d2a05", "#5c4007", "#80590b", "#a87610", "#d19a22", "#efc25a", "#fdebb8"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One seamless piece: ``body`` is SVG in user units inside ``width`` × ``height``."""

    width: float
    height: float
    body: str
    ground: str


Point = tuple[float, float]

# Outlines of two clouds: scallop points clockwise from the left tail. Between two points the outline is an
# arc that bulges outwards; the tails are drawn out to a tip, as the clouds of Cirebon have them.
CROWN: tuple[Point, ...] = (
    (0, 79), (34, 70), (47, 56), (66, 47), (76, 29), (99, 17), (124, 24), (139, 40), (158, 45),
    (169, 60), (184, 69), (218, 76), (190, 86), (163, 92), (134, 87), (106, 95), (78, 88), (48, 92), (26, 86),
)  # fmt: skip
DRIFT: tuple[Point, ...] = (
    (0, 50), (22, 42), (33, 31), (50, 27), (62, 16), (80, 15), (92, 26), (106, 31), (118, 41), (142, 52),
    (116, 57), (96, 61), (74, 57), (52, 61), (30, 56),
)  # fmt: skip
# How far each band lies between the outline (1) and the heart of the cloud (0); outermost first.
BANDS = (1.0, 0.885, 0.765, 0.64, 0.51, 0.375, 0.235)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _scallops(points: Sequence[Point], heart: Point, share: float) -> str:
    """Path of the outline drawn together towards ``heart``; arcs keep their cusps at every size."""
    placed = [(heart[0] + (x - heart[0]) * share, heart[1] + (y - heart[1]) * share) for x, y in points]
    path = f"M{_n(placed[0][0])} {_n(placed[0][1])}"
    for (x0, y0), (x1, y1) in zip(placed, [*placed[1:], placed[0]], strict=True):
        radius = max(0.4, hypot(x1 - x0, y1 - y0) * 0.56)
        path += f"A{_n(radius)} {_n(radius)} 0 0 1 {_n(x1)} {_n(y1)}"
    return path + "Z"


def _cloud(points: Sequence[Point], heart: Point, colours: Sequence[str]) -> str:
    """Seven bands around one heart, dark at the rim and pale within, behind a pale line of wax."""
    rim = _scallops(points, heart, 1.0)
    body = f'<path d="{rim}" fill="{colours[0]}" stroke="{colours[5]}" stroke-width="2.2"/>'
    for shade, share in enumerate(BANDS):
        body += f'<path fill="{colours[shade]}" d="{_scallops(points, heart, share * 0.97)}"/>'
    return body


def _mega_mendung(c: Sequence[str], uid: str) -> Tile:
    """Rain clouds of Cirebon: seven concentric bands, clouds in brick order so that no row is empty."""
    width, height = 400.0, 180.0
    places = [("a", -10, 2), ("b", 232, 26), ("a", 190, 92), ("b", 32, 116)]
    body = f'<defs><g id="{uid}a">{_cloud(CROWN, (108, 70), c)}</g>'
    body += f'<g id="{uid}b">{_cloud(DRIFT, (72, 46), c)}</g></defs>'
    for name, x, y in places:
        for dx in (-width, 0.0, width):
            for dy in (-height, 0.0, height):
                if -240 < x + dx < width + 20 and -110 < y + dy < height + 20:
                    body += f'<use href="#{uid}{name}" x="{_n(x + dx)}" y="{_n(y + dy)}"/>'
    return Tile(width, height, body, c[1])


def _crest(y: float, length: float) -> str:
    """One breaking wave: a long back, a crest that leans over and curls in, a hollow face."""
    s = length / 120
    return (
        f"c{_n(28 * s)} 0 {_n(46 * s)} {_n(-30 * s)} {_n(70 * s)} {_n(-30 * s)}"
        f"c{_n(17 * s)} 0 {_n(25 * s)} {_n(14 * s)} {_n(18 * s)} {_n(22 * s)}"
        f"c{_n(-5 * s)} {_n(5 * s)} {_n(-13 * s)} {_n(1 * s)} {_n(-11 * s)} {_n(-5 * s)}"
        f"c{_n(-13 * s)} {_n(6 * s)} {_n(0 * s)} {_n(21 * s)} {_n(43 * s)} {_n(13 * s)}"
    )


def _ombak(c: Sequence[str], uid: str) -> Tile:
    """Waves of the south coast: rows of breaking crests, each row paler than the one behind it."""
    width, rows, gap = 120.0, 6, 21.0
    height = rows * gap
    body = ""
    for row in range(-1, rows + 3):
        shade = (0, 1, 2, 3, 2, 1)[row % rows]
        y, shift = (row + 1) * gap, (row % 2) * 60.0
        for dx in (-width - shift, -shift, width - shift, 2 * width - shift):
            curve = f"M{_n(dx)} {_n(y)}{_crest(y, width)}"
            body += f'<path fill="{c[shade]}" d="{curve}V{_n(y + 90)}H{_n(dx)}Z"/>'
        for dx in (-width - shift, -shift, width - shift):
            curve = f"M{_n(dx)} {_n(y)}{_crest(y, width)}"
            body += f'<path fill="none" stroke="{c[min(6, shade + 2)]}" stroke-width="1.6" d="{curve}"/>'
    del uid
    return Tile(width, height, body, c[0])


def _anyaman(c: Sequence[str], uid: str) -> Tile:
    """Plaited bamboo: strips that pass over two and under two, each step shifted by one."""
    cell, count = 20.0, 4
    size = cell * count
    body = ""
    for row in range(count):
        for column in range(count):
            x, y = column * cell, row * cell
            if (column - row) % count < 2:
                fibre = f"M{_n(x)} {_n(y + 6)}h{_n(cell)}M{_n(x)} {_n(y + 14)}h{_n(cell)}"
                body += f'<rect x="{_n(x)}" y="{_n(y + 2)}" width="20" height="16" fill="{c[2]}"/>'
                body += f'<path d="{fibre}" stroke="{c[3]}" stroke-width="1"/>'
            else:
                fibre = f"M{_n(x + 6)} {_n(y)}v{_n(cell)}M{_n(x + 14)} {_n(y)}v{_n(cell)}"
                body += f'<rect x="{_n(x + 2)}" y="{_n(y)}" width="16" height="20" fill="{c[1]}"/>'
                body += f'<path d="{fibre}" stroke="{c[2]}" stroke-width="1"/>'
    del uid
    return Tile(size, size, body, c[0])


def _sarang_lebah(c: Sequence[str], uid: str) -> Tile:
    """Honeycomb: cells of different depth, some of them filled and bright."""
    radius = 20.0
    half, step = radius * sin(pi / 3), radius * 1.5
    shades = (0, 1, 0, 2, 1, 0, 3, 1, 0, 1, 2, 0, 1, 0, 4, 1)
    columns, rows = 8, 4
    width, height = 2 * half * columns, step * rows
    corners = [(radius * 0.93 * sin(k * pi / 3), radius * 0.93 * cos(k * pi / 3)) for k in range(6)]
    body = ""
    for row in range(-1, rows + 1):
        for column in range(-1, columns + 1):
            x, y = column * 2 * half + (row % 2) * half, row * step
            shade = shades[((row % rows) * 5 + (column % columns) * 3) % len(shades)]
            points = " ".join(f"{_n(x + dx)},{_n(y + dy)}" for dx, dy in corners)
            line = c[min(6, shade + 2)]
            body += f'<polygon points="{points}" fill="{c[shade]}" stroke="{line}" stroke-width="1"/>'
    del uid
    return Tile(width, height, body, c[0])


def _polos(c: Sequence[str], uid: str) -> Tile:
    """Plain cloth with a fine selvedge: almost nothing, on purpose."""
    del uid
    return Tile(24, 24, f'<path d="M0 23.5h24" stroke="{c[2]}" stroke-opacity=".45" stroke-width="1"/>', c[1])


DRAW: dict[str, Callable[[Sequence[str], str], Tile]] = {
    "polos": _polos,
    "ombak": _ombak,
    "mega-mendung": _mega_mendung,
    "anyaman": _anyaman,
    "sarang-lebah": _sarang_lebah,
}


def motif_svg(
    kind: str,
    palette: Sequence[str] | None = None,
    *,
    width: int = 1600,
    height: int = 100,
    scale: float = 1.0,
    shift: float = 0.0,
    uid: str = "mt",
) -> str:
    """The motif as one ``<svg>`` that covers any box (``slice``).

    ``palette`` is seven colours from dark to light, or None for the page's custom properties; ``shift``
    moves the pattern down, in units of the view box. ``uid`` must differ between two
    drawings in one page. An unknown kind gives the plain cloth.
    """
    colours = VARIABLES if palette is None or len(palette) != STEPS else palette
    tile = DRAW.get(kind, _polos)(colours, uid)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">'
        f'<defs><pattern id="{uid}p" width="{_n(tile.width)}" height="{_n(tile.height)}" '
        f'patternUnits="userSpaceOnUse" patternTransform="translate(0 {shift:g}) scale({scale:g})">'
        f"{tile.body}</pattern></defs>"
        f'<rect width="100%" height="100%" fill="{tile.ground}"/>'
        f'<rect width="100%" height="100%" fill="url(#{uid}p)"/></svg>'
    )
