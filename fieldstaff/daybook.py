"""A day of one shift as a page draws it: bars on one line of time, and the same as a list in words.

Online time is that of the stored version, silences and reasons are those its evidence names; nothing is
computed here, so the page cannot say anything else than the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import pgettext_lazy

from fieldstaff.attendance.explain import BRIDGED, Gap, Why
from fieldstaff.days import codec
from fieldstaff.letters import FLAG_WORDS

WIDTH = 1000
UNREADABLE = pgettext_lazy("day", "The explanation of this day is of another version and cannot be read.")
WHY = {
    Why.OUTAGE: pgettext_lazy("silence", "bridged: nothing could be received (outage)"),
    Why.STILL: pgettext_lazy("silence", "bridged: the phone stood at one place"),
    Why.TOO_LONG: pgettext_lazy("silence", "not bridged: silent for too long"),
    Why.MOVED: pgettext_lazy("silence", "not bridged: the phone had moved"),
    Why.NO_PLACE: pgettext_lazy("silence", "not bridged: nobody knows whether the phone stood still"),
    Why.NOT_SEEN: pgettext_lazy("silence", "not seen: before the first contact or after the last"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of the drawing (x and width of :data:`WIDTH`); ``kind`` is its look."""

    kind: str
    x: str
    width: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that lasted, or happened (``end`` None)."""

    kind: str
    start: datetime
    end: datetime | None
    word: Any
    seconds: int = 0
    credited: int | None = None

    @property
    def minutes(self) -> int:
        """Whole minutes of it."""
        return self.seconds // 60

    @property
    def credited_minutes(self) -> int:
        """Whole minutes of it that count."""
        return (self.credited or 0) // 60


@dataclass(slots=True)
class Sheet:
    """One shift (or a day without one), its stored version, its bars, hours of the axis and lines.

    ``trouble``: why the silences are not explained, if they are not.
    """

    shift: Any
    version: Any
    bars: list[Bar] = field(default_factory=list)
    hours: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    start: datetime | None = None
    end: datetime | None = None
    trouble: Any = ""

    @property
    def credited(self) -> str:
        """Hours and minutes credited."""
        return _clock(self.version.credited_s)

    @property
    def required(self) -> str:
        """Hours and minutes required."""
        return _clock(self.version.required_s)

    @property
    def flag_words(self) -> list[Any]:
        """The flags in words."""
        return [FLAG_WORDS.get(flag, flag) for flag in self.version.flags]


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


def sheet(shift: Any, version: Any, more: Iterable[Line] = ()) -> Sheet:
    """The shift and its version drawn, with ``more`` of what happened near it; either may be None."""
    found = Sheet(shift, version)
    gaps: Sequence[Gap] = ()
    if version is not None and version.evidence:
        try:
            gaps = codec.read(version.evidence).told.gaps
        except codec.CodecError:
            found.trouble = UNREADABLE
    online = list(version.online) if version else []
    spans = [(shift.span.lower, shift.span.upper)] if shift else []
    if not spans + online:
        return found
    # Online time may reach beyond the shift; the drawing shows an hour of it at most.
    edge = timedelta(hours=1) if spans else timedelta(0)
    start = min(a for a, _b in spans or online) - edge
    end = max(b for _a, b in spans or online) + edge
    found.start, found.end = start, end
    breaks = list(shift.breaks) if shift else []
    lines = [*_shift(shift), *_spans("online", ONLINE, online), *_spans("break", REST, breaks)]
    lines += [_gap(gap) for gap in gaps]
    lines += [line for line in more if start <= line.start < end]
    found.lines = sorted(lines, key=lambda line: (line.start, ORDER.index(line.kind)))
    found.bars = [bar for line in found.lines for bar in _bar(line, start, end)]
    found.hours = list(_hours(start, end))
    return found


ONLINE = pgettext_lazy("day", "online")
REST = pgettext_lazy("day", "rest")
BEGINS = pgettext_lazy("day", "duty begins")
ENDS = pgettext_lazy("day", "duty ends")
DUTY = pgettext_lazy("day", "duty")
ORDER = ("begins", "duty", "online", "gap-bridged", "gap", "break", "task", "photo", "ends")


def _shift(shift: Any) -> list[Line]:
    if shift is None:
        return []
    start, end = shift.span.lower, shift.span.upper
    return [
        Line("begins", start, None, BEGINS),
        Line("duty", start, end, DUTY, int((end - start).total_seconds())),
        Line("ends", end, None, ENDS),
    ]


def _spans(kind: str, word: Any, spans: Iterable[tuple[datetime, datetime]]) -> list[Line]:
    return [Line(kind, a, b, word, int((b - a).total_seconds())) for a, b in spans]


def _gap(gap: Gap) -> Line:
    kind = "gap-bridged" if gap.why in BRIDGED else "gap"
    start, end = datetime.fromtimestamp(gap.start, UTC), datetime.fromtimestamp(gap.end, UTC)
    return Line(kind, start, end, WHY[gap.why], gap.silent_s, gap.credited_s)


def _bar(line: Line, start: datetime, end: datetime) -> list[Bar]:
    if line.end is None or line.end <= start or line.start >= end:
        return []
    whole = (end - start).total_seconds()
    x = max(0.0, (line.start - start).total_seconds() / whole) * WIDTH
    right = min(1.0, (line.end - start).total_seconds() / whole) * WIDTH
    return [Bar(line.kind, f"{x:.1f}", f"{max(1.0, right - x):.1f}", str(line.word))]


def _hours(start: datetime, end: datetime) -> Iterable[str]:
    whole = (end - start).total_seconds()
    step = timedelta(hours=1 if whole <= 14 * 3600 else 3)
    at = start.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    while at < end:
        yield f"{(at - start).total_seconds() / whole * WIDTH:.1f}"
        at += step
