"""Finds the camera a person means."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence


def find_camera(wanted: str, keys: Sequence[str]) -> str:
    """The one key meant: exact, else ignoring case and marks, else the only one that contains it.

    Raises:
        LookupError: none or several fit; the message lists them.
    """
    if wanted in keys:
        return wanted
    plain = _plain(wanted)
    same = [key for key in keys if _plain(key) == plain]
    found = same or [key for key in keys if plain and plain in _plain(key)]
    if len(found) == 1:
        return found[0]
    if found:
        raise LookupError(f"{wanted!r} fits several cameras: {', '.join(found)}")
    near = difflib.get_close_matches(wanted, keys, 3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise LookupError(f"no camera {wanted!r}{hint} Known cameras: {', '.join(keys)}")


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
