"""Proof of work in place of a picture puzzle: a phone computes for a moment, nobody else is asked.

The scheme is ALTCHA's first (a SHA-256 of ``salt + number`` is given, the number between 0 and ``EFFORT`` is
looked for; the challenge is signed and says when it ends, how much work it is and what it is for). Tokens are
single use: what was accepted is kept until it would have expired anyway. Wanted only above a threshold, never
by address.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache

EFFORT = 60_000  # about half a second of an old phone
MOST_EFFORT = 64 * EFFORT
LIFE_S = 20 * 60
LONGEST = 1000


def challenge(*, purpose: str, effort: int = EFFORT, now: float | None = None) -> dict[str, Any]:
    """What the sender has to solve: salt (with effort and end), challenge, signature and the largest number.

    ``purpose`` is what it will be accepted for; it is signed and not told.
    """
    end = int((time.time() if now is None else now) + LIFE_S)
    salt = f"{secrets.token_hex(12)}.{effort}.{end}"
    asked = hashlib.sha256(f"{salt}{secrets.randbelow(effort)}".encode()).hexdigest()
    return {"salt": salt, "challenge": asked, "signature": _sign(purpose, salt, asked), "most": effort}


def accepts(text: str, *, purpose: str, effort: int = EFFORT, now: float | None = None) -> bool:
    """Whether ``text`` (JSON: salt, challenge, signature, number) is our own, solved, in time and unused,
    was asked for this ``purpose``, and was at least ``effort`` of work.

    Accepted once: the same text again is refused. Without a cache nothing can be used twice unseen, so then
    the answer is no; a proof is a hurdle above a threshold, and without a cache no threshold is counted.
    """
    solution = _read(text)
    if solution is None:
        return False
    salt, asked, signature, number = solution
    if not hmac.compare_digest(_sign(purpose, salt, asked), signature):
        return False
    _random, work, end = salt.split(".")  # as we wrote it: the signature fits
    left = int(end) - (time.time() if now is None else now)
    if int(work) < effort or left <= 0 or hashlib.sha256(f"{salt}{number}".encode()).hexdigest() != asked:
        return False
    try:
        return bool(cache.add(f"proof:{asked}", 1, int(left) + 60))
    except Exception:  # whatever the cache's client raises
        return False


def _read(text: str) -> tuple[str, str, str, int] | None:
    try:
        found = json.loads(text[:LONGEST])
        parts = [found["salt"], found["challenge"], found["signature"], found["number"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    salt, asked, signature, number = parts
    words = all(isinstance(part, str) and part.isascii() for part in (salt, asked, signature))
    if not words or type(number) is not int or not 0 <= number <= MOST_EFFORT:
        return None
    return salt, asked, signature, number


def _sign(purpose: str, salt: str, asked: str) -> str:
    key = f"proof of work {settings.SECRET_KEY}".encode()
    return hmac.new(key, f"{salt}:{asked}:{purpose}".encode(), hashlib.sha256).hexdigest()
