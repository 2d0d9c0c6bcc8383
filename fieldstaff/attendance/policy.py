"""Every number that decides about a day, in one frozen and versioned set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

PERCENT = 100


class PolicyError(ValueError):
    """A policy that cannot be used. ``field`` names the culprit for a form; the text says what to do."""

    def __init__(self, field: str, text: str) -> None:
        """``field`` as the dataclass calls it."""
        super().__init__(f"{field}: {text}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Policy:
    """Parameters of the attendance rule: seconds (``_s``), metres (``_m``), percent (``_pct``) and counts.

    A day keeps the ``version`` it was computed with. Raises PolicyError, which names the field.
    """

    version: str
    tail_s: int = 120
    """What one ping is worth when nothing follows it (T)."""
    bridge_s: int = 600
    """The longest silence between two pings that still counts as duty (B)."""
    still_bridge_s: int = 1800
    """The same between two fixes at one place: phones that stand still are silenced by their makers (B2)."""
    still_m: int = 150
    usable_accuracy_m: int = 200
    """Fixes that are less exact count as contact, not as a place."""
    future_s: int = 120
    """How far a phone's clock may run ahead before its time is replaced by the time of receipt (F)."""
    live_s: int = 120
    """What arrives within this time is live, later it is late."""
    late_window_s: int = 86_400
    """What arrives later than this is evidence for a person, and credits nothing (W)."""
    late_credit_s: int = 7_200
    """Credit that rests on late data only and needs no look of a person (C)."""
    look_back_s: int = 7_200
    late_grace_s: int = 300
    early_grace_s: int = 300
    present_pct: int = 75
    partial_pct: int = 25
    skew_min_pings: int = 30
    skew_min_span_s: int = 1_800
    skew_ignore_s: int = 60
    """Clock errors up to this are noise; also how near to the least delay pings must lie to prove it."""
    outside_s: int = 600
    """Time outside the area that raises no flag yet: a receiver's slip is no walk."""
    two_places_m: int = 1_000
    two_places_s: int = 300

    def __post_init__(self) -> None:
        """Refuse what would break a promise the rules make."""
        if not self.version.strip():
            raise PolicyError("version", "give this set of numbers a name")
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "version" and value < 0:
                raise PolicyError(field.name, "not below 0")
        if self.tail_s < 1:
            raise PolicyError("tail_s", "at least 1")
        self._check_order()
        if self.skew_min_pings < 2:
            raise PolicyError("skew_min_pings", "at least 2: one ping says nothing about a clock")

    def _check_order(self) -> None:
        """Each of these holds up an invariant: more pings never cost, and shifts share their bridges."""
        if self.bridge_s < self.tail_s:
            raise PolicyError("bridge_s", "not below tail_s: a further ping would lower the credit")
        if self.still_bridge_s < self.bridge_s:
            raise PolicyError("still_bridge_s", "not below bridge_s")
        if self.look_back_s < self.still_bridge_s:
            raise PolicyError("look_back_s", "not below still_bridge_s: bridges over the start would be lost")
        if not 1 <= self.present_pct <= PERCENT:
            raise PolicyError("present_pct", "from 1 to 100")
        if not 1 <= self.partial_pct <= self.present_pct:
            raise PolicyError("partial_pct", "from 1 to present_pct")
        if self.late_window_s < self.live_s:
            raise PolicyError("late_window_s", "not below live_s")


def whole_numbers(rules: Mapping[str, object], names: set[str]) -> dict[str, int]:
    """The named whole numbers of stored rules. Raises PolicyError for unknown names and for anything else.

    ``True`` is no number here, though Python takes it for one.
    """
    found: dict[str, int] = {}
    for name, value in rules.items():
        if name not in names:
            raise PolicyError(name, "unknown")
        if not isinstance(value, int) or isinstance(value, bool):
            raise PolicyError(name, "a whole number")
        found[name] = value
    return found


def read_policy(version: str, rules: Mapping[str, object]) -> Policy:
    """A policy from stored JSON; what is not named there has its default. Raises PolicyError."""
    names = {field.name for field in fields(Policy)} - {"version"}
    return Policy(version, **whole_numbers(rules, names))
