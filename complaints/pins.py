"""Trying a PIN: nobody is locked out, and patience costs.

The first wrong PINs of a report are free; after them each try costs the sender some work (see
:mod:`complaints.proof`), twice as much with every ten wrong PINs of that report in a day. While somebody goes
through the PINs of many reports, only the first try of each is free. A stranger who types nonsense cannot
shut a citizen out: his page computes, for half a second on most days and half a minute under a siege.

What this is worth against a machine is reckoned in ``docs/decisions/0107-pins-cost-work-not-a-lock.md``.
"""

from __future__ import annotations

import logging
from enum import Enum
from typing import Any

from django.conf import settings

from commandcenter.city.tries import Away, counted
from complaints import numbers, proof

FREE = 3
EVERYWHERE = 60
"""Wrong PINs of all reports in a quarter of an hour, before only the first try of each is free."""
STEP = 10
"""Wrong PINs of one report in a day after which a try costs twice as much."""
LONGEST = 20
DAY_S = 24 * 3600
_ALL = "all"
log = logging.getLogger(__name__)


class Tried(Enum):
    """What came of a try. WORK: ask again with a proof; LATER: not now. Nothing was compared in either."""

    OPEN = "open"
    WRONG = "wrong"
    WORK = "work"
    LATER = "later"


def challenge(number: str) -> dict[str, Any]:
    """The work that the next try for this number costs; it is good for no other number and nothing else."""
    try:
        effort = _effort(counted("pin-day", number, seconds=DAY_S))
    except Away:
        effort = proof.EFFORT
    return proof.challenge(purpose=_purpose(number), effort=effort)


def tried(number: str, sealed: str, typed: str, solved: str = "", *, listed: bool = False) -> Tried:
    """Compares what was ``typed`` with the report's sealed PIN; ``sealed`` is empty where there is no report.

    ``listed``: everybody can see that this number is there, so its wrong PINs may raise the alarm.

    Counted before the comparison: tries at the same moment do not slip through. Without a cache nothing can
    be counted, so nothing is compared.
    """
    try:
        return _tried(number, sealed, typed, solved, listed)
    except Away:
        return Tried.LATER


def _tried(number: str, sealed: str, typed: str, solved: str, listed: bool) -> Tried:
    today = counted("pin-day", number, seconds=DAY_S)
    if _costs_work(number, today) and not _accepts(number, today, solved):
        return Tried.WORK
    _counted(number, listed, 1)
    pin = "".join(typed[:LONGEST].split())
    if not numbers.pin_fits(pin, number, sealed, settings.SECRET_KEY):
        return Tried.WRONG
    _counted(number, listed, -1)
    return Tried.OPEN


def _costs_work(number: str, today: int) -> bool:
    """The first try of a quarter of an hour is free even while somebody goes through the reports, for whoever
    has no JavaScript; not of a report that somebody works at the whole day."""
    now = counted("pin", number)
    if now >= FREE:
        return True
    return counted("pin-all", _ALL) >= EVERYWHERE and (now > 0 or today >= STEP)


def _accepts(number: str, today: int, solved: str) -> bool:
    """The step may have risen while an honest page computed: work of the step before still counts."""
    return proof.accepts(solved, purpose=_purpose(number), effort=_effort(today - STEP))


def _effort(wrong_today: int) -> int:
    doubled: int = proof.EFFORT << min(10, max(0, wrong_today) // STEP)
    return min(proof.MOST_EFFORT, doubled)


def _purpose(number: str) -> str:
    return f"pin:{number}"


def _counted(number: str, listed: bool, add: int) -> None:
    """One more or less. Only numbers that everybody can see raise the alarm that everybody pays for: one that
    is not there and one that is hidden do not, so nobody tells them apart by what the next PIN costs."""
    counted("pin", number, add=add)
    counted("pin-day", number, seconds=DAY_S, add=add)
    if listed and counted("pin-all", _ALL, add=add) == EVERYWHERE and add > 0:
        log.warning("%d wrong PINs in a quarter of an hour: somebody goes through them", EVERYWHERE)
