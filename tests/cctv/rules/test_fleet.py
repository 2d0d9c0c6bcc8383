"""The fleet guard: many cameras gone are one incident, and perhaps our own."""

import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cctv.capture.failures import FailureKind
from cctv.capture.fleet import Outcome, SystemCause, Window, judge, ramp
from cctv.capture.fleet_guard import Closed, Guard, Opened, Told, follow
from cctv.capture.memory import Freeze

K = FailureKind
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
# Ten sites of ten cameras, and camera 1000 alone at site 50, 1001 and 1002 at site 51.
FLEET = {camera: camera // 10 for camera in range(100)} | {1000: 50, 1001: 51, 1002: 51}


def outcomes(cameras, kind=None, times=1, now=NOW):
    return tuple(
        Outcome(camera, now - timedelta(seconds=5 * turn + 1), kind)
        for camera in cameras
        for turn in range(times)
    )


def window(now=NOW, **parts) -> Window:
    return Window(**{"now": now, "fleet": FLEET} | parts)


class Story:
    """Windows one after the other."""

    def __init__(self) -> None:
        self.guard, self.now = Guard(), NOW
        self.news: list[Any] = []

    def see(self, seconds=10.0, **parts):
        self.now += timedelta(seconds=seconds)
        seen = window(now=self.now, **parts)
        remembered = Guard.from_dict(json.loads(json.dumps(self.guard.to_dict())))
        assert remembered == self.guard
        self.guard, new = follow(remembered, judge(seen), seen)
        self.news += new
        return new

    def frozen(self) -> bool:
        return self.guard.system is not None

    def lost(self, cameras, kind=K.UNREACHABLE):
        return outcomes(cameras, kind, times=2, now=self.now + timedelta(seconds=10))

    def good(self, cameras):
        return outcomes(cameras, now=self.now + timedelta(seconds=10))


def test_single_dead_cameras_are_normal():
    assert judge(window(outcomes=outcomes([3, 14], K.TIMEOUT, times=5))).is_normal


def test_half_a_site_gone_is_a_site_and_four_of_ten_is_not():
    assert judge(window(outcomes=outcomes(range(5), K.REFUSED, times=2))).sites == {0}
    assert judge(window(outcomes=outcomes(range(4), K.REFUSED, times=2))).is_normal


def test_a_site_of_one_is_never_an_incident_and_one_of_two_is_not_enough():
    assert judge(window(outcomes=outcomes([1000], K.TIMEOUT, times=9))).is_normal
    assert judge(window(outcomes=outcomes([1001], K.TIMEOUT, times=9))).is_normal
    assert judge(window(outcomes=outcomes([1001, 1002], K.TIMEOUT, times=2))).sites == {51}


def test_one_hiccup_of_a_whole_site_is_no_incident():
    assert judge(window(outcomes=outcomes(range(10), K.TIMEOUT, times=1))).is_normal


def test_a_camera_that_came_back_within_the_window_is_not_gone():
    back = outcomes(range(10), K.TIMEOUT, times=3, now=NOW - timedelta(seconds=20)) + outcomes(range(10))
    assert judge(window(outcomes=back)).is_normal


def test_a_fifth_of_the_fleet_over_several_sites_is_the_system():
    assert (
        judge(window(outcomes=outcomes(range(0, 100, 4), K.UNREACHABLE))).system is SystemCause.MANY_CAMERAS
    )


def test_a_big_site_with_its_link_cut_is_that_site_and_not_us():
    fleet = {camera: 1 for camera in range(60)} | {camera: 2 + camera % 20 for camera in range(60, 200)}
    verdict = judge(window(fleet=fleet, outcomes=outcomes(range(60), K.UNREACHABLE, times=2)))
    assert verdict.system is None
    assert verdict.sites == {1}


def test_refusals_of_passwords_and_busy_cameras_are_not_gone():
    for kind in (K.UNAUTHORIZED, K.FORBIDDEN, K.BUSY):
        assert judge(window(outcomes=outcomes(range(100), kind, times=3))).is_normal


def test_our_own_faults_are_the_system():
    assert judge(window(outcomes=outcomes(range(30), K.OURS))).system is SystemCause.OWN_FAULTS


def test_cameras_long_dead_prove_nothing_new():
    dead = frozenset(range(0, 100, 4))
    assert judge(window(outcomes=outcomes(dead, K.UNREACHABLE, times=3), down_before=dead)).is_normal


def test_a_late_tick_and_a_silent_fleet_are_the_system():
    assert judge(window(tick_gap_s=11)).system is SystemCause.LATE_TICK
    assert judge(window(tick_gap_s=4)).is_normal
    assert judge(window(overdue=frozenset(range(25)))).system is SystemCause.NO_OUTCOMES


def test_a_site_is_one_incident_told_once_with_reminders_and_one_end():
    story = Story()
    story.see(outcomes=story.lost(range(10)))
    assert [type(item) for item in story.news] == [Opened]
    assert story.guard.freeze(0) is Freeze.SITE
    assert story.guard.freeze(1) is Freeze.NONE
    down = frozenset(range(10))
    for _ in range(9 * 24 * 60):
        story.see(60, outcomes=(), down_before=down)
    assert [item.reminder for item in story.news[1:]] == [0, 1, 2, 3]
    story.see(outcomes=story.good(range(4)), down_before=down)
    assert story.guard.freeze(0) is Freeze.SITE
    (closed,) = story.see(outcomes=story.good(range(4, 6)), down_before=down)
    assert closed == Closed(0, story.news[0].since, story.now, told=True)
    assert story.guard.freeze(0) is Freeze.NONE
    assert story.guard.thawed_at(0) == story.now
    assert story.guard.thawed_at(1) is None


def test_a_short_site_outage_tells_nobody():
    story = Story()
    story.see(outcomes=story.lost(range(10)))
    (closed,) = story.see(240, outcomes=outcomes(range(10), now=story.now + timedelta(seconds=240)))
    assert closed.told is False
    assert not [item for item in story.news if isinstance(item, Told)]


def test_a_lost_uplink_freezes_everybody_until_half_came_back():
    story = Story()
    story.see(outcomes=story.lost(range(100)))
    assert [type(item) for item in story.news] == [Opened]
    assert {story.guard.freeze(site) for site in range(10)} == {Freeze.SYSTEM}
    # Under backoff hardly anyone is tried: silence is no recovery.
    for _ in range(100):
        story.see(60)
    assert story.frozen()
    story.see(outcomes=story.good(range(60)))
    assert not story.frozen()
    assert story.guard.thawed_at(3) == story.now
    assert isinstance(story.news[-1], Closed)


def test_a_late_tick_is_over_with_the_next_one_in_time_even_if_a_camera_is_dead():
    story = Story()
    story.see(tick_gap_s=3_600, outcomes=story.lost([7]))
    assert story.frozen()
    story.see(outcomes=story.lost([7]))
    assert not story.frozen()


def test_a_regional_power_cut_stops_freezing_after_a_quarter_of_an_hour_and_stays_one_incident():
    story = Story()
    lost = range(0, 100, 3)
    for _ in range(60 * 6):
        story.see(10, outcomes=story.lost(lost) + story.good([1, 2, 4]))
    assert [type(item) for item in story.news if item.site is None] == [Opened, Told, Closed]
    assert not story.frozen()
    assert story.guard.spent == frozenset(lost)
    story.see(outcomes=story.good(lost))
    assert story.guard.spent == frozenset()


def test_a_deleted_camera_leaves_its_incident():
    story = Story()
    story.see(outcomes=story.lost([1001, 1002]))
    fleet = {camera: site for camera, site in FLEET.items() if camera not in (1001, 1002)}
    story.see(fleet=fleet)
    assert story.guard.sites == {}


@given(st.sets(st.integers(), max_size=300), st.floats(0.5, 50), st.integers())
def test_reopening_is_never_faster_than_the_limit_and_forgets_nobody(cameras, per_second, seed):
    plan = ramp(cameras, NOW, per_second, random.Random(seed))
    assert plan.keys() == cameras
    times = sorted(plan.values())
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)]
    assert all(gap >= 1 / per_second - 1e-5 for gap in gaps)


def test_a_thousand_cameras_come_back_within_fifty_seconds():
    plan = ramp(range(1_000), NOW, 20, random.Random(1))
    assert max(plan.values()) == NOW + timedelta(seconds=999 / 20)


_outcome = st.builds(
    Outcome,
    st.sampled_from(sorted(FLEET)),
    st.integers(0, 120).map(lambda age: NOW - timedelta(seconds=age)),
    st.none() | st.sampled_from(list(K)),
)


@given(st.lists(st.tuples(st.lists(_outcome, max_size=40), st.floats(0, 30)), max_size=15))
def test_any_history_opens_and_closes_each_incident_once_in_turn(history):
    story = Story()
    for seen, gap in history:
        shift = story.now - NOW
        moved = tuple(Outcome(item.camera, item.at + shift, item.kind) for item in seen)
        story.see(outcomes=moved, tick_gap_s=gap)
    for site in {item.site for item in story.news}:
        turns = [type(item) for item in story.news if item.site == site and not isinstance(item, Told)]
        assert turns == [(Opened, Closed)[turn % 2] for turn in range(len(turns))]
    for item in story.news:
        if isinstance(item, Closed):
            assert item.since <= item.until
