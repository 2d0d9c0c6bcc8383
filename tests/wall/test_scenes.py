"""What a display shows now: the order of wishes, the clock of playlists, layouts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.wall import layouts
from commandcenter.wall.scenes import Showing, Slot, Wish, resolve

WIB = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=WIB)
MIN = timedelta(minutes=1)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(WIB))
times = st.times().map(lambda t: t.replace(microsecond=0, tzinfo=None))
slots = st.builds(Slot, st.integers(1, 9), st.integers(5, 3600), st.none() | times, st.none() | times).filter(
    lambda s: s.from_time != s.until_time or s.from_time is None
)
wishes = st.builds(
    Wish,
    st.sampled_from(["takeover", "cast", "pin"]),
    st.integers(1, 9),
    moments,
    st.none() | moments,
    st.integers(0, 3),
    st.integers(1, 1000),
)


def wish(kind: str, scene: int, start: int = -1, end: int | None = None, **more: int) -> Wish:
    """Minutes from noon."""
    ends = NOON + end * MIN if end is not None else None
    return Wish(kind, scene, NOON + start * MIN, ends, **more)


def test_the_order_is_takeover_cast_pin_playlist_default() -> None:
    every = [wish("pin", 3), wish("cast", 2, end=5), wish("takeover", 1)]
    playlist = [Slot(4, 30)]
    expected = [(1, "takeover"), (2, "cast"), (3, "pin")]
    for scene, kind in expected:
        found = resolve(every, playlist, 5, NOON)
        assert (found.scene, found.kind) == (scene, kind)
        every = [one for one in every if one.kind != kind]
    assert resolve([], playlist, 5, NOON).kind == "playlist"
    assert resolve([], [], 5, NOON) == Showing(5, "default")
    assert resolve([], [], None, NOON) == Showing(None, "none")


def test_a_cast_ends_by_itself_and_says_when() -> None:
    cast = [wish("cast", 2, end=5)]
    assert resolve(cast, [], 1, NOON).until == NOON + 5 * MIN
    assert resolve(cast, [], 1, NOON + 5 * MIN).scene == 1


def test_a_cast_suspended_by_a_takeover_resumes_with_its_remaining_time() -> None:
    both = [wish("cast", 2, end=5), wish("takeover", 9, end=2)]
    assert resolve(both, [], 1, NOON).scene == 9
    assert resolve(both, [], 1, NOON + 2 * MIN).scene == 2
    assert resolve(both, [], 1, NOON + 6 * MIN).scene == 1


def test_two_takeovers_at_once_give_the_same_winner_everywhere() -> None:
    first, second = wish("takeover", 1, key=7), wish("takeover", 2, key=8)
    assert resolve([first, second], [], None, NOON).scene == 1
    assert resolve([second, first], [], None, NOON).scene == 1
    graver = wish("takeover", 3, start=0, key=9, priority=1)
    assert resolve([first, second, graver], [], None, NOON).scene == 3


def test_the_newest_cast_wins() -> None:
    old, new = wish("cast", 1, start=-5, end=9, key=1), wish("cast", 2, start=-1, end=9, key=2)
    assert resolve([old, new], [], None, NOON).scene == 2


def test_a_night_window_crosses_midnight() -> None:
    playlist = [Slot(1, 60, time(6), time(22)), Slot(2, 60, time(22), time(6))]
    for hour, scene in [(5, 2), (6, 1), (21, 1), (22, 2), (23, 2), (0, 2)]:
        found = resolve([], playlist, None, NOON.replace(hour=hour))
        assert found.scene == scene, hour
    late = resolve([], playlist, None, NOON.replace(hour=23))
    assert late.until == NOON.replace(hour=6) + timedelta(days=1)


def test_outside_every_window_the_default_shows_until_one_opens() -> None:
    found = resolve([], [Slot(1, 60, time(14), time(15))], 5, NOON)
    assert found == Showing(5, "default", NOON.replace(hour=14))


def test_screens_with_the_same_playlist_switch_together() -> None:
    playlist = [Slot(1, 20), Slot(2, 30), Slot(3, 10)]
    found = resolve([], playlist, None, NOON)
    assert found.until is not None
    before = resolve([], playlist, None, found.until - timedelta(milliseconds=2))
    after = resolve([], playlist, None, found.until + timedelta(milliseconds=2))
    assert before.scene == found.scene != after.scene


@given(st.lists(wishes, max_size=6), st.lists(slots, max_size=5), st.none() | st.integers(1, 9), moments)
def test_until_then_nothing_changes_and_the_answer_is_always_allowed(
    given_wishes: list[Wish], playlist: list[Slot], default: int | None, now: datetime
) -> None:
    found = resolve(given_wishes, playlist, default, now)
    assert resolve(list(reversed(given_wishes)), playlist, default, now).kind == found.kind
    if found.until is not None:
        assert found.until > now
        just_before = found.until - timedelta(milliseconds=2)
        if just_before > now:
            again = resolve(given_wishes, playlist, default, just_before)
            assert (again.scene, again.kind) == (found.scene, found.kind)
    active = [one for one in given_wishes if one.active(now)]
    if active:
        assert found.kind == min((one.kind for one in active), key=["takeover", "cast", "pin"].index)
    elif any(slot.open_at(now.time()) for slot in playlist):
        assert found.kind == "playlist"
        assert found.scene in {slot.scene for slot in playlist if slot.open_at(now.time())}
    else:
        assert found.scene == default


@pytest.mark.parametrize("preset", layouts.PRESETS.values(), ids=lambda preset: preset.key)
def test_every_preset_can_be_drawn_and_fills_the_screen(preset: layouts.Preset) -> None:
    layout = layouts.empty_layout(preset)
    assert layouts.problems(layout) == []
    assert sum(tile["w"] * tile["h"] for tile in layout) == 72


GOOD = {"key": "a", "x": 0, "y": 0, "w": 6, "h": 3, "params": {}}


@pytest.mark.parametrize(
    ("layout", "word"),
    [
        ("text", "list"), ([GOOD, {**GOOD, "x": 5}], "lies on tile 1"), ([{**GOOD, "w": 13}], "does not fit"),
        ([{**GOOD, "x": -1}], "does not fit"), ([{**GOOD, "x": "0"}], "whole numbers"),
        ([{"x": 0}], "needs a key"), ([{**GOOD, "params": []}], "names with values"),
        ([GOOD] * 41, "at most"), ([7], "needs a key"),
    ],
)  # fmt: skip
def test_a_layout_that_cannot_be_drawn_says_why(layout: object, word: str) -> None:
    from django.utils import translation

    with translation.override("en"):
        assert word in " ".join(layouts.problems(layout))
