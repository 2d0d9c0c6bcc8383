"""Versions and licences of what the installation stands on, from the packages' own metadata."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from django.conf import settings

# Some packages put the whole text into the short field.
LONGEST = 60


def _licence(package: Any) -> str:
    """Expression, else short field, else classifier."""
    for text in (package.get("License-Expression"), package.get("License")):
        if text and len(text) <= LONGEST and "\n" not in text and text.upper() != "UNKNOWN":
            return str(text)
    named = [
        c.rsplit(" :: ", 1)[-1] for c in package.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    return ", ".join(named)


def _python() -> list[tuple[str, str, str]]:
    found = {}
    for package in metadata.distributions():
        name = package.metadata["Name"]
        if name:
            found[name.lower()] = (name, package.version, _licence(package.metadata))
    return [found[name] for name in sorted(found)]


def _browser() -> list[tuple[str, str, str]]:
    try:
        wanted = json.loads((Path(settings.BASE_DIR) / "package.json").read_text(encoding="utf-8"))
        names = sorted(wanted.get("dependencies", {}))
    except (OSError, ValueError):
        return []
    rows = []
    for name in names:
        try:
            facts = json.loads(
                (Path(settings.NODE_MODULES) / name / "package.json").read_text(encoding="utf-8")
            )
        except (OSError, ValueError):
            continue
        rows.append((name, str(facts.get("version", "")), str(facts.get("license", ""))))
    return rows


@lru_cache(maxsize=1)
def facts() -> dict[str, Any]:
    """``python`` and ``browser``: lists of (name, version, licence)."""
    return {"python": _python(), "browser": _browser()}
