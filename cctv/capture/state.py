"""The state of one camera as a pure function: `advance(state, event, now, rules)`.

Pictures and failures drive `link` (unknown, online, degraded, busy, offline, auth_failed); a pause or a
maintenance window covers it. Down is backdated to the first failure of the run, so that slow detection
doesn't flatter a camera. Our own faults weigh nothing. A wrong password is confirmed once, then never tried
again until somebody changes it. docs/cameras-rules.md has the table.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from cctv.capture import backoff
from cctv.capture.events import (
    DOWN,
    SILENT,
    SITE_DOWN,
    UP,
    AddressChanged,
    CameraStatus,
    CredentialsChanged,
    Effect,
    Event,
    Failed,
    Good,
    MaintenanceEnd,
    MaintenanceStart,
    ManualTest,
    NoticeDown,
    NoticeUp,
    Paused,
    Resumed,
    ScheduleAt,
    StopTrying,
    Tick,
    Transition,
    Watched,
)
from cctv.capture.failures import SCORE_LIMIT, FailureKind
from cctv.capture.memory import CameraState, Freeze, Rules
from cctv.capture.notices import measured_from, notify

__all__ = [
    "DOWN",
    "SILENT",
    "SITE_DOWN",
    "UP",
    "AddressChanged",
    "CameraState",
    "CameraStatus",
    "CredentialsChanged",
    "Effect",
    "Event",
    "Failed",
    "Freeze",
    "Good",
    "MaintenanceEnd",
    "MaintenanceStart",
    "ManualTest",
    "NoticeDown",
    "NoticeUp",
    "Paused",
    "Resumed",
    "Rules",
    "ScheduleAt",
    "StopTrying",
    "Tick",
    "Transition",
    "Watched",
    "advance",
]

_JITTER = 0.1


def advance(
    state: CameraState, event: Event, now: datetime, rules: Rules
) -> tuple[CameraState, list[Effect]]:
    """The state after `event` as seen at `now`, and what must be done, transitions first and in order.

    `now` is the decider's clock (aware). Events from the future count as of `now`; `since` never goes back.
    """
    effects: list[Effect] = []
    current = state
    for step in (_clock, _HANDLERS[type(event)], _silence):
        after = step(current, event, now, rules)
        if after.status is not current.status:
            effects.append(Transition(current.status, after.status, after.reason, after.since, now))
        current = after
    if current.next_due is None and state.next_due is not None:
        effects.append(StopTrying())
    elif current.next_due is not None and current.next_due != state.next_due:
        effects.append(ScheduleAt(current.next_due))
    current, notices = notify(current, now, rules)
    return current, [*effects, *notices]


def _seconds(value: float) -> timedelta:
    return timedelta(seconds=value)


def _later(first: datetime | None, second: datetime) -> datetime:
    return second if first is None else max(first, second)


def _jittered(seconds: float, rules: Rules) -> timedelta:
    return _seconds(seconds * rules.rng.uniform(1 - _JITTER, 1 + _JITTER))


def _due(state: CameraState, when: datetime | None) -> CameraState:
    """Schedule the next attempt, unless the camera is paused or turned us away for good."""
    stopped = state.link is CameraStatus.AUTH_FAILED and not state.testing
    return replace(state, next_due=None if stopped or state.paused is not None else when)


def _move(state: CameraState, link: CameraStatus, reason: str | None, at: datetime) -> CameraState:
    """Change what capture says; `since` follows only if people see the change."""
    after = replace(state, link=link, link_reason=reason)
    return after if after.status is state.status else replace(after, since=max(at, state.since))


def _cover(state: CameraState, at: datetime, **changes: Any) -> CameraState:
    """Put a pause or a maintenance window over the link, or take it off."""
    after = replace(state, **changes)
    return after if after.status is state.status else replace(after, since=max(at, state.since))


def _fresh_run(state: CameraState, at: datetime) -> CameraState:
    """Forget the failures so far and measure silence from `at`."""
    return replace(
        state,
        score=0,
        failures=0,
        successes_in_row=0,
        first_failure_at=None,
        backoff_step=0,
        silent_from=max(state.silent_from, at),
    )


# Time


def _clock(state: CameraState, event: Event, now: datetime, rules: Rules) -> CameraState:
    """What the clock alone changes: a window that ended, a viewer who came or left, a freeze that holds."""
    if rules.watched != (state.watched_since is not None):
        state = replace(state, watched_since=now if rules.watched else None)
    if rules.freeze is Freeze.SYSTEM:
        state = replace(state, silent_from=max(state.silent_from, now))
    if state.maintenance and state.maintenance_until is not None and now >= state.maintenance_until:
        state = _end_maintenance(state, state.maintenance_until)
    return state


def _silence(state: CameraState, event: Event, now: datetime, rules: Rules) -> CameraState:
    """Offline once nothing good came for too long, whatever the score says."""
    if state.link in DOWN or state.paused is not None or rules.freeze is Freeze.SYSTEM:
        return state
    # A password being confirmed ends in AUTH_FAILED, not first in OFFLINE; unless no confirmation comes.
    if state.auth_first_at and now - state.auth_first_at < 2 * _seconds(rules.auth_confirm_s):
        return state
    silent_from = measured_from(state, rules)
    # Seconds before somebody looked count only for the idle limit: the idle cadence may have been a minute.
    watched = state.watched_since is not None and now - max(silent_from, state.watched_since) >= _seconds(
        rules.watched_offline_after_s
    )
    if not watched and now - silent_from < _seconds(rules.idle_offline_after_s):
        return state
    first_missed = min(silent_from + _seconds(rules.interval_s), now)
    reason = SILENT if not state.failures or state.last_failure is None else state.last_failure
    if rules.freeze is Freeze.SITE:
        reason = SITE_DOWN
    return _move(state, CameraStatus.OFFLINE, reason, state.first_failure_at or first_missed)


# Pictures and failures


def _good(state: CameraState, event: Good, now: datetime, rules: Rules) -> CameraState:
    at = min(event.at, now)
    row = state.successes_in_row + 1
    after = replace(
        state,
        score=0,
        failures=0,
        successes_in_row=row,
        first_failure_at=None,
        last_good_at=_later(state.last_good_at, at),
        last_attempt_at=_later(state.last_attempt_at, at),
        silent_from=max(state.silent_from, at),
        latency_ms=event.latency_ms,
        backoff_step=backoff.after_success(state.backoff_step, row),
        auth_failures=0,
        auth_first_at=None,
        testing=False,
    )
    after = _move(after, CameraStatus.ONLINE, None, at)
    return _due(after, at + _jittered(rules.interval_s, rules))


def _failed(state: CameraState, event: Failed, now: datetime, rules: Rules) -> CameraState:
    at = _later(state.last_good_at, min(event.at, now))
    state = replace(state, last_attempt_at=_later(state.last_attempt_at, at))
    if state.paused is not None:
        return state
    if state.link is CameraStatus.AUTH_FAILED:
        return _due(replace(state, testing=False), None)
    if event.kind.is_ours or (rules.freeze is Freeze.SYSTEM and not event.kind.is_auth):
        # We could not look, so silence isn't the camera's until now.
        state = replace(state, silent_from=max(state.silent_from, at))
        return _due(state, at + _jittered(rules.interval_s, rules))
    counted = replace(
        state,
        failures=state.failures + 1,
        successes_in_row=0,
        first_failure_at=state.first_failure_at or at,
        last_failure=event.kind,
        last_detail=event.detail,
    )
    if event.kind.is_auth:
        return _turned_away(counted, event.kind, at, rules)
    after = _weigh(counted, event.kind, at, rules)
    if event.kind is FailureKind.BUSY:
        return _due(after, at + _jittered(rules.busy_factor * rules.interval_s, rules))
    ceiling = backoff.WATCHED_CEILING_S if rules.watched else backoff.CEILING_S
    after = replace(after, backoff_step=backoff.after_failure(state.backoff_step))
    when = at + _seconds(backoff.delay(after.backoff_step, rules.rng, ceiling))
    if after.auth_first_at is not None:
        when = max(when, after.auth_first_at + _seconds(rules.auth_confirm_s))
    return _due(after, when)


def _weigh(state: CameraState, kind: FailureKind, at: datetime, rules: Rules) -> CameraState:
    """Add the failure's weight and say what that makes of the camera."""
    state = replace(state, score=min(state.score + kind.score, SCORE_LIMIT))
    if state.link is CameraStatus.OFFLINE:
        thawed = state.link_reason == SITE_DOWN and rules.freeze is Freeze.NONE
        return replace(state, link_reason=kind) if thawed else state
    if rules.freeze is Freeze.SITE and kind is not FailureKind.BUSY and state.failures > 1:
        return _move(state, CameraStatus.OFFLINE, SITE_DOWN, state.first_failure_at or at)
    if state.score >= SCORE_LIMIT:
        return _move(state, CameraStatus.OFFLINE, kind, state.first_failure_at or at)
    return _trouble(state, CameraStatus.BUSY if kind is FailureKind.BUSY else CameraStatus.DEGRADED, kind, at)


