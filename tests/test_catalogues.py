"""Every catalogue of the house is one that gettext's own tools read, too: no text stands in it twice."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CATALOGUES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.glob("*/**/locale/*/LC_MESSAGES/*.po")
    if not path.relative_to(ROOT).parts[0].startswith((".", "node_modules"))
)
KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr)\b")


def entries(text: str) -> list[list[tuple[str, str]]]:
    """A catalogue's entries as pairs of keyword and text; Babel would make one of two of the same."""
    found: list[list[tuple[str, str]]] = []
    for line in text.splitlines():
        key = KEYWORD.match(line)
        words = "".join(re.findall(r'"(.*)"', line)) if not line.startswith("#") else ""
        if key:
            if not found or (key[1] != "msgstr" and found[-1][-1][0] == "msgstr"):
                found.append([])
            found[-1].append((key[1], words))
        elif words:
            found[-1][-1] = (found[-1][-1][0], found[-1][-1][1] + words)
    return found


def test_a_text_that_stands_twice_would_be_found():
    head, one, other = 'msgid ""\nmsgstr "head"\n\n', 'msgid "A"\nmsgstr "a"\n', 'msgctxt "x"\n'
    keys = [(dict(row).get("msgctxt"), dict(row)["msgid"]) for row in entries(head + one + other + one + one)]
    assert keys == [(None, ""), (None, "A"), ("x", "A"), (None, "A")]


@pytest.mark.parametrize("name", CATALOGUES)
def test_no_text_stands_twice_in_a_catalogue(name):
    found = entries((ROOT / name).read_text(encoding="utf-8"))
    keys = Counter((dict(row).get("msgctxt"), dict(row)["msgid"]) for row in found)
    assert len(keys) > 20 and [key for key, count in keys.items() if count > 1] == []
    lines = [[key for key, _words in row if key != "msgstr"] for row in found]
    assert [row for row in lines if len(row) != len(set(row))] == []


def test_every_app_is_looked_at():
    names = {name.split("/locale/")[0] for name in CATALOGUES}
    assert {
        "fieldstaff",
        "complaints",
        "cctv",
        "markets",
        "commandcenter/city",
        "commandcenter/wall",
    } <= names


TWO_MEANINGS = {
    ("audit", "planned"), (None, "%(n)s min"), (None, "Choose sharing classes from the list."),
    (None, "Clear the filter"), (None, "Details"), (None, "First day"), (None, "From day to day"),
    (None, "From"), (None, "Head"), (None, "Last day"), (None, "Note"), (None, "Origin"), (None, "When"),
    (None, "acknowledged by"), (None, "acknowledged"), (None, "duty"), (None, "expired"), (None, "hours"),
    (None, "order"), (None, "picture"), (None, "silent"),
}  # fmt: skip
"""Of before: the app that Django reads first wins for all. Each that goes is a gain, none may come."""


def test_no_app_takes_another_one_s_word_away():
    told: dict[tuple[str | None, str], set[str]] = {}
    for name in CATALOGUES:
        if "/locale/id/" not in name:
            continue
        for row in entries((ROOT / name).read_text(encoding="utf-8")):
            about = dict(row)
            if about["msgid"]:
                told.setdefault((about.get("msgctxt"), about["msgid"]), set()).add(about["msgstr"])
    two = {key for key, words in told.items() if len(words) > 1}
    assert two - TWO_MEANINGS == set(), "give the new one a context of its own"
    assert len(told) > 4000
