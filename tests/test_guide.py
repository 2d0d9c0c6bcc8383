"""The operators' guide names pages and buttons as the screens do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs/panduan-operator.md"
LONGEST = 200
# Bold words that are no name on a screen.
OWN_WORDS = re.compile(r"[.?:]$|^(Jangan|ditebalkan|Cacat gambar|Bila|Ukuran huruf)")


def screen_words() -> set[str]:
    """Every Indonesian text of every catalogue."""
    found: set[str] = set()
    for path in ROOT.glob("**/locale/id/LC_MESSAGES/django.po"):
        if {"node_modules", ".venv"} & set(path.relative_to(ROOT).parts):
            continue
        with path.open("rb") as file:
            for message in read_po(file, locale="id"):
                texts = message.string if isinstance(message.string, list | tuple) else [message.string]
                found.update(text for text in texts if text)
    return {text for text in found if text}


GUIDES = (GUIDE, ROOT / "docs/panduan-laporan.md", ROOT / "docs/panduan-petugas.md")


def test_every_name_in_bold_is_on_a_screen():
    text = " ".join(" ".join(guide.read_text(encoding="utf-8").split()) for guide in GUIDES)
    named = {name for name in re.findall(r"\*\*([^*]+)\*\*", text) if not OWN_WORDS.search(name)}
    assert len(named) > 60
    assert sorted(named - screen_words()) == []


def test_it_stays_short_enough_to_read():
    assert len(GUIDE.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("page", re.findall(r"\]\(([a-z-]+\.md)\)", GUIDE.read_text(encoding="utf-8")))
def test_its_links_lead_somewhere(page):
    assert (ROOT / "docs" / page).exists()