def _trouble(state: CameraState, link: CameraStatus, kind: FailureKind, at: datetime) -> CameraState:
    """Up but not well. A camera that never gave a picture stays UNKNOWN: we can't call it up."""
    if state.link is CameraStatus.UNKNOWN:
        return replace(state, link_reason=kind)
    return state if state.link is CameraStatus.OFFLINE else _move(state, link, kind, at)


def _turned_away(state: CameraState, kind: FailureKind, at: datetime, rules: Rules) -> CameraState:
    """401 and 403: ask once more after a minute, then stop, or the camera locks us out."""
    wait = _seconds(rules.auth_confirm_s)
    first = state.auth_first_at or at
    after = replace(state, auth_failures=state.auth_failures + 1, auth_first_at=first)
    if after.auth_failures > 1 and at - first >= wait:
        after = _move(after, CameraStatus.AUTH_FAILED, kind, after.first_failure_at or first)
        return _due(after, None)
    after = _trouble(after, CameraStatus.DEGRADED, kind, at)
    return _due(after, first + wait + _seconds(rules.rng.uniform(0, _JITTER) * rules.auth_confirm_s))


# People


def _credentials(state: CameraState, event: CredentialsChanged, now: datetime, rules: Rules) -> CameraState:
    at = min(event.at, now)
    after = replace(state, auth_failures=0, auth_first_at=None, testing=False, backoff_step=0)
    if state.link is CameraStatus.AUTH_FAILED:
        after = _move(_fresh_run(after, at), CameraStatus.UNKNOWN, None, at)
    return _due(after, at)


