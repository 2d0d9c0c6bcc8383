"""What a phone said, as plain integers, and how far apart two of its places are."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

import numpy as np

from fieldstaff.attendance.columns import Columns, Mask, Numbers
from fieldstaff.attendance.columns import Row as Row

NOWHERE = 2_000_000_000
"""Stands for a missing latitude or longitude (degrees x 1e7 never reach it): rows stay plain integers."""
UNKNOWN = -1
"""Stands for a missing accuracy, which counts as good."""
E7 = 10_000_000
_EARTH_M = 6_371_008.8
_METRES_PER_E7 = _EARTH_M * radians(1) / E7
_NEAR_E7 = 1_000_000  # 0.1 degree: below it the earth is flat enough


class Mark(IntFlag):
    """What a ping carries beside its place: the bits of stored positions that matter here.

    Other bits do no harm. One that is stored as a call for help gets ALARM, so that it is nobody's repeat.
    """

    MOCK = 1
    """The phone itself says that the place is made up."""
    AHEAD = 2
    """The phone's clock ran ahead; the rules set it as well."""
    VOID = 64
    """Struck out by a person or by the server."""
    TIME_ASSUMED = 128
    """The phone gave no time, or none with a zone: nothing can be learned about its clock."""
    ALARM = 1024


NEVER_COUNTS = int(Mark.MOCK | Mark.VOID)


class Ping(NamedTuple):
    """One contact. Plain tuples in this order serve as well: nothing in the rules asks for the class.

    Times in epoch seconds, degrees x 1e7 or NOWHERE, accuracy in metres or UNKNOWN, marks as their sum.
    The receipt comes last, so that repeats of a ping stand side by side when they are sorted.
    """

    fix_at: int
    device: int
    lat: int
    lon: int
    acc: int
    marks: int
    recv_at: int


def ping(
    fix_at: int,
    *,
    recv_at: int | None = None,
    device: int = 1,
    place: tuple[float, float] | None = None,
    acc: int | None = None,
    marks: Mark | int = 0,
) -> Ping:
    """A ping from what people write: ``place`` in degrees (lat, lon), received at once unless told."""
    lat, lon = (NOWHERE, NOWHERE) if place is None else (round(place[0] * E7), round(place[1] * E7))
    acc_m = UNKNOWN if acc is None else acc
    return Ping(fix_at, device, lat, lon, acc_m, int(marks), fix_at if recv_at is None else recv_at)


def distinct(pings: Iterable[Row]) -> Columns:
    """The pings sorted, each once with its first receipt: neither order nor repeats can matter afterwards."""
    rows = Columns.of(pings).ordered()
    if len(rows) < 2:
        return rows
    said = rows.table[:6]
    return rows.where(np.append(True, (said[:, 1:] != said[:, :-1]).any(axis=0)))


def is_place(lat: int, lon: int) -> bool:
    """Whether it is a place on earth; 0, 0 is what broken receivers send for "I do not know"."""
    return -90 * E7 <= lat <= 90 * E7 and -180 * E7 <= lon <= 180 * E7 and (lat != 0 or lon != 0)


def are_places(lat: Numbers, lon: Numbers) -> Mask:
    """:func:`is_place` of many."""
    found: Mask = (np.abs(lat) <= 90 * E7) & (np.abs(lon) <= 180 * E7) & ((lat != 0) | (lon != 0))
    return found


def metres(lat_a: int, lon_a: int, lat_b: int, lon_b: int) -> float:
    """Distance of two places, degrees x 1e7 each.

    Near ones on the flat (wrong by less than a metre in 10 km), far ones by haversine.
    """
    north, east = lat_b - lat_a, lon_b - lon_a
    if abs(north) < _NEAR_E7 and abs(east) < _NEAR_E7:
        east_m = east * cos(radians((lat_a + lat_b) / 2 / E7))
        return sqrt(north * north + east_m * east_m) * _METRES_PER_E7
    a, b = radians(lat_a / E7), radians(lat_b / E7)
    chord = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(east / E7) / 2) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(chord)))
