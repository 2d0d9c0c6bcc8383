"""How old a figure or a picture is, as one word and two deadlines: pure, without Django.

Server, tiles and pages use the same function; the page counts on by itself with ``late_at``
and ``expired_at`` against the server's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["fresh", "late", "expired", "never", "paused", "maintenance"]


@dataclass(frozen=True, slots=True)
class Freshness:
    """State at the asked minute; the datetimes are aware, and None where they mean nothing."""

    state: State
    observed_at: datetime | None = None
    late_at: datetime | None = None
    expired_at: datetime | None = None


def assess(
    observed_at: datetime | None,
    now: datetime,
    *,
    late_after: timedelta,
    expires_after: timedelta,
    hold: Literal["", "paused", "maintenance"] = "",
) -> Freshness:
    """Judges ``observed_at`` at ``now``.

    Fresh up to and including ``late_after``, late up to and including ``expires_after``, then
    expired. A source clock ahead of ours counts as age 0. ``hold`` wins over age.
    Raises ValueError when ``expires_after`` is not longer than ``late_after``.
    """
    if expires_after <= late_after:
        raise ValueError("expires_after must be longer than late_after")
    late_at = observed_at + late_after if observed_at else None
    expired_at = observed_at + expires_after if observed_at else None
    if hold:
        return Freshness(hold, observed_at, late_at, expired_at)
    if observed_at is None or late_at is None or expired_at is None:
        return Freshness("never")
    state: State = "fresh"
    if now > expired_at:
        state = "expired"
    elif now > late_at:
        state = "late"
    return Freshness(state, observed_at, late_at, expired_at)