def _address(state: CameraState, event: AddressChanged, now: datetime, rules: Rules) -> CameraState:
    at = min(event.at, now)
    after = replace(
        _fresh_run(state, at),
        auth_failures=0,
        auth_first_at=None,
        testing=False,
        last_good_at=None,
        last_failure=None,
        last_detail="",
        latency_ms=None,
    )
    return _due(_move(after, CameraStatus.UNKNOWN, None, at), at)


def _manual_test(state: CameraState, event: ManualTest, now: datetime, rules: Rules) -> CameraState:
    testing = state.link is CameraStatus.AUTH_FAILED and state.paused is None
    return _due(replace(state, testing=testing), min(event.at, now))


def _start_maintenance(
    state: CameraState, event: MaintenanceStart, now: datetime, rules: Rules
) -> CameraState:
    return _cover(state, min(event.at, now), maintenance=True, maintenance_until=event.until)


def _end_maintenance(state: CameraState, at: datetime) -> CameraState:
    silent_from = max(state.silent_from, at)
    return _cover(state, at, maintenance=False, maintenance_until=None, silent_from=silent_from)


def _stop_maintenance(state: CameraState, event: MaintenanceEnd, now: datetime, rules: Rules) -> CameraState:
    return _end_maintenance(state, min(event.at, now)) if state.maintenance else state


def _pause(state: CameraState, event: Paused, now: datetime, rules: Rules) -> CameraState:
    return _due(_cover(state, min(event.at, now), paused=event.reason, testing=False), None)


def _resume(state: CameraState, event: Resumed, now: datetime, rules: Rules) -> CameraState:
    if state.paused is None:
        return state
    at = min(event.at, now)
    # What was known before the pause is old; only a wrong password stays wrong.
    changes: dict[str, Any] = {"paused": None}
    if state.link is not CameraStatus.AUTH_FAILED:
        changes |= {"link": CameraStatus.UNKNOWN, "link_reason": None}
    return _due(_cover(_fresh_run(state, at), at, **changes), at)


def _watched(state: CameraState, event: Watched, now: datetime, rules: Rules) -> CameraState:
    if state.next_due is None or state.auth_pending or state.link is CameraStatus.BUSY:
        return state
    soon = min(rules.interval_s, backoff.WATCHED_CEILING_S)
    return _due(state, min(state.next_due, min(event.at, now) + _seconds(rules.rng.uniform(0, soon))))


def _nothing(state: CameraState, event: Tick, now: datetime, rules: Rules) -> CameraState:
    return state


_Step = Callable[[CameraState, Any, datetime, Rules], CameraState]

_HANDLERS: dict[type[Event], _Step] = {
    Good: _good,
    Failed: _failed,
    CredentialsChanged: _credentials,
    AddressChanged: _address,
    ManualTest: _manual_test,
    MaintenanceStart: _start_maintenance,
    MaintenanceEnd: _stop_maintenance,
    Paused: _pause,
    Resumed: _resume,
    Watched: _watched,
    Tick: _nothing,
}
