"""Rules of the look that a machine can check: hosts, status colours, contrast, sizes, inline code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from commandcenter.wall import motifs
from commandcenter.wall.browser_text import STATE_WORDS, TEXT
from commandcenter.wall.icon_names import LUCIDE, SCRIPTED
from commandcenter.wall.sprite import build_sprite, read_icons

ROOT = Path(settings.BASE_DIR)
OURS = sorted(
    path
    for folder, pattern in (
        ("static", "*.css"),
        ("static", "*.js"),
        ("templates", "*.html"),
        ("static", "*.svg"),
    )
    for path in (ROOT / folder).rglob(pattern)
)
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink")
STATUS = ("good", "warn", "crit", "info", "unknown", "drill")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", OURS, ids=_name)
def test_no_page_loads_anything_from_a_foreign_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for namespace in NAMESPACES:
        text = text.replace(namespace, "")
    assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}", text), _name(path)


@pytest.mark.parametrize("path", [path for path in OURS if path.suffix == ".html"], ids=_name)
def test_templates_hold_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)


@pytest.mark.parametrize("path", OURS, ids=_name)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def tokens() -> str:
    return (ROOT / "static/cc/css/tokens.css").read_text(encoding="utf-8")


def block(selector: str) -> dict[str, str]:
    found = re.search(re.escape(selector) + r"\s*\{(.*?)\n  \}", tokens(), re.DOTALL)
    assert found, selector
    return dict(re.findall(r"(--[a-z0-9-]+):\s*([^;]+);", found.group(1)))


def test_status_colours_are_set_once_and_cannot_be_overruled() -> None:
    for name in STATUS:
        for token in (f"--{name}", f"--{name}-fill", f"--{name}-on"):
            said = re.findall(rf"{token}:\s*([^;]+);", tokens())
            if name == "drill" and token == "--drill":
                continue
            assert len(said) == 1, token
            assert said[0].endswith("!important"), token
    for path in (ROOT / "static").rglob("*.css"):
        if path.name != "tokens.css":
            assert not re.search(r"--(?:good|warn|crit|info|unknown)(?:-fill|-on)?:", path.read_text()), (
                path.name
            )


def luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two ``#rrggbb`` colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


DARK_GROUNDS = ("--bg", "--surface", "--raised")


@pytest.mark.parametrize("ink", ["--ink", "--ink-2"])
@pytest.mark.parametrize("ground", DARK_GROUNDS)
def test_text_on_the_wall_reaches_seven_to_one(ink: str, ground: str) -> None:
    dark = block(':root[data-surface="wall"]')
    assert contrast(dark[ink], dark[ground]) >= 7


@pytest.mark.parametrize("name", STATUS[:5])
def test_status_words_and_fills_reach_seven_to_one_on_the_wall(name: str) -> None:
    dark, status = block(':root[data-surface="wall"]'), block(":root")
    bright = status[f"--{name}"].split()[0]
    for ground in ("--bg", "--surface"):
        assert contrast(bright, dark[ground]) >= 7, (name, ground)
    assert contrast(status[f"--{name}-fill"].split()[0], status[f"--{name}-on"].split()[0]) >= 7


@pytest.mark.parametrize("ink", ["--ink", "--ink-2", "--ink-3"])
@pytest.mark.parametrize("ground", ["--bg", "--surface", "--raised"])
def test_text_on_a_light_desk_reaches_four_and_a_half(ink: str, ground: str) -> None:
    light = block(':root[data-theme="light"]:not([data-surface="wall"])')
    assert contrast(light[ink], light[ground]) >= 4.5


@pytest.mark.parametrize("kind", motifs.DRAW)
def test_a_motif_is_one_well_formed_drawing_in_its_palette(kind: str) -> None:
    from xml.etree import ElementTree

    svg = motifs.motif_svg(kind, motifs.PALETTES[kind], uid="t")
    root = ElementTree.fromstring(svg)
    colours = {
        value for node in root.iter() for key, value in node.attrib.items() if key in {"fill", "stroke"}
    }
    assert {c for c in colours if c.startswith("#")} <= set(motifs.PALETTES[kind])
    assert len(svg) < 16_000
    assert "var(--m" in motifs.motif_svg(kind, None)


def test_an_unknown_motif_is_plain_cloth() -> None:
    assert motifs.motif_svg("<b>", ["#000"]) == motifs.motif_svg("polos", None)


def test_the_sprite_is_complete_without_npm(tmp_path: Path) -> None:
    assert build_sprite(tmp_path / "nothing", tmp_path / "icons.svg") == 0
    icons = read_icons(tmp_path / "nothing")
    assert set(icons) == set(LUCIDE)
    assert all(icons.values())
    assert set(SCRIPTED) <= set(LUCIDE)


def test_scripts_ask_only_for_words_that_exist() -> None:
    asked = set()
    for path in (ROOT / "static/cc").glob("*.js"):
        asked |= set(re.findall(r"""\bt\("([a-z_]+)"[,)]""", path.read_text(encoding="utf-8")))
    known = set(TEXT) | {f"state_{key}" for key in STATE_WORDS}
    assert asked <= known, asked - known


def test_templates_ask_only_for_icons_that_exist() -> None:
    for path in OURS:
        if path.suffix == ".html":
            named = set(re.findall(r'{% icon "([a-z-]+)"', path.read_text(encoding="utf-8")))
            assert named <= set(LUCIDE), (path.name, named - set(LUCIDE))
