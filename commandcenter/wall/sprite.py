"""One SVG sprite from npm's icons, with drawings of our own where npm's files are missing."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from commandcenter.wall.icon_names import GENERIC, LUCIDE, OWN

_BODY = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)
_SYMBOL = re.compile(r'<symbol id="i-([a-z-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)


def sprite_path() -> Path:
    """Where set-up leaves the built sprite."""
    return Path(settings.DATA_DIR) / "icons.svg"


def read_icons(folder: Path) -> dict[str, str]:
    """Inner SVG of every icon by our name; ``folder`` is ``lucide-static/icons``, which may be absent."""
    icons = {}
    for name, file in LUCIDE.items():
        try:
            found = _BODY.search((folder / f"{file}.svg").read_text(encoding="utf-8"))
        except OSError:
            found = None
        body = " ".join(found.group(1).split()).replace("> <", "><") if found else ""
        icons[name] = body or OWN.get(name, GENERIC)
    return icons


def symbols(icons: dict[str, str]) -> str:
    """The icons as ``<symbol id="i-NAME">`` elements."""
    return "".join(
        f'<symbol id="i-{name}" viewBox="0 0 24 24">{body}</symbol>' for name, body in icons.items()
    )


def build_sprite(node_modules: Path | None = None, target: Path | None = None) -> int:
    """Writes the sprite and returns how many icons came from npm; called once at set-up, safe to repeat."""
    folder = (node_modules or Path(settings.NODE_MODULES)) / "lucide-static" / "icons"
    icons = read_icons(folder)
    path = target or sprite_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{symbols(icons)}</svg>', encoding="utf-8")
    load_icons.cache_clear()
    return sum(1 for name, body in icons.items() if body not in (OWN.get(name), GENERIC))


@lru_cache(maxsize=1)
def load_icons() -> dict[str, str]:
    """Icons by name: the built sprite, else npm's folder, else our own drawings. Read once a process."""
    try:
        built = dict(_SYMBOL.findall(sprite_path().read_text(encoding="utf-8")))
    except OSError:
        built = {}
    if len(built) >= len(LUCIDE):
        return built
    return read_icons(Path(settings.NODE_MODULES) / "lucide-static" / "icons")


def icon_body(name: str) -> str:
    """Inner SVG of one icon; an unknown name gives a dot rather than an error."""
    return load_icons().get(name, GENERIC)
