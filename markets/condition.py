"""What an audit of a market says: its score, its class, and whether a market is being let go.

Pure. The checklist itself is rows that admins edit; here is only the reckoning. Every figure can be taken
apart: a score names what counted, what was left out and which answers cost the most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

BEST = 4
"""Answers are 0 (absent or dangerous) to 4 (as it should be)."""

FEWEST_SHARE = 0.6
"""An audit that answers less than this share of the weights has no score: silence is not a mark."""


class Grade(StrEnum):
    """Condition classes, best first."""

    GOOD = "good"
    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"


@dataclass(frozen=True, slots=True)
class Bands:
    """From which score on a class holds; below the last it is heavy damage. Configuration, 0-100."""

    good: float = 80
    light: float = 60
    medium: float = 40

    def grade(self, score: float) -> Grade:
        """The class of a score of 0-100."""
        if score >= self.good:
            return Grade.GOOD
        if score >= self.light:
            return Grade.LIGHT
        return Grade.MEDIUM if score >= self.medium else Grade.HEAVY


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the checklist as it was found. `value` None: does not apply, or was not looked at."""

    item: str
    subject: str
    weight: float
    value: int | None
    critical: bool = False
    """A line whose 0 caps the whole audit at `medium` (a blocked way out is not weighed against paint)."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What an answer cost of the total, in points of 100."""

    item: str
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """The result of an audit. `total` None where too little was answered."""

    total: float | None
    grade: Grade | None
    subjects: dict[str, float]
    answered_share: float
    losses: tuple[Loss, ...]
    capped_by: tuple[str, ...]


def score(answers: Sequence[Answer], bands: Bands = Bands()) -> Score:
    """The score of an audit: weighted mean of the answers, 0-100, one decimal.

    ValueError for an answer outside 0-4 or a weight that is not positive; it names the item.
    """
    for answer in answers:
        if answer.value is not None and not 0 <= answer.value <= BEST:
            raise ValueError(f"{answer.item}: value is 0 to {BEST}")
        if not answer.weight > 0:
            raise ValueError(f"{answer.item}: weight is positive")
    counted = [answer for answer in answers if answer.value is not None]
    asked, weight = sum(a.weight for a in answers), sum(a.weight for a in counted)
    share = weight / asked if asked else 0.0
    subjects = _by_subject(counted)
    if not counted or share < FEWEST_SHARE:
        return Score(None, None, subjects, round(share, 3), (), ())
    losses = tuple(
        Loss(a.item, round((BEST - (a.value or 0)) / BEST * a.weight / weight * 100, 1))
        for a in sorted(counted, key=lambda a: ((a.value or 0) - BEST) * a.weight)
        if a.value != BEST
    )
    total = _mean(counted)
    grade = bands.grade(total)
    capped = tuple(a.item for a in counted if a.critical and a.value == 0)
    if capped and grade in (Grade.GOOD, Grade.LIGHT):
        grade = Grade.MEDIUM
    return Score(total, grade, subjects, round(share, 3), losses, capped)


def _mean(answers: Sequence[Answer]) -> float:
    weight = sum(a.weight for a in answers)
    return round(sum((a.value or 0) * a.weight for a in answers) / weight / BEST * 100, 1)


def _by_subject(answers: Iterable[Answer]) -> dict[str, float]:
    found: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        found[answer.subject].append(answer)
    return {subject: _mean(those) for subject, those in found.items()}


@dataclass(frozen=True, slots=True)
class Point:
    """One audit on the curve: its day, its score and whether somebody stood there."""

    day: date
    total: float
    remote: bool = False


class Fall(StrEnum):
    """Why a market counts as let go."""

    POINTS = "points"
    """So many points below its best since the rebuilding."""

    CLASS = "class"
    """A class lower than at its best since the rebuilding, and at least half of those points."""

    NEVER_AUDITED = "never_audited"
    """Rebuilt, and for longer than the city allows nobody looked."""

    STALE = "stale"
    """The newest look is older than the city allows."""


@dataclass(frozen=True, slots=True)
class Watch:
    """When a rebuilt market alarms. Configuration."""

    points: float = 15
    look_every_days: int = 120
    bands: Bands = Bands()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a market is let go, and the figures to say it with."""

    fall: Fall | None
    best: Point | None
    latest: Point | None
    lost: float
    days: int | None
    """Days from the best to the newest look, or since the last look where looks are missing."""


def judge(points: Sequence[Point], rebuilt: date | None, today: date, watch: Watch = Watch()) -> Verdict:
    """Whether a rebuilt market is being let go.

    Only audits from the rebuilding on count, in any order; what is dated after today does not. A market
    that was never rebuilt gets no verdict but its newest figures.
    """
    since = rebuilt or date.min
    curve = sorted((p for p in points if since <= p.day <= today), key=lambda p: p.day)
    if not curve:
        waited = (today - rebuilt).days if rebuilt and rebuilt <= today else None
        missing = waited is not None and waited > watch.look_every_days
        return Verdict(Fall.NEVER_AUDITED if missing else None, None, None, 0.0, waited)
    latest = curve[-1]
    best = max(curve, key=lambda p: (p.total, p.day))
    lost = round(best.total - latest.total, 1)
    if rebuilt is None:
        return Verdict(None, best, latest, lost, (latest.day - best.day).days)
    fall = _fall(best, latest, lost, watch)
    if fall is None and (today - latest.day).days > watch.look_every_days:
        return Verdict(Fall.STALE, best, latest, lost, (today - latest.day).days)
    return Verdict(fall, best, latest, lost, (latest.day - best.day).days)


def _fall(best: Point, latest: Point, lost: float, watch: Watch) -> Fall | None:
    if lost >= watch.points:
        return Fall.POINTS
    grades = watch.bands.grade(best.total), watch.bands.grade(latest.total)
    if grades[0] != grades[1] and lost >= watch.points / 2:
        return Fall.CLASS
    return None
