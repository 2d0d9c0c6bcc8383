"""Every translatable text of a folder, from Python and templates, without gettext's tools."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

NAMES = {"_", "gettext", "gettext_lazy", "lazy", "ngettext", "ngettext_lazy"}
TAGGED = re.compile(r"""\b_\((["'])(.+?)\1\)""")


def _python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in NAMES
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


CALL = re.compile(r"""\b(?:gettext|ngettext|_)\(\s*u?((?:"(?:[^"\\]|\\.)*")|(?:'(?:[^'\\]|\\.)*'))""")


def _template(source: str) -> Iterator[str]:
    for match in CALL.finditer(templatize(source)):
        yield ast.literal_eval(match.group(1))


def texts_of(*folders: Path) -> dict[str, str]:
    """Text -> the file it was first seen in."""
    found: dict[str, str] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                texts = _python(path.read_text(encoding="utf-8"))
            elif path.suffix in {".html", ".txt"}:
                texts = _template(path.read_text(encoding="utf-8"))
            else:
                continue
            for text in texts:
                found.setdefault(text, str(path))
    return found
