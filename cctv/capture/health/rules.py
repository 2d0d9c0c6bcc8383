"""What one still suggests: thresholds beside what this camera usually shows at this hour."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from cctv.capture.health import geometry
from cctv.capture.health.features import FULL, Gray, Look, Match, Remains, remains
from cctv.capture.health.model import Fault

#: Rows 20..70 of 90: the part where no camera burns in its clock.
_CORE = slice(20, 70)
_CORE_PIXELS = 50 * FULL[0]
#: Grey levels below which a pixel is dark, and from which it is white.
DARK, WHITE = 48, 212
#: Share of the reference's contrast up to which a view is a trace, as through a dead sensor or a white-out.
FAINT = 0.09
#: Share of usual structure below which a view counts as lost.
LOST = 0.66
#: Below it, look whether the view has only been displaced.
DISPLACED = 0.82
#: The least shift (share of width) and turn (degrees) called *moved*; wind and lens heat stay below.
LEAST_SHIFT, LEAST_TURN = 0.025, 3
#: The least structure (0..1) a reference must offer before its loss means anything.
LEAST_STRUCTURE = 0.12
#: Share of the usual detail below which a view that is still in place counts as blurred.
BLURRED = 0.74


Search = Callable[[Look, Look], geometry.Pose]


@dataclass(frozen=True, slots=True)
class Light:
    """Global figures of one still: mean, deviation, share of dark and of white pixels, sharpness."""

    mean: float
    deviation: float
    dark: float
    white: float
    sharpness: float


def measure_light(gray: Gray) -> Light:
    """Measure a FULL picture. Sharpness is the Laplacian's variance (Pech-Pacheco et al. 2000)."""
    mean, deviation = cv2.meanStdDev(gray)
    core = gray[_CORE]
    _, spread = cv2.meanStdDev(cv2.Laplacian(gray, cv2.CV_16S))
    return Light(
        mean=float(mean[0, 0]),
        deviation=float(deviation[0, 0]),
        dark=np.count_nonzero(core < DARK) / _CORE_PIXELS,
        white=np.count_nonzero(core >= WHITE) / _CORE_PIXELS,
        sharpness=float(spread[0, 0]) ** 2,
    )


def is_black(light: Light, match: Match | None, usual: dict[str, float] | None, dark_is_normal: bool) -> bool:
    """True for a dead, unplugged or blinded sensor; a dim night that keeps its structure is not black."""
    alive = match is not None and match.structure >= LEAST_STRUCTURE and match.alive >= 0.45
    contrast = match.contrast if match is not None and alive else 0.0
    if light.white >= 0.93:
        used = usual is not None and usual["brightness"] > 215
        return not used and contrast <= FAINT
    if light.dark < 0.95 or contrast > FAINT:
        return False
    if match is None or usual is None:
        return light.dark >= 0.995 and light.deviation < 4 and not dark_is_normal
    return usual["brightness"] > (45 if dark_is_normal else max(light.mean * 1.25, 12))


def wavers(match: Match, pose: geometry.Pose | None) -> bool:
    """True where the picture no longer answers well to its reference, in edges or in its large layout."""
    return pose is not None or match.coarse < 0.6


def stands(match: Match, left: Remains) -> bool:
    """True where a view that changed still stands: day/night, lamps on or off, another exposure.

    Such a change leaves faint edges in every quarter, as fine as before; a cover leaves them
    on one side, or soft. The weights are a logistic fit on tuning clips (207 switches, 220
    covers: 2 % of either on the wrong side).
    """
    if match.contrast <= FAINT or (match.detail is not None and match.detail < 0.5):
        return False
    score = 8.6 * match.alive + 4.2 * match.quarters - 2.2 * match.coarse + left.fine
    return score >= 3.9


def judge(
    now: Look, then: Look, match: Match, usual: dict[str, float] | None, search: Search
) -> tuple[Fault | None, geometry.Pose | None]:
    """Covered, blurred or moved, by what is left of the reference; the pose where it was searched."""
    usual_alive = min(max(usual["alive"] if usual else 0.9, 0.7), 1.0)
    pose = None
    if match.alive < DISPLACED * usual_alive:
        pose = search(now, then)
        if displaced(pose, match):
            return Fault.MOVED, pose
    if match.alive < LOST * usual_alive:
        return _lost(now, then, match), pose
    return (Fault.BLURRED if usual and _soft(match, usual) else None), pose


def displaced(pose: geometry.Pose, match: Match) -> bool:
    """True where the view was found again elsewhere, and clearly better than in its place."""
    far = pose.distance >= LEAST_SHIFT or abs(pose.angle) >= LEAST_TURN
    return far and pose.alive >= geometry.FOUND and pose.alive - match.alive >= 0.15


def _soft(match: Match, usual: dict[str, float]) -> bool:
    """Less of the reference's detail and none in its stead: infrared has its own, blur has none."""
    normal = min(max(usual["detail"], 0.5), 1.2)
    if match.detail is None or match.detail >= BLURRED * normal:
        return False
    return match.fineness < -0.2 and match.coarse > 0.45


def _lost(now: Look, then: Look, match: Match) -> Fault:
    """The view is gone and not found elsewhere: blurred away, covered, or turned to another view."""
    left = remains(now, then, match.cells)
    if match.coarse > 0.6 and match.alive > 0.5 and left.richness < -0.2:
        return Fault.BLURRED
    sharp = min(left.richness, left.fine, left.crispness) > -0.1 and left.edges > 0.2
    foreign = sharp or min(left.richness, left.fine, left.edges) > 1.8
    return Fault.MOVED if foreign else Fault.COVERED
