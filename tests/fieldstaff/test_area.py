"""Inside, outside, unknown: at fixes, and for a while between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldstaff.attendance.area import AreaRule, Circle, Region
from fieldstaff.attendance.pings import E7, ping
from fieldstaff.attendance.states import Flag
from tests.fieldstaff.scenes import ELSEWHERE, POST, SHIFT, at, every, worked

LAT, LON = round(POST[0] * E7), round(POST[1] * E7)
YARD = Circle(LAT, LON, 150)
SIDE = 0.002
BLOCK = Region(
    [
        [
            [
                (POST[1] + x * SIDE, POST[0] + y * SIDE)
                for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
            ],
            [(POST[1] + x * SIDE, POST[0] + y * SIDE) for x, y in ((0.5, 0.5), (0.5, 1), (1, 1), (0.5, 0.5))],
        ]
    ]
)


def guarded(pings, rule, area=YARD, **more):
    return worked(pings, shift=replace(SHIFT, area=area, area_rule=rule), **more)


@pytest.mark.parametrize(
    ("metres_north", "margin", "inside"),
    [(0, 0, True), (149, 0, True), (152, 0, False), (200, 60, True), (200, 40, False)],
)
def test_a_circle_reaches_as_far_as_its_radius_and_the_margin(metres_north, margin, inside):
    assert YARD.reaches(LAT + round(metres_north * E7 / 111_195), LON, margin) is inside


@pytest.mark.parametrize(
    ("north", "east", "margin", "inside"),
    [(0, 0, 0, True), (300, 0, 0, False), (250, 0, 40, True), (250, 0, 20, False), (-210, -210, 0, True)],
)
def test_a_polygon_reaches_as_far_as_its_border_and_the_margin(north, east, margin, inside):
    lat, lon = LAT + round(north * E7 / 111_195), LON + round(east * E7 / 110_560)

    assert BLOCK.reaches(lat, lon, margin) is inside


def test_a_hole_is_outside_but_for_the_margin():
    lat, lon = LAT + round(0.9 * SIDE * E7), LON + round(0.7 * SIDE * E7)

    assert not BLOCK.reaches(lat, lon, 0)
    assert BLOCK.reaches(lat, lon, 30)


AWAY = every(60, last=at("09:00"), place=POST) + every(60, at("09:01"), at("10:00"), place=ELSEWHERE) + every(
    60, at("10:01"), place=POST
)  # fmt: skip


def test_time_outside_is_ignored_flagged_or_left_out_as_the_shift_says():
    days = [guarded(AWAY, rule) for rule in AreaRule]

    assert [day.credited_s for day in days] == [25_200, 25_200, 25_200 - 3_600]
    assert [Flag.OUT_OF_AREA in day.flags for day in days] == [False, True, True]


def test_a_task_counts_as_inside():
    task = ((at("09:00"), at("10:05")),)
    day = guarded(AWAY, AreaRule.ONLY_INSIDE, on_task=task)

    assert (day.credited_s, day.flags) == (25_200, frozenset())


def test_a_slip_of_the_receiver_raises_no_flag():
    slip = [ping(at("09:00:30"), place=ELSEWHERE)]
    day = guarded([*every(60, place=POST), *slip], AreaRule.FLAG)

    assert (day.credited_s, day.flags) == (25_200, frozenset())


def test_heartbeats_inherit_the_last_known_place_for_the_still_bridge_only():
    def heartbeats_after(last_fix):
        return guarded(
            every(60, last=at(last_fix), place=POST) + every(60, at(last_fix) + 60), AreaRule.ONLY_INSIDE
        )

    assert heartbeats_after("15:30").credited_s == 25_200
    assert heartbeats_after("15:00").credited_s == 25_200 - 1_800


def test_heartbeats_before_the_first_fix_inherit_it():
    pings = every(60, last=at("07:40")) + every(60, at("07:41"), place=POST)

    assert guarded(pings, AreaRule.ONLY_INSIDE).credited_s == 25_200


def test_a_place_of_five_kilometres_is_neither_inside_nor_outside():
    day = guarded(every(60, place=ELSEWHERE, acc=5_000), AreaRule.FLAG)

    assert Flag.OUT_OF_AREA not in day.flags
    assert guarded(every(60, place=ELSEWHERE, acc=5_000), AreaRule.ONLY_INSIDE).credited_s == 0
