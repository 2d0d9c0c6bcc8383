"""Alarms in the reader's language: an alarm keeps the code of its sentence beside the sentence itself.

The stored sentence stays the truth where a code is not known any more (an app that left, an old row).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commandcenter.incidents.models import Alarm

_titles: dict[str, Any] = {}
_texts: dict[str, Any] = {}


def name_titles(titles: Mapping[str, Any]) -> None:
    """Titles by code, lazily translated; ``%(name)s`` is what the alarm is about."""
    _titles.update(titles)


def name_texts(texts: Mapping[str, Any]) -> None:
    """Details by code, lazily translated."""
    _texts.update(texts)


def speak(alarm: Alarm) -> Alarm:
    """The same instance with title and text in the language of now; it must not be saved afterwards."""
    known = alarm.words
    title, text = _titles.get(known.get("title", "")), _texts.get(known.get("text", ""))
    if title is not None:
        alarm.title = (str(title) % {"name": known.get("name", "")})[:160]
    if text is not None:
        alarm.text = str(text)
    return alarm


def sentence(words: Mapping[str, str]) -> tuple[str, str]:
    """Title and text in the language of now, to be stored beside their codes."""
    title, text = _titles.get(words.get("title", ""), ""), _texts.get(words.get("text", ""), "")
    return (str(title) % {"name": words.get("name", "")})[:160], str(text)
