"""What one small grey picture shows, alone and beside a reference: numbers, no judgement.

Everything works at ``WIDTH`` x ``HEIGHT`` on local contrast, because a street at
noon and at dusk share edges and little else.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
#: A float32 layer; OpenCV's own annotations know no closer type.
Plane = NDArray[Any]

FULL = (160, 90)
WIDTH, HEIGHT = 96, 54
#: Cells in which structure is compared: 8 x 6, each 12 x 9 pixels.
CELLS = (8, 6)
#: Cells of the difference sketch: 16 x 9, each 10 x 10 pixels of FULL.
SKETCH = (16, 9)
#: Below this variance (grey levels squared, averaged over a cell) a cell shows noise, not structure.
NOISE_FLOOR = 4.0


@dataclass(slots=True)
class Look:
    """One picture at working size, without noise, as local contrast, fine detail and large layout."""

    soft: Plane
    local: Plane
    fine: Plane
    coarse: Plane

    def band(self) -> Plane:
        """Structure of a few pixels' size: above noise, below shapes."""
        return self.soft - cv2.GaussianBlur(self.soft, (5, 5), 1.4)

    def edges(self) -> Plane:
        """Strength of edges whatever their direction, less its local mean: survives a change of light."""
        across, down = cv2.Sobel(self.soft, cv2.CV_32F, 1, 0), cv2.Sobel(self.soft, cv2.CV_32F, 0, 1)
        strength = cv2.magnitude(across, down)
        return strength - cv2.blur(strength, (15, 15))


@dataclass(frozen=True, slots=True)
class Match:
    """How a picture answers to a reference.

    ``alive``: share 0..1 of the reference's structure still in place; ``quarters``: the
    same in the poorest quarter of the picture. ``detail``: gain of fine detail over gain
    of middle detail, about 1 when as sharp as the reference, towards 0 when blurred, None
    where the reference has too little fine detail to tell. ``fineness``: log ratio of all
    fine detail, its own or foreign, now and then, in the same cells. ``coarse``: correlation
    of the large layout, -1..1. ``structure``: 0..1, how much the reference offers to hold on to.
    ``cells``: life of each cell, 0..1.
    """

    alive: float
    quarters: float
    detail: float | None
    fineness: float
    coarse: float
    contrast: float
    structure: float
    cells: Plane


@dataclass(frozen=True, slots=True)
class Remains:
    """What stands where the view was lost, as log ratios to what stood there: 0 is as much as before.

    ``richness``: structure of middling size; ``fine``: the finest; ``edges``: edges;
    ``crispness``: how crisp that structure is for its contrast. Things close to a lens are soft.
    """

    richness: float
    fine: float
    edges: float
    crispness: float


def normalise(gray: Gray) -> Gray:
    """Bring any grey picture to ``FULL`` size. Raises ValueError if it is not 2-D uint8."""
    if gray.ndim != 2 or gray.dtype != np.uint8 or 0 in gray.shape:
        raise ValueError("picture health takes a two-dimensional picture of 8-bit grey levels")
    if gray.shape == (FULL[1], FULL[0]):
        return gray
    shrink = gray.shape[1] > FULL[0]
    sized = cv2.resize(gray, FULL, interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR)
    return np.asarray(sized, np.uint8)


