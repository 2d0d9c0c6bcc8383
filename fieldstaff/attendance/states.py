"""What a day is called, what stands beside it, and when it is settled."""

from __future__ import annotations

from enum import StrEnum

from fieldstaff.attendance.policy import Policy


class State(StrEnum):
    """One per officer and shift."""

    NOT_STARTED = "not_started"
    NO_SHOW_YET = "no_show_yet"
    IN_PROGRESS = "in_progress"
    PRESENT = "present"
    PARTIAL = "partial"
    ABSENT = "absent"
    SYSTEM_UNAVAILABLE = "system_unavailable"
    LEAVE = "leave"
    SICK = "sick"
    DUTY_TRAVEL = "duty_travel"
    HOLIDAY = "holiday"
    DAY_OFF = "day_off"
    NOT_IN_SERVICE = "not_in_service"


OPEN = frozenset({State.NOT_STARTED, State.NO_SHOW_YET, State.IN_PROGRESS})
"""Before the end of the shift: for alerts, never for pay."""
MEASURED = frozenset({State.PRESENT, State.PARTIAL, State.ABSENT})
AWAY = frozenset({State.LEAVE, State.SICK, State.DUTY_TRAVEL})
OFF_DUTY = AWAY | {State.HOLIDAY, State.DAY_OFF, State.NOT_IN_SERVICE}
"""Nothing is asked of the officer, so nothing is measured."""


class Flag(StrEnum):
    """Beside the state, for people to read."""

    LATE = "late"
    LEFT_EARLY = "left_early"
    MOCK = "mock"
    OUT_OF_AREA = "out_of_area"
    REVIEW_LATE_DATA = "review_late_data"
    CLOCK_AHEAD = "clock_ahead"
    TWO_PLACES = "two_places"
    LATE_WAIVED = "late_waived"
    EARLY_WAIVED = "early_waived"
    CORRECTED = "corrected"
    ROLL_CALL = "roll_call"
    WORKED_OFF_DUTY = "worked_off_duty"
    """Online on a day without duty: no pay by itself; an overtime shift makes it duty."""


class Finality(StrEnum):
    """How firm the figures are."""

    PROVISIONAL = "provisional"
    FINAL = "final"
    CLOSED = "closed"


def finality(end: int, as_of: int, policy: Policy) -> Finality:
    """Provisional as long as late data may still count; closed only by a period's closing."""
    return Finality.FINAL if as_of >= end + policy.late_window_s else Finality.PROVISIONAL


def open_state(start: int, as_of: int, seen: bool, policy: Policy) -> State:
    """Before the end of the shift: nobody is absent yet."""
    if as_of < start:
        return State.NOT_STARTED
    if seen:
        return State.IN_PROGRESS
    return State.NO_SHOW_YET if as_of > start + policy.late_grace_s else State.NOT_STARTED


def measured_state(pct: int, policy: Policy) -> State:
    """After it, by whole percent of what was needed."""
    if pct >= policy.present_pct:
        return State.PRESENT
    return State.PARTIAL if pct >= policy.partial_pct else State.ABSENT
