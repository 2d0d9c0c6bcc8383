"""No English sentence is left on an Indonesian screen of field officers."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings

from tests.complaints.test_catalogue import _known
from tests.texts import texts_of

ROOT = Path(settings.BASE_DIR)


def test_every_text_of_field_officers_is_translated():
    known = _known("fieldstaff", "complaints", "commandcenter/city", "commandcenter", "cctv")
    found = texts_of(ROOT / "fieldstaff", ROOT / "templates/fieldstaff")
    assert {text: place for text, place in found.items() if text not in known} == {}


def test_a_text_with_a_context_is_translated_in_it():
    """The same words without their context are another text: the screen would stay English."""
    with (ROOT / "fieldstaff/locale/id/LC_MESSAGES/django.po").open("rb") as file:
        known = {(row.context, row.id) for row in read_po(file, locale="id") if row.string and row.context}
    wanted = set()
    for path in (ROOT / "fieldstaff").rglob("*.py"):
        text = "" if "migrations" in path.parts else path.read_text(encoding="utf-8")
        wanted |= set(re.findall(r'pgettext(?:_lazy)?\(\s*"([^"]*)",\s*"([^"]*)"', text))
    assert len(wanted) > 20 and wanted - known == set()
