"""No English sentence is left on an Indonesian screen of citizen reports."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings

from tests.texts import texts_of


def _known(*files: str) -> set[str]:
    found: set[str] = set()
    for name in files:
        with (Path(settings.BASE_DIR) / name / "locale/id/LC_MESSAGES/django.po").open("rb") as file:
            for message in read_po(file, locale="id"):
                if message.string:
                    found.add(str(message.id[0] if isinstance(message.id, tuple) else message.id))
    return found


def test_every_text_of_citizen_reports_is_translated():
    root = Path(settings.BASE_DIR)
    known = _known("complaints", "commandcenter/city", "commandcenter", "cctv")
    found = texts_of(root / "complaints", root / "templates/complaints")
    assert {text: place for text, place in found.items() if text not in known} == {}


def test_a_text_with_a_context_is_translated_in_it():
    """The same words without their context are another text: the screen would stay English."""
    root = Path(settings.BASE_DIR)
    with (root / "complaints/locale/id/LC_MESSAGES/django.po").open("rb") as file:
        known = {(row.context, row.id) for row in read_po(file, locale="id") if row.string and row.context}
    wanted = set()
    for path in (root / "complaints").rglob("*.py"):
        text = "" if "migrations" in path.parts else path.read_text(encoding="utf-8")
        wanted |= set(re.findall(r'pgettext(?:_lazy)?\(\s*"([^"]*)",\s*"([^"]*)"', text))
    for path in (root / "templates/complaints").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        wanted |= {(ctx, words) for words, ctx in re.findall(r'translate "([^"]*)" context "([^"]*)"', text)}
    assert len(wanted) > 40 and wanted - known == set()
