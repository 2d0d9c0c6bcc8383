"""Every screen at every design size: nothing runs over, and axe-core finds no serious fault."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [pytest.mark.long, pytest.mark.browser]

WALL = [(1920, 1080), (3840, 2160)]
DESK = [(1920, 1080), (1280, 800), (360, 800)]
SCREENS = [
    ("", "/wall/", [*WALL, (360, 800)]),
    ("", "/login/", DESK),
    ("operator", "/desk/", [*DESK, (3840, 2160)]),
    ("operator", "/desk/wall/", [*WALL, (1280, 800)]),
    ("operator", "/desk/displays/", DESK),
    ("operator", "/desk/scenes/", DESK),
    ("operator", "/desk/shift-test/", DESK),
    ("operator", "/cctv/", DESK),
    ("operator", "/cctv/1/", DESK),
    ("operator", "/cctv/trial/", DESK),
    ("operator", "/cctv/coverage/", DESK),
    ("operator", "/alarms/", DESK),
    ("operator", "/reports/", DESK),
    ("operator", "/reports/112/", DESK),
    ("operator", "/reports/new/", DESK),
    ("", "/lapor/", [(360, 800), (1280, 800)]),
    ("", "/lapor/daftar/", [(360, 800), (1280, 800)]),
    ("operator", "/directory/", DESK),
    ("operator", "/search/?q=pasar", DESK),
    ("bupati", "/", DESK),
    ("kadis", "/", DESK),
    ("mitra", "/", DESK),
    ("admin", "/setup/", DESK),
    ("admin", "/audit/", DESK),
    ("admin", "/people/", DESK),
]


@pytest.mark.parametrize(
    ("login", "path", "sizes"), SCREENS, ids=lambda value: str(value) if isinstance(value, str) else ""
)
def test_a_screen_fits_and_can_be_used_by_everybody(visit, login, path, sizes):
    page = visit(path, login=login, size=sizes[0])
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(700)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide on {width}"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (fault["id"], fault["nodes"][0]["target"], fault["nodes"][0]["html"][:120])
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
    assert serious == []


@pytest.mark.parametrize("path", ["/", "/cctv/", "/cctv/1/"])
def test_what_the_mayor_touches_is_large_enough(visit, path):
    """48 px and more, on his tablet; links inside running text are exempt (WCAG 2.5.8)."""
    page = visit(path, login="bupati", size=(1280, 800))
    page.wait_for_timeout(800)
    script = """() => [...document.querySelectorAll(
            'main button, main a.cc-btn, nav a, main select, header button')]
        .filter(e => e.offsetParent && !e.closest('p'))
        .map(e => [e.textContent.trim().slice(0, 30), Math.round(e.getBoundingClientRect().height)])
        .filter(([, height]) => height > 0 && height < 48)"""
    assert page.evaluate(script) == []


TOUCHED = {
    "bupati": (
        "/", "/desk/wall/", "/alarms/", "/cctv/1/", "/cctv/coverage/", "/cctv/trial/", "/markets/",
        "/directory/", "/desk/displays/", "/search/?q=pasar", "/account/", "/about/", "/reports/",
    ),
    "operator": (
        "/desk/", "/desk/scenes/", "/desk/scenes/1/", "/desk/playlists/", "/desk/displays/1/",
        "/desk/displays/pair/", "/desk/shift-test/", "/reports/112/",
    ),
    "admin": ("/setup/", "/people/", "/audit/", "/setup/agencies/", "/setup/boundaries/"),
}  # fmt: skip
# Whatever stands alone and can be touched; links in running text and boxes in their labels are exempt.
TOO_SMALL = """() => [...document.querySelectorAll(
        'a[href], button, select, summary, input:not([type=hidden]), label:has(input), textarea')]
    .filter(e => e.offsetParent && !e.closest('.cc-visually-hidden, .cc-skip, [inert]'))
    .filter(e => !(e.matches('a') && getComputedStyle(e).display === 'inline'
        && e.closest('p, small') && e.parentElement.textContent.trim() !== e.textContent.trim()))
    .filter(e => !(e.matches('input[type=checkbox], input[type=radio]') && e.closest('label')))
    .map(e => [e.localName, e.textContent.trim().slice(0, 30), e.getBoundingClientRect()])
    .filter(([, , box]) => box.width > 0 && box.height > 0 && (box.width < 44 || box.height < 47.5))
    .map(([name, text, box]) => [name, text, Math.round(box.width), Math.round(box.height)])"""


@pytest.mark.parametrize("login", TOUCHED)
def test_fingers_find_every_target_on_a_tablet(visit, house, login):
    """Upright and lying: 48 px high, 44 wide."""
    page = visit("/", login=login, size=(768, 1024), touch=True)
    small = {}
    for path in TOUCHED[login]:
        for width, height in ((768, 1024), (1024, 768)):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(house.address + path)
            page.wait_for_timeout(1000)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            if found := page.evaluate(TOO_SMALL):
                small[path] = found[:4]
    assert small == {}


def test_no_page_asks_a_foreign_host(visit, house):
    hosts = set()
    page = visit("/login/")
    page.on(
        "request",
        lambda request: hosts.add(request.url.split("/")[2]) if request.url.startswith("http") else None,
    )
    page.fill("input[name=username]", "operator")
    page.fill("input[name=password]", "kota-demo-operator")
    page.press("input[name=password]", "Enter")
    for path in ("/desk/", "/desk/wall/", "/cctv/", "/wall/"):
        page.goto(house.address + path)
        page.wait_for_timeout(1500)
    assert hosts == {f"127.0.0.1:{house.port}"}
