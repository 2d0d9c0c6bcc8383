"""A computed day as the JSON of ``Attendance.evidence``, and back without loss. Pure; versioned.

The trail leaves after 90 days; what is kept here explains the day without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fieldstaff.attendance.day import Day
from fieldstaff.attendance.explain import Explanation, Gap, Step, Why
from fieldstaff.attendance.states import Finality, Flag, State
from fieldstaff.intervals import Span, Spans

VERSION = 1


class CodecError(ValueError):
    """Evidence that this version cannot read. The text says what is missing or strange."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is kept of a day: the day, its silences, its sum, the clock errors it was computed with.

    ``skews`` are seconds by device: a later version of the day uses them again, because a phone's clock is
    set right some day, and the day was not.
    """

    told: Explanation
    skews: Mapping[int, int] = field(default_factory=dict)


def write(kept: Evidence) -> dict[str, Any]:
    """Plain JSON values; sets in order, so that equal days are equal texts."""
    day, told = kept.told.day, kept.told
    return {
        "v": VERSION,
        "day": {
            "work_date": day.work_date.isoformat(),
            "span": list(day.span),
            "state": day.state.value,
            "finality": day.finality.value,
            "policy_version": day.policy_version,
            "input_hash": day.input_hash,
            "duty": _pairs(day.duty),
            "online": _pairs(day.online),
            "neutral": _pairs(day.neutral),
            **{name: getattr(day, name) for name in _NUMBERS},
            "flags": sorted(flag.value for flag in day.flags),
            "corrections": list(day.corrections),
            "pings": list(day.pings),
        },
        "gaps": [[gap.start, gap.end, gap.silent_s, gap.credited_s, gap.why.value] for gap in told.gaps],
        "steps": [[step.value, seconds] for step, seconds in told.steps],
        "skews": {str(device): seconds for device, seconds in sorted(kept.skews.items())},
    }


_NUMBERS = ("credited_s", "required_s", "neutral_s", "need_s", "late_s", "early_s", "pct")


def read(evidence: Mapping[str, Any]) -> Evidence:
    """The day again. Raises CodecError for anything that :func:`write` did not write."""
    if evidence.get("v") != VERSION:
        raise CodecError(f"version {evidence.get('v')!r} of the evidence is unknown")
    try:
        day = _day(evidence["day"])
        gaps = tuple(Gap(a, b, silent, credit, Why(why)) for a, b, silent, credit, why in evidence["gaps"])
        steps = tuple((Step(step), int(seconds)) for step, seconds in evidence["steps"])
        skews = {int(device): int(seconds) for device, seconds in evidence["skews"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CodecError(f"{type(error).__name__}: {error}") from error
    return Evidence(Explanation(day, gaps, steps), skews)


def _day(kept: Mapping[str, Any]) -> Day:
    live, late, old, never = kept["pings"]
    return Day(
        date.fromisoformat(kept["work_date"]),
        _span(kept["span"]),
        State(kept["state"]),
        Finality(kept["finality"]),
        str(kept["policy_version"]),
        str(kept["input_hash"]),
        duty=_spans(kept["duty"]),
        online=_spans(kept["online"]),
        neutral=_spans(kept["neutral"]),
        **{name: int(kept[name]) for name in _NUMBERS},
        flags=frozenset(Flag(flag) for flag in kept["flags"]),
        corrections=tuple(int(pk) for pk in kept["corrections"]),
        pings=(int(live), int(late), int(old), int(never)),
    )


def _pairs(spans: Spans) -> list[list[int]]:
    return [[start, end] for start, end in spans]


def _span(pair: Any) -> Span:
    start, end = pair
    return int(start), int(end)


def _spans(pairs: Any) -> Spans:
    return tuple(_span(pair) for pair in pairs)
