"""The words of picture health: faults, settings, verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong with a picture that arrives."""

    FROZEN = "frozen"
    BLACK = "black"
    COVERED = "covered"
    BLURRED = "blurred"
    MOVED = "moved"


FAULTS = tuple(Fault)
#: Bit of each fault in a picture frame's quality byte.
FLAGS: Mapping[Fault, int] = {fault: 1 << number for number, fault in enumerate(FAULTS)}


def flags_of(faults: frozenset[Fault]) -> int:
    """Pack faults into the quality byte of a picture frame."""
    return sum(FLAGS[fault] for fault in faults)


@dataclass(frozen=True, slots=True)
class Config:
    """How one camera is judged. Times in seconds.

    ``refresh_s``: how often the camera itself renews its still; nearer stills are not
    compared. ``vote_s``: stills nearer than this share one vote, so a 1 s cadence cannot
    confirm a passing bus. ``ptz``: the camera turns by itself or by hand, so *moved* is
    not judged. ``settle_s``: silence after a day/night switch or an announced turn.
    ``relearn_s``: a new view that stayed sharp and still this long becomes the reference;
    None leaves that to an operator.
    """

    refresh_s: float = 2.0
    vote_s: float = 5.0
    votes_needed: int = 3
    votes_of: int = 4
    ptz: bool = False
    settle_s: float = 45.0
    learn_every_s: float = 20.0
    relearn_s: float | None = 86_400.0
    frozen_stills: int = 5
    frozen_s: float = 30.0
    frozen_clock_stills: int = 8
    frozen_clock_s: float = 60.0
    #: Where equal stills are nothing unusual at this hour, or nothing is learned yet.
    still_scene_stills: int = 60
    still_scene_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known after one still.

    ``faults`` are confirmed; ``suspected`` were seen in this still alone. ``scores`` are
    for people: see ``docs/picture-health.md``. ``learned`` is false while the camera is new.
    """

    faults: frozenset[Fault] = frozenset()
    suspected: frozenset[Fault] = frozenset()
    scores: Mapping[str, float] = field(default_factory=dict)
    learned: bool = False
