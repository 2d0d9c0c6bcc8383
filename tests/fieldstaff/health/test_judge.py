"""What is set wrong, read off a day: each fault as the app with that fault sends it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.health.judge import Code, Phone, Ping, Weight, judge, worst

START = 1_787_000_000
END = START + 8 * 3_600
HOUR = 3_600
DEGREE_M = 111_195
GOOD = {"app": "Traccar Client 10.1", "last_recv": END, "duty": ((START, END),)}


def ping(at: int, metres: float = 0.0, **values) -> Ping:
    """A message from so many metres north of the post, received at once."""
    given = {"recv": at, "lat": -6.12 + metres / DEGREE_M, "lon": 106.15, "acc": 9, "batt": 70, **values}
    return Ping(at, **given)


def walk(step_s: int = 60, pace: float = 1.0, first: int = START, last: int = END, **values) -> list[Ping]:
    return [ping(at, (at - START) * pace, **values) for at in range(first, last, step_s)]


def codes(pings: list[Ping], now: int = END, **phone) -> list[Code]:
    return [found.code for found in judge(Phone(**{**GOOD, **phone}), pings, now)]


def test_a_phone_set_right_has_nothing_wrong():
    assert codes(walk()) == []
    assert codes(walk(pace=0.0)) == []
    assert worst([]) == "good"


def standing(heartbeats: bool) -> list[Ping]:
    """Ten minutes of walking, twenty of standing, over and over: what stop detection makes of it."""
    rows, metres, at = [], 0.0, START
    while at < END:
        for _n in range(10):
            rows.append(ping(at, metres))
            at, metres = at + 60, metres + 60
        metres -= 60
        for n in range(20):
            if heartbeats and n:
                rows.append(ping(at, lat=None, lon=None, acc=None))
            at += 60
    return rows


def test_silence_while_he_stands_is_a_heartbeat_that_is_off():
    assert codes(standing(heartbeats=False)) == [Code.HEARTBEAT_OFF, Code.STOP_DETECTION]


def test_heartbeats_without_a_place_are_stop_detection_alone():
    assert codes(standing(heartbeats=True)) == [Code.STOP_DETECTION]


def test_client_10_as_it_comes_out_of_the_shop_reports_too_seldom():
    found = judge(Phone(**GOOD), walk(300), END)
    assert [(one.code, one.n) for one in found] == [(Code.INTERVAL, 300)]
    assert codes(walk(300), every_s=300) == []


def test_steps_all_alike_and_times_not_is_a_distance():
    chance, at, rows = Random(7), START, []
    for n in range(200):
        rows.append(ping(at, n * 75.0))
        at += chance.choice([20, 25, 30, 90, 150, 200])
    assert codes([row for row in rows if row.at < END]) == [Code.DISTANCE]


def test_owntracks_in_significant_mode():
    assert codes(walk(900), protocol="owntracks") == [Code.OWNTRACKS_MODE]
    assert codes(walk(60), protocol="owntracks") == []


def test_silence_and_then_elsewhere_twice_is_the_battery_saver_and_once_is_a_tunnel():
    holes = [(START + HOUR, START + 2 * HOUR), (START + 4 * HOUR, START + 5 * HOUR)]
    whole = walk()
    one = [row for row in whole if not holes[0][0] < row.at < holes[0][1]]
    both = [row for row in one if not holes[1][0] < row.at < holes[1][1]]
    assert codes(one) == []
    assert codes(both) == [Code.BATTERY_SAVER]


@pytest.mark.parametrize(
    ("skew", "n"), [(3_600, -60), (-90, 2), (61, -1), (60, None), (-60, None), (None, None)]
)
def test_a_clock_is_wrong_by_more_than_a_minute(skew, n):
    found = [one.n for one in judge(Phone(**{**GOOD, "skew_s": skew}), walk(), END) if one.code == Code.CLOCK]
    assert found == ([] if n is None else [n])


def test_one_mocked_position_is_enough():
    rows = walk()
    rows[30] = ping(rows[30].at, mock=True)
    assert codes(rows) == [Code.MOCK]
    assert worst(judge(Phone(**GOOD), rows, END)) == "crit"


def test_contact_without_a_place_on_duty_is_location_off_and_off_duty_is_nothing():
    nowhere = [ping(at, lat=None, lon=None, acc=None) for at in range(START, END, 60)]
    assert codes(nowhere) == [Code.LOCATION_OFF]
    hidden = [ping(at, lat=None, lon=None, acc=None, kept=False) for at in range(START, END, 60)]
    assert codes(hidden) == []
    assert codes(nowhere, duty=()) == []


def test_an_approximate_permission():
    assert codes(walk(acc=2_000)) == [Code.APPROXIMATE]


def test_the_battery():
    rows = walk(batt=60)
    assert codes([*rows, ping(END - 1, batt=15)]) == [Code.LOW_BATTERY]
    assert codes([*rows, ping(END - 1, batt=15, charging=True)]) == []
    assert codes([*rows, ping(END - 1, batt=16)]) == []
    assert codes([ping(START, batt=4), *rows[1:]]) == [Code.LOW_BATTERY]


def test_a_third_that_comes_late_is_the_connection():
    rows = walk()
    late = [
        Ping(r.at, r.at + 1_200, r.lat, r.lon, r.acc, r.batt) if n % 3 == 0 else r for n, r in enumerate(rows)
    ]
    assert codes(late) == [Code.DATA]


def test_silent_on_duty_only_after_half_an_hour():
    seen = {"last_recv": START - HOUR}
    assert codes([], now=START + 1_800, **seen) == []
    assert codes([], now=START + 1_801, **seen) == [Code.SILENT]
    assert codes([], now=END, **seen) == []


def test_what_is_known_of_the_phone_itself():
    assert codes([], last_recv=None) == [Code.NEVER]
    assert codes(walk(), app=" ") == [Code.APP_UNKNOWN]
    assert codes(walk(), plain_http=True, two_networks=True) == [Code.PLAIN_HTTP, Code.TWO_NETWORKS]


def test_the_worst_stands_first():
    found = judge(Phone(**{**GOOD, "app": "", "skew_s": 600}), walk(mock=True), END)
    assert [one.weight for one in found] == [Weight.CRIT, Weight.WARN, Weight.INFO]


pings = st.builds(
    ping,
    at=st.integers(START - HOUR, END + HOUR),
    metres=st.floats(-50_000, 50_000),
    batt=st.one_of(st.none(), st.integers(0, 100)),
    mock=st.booleans(),
    kept=st.booleans(),
    acc=st.one_of(st.none(), st.integers(0, 9_000)),
)


@given(st.lists(pings, max_size=60), st.sampled_from(["traccar", "owntracks", "app"]))
def test_order_and_repeats_do_not_matter_to_what_is_said(rows, protocol):
    phone = Phone(**{**GOOD, "protocol": protocol})
    said = judge(phone, rows, END)
    assert len({one.code for one in said}) == len(said)
    if len({row.at for row in rows}) == len(rows):
        assert judge(phone, rows[::-1], END) == said