def shrink(gray: Gray) -> Gray:
    """Bring a FULL picture to working size."""
    return np.asarray(cv2.resize(gray, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def look(small: Gray) -> Look:
    """Split a working-size picture into the layers that are compared."""
    plane = small.astype(np.float32)
    soft = cv2.GaussianBlur(plane, (5, 5), 1.0)
    coarse = cv2.resize(soft, (16, 9), interpolation=cv2.INTER_AREA)
    return Look(
        soft=soft,
        local=soft - cv2.blur(soft, (15, 15)),
        fine=plane - soft,
        coarse=coarse - cv2.mean(coarse)[0],
    )


def to_cells(plane: Plane) -> Plane:
    """Average a working-size layer over each of the CELLS."""
    return cv2.resize(plane, CELLS, interpolation=cv2.INTER_AREA)


def agreement(now: Plane, then: Plane, floor: float = NOISE_FLOOR) -> tuple[Plane, Plane, Plane]:
    """Per cell: correlation of two zero-mean layers, their covariance, and the variance of ``then``."""
    both, mine, other = to_cells(now * then), to_cells(now * now), to_cells(then * then)
    return both / np.sqrt((mine + floor) * (other + floor)), both, other


def compare(now: Look, then: Look, residue: float = 0.0) -> Match:
    """Measure ``now`` against the reference ``then``.

    ``residue``: variance of fine noise that averaging has left in the reference.
    """
    signed, shared, variance = agreement(now.local, then.local)
    weights = variance / (variance + 4 * NOISE_FLOOR)
    total = cv2.sumElems(weights)[0]
    cells = aliveness(signed)
    living = cells * weights
    if cv2.sumElems(living)[0] < 0.93 * total:
        # Infrared may turn a contrast round and leave its edge. Most stills need not ask.
        unsigned, _, _ = agreement(now.edges(), then.edges(), NOISE_FLOOR * 16)
        cells = aliveness(np.maximum(signed, unsigned))
        living = cells * weights
    middle_gain = shared / (variance + 1e-3)
    detail, fineness = _detail(now, then, middle_gain, (cells > 0.5) & (variance > NOISE_FLOOR), residue)
    return Match(
        alive=cv2.sumElems(living)[0] / max(total, 1e-6),
        quarters=float((_quarters(living) / (_quarters(weights) + 0.05)).min()),
        detail=detail,
        fineness=fineness,
        coarse=_correlation(now.coarse, then.coarse),
        contrast=cv2.sumElems(shared)[0] / (cv2.sumElems(variance)[0] + 1e-3),
        structure=total / weights.size,
        cells=cells,
    )


def aliveness(correlation: Plane) -> Plane:
    """Correlation of a cell as life: nothing below 0.15, full from 0.6 on."""
    return np.minimum(np.maximum((correlation - 0.15) / 0.45, 0.0), 1.0)


def _quarters(plane: Plane) -> Plane:
    return cv2.resize(plane, (2, 2), interpolation=cv2.INTER_AREA)


def _detail(
    now: Look, then: Look, middle_gain: Plane, where: NDArray[np.bool_], residue: float
) -> tuple[float | None, float]:
    """Medians over cells, so that a burned-in clock, always sharp, cannot hide a blurred picture."""
    fine = to_cells(then.fine * then.fine)
    where = where & (fine > 0.35 + 3 * residue)
    if np.count_nonzero(where) < 5:
        return None, 0.0
    fine_gain = to_cells(now.fine * then.fine)[where] / (fine[where] - residue)
    own = to_cells(now.fine * now.fine)[where] + 0.1
    detail = _middle(fine_gain / np.maximum(middle_gain[where], 0.05))
    return detail, math.log(_middle(own / (fine[where] + 0.1)))


def _middle(values: Plane) -> float:
    return float(np.sort(values)[values.size // 2])


def remains(now: Look, then: Look, cells: Plane) -> Remains:
    """Describe the lost cells (``cells`` below one half) of a compared picture."""
    lost = cells < 0.5
    if not lost.any():
        return Remains(0.0, 0.0, 0.0, 0.0)

    def energy(layer: Plane) -> Plane:
        return to_cells(layer * layer)[lost]

    band, band_then = energy(now.band()) + 0.3, energy(then.band()) + 0.3
    local, local_then = energy(now.local) + 0.3, energy(then.local) + 0.3
    return Remains(
        richness=_middle_log(band / band_then),
        fine=_middle_log((energy(now.fine) + 0.5) / (energy(then.fine) + 0.5)),
        edges=_middle_log((energy(now.edges()) + 10) / (energy(then.edges()) + 10)),
        crispness=_middle_log(band / local) - _middle_log(band_then / local_then),
    )


def _middle_log(ratios: Plane) -> float:
    return math.log(_middle(ratios))


def _correlation(a: Plane, b: Plane) -> float:
    return float(np.vdot(a, b)) / (math.sqrt(float(np.vdot(a, a)) * float(np.vdot(b, b))) + 1.0)


def _signs() -> Plane:
    """A fixed chessboard of random-looking signs: the same on every machine and version."""
    count = FULL[0] * FULL[1]
    mixed = (np.arange(count, dtype=np.uint64) * np.uint64(2654435761)) % np.uint64(4294967296)
    mixed = (mixed ^ (mixed >> np.uint64(15))) * np.uint64(2246822519) % np.uint64(4294967296)
    return np.where((mixed >> np.uint64(13)) & np.uint64(1), 1.0, -1.0).astype(np.float32).reshape(FULL[::-1])


_SIGNS = _signs()


def sketch(gray: Gray) -> NDArray[np.int16]:
    """Project each 10 x 10 cell on fixed signs: equal pixels give equal numbers (shape 9 x 16, x 100).

    The difference of two sketches, divided by 10, estimates a cell's RMS pixel
    difference: 288 bytes instead of the picture itself.
    """
    signed = cv2.multiply(gray, _SIGNS, dtype=cv2.CV_32F)
    return np.rint(cv2.resize(signed, SKETCH, interpolation=cv2.INTER_AREA) * 100).astype(np.int16)
