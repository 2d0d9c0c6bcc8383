"""A strip of black and white cells in the picture's corner that carries its own time.

A test or bench reads the strip of a received picture and knows the wall-clock tenth of a
second at which that picture was true. Cells are 8 x 8 px on a 640 px wide picture and scale
with the width; the row holds a guard pattern, ten bits of tenths (0-599, most significant
first) and two check bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]

GUARD = (1, 0, 1, 0)
BITS = 10
CELLS = len(GUARD) + BITS + 2
MODULUS = 600


def cells_of(tenths: int) -> tuple[int, ...]:
    """The cells (1 white, 0 black) for a number of tenths of a second within the minute."""
    value = tenths % MODULUS
    bits = tuple(value >> shift & 1 for shift in range(BITS - 1, -1, -1))
    check = (value.bit_count() + value % 3) % 4
    return GUARD + bits + (check >> 1, check & 1)


def _geometry(width: int, height: int) -> tuple[int, int, int]:
    """Cell size in px, left edge and top edge for a picture of this size."""
    cell = max(2, width // 80)
    return cell, cell, height - 2 * cell


def draw_strip(picture: NDArray[Any], tenths: int) -> None:
    """Draw the strip into a gray (h, w) or colour (h, w, 3) uint8 picture, in place."""
    cell, left, top = _geometry(picture.shape[1], picture.shape[0])
    picture[top - 2 : top + cell + 2, left - 2 : left + CELLS * cell + 2] = 16
    for index, bit in enumerate(cells_of(tenths)):
        if bit:
            start = left + index * cell
            picture[top : top + cell, start : start + cell] = 235


def read_tenths(gray: NDArray[Any]) -> int | None:
    """Tenths of a second (0-599) at which the picture was true.

    Args:
        gray: (h, w) uint8, the whole picture at any size from 160 px wide up.

    Returns:
        None where there is no readable strip.
    """
    cell, left, top = _geometry(gray.shape[1], gray.shape[0])
    scale = gray.shape[1] / 80
    bits = []
    row = slice(round(gray.shape[0] - 1.75 * scale), max(round(gray.shape[0] - 1.25 * scale), top + 1))
    for index in range(CELLS):
        start = scale * (1 + index)
        column = slice(round(start + scale / 4), max(round(start + 3 * scale / 4), left + index * cell + 1))
        mean = float(np.mean(gray[row, column]))
        if 96 < mean < 156:
            return None
        bits.append(int(mean >= 128))
    value = int("".join(map(str, bits[len(GUARD) : len(GUARD) + BITS])), 2)
    return value if value < MODULUS and tuple(bits) == cells_of(value) else None


def read_strip(gray: NDArray[Any]) -> int | None:
    """Wall-clock second (0-59) at which the picture was true, None where none is readable."""
    tenths = read_tenths(gray)
    return None if tenths is None else tenths // 10
