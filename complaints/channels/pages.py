"""The words of a web page in a letter, in time that grows with its length and no faster.

The standard library's HTML parser takes minutes for a megabyte of broken markup (CVE-2025-6069), and a letter
is a stranger's. This scanner only looks forward: it needs no tree, just what a reader would see.
"""

from __future__ import annotations

import html
import re

MAX_PAGE = 500_000
# Everything up to their end tag is hidden; without one, all that follows.
_RAW = frozenset({"script", "style", "title", "textarea"})
# Hidden where they end; without an end tag a browser shows what follows.
_HIDDEN = frozenset({"head", "template", "noscript", "object", "svg", "iframe"})
_BREAKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "hr"})
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,20})")
_STOP = re.compile(r"""[>"']""")
_SMALL = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def text_of_html(page: str) -> str:
    """One line a block; scripts, styles and comments are none."""
    scanner = _Scanner(page[:MAX_PAGE])
    lines = (" ".join(line.split()) for line in "".join(scanner.words()).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Scanner:
    """Reads a page once from front to back."""

    def __init__(self, page: str) -> None:
        self._page = page
        # Same length as the page, unlike str.lower().
        self._small = page.translate(_SMALL)
        # What was looked for and is not there any more: never looked for again.
        self._gone: set[str] = set()

    def words(self) -> list[str]:
        """Visible text and line breaks."""
        found: list[str] = []
        at = 0
        while at < len(self._page):
            start = self._page.find("<", at)
            end = len(self._page) if start < 0 else start
            found.append(_plain(self._page[at:end]))
            if start < 0:
                break
            mark, at = self._tag(start)
            found.append(mark)
        return found

    def _tag(self, start: int) -> tuple[str, int]:
        """What a tag at ``start`` shows, and where reading goes on."""
        if self._page.startswith("<!--", start):
            return "", self._after("-->", start + 4)
        name = _NAME.match(self._small, start)
        if name is None:
            if self._page[start + 1 : start + 2] in ("!", "?", "/"):
                return "", self._after(">", start + 1)
            return "<", start + 1
        after = self._end_of_tag(name.end())
        if not self._page.startswith("/", start + 1) and name[1] in _RAW | _HIDDEN:
            after = self._behind(name[1], after)
        return ("\n" if name[1] in _BREAKS else ""), after

    def _end_of_tag(self, at: int) -> int:
        """Behind the ``>`` that ends a tag; one within quotes does not."""
        while (stop := _STOP.search(self._page, at)) is not None:
            if stop[0] == ">":
                return stop.end()
            closing = self._find(stop[0], stop.end())
            at = stop.end() if closing < 0 else closing + 1
        return len(self._page)

    def _behind(self, name: str, at: int) -> int:
        """Behind the end tag of something hidden."""
        closing = self._find(f"</{name}", at)
        if closing < 0:
            return len(self._page) if name in _RAW else at
        return self._after(">", closing)

    def _after(self, what: str, at: int) -> int:
        found = self._find(what, at)
        return len(self._page) if found < 0 else found + len(what)

    def _find(self, what: str, at: int) -> int:
        """Where it is next, -1 when nowhere; asked once in vain, it is never searched again."""
        if what in self._gone:
            return -1
        found = self._small.find(what, at)
        if found < 0:
            self._gone.add(what)
        return found


def _plain(text: str) -> str:
    """Text with its entities resolved and its own line breaks as spaces."""
    if not text:
        return ""
    try:
        resolved = html.unescape(text)
    except ValueError:  # an entity's number of five thousand digits
        resolved = text
    return re.sub(r"\s+", " ", resolved)
