"""Text of strangers, made safe to store and to show; escaping is the templates' work."""

from __future__ import annotations

import re
import unicodedata

# Invisible characters that reorder or hide: overrides of the direction of writing, zero widths, tags.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_EMPTY_BRAILLE = "\u2800"  # the space of Braille, though it counts as a sign
_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3})[\u0300-\u036f"
    "\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_BLANK_LINES = re.compile(r"\n{3,}")


def clean_text(text: str, limit: int) -> str:
    """The text without control and invisible characters, with plain line breaks, at most ``limit`` long.

    Empty where nothing of it would be seen.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(
        char for char in plain if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}
    )
    plain = _MARKS.sub(r"\1", _INVISIBLE.sub("", plain).replace(_EMPTY_BRAILLE, " "))
    if all(unicodedata.category(char)[0] in "MZ" or char in "\n\t" for char in plain):
        return ""  # marks that sit on nothing, spaces of all kinds
    return _BLANK_LINES.sub("\n\n", unicodedata.normalize("NFC", plain)).strip()[:limit].strip()
