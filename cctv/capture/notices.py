"""When people are told about one camera: after five minutes without a picture, rarely again, once at the end.

A blip tells nobody. A camera that flaps stays one notice: it is over only after several good pictures in a
row. Nothing is announced under maintenance or while the fleet guard holds an incident for the site or system.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from cctv.capture.events import SITE_DOWN, NoticeDown, NoticeUp
from cctv.capture.memory import CameraState, Freeze, Rules


def measured_from(state: CameraState, rules: Rules) -> datetime:
    """The moment from which silence counts: the last good picture, or the end of whatever excused it."""
    return max(state.silent_from, rules.thawed_at) if rules.thawed_at else state.silent_from


def notify(
    state: CameraState, now: datetime, rules: Rules
) -> tuple[CameraState, list[NoticeDown | NoticeUp]]:
    """The state after deciding whether to tell people, and at most one message."""
    if state.noticed_at is not None:
        if state.paused is not None:
            return _close(state), [NoticeUp(now, "paused")]
        if state.link.is_up and state.successes_in_row >= rules.recovered_after:
            return _close(state), [NoticeUp(state.last_good_at or now)]
    if not state.status.is_down or rules.freeze is not Freeze.NONE:
        return state, []
    if state.noticed_at is None:
        if now - measured_from(state, rules) < timedelta(seconds=rules.notice_after_s):
            return state, []
        return replace(state, noticed_at=now, reminders=0), [NoticeDown(_cause(state), state.since)]
    waited = (now - state.noticed_at).total_seconds()
    due = sum(waited >= after for after in rules.reminders_s)
    if due <= state.reminders:
        return state, []
    return replace(state, reminders=due), [NoticeDown(_cause(state), state.since, due)]


def _close(state: CameraState) -> CameraState:
    return replace(state, noticed_at=None, reminders=0)


def _cause(state: CameraState) -> str | None:
    """The camera's own fault once its site's incident is over."""
    return state.last_failure if state.reason == SITE_DOWN and state.last_failure else state.reason
