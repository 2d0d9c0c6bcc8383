"""Typed reading of the process environment: one prefix, loud on nonsense.

Every variable is declared by the call that reads it; ``DECLARED`` then holds all of
them, and a test compares that with ``.env.example``.
"""

from __future__ import annotations

import os
from pathlib import Path

PREFIX = "CC_"
DECLARED: dict[str, str] = {}


class EnvironmentError_(ValueError):
    """A variable holds something that cannot be meant; the message names it."""


def _raw(name: str, default: str) -> str:
    """The variable's text, or the content of the file that ``CC_<name>_FILE`` names (Docker secrets)."""
    full = PREFIX + name
    DECLARED[full] = default
    path = os.environ.get(full + "_FILE", "")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise EnvironmentError_(f"{full}_FILE={path}: cannot be read ({error.strerror})") from error
    return os.environ.get(full, default)


def text(name: str, default: str = "") -> str:
    """A plain string."""
    return _raw(name, default)


def flag(name: str, default: bool = False) -> bool:
    """``1/true/yes/on`` or ``0/false/no/off``; anything else is an error."""
    value = _raw(name, "1" if default else "0").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise EnvironmentError_(f"{PREFIX}{name}={value!r}: expected 1 or 0")


def number(name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    """A whole number inside ``low..high``."""
    value = _raw(name, str(default))
    try:
        result = int(value)
    except ValueError:
        raise EnvironmentError_(f"{PREFIX}{name}={value!r}: expected a whole number") from None
    if not low <= result <= high:
        raise EnvironmentError_(f"{PREFIX}{name}={result}: expected {low} to {high}")
    return result


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list; blanks are dropped."""
    return [part.strip() for part in _raw(name, default).split(",") if part.strip()]


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of ``allowed``."""
    value = _raw(name, default)
    if value not in allowed:
        raise EnvironmentError_(f"{PREFIX}{name}={value!r}: expected one of {', '.join(allowed)}")
    return value
