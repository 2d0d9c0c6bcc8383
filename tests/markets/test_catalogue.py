"""No English sentence is left on an Indonesian screen of the markets."""

from __future__ import annotations

from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings

from tests.texts import texts_of


def test_every_text_of_the_markets_is_translated():
    root = Path(settings.BASE_DIR)
    with (root / "markets/locale/id/LC_MESSAGES/django.po").open("rb") as file:
        known = {
            message.id[0] if isinstance(message.id, tuple) else message.id
            for message in read_po(file, locale="id")
            if message.string
        }
    found = texts_of(root / "markets", root / "templates/markets")
    assert {text: place for text, place in found.items() if text not in known} == {}
