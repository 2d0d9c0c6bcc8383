"""Whatever happens to a camera, in any order: what always holds."""

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cctv.capture.availability import Step, by_hour, roll_up
from cctv.capture.events import DOWN, CameraStatus, transitions
from cctv.capture.failures import SCORE_LIMIT, FailureKind
from cctv.capture.state import (
    AddressChanged,
    CameraState,
    CredentialsChanged,
    Failed,
    Freeze,
    Good,
    MaintenanceEnd,
    MaintenanceStart,
    ManualTest,
    NoticeDown,
    NoticeUp,
    Paused,
    Resumed,
    Rules,
    ScheduleAt,
    Tick,
    Watched,
    advance,
)

from .camera_clock import START

STOPPED = {CameraStatus.AUTH_FAILED, CameraStatus.PAUSED}

happenings = st.one_of(
    st.just(lambda at: Good(at, 100, 20_000)),
    st.sampled_from(list(FailureKind)).map(lambda kind: lambda at: Failed(at, kind)),
    st.sampled_from([FailureKind.UNAUTHORIZED, FailureKind.TIMEOUT]).map(
        lambda kind: lambda at: Failed(at, kind)
    ),
    st.sampled_from(
        [
            AddressChanged,
            CredentialsChanged,
            ManualTest,
            MaintenanceStart,
            MaintenanceEnd,
            Resumed,
            Watched,
            lambda at: Paused(at, "schedule"),
            lambda at: MaintenanceStart(at, at + timedelta(seconds=90)),
            lambda at: Tick(),
        ]
    ),
)
conditions = st.builds(
    Rules,
    interval_s=st.sampled_from([1.0, 10.0, 60.0, 600.0]),
    watched=st.booleans(),
    freeze=st.sampled_from([Freeze.NONE] * 4 + [Freeze.SITE, Freeze.SYSTEM]),
    rng=st.integers(0, 9).map(random.Random),
)
# Seconds since the event before, how long ago the event itself was (or will be, on a wrong clock), the rules.
histories = st.lists(
    st.tuples(happenings, st.sampled_from([0, 1, 7, 30, 61, 400, 4_000]), st.integers(-5, 20), conditions),
    max_size=40,
)


def live(history):
    """Play a history; yield before, after, effects and the clock of each step."""
    state, now = CameraState.new(START), START
    for happening, wait, ago, rules in history:
        now += timedelta(seconds=wait)
        after, effects = advance(state, happening(now - timedelta(seconds=ago)), now, rules)
        yield state, after, effects, now
        state = after


def outcome(history):
    """The state at the end of a history, and the time."""
    state, now = CameraState.new(START), START
    for _, after, _, at in live(history):
        state, now = after, at
    return state, now


@given(histories)
def test_no_history_breaks_a_camera(history):
    for before, after, effects, now in live(history):
        assert CameraState.from_dict(after.to_dict()) == after
        assert after.status in CameraStatus
        assert 0 <= after.score <= SCORE_LIMIT
        assert before.since <= after.since <= max(now, before.since)
        assert after.silent_from <= now
        stopped = after.status in STOPPED or after.link is CameraStatus.AUTH_FAILED
        if stopped and not after.testing:
            assert after.next_due is None
            assert not any(isinstance(effect, ScheduleAt) for effect in effects)
        else:
            assert after.next_due is not None
        if after.link is CameraStatus.ONLINE:
            assert after.score == 0


@given(histories)
def test_the_log_is_a_chain_in_the_order_of_time(history):
    last, moment = CameraStatus.UNKNOWN, START
    for _, after, effects, now in live(history):
        for move in transitions(effects):
            assert move.before is last is not move.after
            assert moment <= move.at <= max(now, moment)
            assert move.seen_at == now
            last, moment = move.after, move.at
        assert after.status is last


@given(histories)
def test_notices_come_in_turn_and_never_for_a_covered_camera(history):
    told = False
    for _, after, effects, _ in live(history):
        for effect in effects:
            if isinstance(effect, NoticeDown):
                assert after.status in DOWN
                assert told is (effect.reminder > 0)
                told = True
            if isinstance(effect, NoticeUp):
                assert told
                told = False
        assert told is (after.noticed_at is not None)


@given(histories, st.sampled_from([FailureKind.UNAUTHORIZED, FailureKind.FORBIDDEN]), st.integers(1, 5_000))
def test_a_refused_password_is_asked_at_most_twice(history, kind, wait):
    state, now = outcome(history)
    if state.paused is not None:
        return
    rules, asked = Rules(rng=random.Random(wait)), 0
    state = replace(state, auth_failures=0, auth_first_at=None, next_due=state.next_due and now)
    while state.next_due is not None:
        now = max(now, state.next_due)
        asked += 1
        state, _ = advance(state, Failed(now, kind), now, rules)
    assert asked <= 2
    for _ in range(20):
        now += timedelta(seconds=wait)
        state, effects = advance(state, Tick(), now, rules)
        assert not any(isinstance(effect, ScheduleAt) for effect in effects)


@given(histories)
def test_our_own_faults_change_nothing_people_see(history):
    state, now = outcome(history)
    rules = Rules(interval_s=10, watched=state.watched_since is not None, rng=random.Random(1))
    state, _ = advance(state, Tick(), now, rules)
    after, effects = advance(state, Failed(now, FailureKind.OURS), now, rules)
    assert (after.status, after.reason, after.score) == (state.status, state.reason, state.score)
    assert transitions(effects) == []


@settings(max_examples=50)
@given(histories)
def test_the_log_of_any_history_adds_up(history):
    steps, now = [], START
    for _, _, effects, at in live(history):
        now = at
        steps += [Step(move.at, move.after, move.reason) for move in transitions(effects)]
    whole = roll_up(steps, registered_at=START, start=START, end=now)
    assert abs(whole.total - (now - START).total_seconds()) < 1e-6
    assert whole.availability is None or 0 <= whole.availability <= 100
    hours = by_hour(steps, registered_at=START, start=START, end=now)
    assert abs(sum(part.total for part in hours.values()) - whole.total) < 1e-6


@settings(max_examples=30)
@given(st.floats(1, 600), st.booleans(), st.integers())
def test_a_camera_that_dies_is_offline_in_time_and_back_with_its_first_picture(interval, watched, seed):
    rules = Rules(interval_s=interval, watched=watched, rng=random.Random(seed))
    state, _ = advance(CameraState.new(START), Good(START), START, rules)
    now, died = START, None
    while state.status is not CameraStatus.OFFLINE:
        assert (now - START).total_seconds() <= rules.offline_after_s + 1
        if state.next_due is not None and now >= state.next_due:
            state, _ = advance(state, Failed(now, FailureKind.CONNECT_TIMEOUT), now, rules)
            died = died or now
        else:
            state, _ = advance(state, Tick(), now, rules)
        now += timedelta(seconds=1)
    assert state.since == died
    state, effects = advance(state, Good(now), now, rules)
    assert [move.after for move in transitions(effects)] == [CameraStatus.ONLINE]
